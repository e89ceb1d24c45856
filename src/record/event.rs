//! The record of an event: key, CloudEvents headers (binary mode), one line of JSON.
//!
//! The record's own timestamp is that of the input record: a replay gives the same record again, and who reads the topic
//! by time finds events where the announcements were. The moment of publication, where a producer stated it, is `ce_time`.

use std::borrow::Cow;

use uuid::Uuid;

use super::{Headers, Record, time};
use crate::event::DividendEvent;
use crate::event::schema::Function;
use crate::message::Message;

/// UUIDv5 of the name `exdate.org` in the DNS namespace: the namespace of every `ce_id`.
const NAMESPACE: Uuid = Uuid::from_u128(0x2155b6dc_56ea_51ef_a474_5c2ca30e64a1);

/// Name and version of this program, as consumers see it.
pub const PRODUCER: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Identifies the JSON Schema of the value; also the schema's own `$id`.
pub const DATA_SCHEMA: &str = crate::event::schema::SCHEMA_ID;

/// Builds the record that publishes `event`, which was read from `message`.
pub fn encode(event: &DividendEvent, message: &Message<'_>) -> Record {
    Record {
        key: Some(event.corporate_action_id.clone().into_bytes()),
        value: Some(crate::event::to_json(event)),
        headers: headers(event, message),
        timestamp_ms: message.timestamp_ms,
    }
}

fn headers(event: &DividendEvent, message: &Message<'_>) -> Headers {
    let mut headers = Vec::with_capacity(13);
    let mut add = |name: &'static str, value: Cow<'static, [u8]>| headers.push((name.into(), Some(value)));
    add("content-type", fixed("application/json"));
    add("ce_specversion", fixed("1.0"));
    add("ce_type", fixed(event_type(event.lineage.function)));
    add("ce_source", source(&event.source.form_code));
    add("ce_id", own(&*event_id(event).hyphenated().encode_lower(&mut Uuid::encode_buffer())));
    add("ce_subject", own(event.corporate_action_id.as_str()));
    if let Some(moment) = event_time(event, message) {
        add("ce_time", own(moment));
    }
    add("ce_dataschema", fixed(DATA_SCHEMA));
    add("source-topic", own(message.topic));
    add("source-partition", own(message.partition.to_string()));
    add("source-offset", own(message.offset.to_string()));
    add("producer", fixed(PRODUCER));
    if let Some(parent) = message.header("traceparent") {
        add("traceparent", own(parent));
    }
    headers
}

/// The same for many events.
fn fixed(text: &'static str) -> Cow<'static, [u8]> {
    Cow::Borrowed(text.as_bytes())
}

/// `/hkex/ef001` for EF001.
fn source(form_code: &str) -> Cow<'static, [u8]> {
    match form_code {
        "EF001" => fixed("/hkex/ef001"),
        "EF002" => fixed("/hkex/ef002"),
        "EF003" => fixed("/hkex/ef003"),
        other => own(format!("/hkex/{}", other.to_ascii_lowercase())),
    }
}

/// This event's own.
fn own(text: impl Into<String>) -> Cow<'static, [u8]> {
    Cow::Owned(text.into().into_bytes())
}

fn event_type(function: Function) -> &'static str {
    match function {
        Function::Newm => "org.exdate.dividend.announced.v1",
        Function::Repl => "org.exdate.dividend.updated.v1",
        Function::With => "org.exdate.dividend.withdrawn.v1",
    }
}

/// The same for the same facts read from the same document, wherever, whenever and by whichever release: consumers tell by it
/// what they already have, so our words about the facts (warnings, the schema's version) and how the document came do not count.
/// What the form says of itself, its status and reason, is not in the content hash, and is a fact too.
fn event_id(event: &DividendEvent) -> Uuid {
    let (document, content) = (&*event.source.document_sha256, &*event.content_sha256);
    let reason = event.lineage.update_reason.as_deref().unwrap_or_default();
    let name = [document, content, function_code(event.lineage.function), reason].join("|");
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// As in the event.
fn function_code(function: Function) -> &'static str {
    match function {
        Function::Newm => "NEWM",
        Function::Repl => "REPL",
        Function::With => "WITH",
    }
}

/// When the document was published, else when its record was written; absent when nobody says.
fn event_time(event: &DividendEvent, message: &Message<'_>) -> Option<String> {
    let published = event.source.published_at.as_ref();
    let published = published.filter(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok());
    published.cloned().or_else(|| time::rfc3339(message.timestamp_ms?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_namespace_is_made_from_the_name_that_the_event_types_use() {
        assert_eq!(NAMESPACE, Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"exdate.org"));
    }
}
