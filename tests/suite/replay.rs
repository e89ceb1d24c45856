//! What a replay compares with, without a broker: what is found for a record, and how much memory it takes.

use exdate::message::{Message, Rules};
use exdate::pipeline::{self, Outcome};
use exdate::record::{Origin, Record};
use exdate::replay::{Builder, Class, Correction, Due, Standing, judge};

use crate::memory;

const FORM: &[u8] = include_bytes!("../forms/dual-counter-en/source.txt");

/// The form as a record of the input.
fn message(offset: i64, timestamp_ms: i64, value: &[u8]) -> Message<'_> {
    Message { topic: "raw", offset, timestamp_ms: Some(timestamp_ms), value: Some(value), ..Message::default() }
}

fn published(message: &Message<'_>) -> Record {
    let outcome = pipeline::process(message, &Rules::default());
    pipeline::encode(message, &outcome, 0).expect("an outcome that is written")
}

/// As it stands in the output topic.
fn stored(record: &Record, offset: i64) -> Message<'_> {
    let headers = record.headers.iter().map(|(name, value)| (name.as_ref(), value.as_deref())).collect();
    Message {
        topic: "events",
        offset,
        timestamp_ms: record.timestamp_ms,
        key: record.key.as_deref(),
        value: record.value.as_deref(),
        headers,
        ..Message::default()
    }
}

fn standing(records: &[Record]) -> Standing {
    let mut builder = Builder::new("raw", "events");
    (0..).zip(records).for_each(|(offset, record)| builder.event(&stored(record, offset)));
    builder.finish()
}

fn class(standing: &Standing, message: &Message<'_>) -> Class {
    pipeline::trace(message, &Rules::default(), |trace| {
        let document = trace.document.map(|document| document.checksum.hex());
        judge(standing, message, &trace.outcome, document.as_deref(), true).class
    })
}

#[test]
fn a_topic_that_was_made_anew_reuses_places_and_not_documents() {
    let other = String::from_utf8_lossy(FORM).replace("2024", "2025").into_bytes();
    let before = published(&message(0, 1, FORM));
    let standing = standing(&[before]);
    assert_eq!(class(&standing, &message(7, 99, FORM)), Class::Same, "the document, at another place");
    assert_eq!(class(&standing, &message(0, 99, &other)), Class::NoLongerSkipped, "the place, for another document");
    assert_ne!(class(&standing, &message(0, 1, &other)), Class::NoLongerSkipped, "the very record, read otherwise");
}

#[test]
fn the_document_of_an_envelope_is_found_by_its_own_hash() {
    let body = serde_json::to_string(std::str::from_utf8(FORM).expect("text")).expect("JSON");
    let envelope = format!("{{\"envelope_version\":1,\"body\":{body}}}").into_bytes();
    let standing = standing(&[published(&message(3, 1, &envelope))]);
    assert_eq!(class(&standing, &message(3, 1, &envelope)), Class::Same);
    assert_eq!(class(&standing, &message(9, 5, FORM)), Class::Same);
}

#[test]
fn a_correction_stands_in_place_of_what_it_replaces() {
    let input = message(0, 1, FORM);
    let right = published(&input);
    let misread = |text: &[u8]| String::from_utf8_lossy(text).replace("Asia/Hong_Kong", "Asia/Hongkong").into_bytes();
    let wrong = Record { value: right.value.as_deref().map(misread), ..right.clone() };
    assert_eq!(class(&standing(std::slice::from_ref(&wrong)), &input), Class::Changed);
    let Outcome::Publish(event, _) = pipeline::process(&input, &Rules::default()) else { panic!("an event") };
    let place = Origin { topic: "events".into(), partition: 0, offset: 0 };
    let correction = Correction::new(&event, &input, "plan", Some(&place)).into_record();
    assert_eq!(class(&standing(&[wrong, correction]), &input), Class::Same);
}

#[test]
fn an_older_version_is_too_late_once_a_newer_one_stands() {
    let newer = String::from_utf8_lossy(FORM).replace("Announcement date", "Announcement date ").into_bytes();
    let (old, new) = (message(0, 1, FORM), message(1, 2, &newer));
    let due = |standing: &Standing| {
        let outcome = pipeline::process(&old, &Rules::default());
        Due::of(standing, &old, &outcome, &judge(standing, &old, &outcome, None, true))
    };
    assert!(matches!(due(&standing(&[])), Due::Event(_)));
    assert_eq!(due(&standing(&[published(&new)])), Due::TooLate);
}

#[test]
fn two_million_events_stand_within_half_a_gigabyte() {
    const EVENTS: usize = 100_000;
    let (standing, bytes) = memory::peak(|| {
        let mut builder = Builder::new("raw", "events");
        for number in 0..EVENTS {
            let value = format!(
                "{{\"corporate_action_id\":\"{number}\",\"source\":{{\"published_at\":null,\"document_sha256\":\"{number:064x}\"}}}}"
            );
            let offset = number.to_string();
            let headers = [("source-topic", "raw"), ("source-partition", "0"), ("source-offset", offset.as_str())];
            let headers = headers.map(|(name, value)| (name, Some(value.as_bytes()))).into();
            builder.event(&Message { value: Some(value.as_bytes()), headers, ..Message::default() });
        }
        builder.finish()
    });
    assert_eq!(standing.len(), EVENTS);
    assert!(bytes / EVENTS < 240, "{} bytes an event", bytes / EVENTS);
}
