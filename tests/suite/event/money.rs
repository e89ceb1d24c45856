//! Declared and paid amounts, options, elections, identity; and which amounts stop a form.

use exdate::event::schema::{
    Completeness, DeclaredAmount, DividendType, EventStage, EventType, FieldStatus, Function, OptionType, Participation,
};
use exdate::finding::Code;
use exdate::form::{AnnouncementStatus, DefaultOption, Form, Printed};

use super::{codes, event, findings, publish};
use crate::printed::*;

#[test]
fn a_plain_cash_dividend_is_mandatory_and_has_one_option() {
    let event = event(&form());
    assert_eq!(event.classification.event_type, EventType::Dvca);
    assert_eq!(event.classification.mandatory_voluntary, Participation::Mand);
    assert_eq!(event.payment_options.len(), 1);
    assert!(event.payment_options[0].is_default);
    assert_eq!(event.election, None);
    assert_eq!(event.dividend.kind, Some(DividendType::Final));
}

#[test]
fn a_half_known_amount_has_its_currency_and_is_incomplete() {
    let pending = Form {
        declared: money("RMB", "0.17", 1, 18),
        default_payment: half_known("HKD", 21),
        exchange_rate: to_be_announced(22),
        ..form()
    };
    let event = event(&pending);
    let option = &event.payment_options[0];
    assert_eq!((option.currency, option.amount, option.per_shares), (Some(currency("HKD")), None, None));
    for member in ["amount", "per_shares", "amount_per_share", "exchange_rate"] {
        let pointer = format!("/payment_options/0/{member}");
        assert_eq!(event.field_status.get(pointer.as_str()), Some(&FieldStatus::ToBeAnnounced), "{pointer}");
    }
    assert!(!event.field_status.contains_key("/payment_options/0/currency"));
    assert_eq!(event.classification.completeness, Completeness::Inco);
}

#[test]
fn an_amount_for_ten_shares_is_divided_exactly() {
    let event = event(&Form { declared: money("HKD", "2.5", 10, 18), ..form() });
    let expected = DeclaredAmount {
        currency: Some(currency("HKD")),
        amount: Some(amount("2.5")),
        per_shares: Some(10),
        amount_per_share: Some(amount("0.25")),
    };
    assert_eq!(event.dividend.declared, expected);
}

#[test]
fn a_currency_election_adds_an_option_with_its_own_rate() {
    let event = event(&currency_form());
    assert_eq!(event.classification.mandatory_voluntary, Participation::Chos);
    assert_eq!(event.classification.event_type, EventType::Dvca);
    let [default, alternative]: &[_; 2] = event.payment_options.as_slice().try_into().expect("two options");
    assert_eq!((default.option_number.as_ref(), default.is_default), ("001", true));
    assert_eq!((alternative.option_number.as_ref(), alternative.is_default), ("002", false));
    assert_eq!((alternative.option_type, alternative.currency), (OptionType::Cash, Some(currency("CNY"))));
    assert_eq!(alternative.exchange_rate.as_ref().map(|rate| rate.quote_amount), Some(amount("0.92")));
    let election = event.election.expect("an election");
    assert_eq!((election.default_option, election.partial_allowed), (Some(OptionType::Cash), Some(false)));
    assert_eq!(serde_json::to_string(&election.deadline).expect("JSON"), r#""2025-06-10T16:30:00+08:00""#);
}

#[test]
fn a_second_currency_is_the_third_option_and_one_not_applicable_is_none() {
    let mut form = Form {
        first_option: half_known("RMB", 48),
        first_option_rate: to_be_announced(49),
        second_option: not_applicable(52),
        second_option_rate: not_applicable(53),
        ..currency_form()
    };
    assert_eq!(event(&form).payment_options.len(), 2);
    (form.second_option, form.second_option_rate) = (half_known("USD", 52), to_be_announced(53));
    let event = event(&form);
    assert_eq!(event.payment_options[2].option_number, "003");
    assert_eq!(event.field_status.get("/payment_options/2/amount"), Some(&FieldStatus::ToBeAnnounced));
    assert_eq!(event.classification.completeness, Completeness::Inco);
}

#[test]
fn a_currency_election_whose_rows_were_lost_is_still_an_election() {
    let form = Form { first_option: Printed::default(), first_option_rate: Printed::default(), ..currency_form() };
    let event = event(&form);
    assert_eq!(event.payment_options.len(), 2);
    assert_eq!(event.field_status.get("/payment_options/1/currency"), Some(&FieldStatus::NotStated));
    assert_eq!(event.classification.mandatory_voluntary, Participation::Chos);
}

#[test]
fn a_scrip_election_adds_an_option_of_shares() {
    let event = event(&scrip_form());
    assert_eq!(event.classification.event_type, EventType::Dvop);
    assert_eq!(event.classification.mandatory_voluntary, Participation::Chos);
    assert!(event.corporate_action_id.starts_with("XHKG:09876:DVOP:"));
    assert_eq!(
        serde_json::to_string(&event.payment_options[1]).expect("JSON"),
        r#"{"option_number":"002","option_type":"SECU","is_default":false,"currency":null,"amount":null,"per_shares":null,"#
            .to_owned()
            + r#""amount_per_share":null,"exchange_rate":null,"scrip":{"price":{"currency":"HKD","amount":"155.6"},"#
            + r#""certificate_date":"2025-06-16","first_dealing_date":"2025-06-16","fraction_treatment":"Rounded down"}}"#
    );
    assert_eq!(
        serde_json::to_string(&event.election).expect("JSON"),
        r#"{"deadline":"2025-06-10T16:30:00+08:00","default_option":"CASH","partial_allowed":false}"#
    );
}

#[test]
fn shares_are_the_default_where_the_form_says_so() {
    let mut form = scrip_form();
    form.default_option = stated(DefaultOption::Shares, "Shares", 40);
    let event = event(&form);
    assert_eq!(event.payment_options.iter().map(|option| option.is_default).collect::<Vec<_>>(), [false, true]);
    assert_eq!(event.election.and_then(|election| election.default_option), Some(OptionType::Secu));
}

#[test]
fn two_elections_that_answer_differently_have_no_answer() {
    let mut form = scrip_form();
    (form.first_option, form.first_option_rate) = (half_known("USD", 48), to_be_announced(49));
    form.partial_currency_election = stated(true, "Yes", 50);
    let both = event(&form);
    assert_eq!(both.payment_options.len(), 3);
    assert_eq!(both.payment_options[2].option_type, OptionType::Secu);
    assert_eq!(both.election.and_then(|election| election.partial_allowed), None);
    assert_eq!(both.field_status.get("/election/partial_allowed"), Some(&FieldStatus::Unparsed));
    form.partial_currency_election = stated(false, "No", 50);
    assert_eq!(event(&form).election.and_then(|election| election.partial_allowed), Some(false));
}

#[test]
fn a_withdrawal_needs_no_amount_and_is_complete() {
    let event = event(&Form { declared: not_applicable(18), ..withdrawal() });
    assert_eq!(event.lineage.function, Function::With);
    assert_eq!(event.classification.completeness, Completeness::Comp);
    assert_eq!(event.classification.event_stage, None);
    assert_eq!(event.field_status.get("/dividend/declared"), Some(&FieldStatus::NotApplicable));
    assert_eq!(codes(&Form { declared: not_applicable(18), default_payment: not_applicable(21), ..withdrawal() }), []);
    for member in ["currency", "amount", "per_shares", "amount_per_share", "exchange_rate"] {
        let pointer = format!("/payment_options/0/{member}");
        assert_eq!(event.field_status.get(pointer.as_str()), Some(&FieldStatus::ToBeAnnounced), "{pointer}");
    }
}

#[test]
fn a_withdrawal_with_an_unreadable_amount_is_published_with_a_warning() {
    let form = Form { default_payment: unparsed("nil", 21), ..withdrawal() };
    assert_eq!(codes(&form), [Code::UnreadableValue]);
    assert_eq!(event(&form).field_status.get("/payment_options/0/amount"), Some(&FieldStatus::Unparsed));
}

#[test]
fn approval_is_outstanding_until_its_day() {
    for (approval, expected) in [
        (on("2025-05-20", 19), Some(EventStage::Suap)),
        (on("2025-03-21", 19), Some(EventStage::Suap)),
        (on("2025-03-20", 19), Some(EventStage::Appd)),
        (on("2024-12-06", 19), Some(EventStage::Appd)),
        (to_be_announced(19), Some(EventStage::Suap)),
        (not_applicable(19), None),
        (Printed::default(), None),
    ] {
        assert_eq!(event(&Form { approval_date: approval, ..form() }).classification.event_stage, expected);
    }
}

#[test]
fn the_period_of_the_identity_is_the_first_that_is_stated() {
    let id = |form: Form| event(&form).corporate_action_id;
    assert_eq!(
        id(Form { reporting_period_end: on("2024-06-30", 17), ..form() }),
        "XHKG:09876:DVCA:2024-06-30:FINL:ORDI"
    );
    assert_eq!(id(Form { reporting_period_end: not_applicable(17), ..form() }), "XHKG:09876:DVCA:2024-12-31:FINL:ORDI");
    assert_eq!(
        id(Form { reporting_period_end: not_applicable(17), financial_year_end: not_applicable(16), ..form() }),
        "XHKG:09876:DVCA:2025-03-20:FINL:ORDI"
    );
}

#[test]
fn three_faults_are_three_findings() {
    let form = Form {
        stock_code: unparsed("9876", 7),
        announcement_date: Printed::default(),
        default_payment: unparsed("0.25 per share", 21),
        ..form()
    };
    let findings = findings(&form);
    let facts: Vec<_> = findings.iter().map(|found| (found.code, &*found.field, found.line)).collect();
    assert_eq!(
        facts,
        [
            (Code::InvalidStockCode, "/instrument/stock_code", Some(7)),
            (Code::RequiredFieldMissing, "/dates/announcement_date", None),
            (Code::InvalidAmount, "/payment_options/0/amount", Some(21)),
        ]
    );
    assert_eq!(findings[0].found.as_deref(), Some("9876"));
}

#[test]
fn one_amount_is_enough_and_none_is_an_error() {
    let lost = publish(&Form { declared: Printed::default(), ..form() }).1;
    assert_eq!(
        lost.iter().map(|lost| (lost.code, &*lost.field)).collect::<Vec<_>>(),
        [(Code::ValueNotStated, "/dividend/declared")]
    );
    assert_eq!(codes(&Form { default_payment: not_applicable(21), exchange_rate: not_applicable(22), ..form() }), []);
    let none = Form { declared: Printed::default(), default_payment: not_applicable(21), ..form() };
    assert_eq!(codes(&none), [Code::RequiredFieldMissing]);
    let pending = Form { declared: to_be_announced(18), default_payment: to_be_announced(21), ..form() };
    assert_eq!(codes(&pending), []);
}

#[test]
fn an_amount_that_cannot_be_stops_the_form() {
    for (declared, expected) in [
        (money("HKD", "0", 1, 18), Code::InvalidAmount),
        (money("HKD", "0.000", 1, 18), Code::InvalidAmount),
        (money("HKD", "0.25", 0, 18), Code::InvalidAmount),
        (unparsed("HKD -0.25 per share", 18), Code::InvalidAmount),
        (unparsed("0.25 per share", 18), Code::InvalidAmount),
        (unparsed("twenty-five cents", 18), Code::UnreadableRequiredValue),
    ] {
        assert_eq!(codes(&Form { declared, ..form() }), [expected]);
    }
}

#[test]
fn a_required_row_without_a_definite_value_stops_the_form() {
    let missing = [Code::RequiredFieldMissing];
    assert_eq!(codes(&Form { stock_code: Printed::default(), ..form() }), missing);
    assert_eq!(codes(&Form { announcement_date: to_be_announced(11), ..form() }), missing);
    assert_eq!(codes(&Form { status: not_applicable(12), ..form() }), missing);
    assert_eq!(codes(&Form { status: unparsed("Corrigendum", 12), ..form() }), [Code::UnreadableRequiredValue]);
}

#[test]
fn an_update_replaces() {
    let update = event(&Form { status: stated(AnnouncementStatus::Update, "Update", 12), ..form() });
    assert_eq!(update.lineage.function, Function::Repl);
    assert_eq!(update.corporate_action_id, event(&form()).corporate_action_id);
}
