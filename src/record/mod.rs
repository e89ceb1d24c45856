//! 4. Outcome → the record to produce: an event, or a dead letter. Pure; dead letters are read back without loss.

pub mod dead_letter;
pub mod event;
mod origin;
pub mod resolution;
mod time;

use std::borrow::Cow;

pub use origin::{NotAPlace, Origin};

/// A record to produce. The shell decides which topic an event and a dead letter go to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Message key.
    pub key: Option<Vec<u8>>,
    /// Message value.
    pub value: Option<Vec<u8>>,
    /// In order; a value may be null.
    pub headers: Headers,
    /// Milliseconds since the epoch; `None` lets the broker decide.
    pub timestamp_ms: Option<i64>,
}

/// Headers in order; a name may occur twice, a value may be null.
pub type Headers = Vec<Header>;

/// Name and value. An event has a dozen, most names and many values the same for every event: those are not copied.
pub type Header = (Cow<'static, str>, Option<Cow<'static, [u8]>>);
