//! What holds for every form, however odd: no panic, one verdict, canonical hash, valid JSON, nothing absent unexplained.

use chrono::{Days, NaiveDate, NaiveTime};
use exdate::document::Document;
use exdate::event::{DividendEvent, normalise, to_json};
use exdate::finding::{Code, Finding, Severity};
use exdate::form::{
    AnnouncementStatus, Counter, DefaultOption, DividendType, Form, Frequency, Nature, PerShare, Period, Price,
    Printed, Rate, Registrar, Template, Text, TypeAndFrequency, Value, Withholding, WithholdingRow,
};
use exdate::message::Rules;
use exdate::money::Amount;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::absent::unexplained;
use crate::printed;

/// Any state of a row; definite values of some kind twice as often as each other.
fn row<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Printed<'static, T>> {
    let value = prop_oneof![
        4 => value.prop_map(Value::Stated),
        1 => Just(Value::NotApplicable),
        1 => Just(Value::ToBeAnnounced),
        1 => Just(Value::NotStated),
        1 => Just(Value::Unparsed { expected: "something else" }),
    ];
    (value, any::<String>(), 0..90_u32)
        .prop_map(|(value, text, line)| Printed { value, text: text.into(), line })
        .boxed()
}

fn text() -> impl Strategy<Value = Text<'static>> {
    any::<String>().prop_map(Text::from)
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0..6000_u64).prop_map(|days| printed::day("2014-06-01") + Days::new(days))
}

fn amount() -> impl Strategy<Value = Amount> {
    prop_oneof![
        8 => (0..100_000_i64, 0..9_u32),
        1 => (any::<i64>().prop_map(|figure| (figure >> 1).abs()), 0..29_u32),
    ]
    .prop_map(|(figure, scale)| printed::amount(&decimal(figure, scale)))
}

/// `decimal(29, 2)` is `0.29`.
fn decimal(figure: i64, scale: u32) -> String {
    let scale = scale as usize;
    let digits = format!("{figure:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 { digits } else { format!("{whole}.{fraction}") }
}

fn money() -> impl Strategy<Value = PerShare> {
    let code = || prop_oneof![Just("HKD"), Just("RMB"), Just("USD")].prop_map(printed::currency);
    prop_oneof![
        4 => (code(), amount(), prop_oneof![Just(1), Just(10), any::<u32>()])
            .prop_map(|(currency, amount, per_shares)| PerShare::Definite { currency, amount, per_shares }),
        1 => code().prop_map(|currency| PerShare::AmountToBeAnnounced { currency }),
    ]
}

fn rate() -> impl Strategy<Value = Rate> {
    let code = || prop_oneof![Just("HKD"), Just("RMB")].prop_map(printed::currency);
    (code(), amount(), code(), amount()).prop_map(|(base_currency, base_amount, quote_currency, quote_amount)| Rate {
        base_currency,
        base_amount,
        quote_currency,
        quote_amount,
    })
}

fn moment() -> impl Strategy<Value = chrono::NaiveDateTime> {
    (day(), 0..24_u32, 0..60_u32)
        .prop_map(|(day, hour, minute)| day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day")))
}

/// A form with the rows of a scrip election, or without them.
fn scrip() -> impl Strategy<Value = Form<'static>> {
    let price = amount().prop_map(|amount| Price { currency: printed::currency("HKD"), amount });
    let default = prop_oneof![Just(DefaultOption::Cash), Just(DefaultOption::Shares)];
    let rows = (row(default), row(price), row(day()), row(day()), row(any::<bool>()), row(text()));
    option::of(rows).prop_map(|rows| match rows {
        None => printed::form(),
        Some((
            default_option,
            scrip_price,
            certificate_date,
            first_dealing_date,
            partial_scrip_election,
            fraction_treatment,
        )) => Form {
            default_option,
            scrip_price,
            certificate_date,
            first_dealing_date,
            partial_scrip_election,
            fraction_treatment,
            ..printed::form()
        },
    })
}

fn withholding() -> impl Strategy<Value = Withholding> {
    let rate = prop_oneof![3 => amount().prop_map(Ok), 1 => any::<String>().prop_map(Err)];
    let rates = (any::<String>(), rate, option::of(any::<String>())).prop_map(|(shareholder_type, rate, details)| {
        WithholdingRow { shareholder_type, rate_percent: rate.clone().ok(), rate_text: rate.err(), details }
    });
    (option::of(any::<String>()), vec(rates, 0..3)).prop_map(|(summary, rates)| Withholding { summary, rates })
}

/// Who pays, on the forms of [`scrip`].
fn who() -> impl Strategy<Value = Form<'static>> {
    let code = || (0..100_000_u32).prop_map(|code| format!("{code:05}"));
    let counter = (code(), Just(printed::currency("RMB")));
    let counters = vec(counter.prop_map(|(stock_code, currency)| Counter { stock_code, currency }), 0..3);
    let status = prop_oneof![
        Just(AnnouncementStatus::New),
        Just(AnnouncementStatus::Update),
        Just(AnnouncementStatus::Withdrawn)
    ];
    let template = prop_oneof![Just(Template::Ef001), Just(Template::Ef002), Just(Template::Ef003)];
    let registrar = (any::<String>(), any::<String>()).prop_map(|(name, address)| Registrar { name, address });
    let texts = (row(text()), row(text()), row(text()), row(text()));
    let facts = (template, row(code()), row(counters), row(day()), row(status), row(registrar), row(withholding()));
    (facts, texts, scrip()).prop_map(|(facts, texts, rest)| {
        let (template, stock_code, counters, announcement_date, status, registrar, withholding_tax) = facts;
        let (issuer_name, related_securities, update_reason, directors) = texts;
        Form {
            template,
            stock_code,
            counters,
            announcement_date,
            status,
            registrar,
            withholding_tax,
            issuer_name,
            related_securities,
            update_reason,
            directors,
            ..rest
        }
    })
}

fn forms() -> impl Strategy<Value = Form<'static>> {
    let frequency = option::of(Just(Frequency::SemiAnnual));
    let kind = (prop_oneof![Just(DividendType::Final), Just(DividendType::Other)], frequency)
        .prop_map(|(dividend_type, frequency)| TypeAndFrequency { dividend_type, frequency });
    let nature = prop_oneof![Just(Nature::Ordinary), Just(Nature::Special), Just(Nature::Other)];
    let option = || option::of((row(money()), row(rate()))).prop_map(Option::unwrap_or_default);
    let payment = (row(money()), row(money()), row(rate()), option(), option());
    let period = (day(), day()).prop_map(|(from, to)| Period { from, to });
    let days = (row(day()), row(day()), row(day()), row(day()), row(day()), row(day()));
    let times = (row(moment()), row(moment()), row(period), row(any::<bool>()));
    (who(), row(kind), row(nature), payment, days, times).prop_map(|(who, kind, nature, payment, days, times)| {
        let (declared, default_payment, exchange_rate, first, second) = payment;
        let (financial_year_end, reporting_period_end, approval_date, ex_date, record_date, payment_date) = days;
        let (lodgement_deadline, election_deadline, book_close, partial_currency_election) = times;
        Form {
            dividend_type: kind,
            dividend_nature: nature,
            declared,
            default_payment,
            exchange_rate,
            first_option: first.0,
            first_option_rate: first.1,
            second_option: second.0,
            second_option_rate: second.1,
            financial_year_end,
            reporting_period_end,
            approval_date,
            ex_date,
            record_date,
            payment_date,
            lodgement_deadline,
            election_deadline,
            book_close,
            partial_currency_election,
            ..who
        }
    })
}

fn verdict(form: &Form<'_>) -> Result<(Box<DividendEvent>, Vec<Finding>), Vec<Finding>> {
    let document = Document {
        published_at: Some("2025-03-20T12:05:00+08:00".into()),
        stock_code: Some("700".into()),
        ..printed::document()
    };
    normalise(&document, form, vec![Finding::new(Code::UnassignedText, "").at(3).found("text")], &Rules::default())
}

/// The hash over what an independent RFC 8785 writer makes of the event.
fn independent_sha256(event: &DividendEvent) -> String {
    let mut value = serde_json::to_value(event).expect("JSON");
    let members = value.as_object_mut().expect("an object");
    for left_out in ["source", "lineage", "schema_version", "warnings", "content_sha256"] {
        members.remove(left_out).expect("a member of the event");
    }
    let canonical = serde_jcs::to_vec(&value).expect("canonical JSON");
    Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect()
}

proptest! {
    #[test]
    fn every_form_has_one_verdict_that_holds_together(form in forms()) {
        let outcome = verdict(&form);
        prop_assert_eq!(&outcome, &verdict(&form), "the same form, the same verdict");
        match outcome {
            Err(findings) => {
                prop_assert!(findings.iter().any(|finding| finding.code.severity() == Severity::Error));
                prop_assert_eq!(findings[0].code, Code::UnassignedText);
            }
            Ok((event, warnings)) => {
                prop_assert!(warnings.iter().all(|finding| finding.code.severity() == Severity::Warning));
                let codes: Vec<&str> = warnings.iter().map(|finding| finding.code.as_str()).collect();
                prop_assert_eq!(event.warnings.iter().map(|warning| &*warning.code).collect::<Vec<_>>(), codes);
                prop_assert_eq!(&event.content_sha256, &independent_sha256(&event));
                let json = serde_json::to_string(&event).expect("JSON");
                prop_assert_eq!(&String::from_utf8(to_json(&event)).expect("text"), &json);
                prop_assert!(!json.contains('\n'));
                prop_assert_eq!(&serde_json::from_str::<DividendEvent>(&json).expect("an event"), &*event);
                let none: [String; 0] = [];
                prop_assert_eq!(unexplained(&event), none);
            }
        }
    }
}
