//! 4. Outcome → the record to produce: an event, or a dead letter. Pure; dead letters are read back without loss.

pub mod dead_letter;
pub mod event;
mod time;

/// A record to produce. The shell decides which topic an event and a dead letter go to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Message key.
    pub key: Option<Vec<u8>>,
    /// Message value.
    pub value: Option<Vec<u8>>,
    /// In order; a value may be null.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// Milliseconds since the epoch; `None` lets the broker decide.
    pub timestamp_ms: Option<i64>,
}
