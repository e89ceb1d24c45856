//! The record of an act on a dead letter: who did what to it, when and why. Its key is the dead letter's place, so that of several acts the latest stays.

use serde::{Deserialize, Serialize};

use super::event::PRODUCER;
use super::{Origin, Record, time};
use crate::message::Message;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Its event was published.
    Redriven,
    /// Nobody needs an event of it.
    Discarded,
    /// A later filing says what it said.
    Superseded,
    /// The producer has sent the document again, as it should be.
    FixedUpstream,
}

/// An act on a dead letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// What was done.
    pub act: Act,
    /// Who did it.
    pub by: String,
    /// In that person's words.
    pub note: Option<String>,
    /// RFC 3339.
    pub at: String,
    /// Name and version of the program.
    pub build: String,
}

impl Resolution {
    /// An act of this moment: `now_ms` is the shell's clock.
    pub fn new(act: Act, by: &str, note: Option<&str>, now_ms: i64) -> Resolution {
        let at = time::rfc3339(now_ms).unwrap_or_else(|| now_ms.to_string());
        Resolution { act, by: by.to_owned(), note: note.map(str::to_owned), at, build: PRODUCER.to_owned() }
    }

    /// The record to produce, about the dead letter at this place.
    pub fn encode(&self, letter: &Origin) -> Record {
        Record {
            key: Some(letter.to_string().into_bytes()),
            value: serde_json::to_vec(self).ok(),
            headers: vec![("content-type".into(), Some(b"application/json".into()))],
            timestamp_ms: None,
        }
    }

    /// Reads a record, with the place of the dead letter; `None` for one that is none of ours.
    pub fn decode(record: &Message<'_>) -> Option<(Origin, Resolution)> {
        let letter = std::str::from_utf8(record.key?).ok()?.parse().ok()?;
        Some((letter, serde_json::from_slice(record.value?).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_read_as_it_was_written() {
        let letter = Origin { topic: "dead".into(), partition: 0, offset: 7 };
        let act = Resolution::new(Act::FixedUpstream, "ada", Some("sent again"), 1_710_318_600_000);
        let record = act.encode(&letter);
        let message = Message { key: record.key.as_deref(), value: record.value.as_deref(), ..Message::default() };
        assert_eq!(
            message.value.map(String::from_utf8_lossy).as_deref(),
            Some(concat!(
                r#"{"act":"fixed-upstream","by":"ada","note":"sent again","at":"2024-03-13T16:30:00.000+08:00","build":"exdate/"#,
                env!("CARGO_PKG_VERSION"),
                r#""}"#
            ))
        );
        assert_eq!(Resolution::decode(&message), Some((letter, act)));
    }
}
