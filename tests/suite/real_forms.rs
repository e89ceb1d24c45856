//! The real forms, read in every row. They are not part of the repository; the test reads them where they are at hand.
#![expect(clippy::panic, clippy::print_stderr, reason = "a test fails by panicking, and says why it skips")]

use std::path::PathBuf;

use chrono::{NaiveDate, NaiveDateTime};
use exdate::finding::Finding;
use exdate::form::{Form, PerShare, Printed, Rate, Reading, Value, read};
use exdate::money::Currency;
use serde_json::{Value as Json, json};

/// The folder of real forms, when it is there: beside the checkout, or where `EXDATE_SHARED_FORMS` says.
fn real_forms() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/forms");
    let folder = std::env::var_os("EXDATE_SHARED_FORMS").map_or(beside, PathBuf::from);
    if folder.join("expected.json").is_file() {
        return Some(folder);
    }
    eprintln!("no real forms at {}: set EXDATE_SHARED_FORMS to read them", folder.display());
    None
}

/// Reads a text that must be a form.
fn form(text: &str) -> (Form, Vec<Finding>) {
    match read(text) {
        Reading::Form(form, findings) => (*form, findings),
        other => panic!("{other:?}\n{text}"),
    }
}

fn absent<T>(printed: &Printed<T>) -> Option<Json> {
    match printed.value {
        Value::NotApplicable => Some(json!("not_applicable")),
        Value::ToBeAnnounced => Some(json!("to_be_announced")),
        Value::NotStated => Some(Json::Null),
        Value::Unparsed { expected } => Some(json!(format!("unparsed `{}`, expected {expected}", printed.text))),
        Value::Stated(_) => None,
    }
}

fn text(printed: &Printed<impl Clone>) -> Json {
    match printed.value {
        Value::NotStated => Json::Null,
        _ => json!(printed.text),
    }
}

fn date(printed: &Printed<NaiveDate>) -> Json {
    absent(printed).unwrap_or_else(|| json!(printed.stated().map(NaiveDate::to_string)))
}

fn moment(printed: &Printed<NaiveDateTime>) -> Json {
    absent(printed).unwrap_or_else(|| json!(printed.stated().map(|at| at.format("%Y-%m-%d %H:%M").to_string())))
}

fn currency(currency: Currency) -> Json {
    json!(if currency == Currency::CNY { "RMB".to_owned() } else { currency.to_string() })
}

fn per_share(printed: &Printed<PerShare>) -> Json {
    match &printed.value {
        Value::Stated(PerShare::Definite { currency: c, amount, per_shares }) => {
            json!({ "amount": amount.to_string(), "currency": currency(*c), "per": per_shares })
        }
        Value::Stated(PerShare::AmountToBeAnnounced { currency: c }) => {
            json!({ "amount": null, "currency": currency(*c), "per": null, "state": "to_be_announced" })
        }
        Value::ToBeAnnounced => json!({ "amount": null, "currency": null, "per": null, "state": "to_be_announced" }),
        _ => absent(printed).unwrap_or_default(),
    }
}

fn rate(printed: &Printed<Rate>) -> Json {
    match &printed.value {
        Value::Stated(rate) => {
            assert_eq!(rate.base_amount.to_string(), "1");
            json!({ "base": currency(rate.base_currency), "quote": currency(rate.quote_currency), "rate": rate.quote_amount.to_string() })
        }
        Value::ToBeAnnounced => json!({ "state": "to_be_announced" }),
        _ => absent(printed).unwrap_or_default(),
    }
}

/// The form in the shape of `expected.json`.
fn described(file: &str, form: &Form) -> Json {
    let option = form.currency_options.first();
    let scrip = form.scrip.as_ref();
    let book_close = match &form.book_close.value {
        Value::Stated(period) => json!([period.from.to_string(), period.to.to_string()]),
        _ => absent(&form.book_close).unwrap_or_default(),
    };
    json!({
        "file": file, "form": form.template.code(), "issuer": text(&form.issuer_name), "stock_code": text(&form.stock_code),
        "multi_counter": text(&form.counters), "announcement_date": date(&form.announcement_date), "status": text(&form.status),
        "reason": text(&form.update_reason), "title": text(&form.announcement_title), "dividend_type": text(&form.dividend_type),
        "nature": text(&form.dividend_nature), "fy_end": date(&form.financial_year_end),
        "period_end": date(&form.reporting_period_end), "declared": per_share(&form.declared),
        "approval": date(&form.approval_date), "default_payment": per_share(&form.default_payment),
        "rate": rate(&form.exchange_rate), "option1": option.map(|o| per_share(&o.amount)),
        "option1_rate": option.map(|o| rate(&o.rate)), "currency_partial": text(&form.partial_currency_election),
        "election_deadline": text(&form.election_deadline), "default_option": scrip.map(|s| text(&s.default_is_cash)),
        "scrip_price": scrip.map(|s| text(&s.price)), "scrip_cert": scrip.map(|s| date(&s.certificate_date)),
        "scrip_first_trade": scrip.map(|s| date(&s.first_dealing_date)),
        "scrip_fraction": scrip.map(|s| text(&s.fraction_treatment)), "ex": date(&form.ex_date),
        "lodge": moment(&form.lodgement_deadline), "book_close": book_close, "record": date(&form.record_date),
        "pay": date(&form.payment_date),
    })
}

#[test]
fn real_forms_are_read_in_every_row() {
    let Some(folder) = real_forms() else { return };
    let expected = std::fs::read_to_string(folder.join("expected.json")).expect("expected.json");
    let expected: Vec<serde_json::Map<String, Json>> = serde_json::from_str(&expected).expect("a list of objects");
    assert!(expected.len() >= 12);
    let mut wrong = Vec::new();
    for expected in &expected {
        let file = expected.get("file").and_then(Json::as_str).expect("a file name");
        let (form, findings) = form(&std::fs::read_to_string(folder.join(file)).expect("the text of a form"));
        let found = described(file, &form);
        for (key, value) in expected {
            // Line breaks inside a value are `|` there, and joined here.
            let value = value.as_str().map_or_else(|| value.clone(), |text| json!(text.replace('|', "")));
            if found.get(key) != Some(&value) {
                wrong.push(format!("{file} {key}: expected {value}, found {}", found.get(key).unwrap_or(&Json::Null)));
            }
        }
        for finding in findings {
            wrong.push(format!("{file}: {finding:?}"));
        }
        for (row, text) in [
            ("registrar", &form.registrar.text),
            ("convertibles", &form.convertibles.text),
            ("directors", &form.directors.text),
        ] {
            if text.is_empty() {
                wrong.push(format!("{file}: no {row}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn real_documents_that_are_no_dividend_forms_are_foreign() {
    let Some(folder) = real_forms() else { return };
    for file in ["neg_ff301_tencent_2024_fragment.en.txt", "neg_legacy_01339_2018_poll_notice.en.txt"] {
        let text = std::fs::read_to_string(folder.join(file)).expect("the text of a document");
        assert_eq!(read(&text), Reading::Foreign, "{file}");
    }
}
