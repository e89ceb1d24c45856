//! One row of a whole form printed otherwise, by kinds of misprint, in both languages and every layout: what becomes of it.

use chrono::{NaiveDate, NaiveTime};
use exdate::event::schema::{AnnouncementStatus, Completeness, Language, Nature};
use exdate::finding::Code;
use exdate::money::Currency;
use exdate::pipeline::Outcome;
use serde_json::Value;

use super::{found_at, outcome, with_row};
use crate::render::facts::{Facts, Kind, Money, Phrase, Rate, Scrip, Slot, Text};
use crate::render::layout::Layout;
use crate::render::words::Row;

/// A lawful form whose every row is definite.
pub(super) fn facts() -> Facts {
    let day = |month, day| NaiveDate::from_ymd_opt(2025, month, day).expect("a day");
    let money = Money { currency: "HKD", amount: Some("0.35".into()), per: 1 };
    let text = || Text(vec![Phrase::Plain(0)]);
    Facts {
        issuer: 0,
        code: "01987".into(),
        counters: Vec::new(),
        related: None,
        title: text(),
        announced: day(3, 20),
        status: AnnouncementStatus::New,
        reason: text(),
        kind: Kind::Final,
        nature: Nature::Ordinary,
        year_end: Slot::Is(NaiveDate::from_ymd_opt(2024, 12, 31).expect("a day")),
        period_end: Slot::Is(NaiveDate::from_ymd_opt(2024, 12, 31).expect("a day")),
        declared: money.clone(),
        approval: Slot::Is(day(5, 29)),
        payment: Slot::Is(money),
        rate: Slot::Is(Rate { base: "HKD", quote: "HKD", amount: "1".into() }),
        options: Vec::new(),
        part_of_dividend: false,
        deadline: Slot::NotApplicable,
        scrip: None,
        ex_date: Slot::Is(day(6, 3)),
        lodgement: Slot::Is((day(6, 4), NaiveTime::from_hms_opt(16, 30, 0).expect("a time"))),
        book_close: Slot::Is((day(6, 5), day(6, 10))),
        record_date: Slot::Is(day(6, 10)),
        payment_date: Slot::Is(day(6, 27)),
        registrar: 0,
        address_lines: 4,
        tax: Slot::NotApplicable,
        other: None,
        directors: text(),
    }
}

/// The outcome of the lawful form with one row printed otherwise, in every layout.
fn in_every_layout(row: Row, language: Language, printed: &str, check: impl Fn(&Outcome) -> bool) {
    for layout in Layout::plain() {
        let text = with_row(&facts(), language, &layout, row, Some(printed));
        let outcome = outcome(&text);
        assert!(check(&outcome), "{row:?} `{printed}`: {outcome:?}\n{text}");
    }
}

fn is_dead_at(outcome: &Outcome, field: &str) -> bool {
    matches!(outcome, Outcome::DeadLetter(_, findings, _) if found_at(findings, field))
}

/// Published without the value, which is told.
fn is_told_at(outcome: &Outcome, field: &str) -> bool {
    let Outcome::Publish(event, findings) = outcome else { return is_dead_at(outcome, field) };
    let event = serde_json::to_value(&**event).expect("an event is JSON");
    found_at(findings, field) && event.pointer(field).is_none_or(is_absent)
}

/// Null, or an object of which everything but the kind and number of the option is.
fn is_absent(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            ["currency", "amount"].iter().all(|name| fields.get(*name).is_some_and(Value::is_null))
        }
        value => value.is_null(),
    }
}

#[test]
fn the_form_without_a_change_is_read_whole_in_every_layout() {
    for language in [Language::En, Language::ZhHant] {
        let complete = |outcome: &Outcome| matches!(outcome, Outcome::Publish(_, findings) if findings.is_empty());
        in_every_layout(Row::StockCode, language, "01987", complete);
    }
}

#[test]
fn a_required_value_with_more_behind_it_is_unreadable() {
    use Language::{En, ZhHant};
    for (row, field, language, printed) in [
        (Row::Declared, "/dividend/declared", En, "HKD 0.35 per share and a special HKD 0.2 per share"),
        (Row::Declared, "/dividend/declared", En, "HKD 0.35 per share and\na special HKD 0.2 per share"),
        (Row::Declared, "/dividend/declared", En, "HKD 0.35 per share\nand a special HKD 0.2 per share"),
        (Row::Declared, "/dividend/declared", En, "HKD 0.35 0.36 per share"),
        (Row::Declared, "/dividend/declared", En, "HKD 0.35 per share HKD 0.36 per share"),
        (Row::Declared, "/dividend/declared", En, "HKD 0.35 per share plus HKD 0.2"),
        (Row::Declared, "/dividend/declared", En, "HKD 0.35 per share (of which HKD 0.1 is special)"),
        (Row::Declared, "/dividend/declared", En, "HKD 0.35 per share Special HKD 0.2"),
        (Row::Declared, "/dividend/declared", En, "HKD 0.35 per share 1"),
        (Row::Declared, "/dividend/declared", ZhHant, "每 股 0.5HKD 及特別股息每 股 0.2HKD"),
        (Row::Declared, "/dividend/declared", ZhHant, "每 股 0.5HKD\n及特別股息每 股 0.2HKD"),
        (Row::Declared, "/dividend/declared", ZhHant, "每 股 0.5HKD，另加每 股 0.2HKD"),
        (Row::Declared, "/dividend/declared", ZhHant, "每 股 0.5 0.6HKD"),
        (Row::Declared, "/dividend/declared", ZhHant, "每 股 0.5HKD 連同紅股"),
        (Row::DefaultPayment, "/payment_options/0", En, "HKD 0.35 per share and a special HKD 0.2 per share"),
        (Row::DefaultPayment, "/payment_options/0", En, "HKD 0.35 per share Note 1"),
        (Row::DefaultPayment, "/payment_options/0", ZhHant, "每 股 0.5HKD 及特別股息每 股 0.2HKD"),
        (Row::AnnouncementDate, "/dates/announcement_date", En, "20 March 2025 21 March 2025"),
        (Row::AnnouncementDate, "/dates/announcement_date", En, "20 March 2025 and 21 March 2025"),
        (Row::AnnouncementDate, "/dates/announcement_date", En, "20 March 2025 Amended"),
        (Row::AnnouncementDate, "/dates/announcement_date", ZhHant, "2025年3月20日 2025年3月21日"),
        (Row::AnnouncementDate, "/dates/announcement_date", ZhHant, "2025年3月20日 經修訂"),
        (Row::StockCode, "/instrument/stock_code", En, "01987 01988"),
        (Row::StockCode, "/instrument/stock_code", ZhHant, "01987 及 01988"),
        (Row::Status, "/lineage/announcement_status", En, "New announcement Update to previous announcement"),
        (Row::Status, "/lineage/announcement_status", ZhHant, "新公告 更正"),
    ] {
        in_every_layout(row, language, printed, |outcome| is_dead_at(outcome, field));
    }
}

#[test]
fn any_other_value_with_more_behind_it_is_absent_and_told() {
    use Language::{En, ZhHant};
    for (row, field, language, printed) in [
        (Row::PaymentDate, "/dates/payment_date", En, "27 June 2025 or 30 June 2025"),
        (Row::ExDate, "/dates/ex_date", En, "03 June 2025 04 June 2025"),
        (Row::RecordDate, "/dates/record_date", En, "10 June 2025 Tuesday 11 June 2025"),
        (Row::BookClose, "/dates/book_close_period", En, "From 05 June 2025 to 10 June 2025 and 12 June 2025"),
        (Row::ExchangeRate, "/payment_options/0/exchange_rate", En, "HKD 1 : HKD 1 1"),
        (Row::Lodgement, "/dates/lodgement_deadline", En, "04 June 2025 16:30 17:30"),
        (Row::YearEnd, "/dividend/financial_year_end", En, "31 December 2024 31 December 2025"),
        (Row::ExDate, "/dates/ex_date", ZhHant, "2025年6月3日 或 2025年6月4日"),
        (Row::PaymentDate, "/dates/payment_date", ZhHant, "2025年6月27日 2025年6月30日"),
        (Row::ExchangeRate, "/payment_options/0/exchange_rate", ZhHant, "1 HKD : 1HKD 2"),
        (Row::BookClose, "/dates/book_close_period", ZhHant, "由 2025年6月5日至 2025年6月10日 及 2025年6月12日"),
        (Row::Approval, "/dates/shareholder_approval_date", ZhHant, "2025年5月29日 2025年5月30日"),
    ] {
        in_every_layout(row, language, printed, |outcome| is_told_at(outcome, field));
    }
}

/// The form with a choice of currency, and the form with a choice of shares.
fn elections() -> [Facts; 2] {
    let alternative = Money { currency: "RMB", amount: Some("0.3".into()), per: 1 };
    let rate = Rate { base: "HKD", quote: "RMB", amount: "0.858".into() };
    let day = |month, day| NaiveDate::from_ymd_opt(2025, month, day).expect("a day");
    let deadline = Slot::Is((day(6, 20), NaiveTime::from_hms_opt(16, 30, 0).expect("a time")));
    let scrip = Scrip {
        cash_is_default: true,
        price: Slot::Is(("HKD", "5.2".into())),
        certificates: Slot::Is(day(6, 27)),
        first_dealing: Slot::Is(day(6, 27)),
        partly: true,
        fractions: 0,
    };
    [
        Facts { options: vec![(Slot::Is(alternative), Slot::Is(rate))], deadline: deadline.clone(), ..facts() },
        Facts { scrip: Some(scrip), deadline, ..facts() },
    ]
}

/// A lost row is told at its field, and the event is not complete.
fn is_told_as_lost(outcome: &Outcome, field: &str) -> bool {
    let Outcome::Publish(event, _) = outcome else { return false };
    event.classification.completeness == Completeness::Inco && is_told_at(outcome, field)
}

#[test]
fn a_date_amount_or_rate_that_is_lost_is_told() {
    let two_currencies = Facts {
        declared: Money { currency: "RMB", amount: Some("0.3".into()), per: 1 },
        rate: Slot::Is(Rate { base: "RMB", quote: "HKD", amount: "1.16667".into() }),
        ..facts()
    };
    for (facts, row, field) in [
        (facts(), Row::Approval, "/dates/shareholder_approval_date"),
        (facts(), Row::ExDate, "/dates/ex_date"),
        (facts(), Row::Lodgement, "/dates/lodgement_deadline"),
        (facts(), Row::BookClose, "/dates/book_close_period"),
        (facts(), Row::RecordDate, "/dates/record_date"),
        (facts(), Row::PaymentDate, "/dates/payment_date"),
        (facts(), Row::Declared, "/dividend/declared"),
        (two_currencies, Row::ExchangeRate, "/payment_options/0/exchange_rate"),
    ] {
        lost_in_every_layout(&facts, row, field);
    }
}

#[test]
fn a_row_of_an_election_that_is_lost_is_told() {
    let [currency, scrip] = elections();
    for (facts, row, field) in [
        (&currency, Row::FirstOption, "/payment_options/1"),
        (&currency, Row::FirstOptionRate, "/payment_options/1/exchange_rate"),
        (&currency, Row::PartOfDividend, "/election/partial_allowed"),
        (&currency, Row::ElectionDeadline, "/election/deadline"),
        (&scrip, Row::DefaultOption, "/election/default_option"),
        (&scrip, Row::ScripPrice, "/payment_options/1/scrip/price"),
        (&scrip, Row::CertificateDate, "/payment_options/1/scrip/certificate_date"),
        (&scrip, Row::FirstDealing, "/payment_options/1/scrip/first_dealing_date"),
        (&scrip, Row::PartlyInShares, "/election/partial_allowed"),
        (&scrip, Row::Fractions, "/payment_options/1/scrip/fraction_treatment"),
        (&scrip, Row::ElectionDeadline, "/election/deadline"),
    ] {
        lost_in_every_layout(facts, row, field);
    }
}

fn lost_in_every_layout(facts: &Facts, row: Row, field: &str) {
    for language in [Language::En, Language::ZhHant] {
        for layout in Layout::plain() {
            let text = with_row(facts, language, &layout, row, None);
            let outcome = outcome(&text);
            assert!(is_told_as_lost(&outcome, field), "{row:?} is lost: {outcome:?}\n{text}");
        }
    }
}

#[test]
fn what_cannot_mean_anything_else_is_read() {
    use Language::{En, ZhHant};
    for (row, language, printed, code) in [
        (Row::PaymentDate, En, "27 Jun 2025", None),
        (Row::PaymentDate, En, "2025/06/27", None),
        (Row::PaymentDate, En, "27 June 2025 (Friday)", None),
        (Row::PaymentDate, ZhHant, "2025年6月27日（星期五）", None),
        (Row::PaymentDate, ZhHant, "２０２５年６月２７日", None),
        (Row::PaymentDate, ZhHant, "2025/6/27", None),
        (Row::Lodgement, En, "04 June 2025 4:30 p.m.", None),
        (Row::Lodgement, En, "4 Jun 2025 (Wed) 4:30pm", None),
        (Row::Lodgement, ZhHant, "2025年6月4日下午4時30分", None),
        (Row::BookClose, En, "From 05 June 2025 to 10 June 2025 (both days inclusive)", None),
        (Row::BookClose, ZhHant, "由 2025年6月5日至 2025年6月10日（包括首尾兩天）", None),
        (Row::StockCode, ZhHant, "０１９８７", None),
        (Row::StockCode, En, "019\u{ad}87", None),
        (Row::Declared, En, "HK$0.35 per share", None),
        (Row::Declared, En, "HKD 0.35 per H share", None),
        (Row::Declared, En, "HKD 0.\u{200b}35 per unit", None),
        (Row::Declared, En, "HKD 0.35 per share (tax inclusive)", Some(Code::UnconfirmedWording)),
        (Row::Declared, En, "HK35 cents per share", Some(Code::AmountInCents)),
        (Row::Declared, ZhHant, "每 股 ０．３５ＨＫＤ", None),
        (Row::Declared, ZhHant, "每H股 0.35HKD", None),
        (Row::Declared, ZhHant, "每 股 0.35HKD（含稅）", Some(Code::UnconfirmedWording)),
        (Row::Declared, ZhHant, "每 股 35港仙", Some(Code::AmountInCents)),
        (Row::ExchangeRate, En, "HK$1 : HK$1", None),
        (Row::Counters, En, "Nil", None),
    ] {
        let lawful = |outcome: &Outcome| {
            let Outcome::Publish(event, findings) = outcome else { return false };
            let dates = (&event.dates.payment_date, &event.dates.lodgement_deadline, &event.dates.book_close_period);
            let text = serde_json::to_string(&dates).expect("JSON");
            let days = r#"["2025-06-27","2025-06-04T16:30:00+08:00",{"from":"2025-06-05","to":"2025-06-10"}]"#;
            let declared = event.dividend.declared.amount.map(|amount| amount.to_string());
            text == days
                && event.instrument.stock_code == "01987"
                && (declared.as_deref(), event.dividend.declared.currency) == (Some("0.35"), Some(Currency::HKD))
                && findings.iter().map(|finding| finding.code).eq(code)
        };
        in_every_layout(row, language, printed, lawful);
    }
}

#[test]
fn what_may_mean_something_else_is_not_read() {
    use Language::{En, ZhHant};
    for (row, field, language, printed) in [
        (Row::PaymentDate, "/dates/payment_date", En, "06/07/2025"),
        (Row::PaymentDate, "/dates/payment_date", En, "27 June 2025 (Thursday)"),
        (Row::PaymentDate, "/dates/payment_date", En, "on or about 27 June 2025"),
        (Row::PaymentDate, "/dates/payment_date", ZhHant, "2025年6月27日（星期四）"),
        (Row::PaymentDate, "/dates/payment_date", ZhHant, "2025年6月底"),
        (Row::Lodgement, "/dates/lodgement_deadline", En, "04 June 2025 16:30 p.m."),
        (Row::Lodgement, "/dates/lodgement_deadline", ZhHant, "2025年6月4日下午四時三十分"),
        (Row::Declared, "/dividend/declared", En, "$0.35 per share"),
        (Row::Declared, "/dividend/declared", En, "35 cents per share"),
        (Row::Declared, "/dividend/declared", En, "HKD 0,35 per share"),
        (Row::Declared, "/dividend/declared", En, "HKD 1,00 per share"),
        (Row::Declared, "/dividend/declared", ZhHant, "每 股 0.35元"),
        (Row::Declared, "/dividend/declared", ZhHant, "每 股 三角五分"),
    ] {
        in_every_layout(row, language, printed, |outcome| is_told_at(outcome, field));
    }
}
