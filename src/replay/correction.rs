//! The record of an event that replaces another outcome: the event's own, and two headers that say so.

use serde::{Deserialize, Serialize};

use super::standing::REPLACES;
use crate::event::DividendEvent;
use crate::message::Message;
use crate::record::{Origin, Record, event};

/// The header that names the plan, or the act, by which an event was published.
pub const REPLAY_ID: &str = "exdate-replay-id";

/// An event to publish, as it is kept until its turn comes. Its key, value and headers are text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    key: String,
    value: String,
    headers: Vec<(String, String)>,
    timestamp_ms: Option<i64>,
}

impl Correction {
    /// Publishes `event` of `message` in place of what stands.
    pub fn new(event: &DividendEvent, message: &Message<'_>, replay_id: &str, replaces: Option<&Origin>) -> Correction {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let record = event::encode(event, message);
        let headers =
            record.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_deref().unwrap_or_default())));
        let own = [(REPLAY_ID, Some(replay_id.to_owned())), (REPLACES, replaces.map(ToString::to_string))];
        let own = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Correction {
            key: text(&record.key.unwrap_or_default()),
            value: text(&record.value.unwrap_or_default()),
            headers: headers.chain(own).collect(),
            timestamp_ms: record.timestamp_ms,
        }
    }

    /// What it replaces.
    pub fn replaces(&self) -> Option<Origin> {
        let (_, place) = self.headers.iter().rev().find(|(name, _)| name == REPLACES)?;
        place.parse().ok()
    }

    /// The record to produce.
    pub fn into_record(self) -> Record {
        let headers = self.headers.into_iter().map(|(name, value)| (name.into(), Some(value.into_bytes().into())));
        Record {
            key: Some(self.key.into_bytes()),
            value: Some(self.value.into_bytes()),
            headers: headers.collect(),
            timestamp_ms: self.timestamp_ms,
        }
    }
}
