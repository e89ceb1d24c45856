//! The record of an event: key, headers, value.

use exdate::document::Document;
use exdate::event::schema::{EventType, Function, Warning};
use exdate::form::{AnnouncementStatus, Form};
use exdate::message::Message;
use exdate::record;

use crate::printed;

/// The seed's event and the record it came in.
fn seed_record(message: &Message<'_>) -> record::Record {
    let (document, form) = printed::seed();
    let rules = exdate::message::Rules::default();
    let (event, _) = exdate::event::normalise(&document, &form, Vec::new(), &rules).expect("the seed's event");
    record::event::encode(&event, message)
}

fn message() -> Message<'static> {
    Message {
        topic: "raw",
        partition: 3,
        offset: 41,
        timestamp_ms: Some(1_710_318_600_123),
        headers: vec![("traceparent", Some(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))],
        ..Message::default()
    }
}

#[test]
fn an_event_is_one_line_keyed_by_its_dividend() {
    let record = seed_record(&message());
    assert_eq!(record.key.as_deref(), Some(b"XHKG:03660:DVCA:2023-12-31:INTE:ORDI".as_slice()));
    assert_eq!(record.timestamp_ms, Some(1_710_318_600_123));
    let value = record.value.expect("a value");
    assert!(!value.contains(&b'\n'));
    let event: exdate::event::DividendEvent = serde_json::from_slice(&value).expect("an event");
    assert_eq!(serde_json::to_vec(&event).expect("JSON"), value);
}

#[test]
fn an_event_carries_cloudevents_headers_and_where_it_came_from() {
    let headers = seed_record(&message()).headers;
    let text: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_ref(), std::str::from_utf8(value.as_deref().expect("bytes")).expect("text")))
        .collect();
    assert_eq!(
        text,
        [
            ("content-type", "application/json"),
            ("ce_specversion", "1.0"),
            ("ce_type", "org.exdate.dividend.announced.v1"),
            ("ce_source", "/hkex/ef001"),
            ("ce_id", "23fb03a7-a226-5a7b-a9ed-92e1017583eb"),
            ("ce_subject", "XHKG:03660:DVCA:2023-12-31:INTE:ORDI"),
            ("ce_time", "2024-03-13T16:30:00.123+08:00"),
            ("ce_dataschema", "urn:exdate:schema:dividend-event:1.0.0"),
            ("source-topic", "raw"),
            ("source-partition", "3"),
            ("source-offset", "41"),
            ("producer", concat!("exdate/", env!("CARGO_PKG_VERSION"))),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ]
    );
}

#[test]
fn the_type_says_what_the_form_does_and_the_time_when_it_was_published() {
    let rules = exdate::message::Rules::default();
    let header = |form: &Form<'_>, published_at: Option<&str>, name: &str| {
        let document = Document { published_at: published_at.map(str::to_owned), ..printed::document() };
        let (event, _) = exdate::event::normalise(&document, form, Vec::new(), &rules).expect("an event");
        let headers = record::event::encode(&event, &message()).headers;
        let value = headers.into_iter().find(|header| header.0 == name).and_then(|header| header.1);
        String::from_utf8(value.expect("the header").into_owned()).expect("text")
    };
    let update = Form { status: printed::stated(AnnouncementStatus::Update, "Update", 12), ..printed::form() };
    assert_eq!(header(&update, None, "ce_type"), "org.exdate.dividend.updated.v1");
    assert_eq!(header(&printed::withdrawal(), None, "ce_type"), "org.exdate.dividend.withdrawn.v1");
    assert_eq!(header(&printed::scrip_form(), None, "ce_source"), "/hkex/ef003");
    let published = "2025-03-20T12:05:00+08:00";
    assert_eq!(header(&update, Some(published), "ce_time"), published);
    assert_eq!(header(&update, Some("yesterday"), "ce_time"), "2024-03-13T16:30:00.123+08:00");
}

/// The `ce_id` of an event, and its content hash as the program finds it anew.
fn ids(change: impl FnOnce(&mut exdate::event::DividendEvent)) -> (String, String) {
    let (document, form) = printed::seed();
    let rules = exdate::message::Rules::default();
    let (mut event, _) = exdate::event::normalise(&document, &form, Vec::new(), &rules).expect("the seed's event");
    change(&mut event);
    event.content_sha256 = exdate::event::content_sha256(&event);
    let headers = record::event::encode(&event, &message()).headers;
    let id = headers.into_iter().find(|(name, _)| name == "ce_id").and_then(|(_, value)| value).expect("an id");
    (String::from_utf8(id.into_owned()).expect("text"), event.content_sha256)
}

#[test]
fn the_id_to_deduplicate_by_survives_our_words_and_the_way_the_document_came() {
    let (id, content) = ids(|_| ());
    let unchanged: [fn(&mut exdate::event::DividendEvent); 5] = [
        |event| event.schema_version = "1.7.0".into(),
        |event| {
            let warning = Warning { code: "new-check".into(), field: "/dates/ex_date".into(), message: "Odd.".into() };
            event.warnings.push(warning);
        },
        |event| event.source.filing_id = Some("2024031300001".into()),
        |event| event.source.url = Some("https://filings.example/1.pdf".into()),
        |event| event.source.published_at = Some("2024-03-13T16:30:00+08:00".into()),
    ];
    for (number, change) in unchanged.into_iter().enumerate() {
        assert_eq!(ids(change), (id.clone(), content.clone()), "change {number}");
    }
}

#[test]
fn another_fact_or_another_document_has_another_id() {
    let (id, content) = ids(|_| ());
    let facts: [fn(&mut exdate::event::DividendEvent); 4] = [
        |event| event.dates.record_date = None,
        |event| event.dividend.declared.per_shares = Some(10),
        |event| event.narrative.title = None,
        |event| event.classification.event_type = EventType::Dvop,
    ];
    for (number, change) in facts.into_iter().enumerate() {
        let (other, other_content) = ids(change);
        assert!(other != id && other_content != content, "change {number}");
    }
    let about_the_document: [fn(&mut exdate::event::DividendEvent); 3] = [
        |event| event.source.document_sha256 = "0".repeat(64),
        |event| event.lineage.function = Function::With,
        |event| event.lineage.update_reason = Some("The rate was wrong".into()),
    ];
    for (number, change) in about_the_document.into_iter().enumerate() {
        let (other, other_content) = ids(change);
        assert!(other != id && other_content == content, "change {number}");
    }
}

#[test]
fn without_a_trace_or_a_time_there_is_none() {
    let record = seed_record(&Message { topic: "raw", ..Message::default() });
    assert_eq!(record.timestamp_ms, None);
    assert!(record.headers.iter().all(|(name, _)| name != "traceparent" && name != "ce_time"));
}
