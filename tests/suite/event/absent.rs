//! `null` and its entry in `field_status` go together, by the rule in `event/schema.rs`.

use exdate::event::DividendEvent;
use exdate::event::normalise;
use exdate::event::schema::FieldStatus::{self, NotApplicable, NotStated, ToBeAnnounced, Unparsed};
use exdate::finding::{Code, Finding};
use exdate::form::{
    self, AnnouncementStatus, Counter, DividendType, Form, Printed, Registrar, TypeAndFrequency, Withholding,
    WithholdingRow,
};
use exdate::message::Rules;
use serde_json::Value;

use super::{codes, event, publish};
use crate::printed::*;

#[test]
fn a_row_says_why_it_has_no_value() {
    for (row, expected) in [
        (not_applicable(20), NotApplicable),
        (to_be_announced(20), ToBeAnnounced),
        (Printed::default(), NotStated),
        (unparsed("on or about 16 June 2025", 20), Unparsed),
    ] {
        let event = event(&Form { payment_date: row, ..form() });
        assert_eq!(event.dates.payment_date, None);
        assert_eq!(event.field_status.get("/dates/payment_date"), Some(&expected));
    }
}

#[test]
fn text_outside_the_grammar_is_a_warning_with_its_place() {
    let (event, warnings) = publish(&Form { payment_date: unparsed("on or about 16 June 2025", 27), ..form() });
    let [warning]: &[_; 1] = warnings.as_slice().try_into().expect("one warning");
    assert_eq!((warning.code, &*warning.field, warning.line), (Code::UnreadableValue, "/dates/payment_date", Some(27)));
    let other_words = Printed { value: form::Value::Unparsed { expected: "a date" }, ..unparsed("mid-June", 27) };
    let other = publish(&Form { payment_date: other_words, ..form() }).1;
    assert_eq!(other[0].expected.as_deref(), Some("a date"));
    assert_eq!(
        event.warnings[0].message,
        "A field holds text outside its grammar; it is published as absent: \
         found `on or about 16 June 2025`, expected something else, line 27."
    );
}

#[test]
fn what_the_reading_found_wrong_is_not_found_again() {
    let impossible = |field: &'static str, line| Finding::new(Code::ImpossibleDate, field).at(line);
    let competing = |field: &'static str| Finding::new(Code::CompetingValues, field);
    let form = Form {
        announcement_date: unparsed("31 February 2025", 11),
        stock_code: Printed::default(),
        payment_date: unparsed("31 June 2025", 27),
        default_payment: unparsed("HKD 0.25 per share or HKD 0.52 per share", 21),
        ..form()
    };
    let reading = vec![
        competing("/instrument/stock_code"),
        impossible("/dates/announcement_date", 11),
        competing("/payment_options/0"),
        impossible("/dates/payment_date", 27),
    ];
    let findings = normalise(&document(), &form, reading.clone(), &Rules::default()).expect_err("errors");
    assert_eq!(findings, reading);

    let doubt = Finding::new(Code::UnconfirmedWording, "/dates/announcement_date").at(11);
    let findings = normalise(&document(), &form, vec![doubt], &Rules::default()).expect_err("errors");
    assert!(
        findings.iter().any(|finding| finding.code == Code::UnreadableRequiredValue),
        "a warning says nothing of it"
    );
}

#[test]
fn an_unknown_dividend_type_keeps_its_text() {
    let (event, warnings) = publish(&Form { dividend_type: unparsed("Bonus", 14), ..form() });
    assert_eq!((event.dividend.kind, event.dividend.type_text.as_deref()), (None, Some("Bonus")));
    assert_eq!(event.corporate_action_id, "XHKG:09876:DVCA:2024-12-31:OTHR:ORDI");
    assert_eq!(warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), [Code::UnknownDividendType]);
    assert_eq!(event.field_status.get("/dividend/type"), Some(&Unparsed));
    assert!(!event.field_status.contains_key("/dividend/type_text"));
}

#[test]
fn a_type_that_is_known_without_its_text_has_no_text() {
    let kind = TypeAndFrequency { dividend_type: DividendType::Final, frequency: None };
    let event = event(&Form { dividend_type: stated(kind, "", 14), ..form() });
    assert_eq!((event.dividend.kind, event.dividend.type_text), (Some(DividendType::Final), None));
    assert_eq!(event.field_status.get("/dividend/type_text"), Some(&NotStated));
}

#[test]
fn a_missing_dividend_type_has_neither_word_nor_text() {
    let event = event(&Form { dividend_type: Printed::default(), dividend_nature: Printed::default(), ..form() });
    for field in ["/dividend/type", "/dividend/type_text", "/dividend/nature"] {
        assert_eq!(event.field_status.get(field), Some(&NotStated), "{field}");
    }
    assert_eq!(event.corporate_action_id, "XHKG:09876:DVCA:2024-12-31:OTHR:OTHR");
}

#[test]
fn the_parts_of_the_withholding_tax_are_absent_one_by_one() {
    let row = WithholdingRow {
        shareholder_type: "Individuals".into(),
        rate_percent: Some(amount("10")),
        rate_text: None,
        details: None,
    };
    let table = Withholding { summary: None, rates: vec![row] };
    let with_table = event(&Form { withholding_tax: stated(table, "...", 31), ..form() });
    assert_eq!(with_table.field_status.get("/withholding_tax/summary"), Some(&NotStated));
    assert_eq!(with_table.field_status.get("/withholding_tax/rates/0/details"), Some(&NotStated));

    let with_text = event(&Form { withholding_tax: tax_text("10% is withheld", 31), ..form() });
    assert_eq!(with_text.field_status.get("/withholding_tax/rates"), Some(&NotStated));

    let cannot_be_cut = || unparsed("Individuals 10% see below 20%", 31);
    let (uncut, warnings) = publish(&Form { withholding_tax: cannot_be_cut(), ..form() });
    assert_eq!(
        uncut.withholding_tax.summary.as_deref(),
        Some("Individuals 10% see below 20%"),
        "nothing printed is lost"
    );
    assert_eq!(uncut.field_status.get("/withholding_tax/rates"), Some(&Unparsed));
    let places: Vec<_> = warnings.iter().map(|warning| (warning.code, &*warning.field, warning.line)).collect();
    assert_eq!(places, [(Code::UnreadableValue, "/withholding_tax/rates", Some(31))]);

    let empty = event(&Form { withholding_tax: stated(Withholding::default(), "", 31), ..form() });
    assert_eq!(empty.field_status.get("/withholding_tax"), Some(&NotStated));
}

#[test]
fn codes_and_registrar_keep_what_they_have() {
    let event = event(&Form {
        counters: stated(vec![Counter { stock_code: "89876".into(), currency: currency("RMB") }], "89876 RMB", 8),
        related_securities: text("04567 USD 100,000,000 notes due 2030", 9),
        registrar: stated(Registrar { name: "Harbour Registrars".into(), address: String::new() }, "...", 28),
        ..form()
    });
    assert_eq!(event.instrument.counters[0].stock_code, "89876");
    assert_eq!(event.instrument.related_securities[0].stock_code.as_deref(), Some("04567"));
    assert_eq!(event.instrument.related_securities[0].text, "04567 USD 100,000,000 notes due 2030");
    assert_eq!(event.field_status.get("/registrar/address"), Some(&NotStated));
}

#[test]
fn six_digits_are_no_stock_code() {
    let event = event(&Form { related_securities: text("123456 units", 9), ..form() });
    assert_eq!(event.instrument.related_securities[0].stock_code, None);
    assert_eq!(event.field_status.get("/instrument/related_securities/0/stock_code"), Some(&NotStated));
}

#[test]
fn an_update_gives_its_reason_or_says_why_not() {
    let update = Form { status: stated(AnnouncementStatus::Update, "Update", 12), ..form() };
    assert_eq!(event(&update).field_status.get("/lineage/update_reason"), Some(&NotStated));
    let reasoned = event(&Form { update_reason: text("Exchange rate", 13), ..update });
    assert_eq!(reasoned.lineage.update_reason.as_deref(), Some("Exchange rate"));
    assert!(!event(&form()).field_status.contains_key("/lineage/update_reason"));
}

/// The forms of this suite, from complete to nearly empty.
fn forms() -> Vec<Form<'static>> {
    let bare = Form {
        issuer_name: Printed::default(),
        announcement_title: Printed::default(),
        dividend_type: Printed::default(),
        dividend_nature: Printed::default(),
        financial_year_end: Printed::default(),
        reporting_period_end: Printed::default(),
        default_payment: Printed::default(),
        exchange_rate: Printed::default(),
        registrar: Printed::default(),
        withholding_tax: Printed::default(),
        directors: Printed::default(),
        ..withdrawal()
    };
    let odd = Form { declared: money("RMB", "1", 3, 18), default_payment: half_known("HKD", 21), ..form() };
    vec![form(), seed().1, withdrawal(), scrip_form(), bare, odd]
}

#[test]
fn every_null_and_every_empty_list_has_one_entry_and_no_value_has_any() {
    for form in forms() {
        assert_eq!(unexplained(&event(&form)), [""; 0]);
    }
}

/// What breaks the rule: absent values without an entry, and entries beside a value.
pub(super) fn unexplained(event: &DividendEvent) -> Vec<String> {
    let json = serde_json::to_value(event).expect("JSON");
    let mut absent = Vec::new();
    absent_below(&json, "", &mut absent);
    absent.retain(|pointer| !has_no_room(pointer, &json));
    let covers = |key: &str, pointer: &str| {
        key == pointer || pointer.strip_prefix(key).is_some_and(|rest| rest.starts_with('/'))
    };
    let without_entry =
        absent.iter().filter(|pointer| event.field_status.keys().filter(|key| covers(key, pointer)).count() != 1);
    let beside_value = event.field_status.keys().filter(|key| json.pointer(key).is_none_or(|value| !is_absent(value)));
    without_entry.cloned().chain(beside_value.map(|key| key.to_string())).collect()
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.values().all(is_absent),
        _ => false,
    }
}

fn absent_below(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| absent_below(value, &format!("{at}/{name}"), found))
        }
        Value::Array(elements) if !elements.is_empty() => {
            elements.iter().enumerate().for_each(|(place, value)| absent_below(value, &format!("{at}/{place}"), found));
        }
        Value::Null | Value::Array(_) => found.push(at.to_owned()),
        _ => {}
    }
}

/// What the form's structure leaves no room for.
fn has_no_room(pointer: &str, event: &Value) -> bool {
    const NEVER_STATED: [&str; 7] = [
        "/source",
        "/warnings",
        "/election",
        "/lineage/revision",
        "/lineage/supersedes",
        "/dividend/frequency",
        "/classification",
    ];
    let secu = |option: &str| event.pointer(option).is_some_and(|option| option["option_type"] == "SECU");
    let option = pointer.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    NEVER_STATED.iter().any(|place| pointer.starts_with(place))
        || pointer == "/election"
        || pointer == "/lineage/update_reason" && event["lineage"]["function"] == "NEWM"
        || pointer.starts_with("/payment_options/") && (pointer.ends_with("/scrip") || secu(&option))
}

#[test]
fn forms_of_this_module_hold_no_error() {
    for form in forms() {
        assert!(codes(&form).iter().all(|code| code.severity() == exdate::finding::Severity::Warning));
    }
}

#[test]
fn a_status_is_written_in_capitals() {
    let text = serde_json::to_string(&[NotApplicable, ToBeAnnounced, NotStated, Unparsed]).expect("JSON");
    assert_eq!(text, r#"["NOT_APPLICABLE","TO_BE_ANNOUNCED","NOT_STATED","UNPARSED"]"#);
    assert_eq!(serde_json::from_str::<FieldStatus>("\"UNPARSED\"").ok(), Some(Unparsed));
}
