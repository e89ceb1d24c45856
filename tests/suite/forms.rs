//! The corpus: each folder of `tests/forms/` holds a document as it arrives, and what a person read off it.
//!
//! `tests/forms/README.md` says how a fixture is written. All disagreements of a run are reported together, so that
//! one run shows what a change does to the whole corpus.

mod fixture;

use std::collections::{BTreeMap, BTreeSet};

use exdate::finding::Code;
use exdate::pipeline::Outcome;
use serde_json::Value;

use crate::compare::differences;
use crate::paper;
use fixture::{Fixture, corpus};

#[test]
fn every_form_of_the_corpus_is_read_as_a_person_reads_it() {
    let mut report = Vec::new();
    for fixture in corpus() {
        let mut found = Vec::new();
        differences("", &fixture.expected, &fixture.observed(), &mut found);
        if !found.is_empty() {
            report.push(format!("{}\n    ({})\n    {}", fixture.slug, fixture.about, found.join("\n    ")));
        }
    }
    assert!(report.is_empty(), "{} forms are read otherwise than expected:\n{}", report.len(), report.join("\n"));
}

#[test]
fn the_corpus_is_large_enough_and_names_what_is_odd() {
    let corpus = corpus();
    assert!(corpus.len() >= 60, "the corpus holds only {} fixtures", corpus.len());
    for fixture in &corpus {
        assert!(
            fixture.slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{}",
            fixture.slug
        );
        assert!(fixture.about.ends_with('.'), "{}: `about` is a sentence that says what is odd", fixture.slug);
    }
}

#[test]
fn twins_give_the_same_event_apart_from_language_names_and_free_text() {
    let mut families: BTreeMap<String, Vec<Fixture>> = BTreeMap::new();
    for fixture in corpus() {
        if let Some(family) = fixture.twin.clone() {
            families.entry(family).or_default().push(fixture);
        }
    }
    assert!(families.len() >= 8, "only {} families of twins", families.len());
    for (family, twins) in families {
        assert!(twins.len() > 1, "{family} has one member only");
        let facts: Vec<(String, Value)> = twins.iter().map(|twin| (twin.slug.clone(), facts_alone(twin))).collect();
        for (slug, other) in facts.iter().skip(1) {
            assert_eq!(&facts[0].1, other, "{} and {slug} differ", facts[0].0);
        }
    }
}

#[test]
fn every_finding_of_the_catalogue_occurs_in_the_corpus() {
    let mut occurring = BTreeSet::new();
    for fixture in corpus() {
        match fixture.outcome() {
            Outcome::Publish(_, findings) | Outcome::DeadLetter(_, findings) => {
                occurring.extend(findings.into_iter().map(|finding| finding.code));
            }
            Outcome::Skip(_) => {}
        }
    }
    occurring.extend(paper::specimens().into_iter().flat_map(|specimen| specimen.codes()));
    // Two readings of one PDF: tests/suite/paper has them.
    occurring.insert(Code::ContradictoryReadings);
    // What a broker finds, and what a defect of ours would be: no document makes them.
    occurring.extend([
        Code::RejectedByBroker,
        Code::UnreadableRecords,
        Code::ReaderFailed,
        Code::PdfReaderDied,
        Code::PdfReaderTimedOut,
    ]);
    let missing: Vec<&str> =
        Code::ALL.iter().filter(|code| !occurring.contains(code)).map(|code| code.as_str()).collect();
    assert!(missing.is_empty(), "no fixture produces {missing:?}");
}

#[test]
fn an_absent_value_has_a_status_and_a_status_has_no_value() {
    for fixture in corpus() {
        let Outcome::Publish(event, _) = fixture.outcome() else { continue };
        let event = serde_json::to_value(&*event).expect("an event is JSON");
        let statuses = event["field_status"].as_object().expect("a map of statuses");
        for pointer in statuses.keys() {
            let value = event.pointer(pointer);
            assert!(value.is_none_or(is_absent), "{}: {pointer} has a status and the value {value:?}", fixture.slug);
        }
        for pointer in PRINTED_FIELDS {
            let absent = event.pointer(pointer).is_some_and(Value::is_null);
            assert!(!absent || statuses.contains_key(pointer), "{}: {pointer} is null without a status", fixture.slug);
        }
    }
}

/// Fields of every event that a row of the form prints: null only with a reason.
const PRINTED_FIELDS: [&str; 13] = [
    "/issuer/name",
    "/dividend/financial_year_end",
    "/dividend/reporting_period_end",
    "/dividend/type_text",
    "/dividend/nature",
    "/dates/shareholder_approval_date",
    "/dates/ex_date",
    "/dates/lodgement_deadline",
    "/dates/book_close_period",
    "/dates/record_date",
    "/dates/payment_date",
    "/registrar",
    "/listed_convertibles",
];

/// Null, an empty list, or an object of nothing but such.
fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_absent),
        _ => false,
    }
}

/// The event without language, names and free text, and the codes of its warnings.
fn facts_alone(fixture: &Fixture) -> Value {
    let observed = fixture.observed();
    let mut event = observed["event"].clone();
    assert!(event.is_object(), "{} has a twin and gives no event", fixture.slug);
    for (parent, field) in [
        ("", "source"),
        ("", "content_sha256"),
        ("", "narrative"),
        ("", "registrar"),
        ("", "warnings"),
        ("", "listed_convertibles"),
        ("/issuer", "name"),
        ("/instrument", "related_securities"),
        ("/dividend", "type_text"),
        ("/lineage", "update_reason"),
        ("/withholding_tax", "summary"),
    ] {
        if let Some(object) = event.pointer_mut(parent).and_then(Value::as_object_mut) {
            object.remove(field);
        }
    }
    for rate in event["withholding_tax"]["rates"].as_array_mut().into_iter().flatten() {
        *rate = rate["rate_percent"].clone();
    }
    for option in event["payment_options"].as_array_mut().into_iter().flatten() {
        if let Some(scrip) = option["scrip"].as_object_mut() {
            scrip.remove("fraction_treatment");
        }
    }
    event
}
