//! Short texts read to forms: one hazard each. Whole forms are in `tests/forms/`.
#![expect(clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

use super::*;
use crate::finding::Code;

/// A plain form, one row per line. `edit` may change lines, put some in, or leave some out.
fn plain(edit: impl Fn(&str) -> String) -> String {
    let rows = "\
EF001
Disclaimer
The exchange takes no responsibility.
Cash Dividend Announcement for Equity Issuer
Issuer name Lantern Harbour Limited
Stock code 01234
Multi-counter stock code and currency Not applicable
Other related stock code(s) and name(s) Not applicable
Title of announcement Final dividend
Announcement date 20 March 2025
Status Update to previous announcement
Reason for the update / change Correction
Information relating to the dividend
Dividend type Final
Dividend nature Ordinary
For the financial year end 31 December 2024
Reporting period end for the dividend declared 31 December 2024
Dividend declared RMB 0.5 per share
Date of shareholders' approval 20 May 2025
Information relating to Hong Kong share register
Default currency and amount in which the dividend will be paid HKD 0.55 per share
Exchange rate RMB 1 : HKD 1.1
Ex-dividend date 22 May 2025
Latest time to lodge transfer documents for registration with share registrar for
23 May 2025 16:30
determining entitlement to the dividend
Book close period From 26 May 2025 to 28 May 2025
Record date 28 May 2025
Payment date 20 June 2025
Quay Registrars Limited
Share registrar and its address
1 Quay Street
Information relating to withholding tax
Details of withholding tax applied to the dividend declared Not applicable
Information relating to listed warrants / convertible securities issued by the issuer
Details of listed warrants / convertible securities issued by the issuer Not applicable
Other information
Other information Not applicable
Directors of the issuer
Ms. Wick and Mr. Tallow.
";
    rows.lines().map(|line| edit(line) + "\n").filter(|line| line != "\n").collect()
}

/// Puts other lines in the place of the one that begins with `label`.
fn with(label: &str, lines: &str) -> String {
    plain(|line| if line.starts_with(label) { lines.to_owned() } else { line.to_owned() })
}

fn form(text: &str) -> (Form<'_>, Vec<Finding>) {
    match read(text) {
        Reading::Form(form, findings) => (*form, findings),
        other => panic!("{other:?}\n{text}"),
    }
}

fn unsupported(text: &str) -> Code {
    match read(text) {
        Reading::Unsupported(finding) => finding.code,
        other => panic!("{other:?}\n{text}"),
    }
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

fn day<T: ToString>(printed: &Printed<'_, T>) -> Option<String> {
    printed.stated().map(T::to_string)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_plain_form_is_read_without_a_finding() {
    for text in [plain(str::to_owned), one_line(&plain(str::to_owned))] {
        let (form, findings) = form(&text);
        assert_eq!(codes(&findings), []);
        assert_eq!(day(&form.record_date).as_deref(), Some("2025-05-28"));
        assert_eq!(form.update_reason.text, "Correction");
        assert_eq!(form.registrar.stated().map(|r| r.name.as_str()), Some("Quay Registrars Limited"));
        assert_eq!(form.other_information.value, Value::NotApplicable);
    }
    let text = plain(str::to_owned);
    let (form, _) = form(&text);
    assert_eq!((form.lodgement_deadline.line, form.registrar.line, form.stock_code.line), (25, 30, 6));
}

#[test]
fn values_above_their_labels_are_not_taken_by_the_labels_before() {
    let text = with("Record date", "28 May 2025\nRecord date")
        .replace("Payment date 20 June 2025", "20 June 2025\nPayment date");
    for text in [one_line(&text), text] {
        let (form, findings) = form(&text);
        assert_eq!(
            (day(&form.record_date).as_deref(), day(&form.payment_date).as_deref()),
            (Some("2025-05-28"), Some("2025-06-20"))
        );
        assert_eq!(codes(&findings), []);
    }
}

#[test]
fn a_value_that_may_be_either_ones_is_given_to_none() {
    let text = with("Record date", "Record date\n28 May 2025").replace("Payment date 20 June 2025", "Payment date");
    let (form, _) = form(&text);
    assert_eq!((form.record_date.stated(), form.payment_date.stated()), (None, None));
}

#[test]
fn a_second_row_with_another_value_is_reported_with_both_lines() {
    let text = with("Record date", "Record date 28 May 2025\nRecord date 29 May 2025");
    let (_, findings) = form(&text);
    assert_eq!(codes(&findings), [Code::CompetingValues]);
    let found = findings.first().and_then(|finding| finding.found.clone()).expect("both lines");
    assert!(found.contains("line 28") && found.contains("line 29"), "{found}");
    let other = "Latest time to lodge transfer documents for registration with share registrar for determining entitlement to the \
                 dividend 22 May 2025 16:30\nLatest time to lodge transfer documents for registration with share registrar for";
    let text = with("Latest time", other);
    let (_, findings) = form(&text);
    assert!(codes(&findings).contains(&Code::CompetingValues), "a whole row and one in pieces");
    let text = with("Record date", "Record date 28 May 2025\nRecord date 28 May 2025");
    let (_, findings) = form(&text);
    assert!(!codes(&findings).contains(&Code::CompetingValues), "the same value twice is no doubt");
}

#[test]
fn rows_quoted_in_the_reason_lose_by_their_place() {
    let quoted = "Reason for the update / change Before:\nInformation relating to the dividend\nDividend type Interim\n\
                  Dividend declared RMB 9 per share\nRecord date 1 May 2025\nThis was wrong.";
    for text in [with("Reason", quoted), one_line(&with("Reason", quoted))] {
        let (form, findings) = form(&text);
        assert_eq!(codes(&findings), []);
        assert_eq!((&*form.declared.text, &*form.dividend_type.text), ("RMB 0.5 per share", "Final"));
        assert!(form.update_reason.text.ends_with("This was wrong."));
    }
}

#[test]
fn rows_quoted_in_a_text_that_is_cut_off_are_not_taken_for_the_forms_own() {
    let text = with(
        "Reason",
        "Reason for the update / change Before:\nDividend declared RMB 9 per share\nRecord date 1 May 2025",
    );
    let cut = text.split("Information relating to the dividend").next().expect("the head of the form");
    let (form, findings) = form(cut);
    assert_eq!((form.declared.value, form.record_date.value), (Value::NotStated, Value::NotStated));
    assert!(codes(&findings).contains(&Code::TextCutOff));
}

#[test]
fn a_figure_at_the_end_of_a_text_that_is_cut_off_is_not_trusted() {
    let text = plain(str::to_owned);
    let cut = text.split("1.1\n").next().expect("the text up to the rate").to_owned() + "1.";
    assert!(matches!(form(&cut).0.exchange_rate.value, Value::Unparsed { .. }));
    assert!(matches!(form(&(cut + "1")).0.exchange_rate.value, Value::Unparsed { .. }));
}

#[test]
fn halves_of_labels_that_a_converter_lost() {
    let text = with("Default currency", "the dividend will be paid HKD 0.55 per share");
    let (form, findings) = form(&text);
    assert_eq!(form.default_payment.text, "HKD 0.55 per share");
    assert_eq!(codes(&findings), []);
}

#[test]
fn a_withdrawals_title_in_words_nobody_has_seen() {
    for title in ["Information relating to the withdrawn dividend", "Information relating to the dividend (withdrawn)"]
    {
        for text in [
            with("Information relating to the dividend", title),
            one_line(&with("Information relating to the dividend", title)),
        ] {
            let (form, findings) = form(&text);
            assert_eq!(form.dividend_type.text, "Final", "{text}");
            assert_eq!(codes(&findings), [Code::UnconfirmedWording], "{text}");
        }
    }
}

#[test]
fn a_title_may_share_its_line_with_the_first_row() {
    let text = plain(str::to_owned)
        .replace("dividend\nDividend type", "dividend Dividend type")
        .replace("register\nDefault", "register Default");
    let (form, findings) = form(&text);
    assert_eq!((&*form.dividend_type.text, codes(&findings)), ("Final", vec![]));
}

#[test]
fn a_title_in_capitals_is_the_same_title() {
    let titles = [
        ("Cash Dividend Announcement for Equity Issuer", Template::Ef001),
        ("CASH DIVIDEND ANNOUNCEMENT FOR EQUITY ISSUER", Template::Ef001),
        ("CASH DIVIDEND (CURRENCY ELECTION) ANNOUNCEMENT FOR EQUITY ISSUER", Template::Ef002),
        ("CASH DIVIDEND WITH SCRIP ELECTION ANNOUNCEMENT FOR EQUITY ISSUER", Template::Ef003),
    ];
    for (title, template) in titles {
        let text = with("Cash Dividend", title).replace("EF001\n", "").replace("Disclaimer", "DISCLAIMER");
        for text in [one_line(&text), text] {
            let (form, _) = form(&text);
            assert_eq!((form.template, &*form.title), (template, title), "{text}");
        }
    }
}

#[test]
fn a_title_in_letters_set_apart_or_in_any_case_is_the_same_title() {
    let titles = [
        ("C a s h D i v i d e n d A n n o u n c e m e n t f o r E q u i t y I s s u e r", Template::Ef001),
        ("Cash Dividend Announce\u{ad}ment for Equity Issuer", Template::Ef001),
        ("cash dividend announcement for equity issuer", Template::Ef001),
        ("Cash Dividend (C u r r e n c y Election) A nnouncement for Equity Issuer", Template::Ef002),
    ];
    for (title, template) in titles {
        let text = with("Cash Dividend", title).replace("EF001\n", "");
        let (form, _) = form(&text);
        assert_eq!((form.template, day(&form.record_date).as_deref()), (template, Some("2025-05-28")), "{title}");
    }
    let prose = "Notice\nOur c a s h dividend announcement for equity issuers follows.\n";
    assert_eq!(read(prose), Reading::Foreign, "no title begins that line");
}

#[test]
fn a_form_whose_title_is_lost_is_not_taken_for_something_else() {
    let text = with("Cash Dividend", "").replace("EF001\n", "");
    let second_page = text.split_once("Book close").map_or("", |(_, below)| below);
    for text in [text.as_str(), &one_line(&text), second_page] {
        match read(text) {
            Reading::Unsupported(finding) => assert_eq!(finding.code, Code::UnsupportedTemplate, "{text}"),
            other => panic!("{other:?}\n{text}"),
        }
    }
    let article = "Read \"Information relating to the dividend\" on page 1 first.\n";
    assert_eq!(read(article), Reading::Foreign, "one section is only named");
}

#[test]
fn text_that_no_row_took_is_listed_with_its_line() {
    let text = with("Record date", "Record date 28 May 2025\nSubject to weather\nEntitlement day 29 May 2025");
    let (form, findings) = form(&text);
    assert_eq!(day(&form.record_date).as_deref(), Some("2025-05-28"));
    assert_eq!(codes(&findings), [Code::UnassignedText, Code::UnknownLabel]);
    assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [Some(29), Some(30)]);
}

#[test]
fn a_long_line_is_quoted_with_an_ellipsis() {
    let long = "weather ".repeat(60);
    let text = with("Record date", &format!("Record date 28 May 2025\n{long}"));
    let (_, findings) = form(&text);
    let found = findings.first().and_then(|finding| finding.found.as_deref()).expect("the line");
    assert_eq!((findings.len(), found.chars().count(), found.ends_with('…')), (1, 400, true));
}

#[test]
fn text_without_a_single_label_is_listed_once() {
    let (_, findings) = form("EF001\nCash Dividend Announcement for Equity Issuer\nNothing of it\n\nis a row.\n");
    let left = findings.iter().filter(|finding| finding.code == Code::UnassignedText);
    let left: Vec<_> = left.map(|finding| (finding.line, finding.found.as_deref())).collect();
    assert_eq!(left, [(Some(3), Some("Nothing of it")), (Some(5), Some("is a row."))]);
}

#[test]
fn text_outside_a_grammar_is_kept_and_not_guessed() {
    for date in ["on or about 20 June 2025", "20 June 2025 (subject to approval)", "20/06/2025", "20 June"] {
        for text in [
            with("Payment date", &format!("Payment date {date}")),
            one_line(&with("Payment date", &format!("Payment date {date}"))),
        ] {
            assert_eq!(form(&text).0.payment_date.stated(), None, "{text}");
        }
    }
}

#[test]
fn a_stray_line_above_the_type_does_not_change_it() {
    let text = with("Dividend type", "Other information\nDividend type Final");
    let (form, findings) = form(&text);
    assert_eq!((&*form.dividend_type.text, codes(&findings)), ("Final", vec![Code::UnassignedText]));
}

#[test]
fn impossible_days_are_certain() {
    let text = with("Record date", "Record date 31 February 2025");
    let (_, findings) = form(&text);
    assert_eq!(codes(&findings), [Code::ImpossibleDate]);
    assert_eq!(findings.first().map(|finding| finding.field), Some(Subject::Row(Label::RecordDate)));
}

#[test]
fn two_forms_in_one_text_and_sections_out_of_order_are_certain() {
    let text = plain(str::to_owned);
    assert_eq!(unsupported(&(text.clone() + &text)), Code::CompetingValues);
    let (head, rest) = text.split_once("Information relating to the dividend\n").expect("section S1");
    let (first, rest) = rest.split_once("Information relating to Hong Kong share register\n").expect("section S2");
    let (second, tail) = rest.split_once("Information relating to withholding tax\n").expect("section S3");
    let swapped = format!(
        "{head}Information relating to Hong Kong share register\n{second}Information relating to the dividend\n{first}\
         Information relating to withholding tax\n{tail}"
    );
    assert_eq!(codes(&form(&swapped).1), [Code::SectionsOutOfOrder]);
}

#[test]
fn other_documents_are_foreign_and_other_forms_unsupported() {
    for text in [
        "",
        "EF001 and EF002 are forms of the exchange.",
        "See the Cash Dividend Announcement for Equity Issuer of today. Record date 28 May 2025",
        "FF301\nPage 1 of 2 v 1.0.0\nStock code 01234",
        "Links\nCash Dividend Announcement for Equity Issuer\nMonthly Return\n",
    ] {
        assert_eq!(read(text), Reading::Foreign, "{text}");
    }
    assert_eq!(unsupported("EF999 Some Other Form"), Code::UnsupportedTemplate);
    assert_eq!(unsupported("EF001\nDisclaimer\nThe exchange takes"), Code::UnsupportedTemplate);
    assert_eq!(unsupported(&with("EF001", "EF004")), Code::UnsupportedTemplate);
    assert_eq!(unsupported(&with("Cash", "Rights Issue Announcement for Equity Issuer")), Code::UnsupportedTemplate);
    assert_eq!(unsupported(&with("EF001", "EF003")), Code::TemplateMismatch);
}

#[test]
fn hostile_texts_are_read_in_bounded_time() {
    let head = "EF001\nDisclaimer\nCash Dividend Announcement for Equity Issuer\nIssuer name A\n";
    let pieces = [
        "Record date ",
        "Latest time to lodge transfer ",
        "Other information\n",
        "Record date 5 June 2024\nRecord date 6 June 2024\n",
        "匯率 ",
        "Page 1 of ",
        "\t\t\n",
        "EF001 ",
        " \n",
    ];
    for piece in pieces {
        let text = head.to_owned() + &piece.repeat(60_000 / piece.len());
        let reading = read(&text);
        assert_ne!(reading, Reading::Foreign, "{piece:?}");
    }
}

/// The last rows of the share register's section as they come when text is taken column by column.
fn in_columns(labels_and_values: &str) -> String {
    let rows = ["Record date", "Payment date", "Quay Registrars", "Share registrar"];
    plain(|line| match rows.iter().position(|row| line.starts_with(row)) {
        Some(0) => labels_and_values.to_owned(),
        Some(_) => String::new(),
        None => line.to_owned(),
    })
}

#[test]
fn values_below_a_block_of_labels_are_theirs_in_the_same_order() {
    let labels = "Record date\nPayment date\nShare registrar and its address";
    let text = in_columns(&format!("{labels}\n28 May 2025\n20 June 2025\nQuay Registrars Limited"));
    let (form, findings) = form(&text);
    assert_eq!(
        (day(&form.record_date), day(&form.payment_date)),
        (Some("2025-05-28".into()), Some("2025-06-20".into()))
    );
    let registrar = form.registrar.stated().map(|registrar| (registrar.name.as_str(), registrar.address.as_str()));
    assert_eq!(registrar, Some(("Quay Registrars Limited", "1 Quay Street")));
    assert_eq!(codes(&findings), []);
}

#[test]
fn a_block_with_a_value_too_few_is_not_given_out_in_order() {
    let labels = "Record date\nPayment date\nShare registrar and its address";
    let text = in_columns(&format!("{labels}\n20 June 2025\nQuay Registrars Limited"));
    let (form, findings) = form(&text);
    assert_eq!((day(&form.record_date), day(&form.payment_date)), (None, None), "it may be either one's");
    assert_eq!(form.registrar.stated().map(|registrar| registrar.name.as_str()), Some("Quay Registrars Limited"));
    assert!(matches!(form.payment_date.value, Value::Unparsed { .. }), "printed, and published as such");
    assert_eq!(codes(&findings), []);
}

#[test]
fn on_one_line_a_reason_may_begin_in_small_letters() {
    let text = with(
        "Status",
        "Status Update to previous announcement to tell the rate of exchange and Reason for the update / change the amount in HKD",
    );
    let text = text.replace("Reason for the update / change Correction\n", "").replace('\n', " ");
    let (form, _) = form(&text);
    let reason = form.update_reason.stated().map(|reason| reason.to_string());
    assert_eq!(reason.as_deref(), Some("to tell the rate of exchange and the amount in HKD"));
}

#[test]
fn beside_the_end_of_row_4_stands_its_text_or_when_it_has_one_the_title() {
    for (row, above, codes) in [
        ("and 40418 LHL N2705\nname(s) 04567 LHL N2912", "Privatisation and\n", "40418 LHL N2705 04567 LHL N2912"),
        ("and\nNot applicable\nname(s) Privatisation and", "", "Not applicable"),
    ] {
        let text = with("Other related", &format!("Other related stock code(s) {row}"));
        let title = format!("{above}Title of announcement\nspecial dividend");
        let text = text.replace("Title of announcement Final dividend", &title);
        let (form, _) = form(&text);
        assert_eq!(form.related_securities.text, codes);
        assert_eq!(form.announcement_title.text, "Privatisation and special dividend");
    }
}
