//! PDFs made as the exchange makes them, kept outside the repository, against the facts that they were made from.
//!
//! The folder is `../shared/pdf` beside the checkout, or where `EXDATE_SHARED_PDF` points. Without it the test says so and passes.

use std::fs;
use std::path::{Path, PathBuf};

use exdate::finding::Code;
use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, process};
use serde_json::Value;

use crate::shared_forms::{in_words_of_the_list, normal};

fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/pdf");
    let folder = std::env::var_os("EXDATE_SHARED_PDF").map_or_else(beside, PathBuf::from);
    if !folder.is_dir() {
        let note = format!("NOT RUN: no PDFs in {}; set EXDATE_SHARED_PDF to their folder\n", folder.display());
        let _ = std::io::Write::write_all(&mut std::io::stderr(), note.as_bytes());
        return None;
    }
    Some(folder)
}

#[test]
fn every_field_of_every_pdf_is_read() {
    let Some(folder) = folder() else { return };
    let text = fs::read_to_string(folder.join("expected.json")).expect("expected.json");
    let forms: Vec<Value> = serde_json::from_str(&text).expect("a list of forms");
    let (mut fields, mut wrong) = (0, Vec::new());
    for form in &forms {
        let file = form["file"].as_str().expect("a file name");
        let event = event(&fs::read(folder.join(file)).expect("a PDF"), file);
        let closed = in_words_of_the_list(&event).into_iter().map(|(key, observed)| match key {
            // Two lines of one value; the event joins them as its language does.
            "dividend_type" => (key, letters(&normal(key, &form[key])), letters(&observed)),
            _ => (key, normal(key, &form[key]), observed),
        });
        for (key, expected, observed) in closed.chain(free_text(form, &event)) {
            fields += 1;
            if expected != observed {
                wrong.push(format!("{file}: {key}: expected {expected}, observed {observed}"));
            }
        }
    }
    assert!(forms.len() >= 10 && fields >= 370, "only {fields} fields of {} forms are listed", forms.len());
    assert!(wrong.is_empty(), "{} of {fields} fields:\n{}", wrong.len(), wrong.join("\n"));
}

fn event(bytes: &[u8], file: &str) -> Value {
    let outcome = process(&Message { value: Some(bytes), ..Message::default() }, &Rules::default());
    let Outcome::Publish(event, warnings) = outcome else { panic!("{file}: {outcome:?}") };
    assert!(warnings.iter().all(|warning| warning.code != Code::ContradictoryReadings), "{file}: {warnings:?}");
    serde_json::to_value(&*event).expect("an event is JSON")
}

/// What is listed besides the closed fields: expected and observed, as text without blanks.
fn free_text(form: &Value, event: &Value) -> Vec<(&'static str, Value, Value)> {
    let rates = event["withholding_tax"]["rates"].as_array().expect("a list");
    let column = |key: &str| rates.iter().map(|rate| rate[key].clone()).collect::<Value>();
    let listed = form["tax_rates"].as_array().expect("a list");
    let listed = |place: usize| listed.iter().map(|rate| rate[place].clone()).collect::<Value>();
    let summary = if form["tax_state"] == "not_applicable" { Value::Null } else { form["tax_prose"].clone() };
    let pairs = [
        ("registrar_name", form["registrar_name"].clone(), event["registrar"]["name"].clone()),
        ("registrar_address", form["registrar_address"].clone(), event["registrar"]["address"].clone()),
        ("other_information", form["other_information"].clone(), event["narrative"]["other_information"].clone()),
        ("directors", unparted(&form["directors"]), unparted(&event["narrative"]["directors"])),
        ("tax holders", listed(0), column("shareholder_type")),
        ("tax rates", listed(1), column("rate_percent")),
        ("tax_details", form["tax_details"].clone(), column("details")),
        ("tax_prose", summary, event["withholding_tax"]["summary"].clone()),
    ];
    pairs.into_iter().map(|(key, expected, observed)| (key, letters(&expected), letters(&observed))).collect()
}

/// The directors without what parts their names: the list prints them one to a line, the event has a separator between them.
fn unparted(directors: &Value) -> Value {
    let text = letters(directors);
    let text = text.as_str().unwrap_or_default();
    Value::String(text.chars().filter(|c| !matches!(c, ';' | '、')).collect())
}

/// The letters of a text, or of all texts of a list; what is absent has none.
fn letters(value: &Value) -> Value {
    let text = match value {
        Value::String(text) if text != "not_applicable" => text.clone(),
        Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    };
    Value::String(text.chars().filter(|c| !c.is_whitespace()).collect())
}
