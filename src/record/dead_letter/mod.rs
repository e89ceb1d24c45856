//! The record of a dead letter: the original untouched, provenance and reason in headers; and back again.
//!
//! Key, value, timestamp and every header of the original stay byte for byte; one block of headers is added behind them
//! (see [`Provenance`]). A message that already carries such a block failed before and was sent back: its block is
//! replaced, the place where the original was first read is kept, and one more redrive counted.

mod cut;
mod filing;
mod provenance;

pub use super::Origin;
pub use filing::Filing;
pub use provenance::{Detail, Payload, Provenance, Unreadable};

use super::{Header, Headers, Record};
use crate::finding::{Finding, Stage};
use crate::message::Message;

/// How many headers a dead letter adds, behind those of the original.
pub const OWN_HEADERS: usize = provenance::NAMES.len();

/// A message that could not be normalised, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The original key.
    pub key: Option<Vec<u8>>,
    /// The original value; a prefix of it when [`Provenance::cut`] names it.
    pub value: Option<Vec<u8>>,
    /// The original headers, and any that others added later.
    pub headers: Headers,
    /// The original timestamp.
    pub timestamp_ms: Option<i64>,
    /// Where it was read, why and when it was given up.
    pub provenance: Provenance,
}

/// Why a message was given up.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'a> {
    /// The step that gave up.
    pub stage: Stage,
    /// All findings.
    pub findings: &'a [Finding],
    /// Whose it is.
    pub filing: &'a Filing,
}

/// Builds the record that keeps `message` with the reason why it was given up. `failed_at_ms` is the shell's clock.
pub fn encode(message: &Message<'_>, reason: &Reason<'_>, failed_at_ms: i64) -> Record {
    give_up(message, reason, failed_at_ms).into_record()
}

/// As [`encode`], for a message that the broker refuses as too large: key, headers and value of the original are cut, in
/// this order, to `max_bytes` together. The block of headers that says so, with size and hash of the whole value, comes on
/// top: at most 24 KiB.
pub fn encode_truncated(message: &Message<'_>, reason: &Reason<'_>, failed_at_ms: i64, max_bytes: usize) -> Record {
    let mut dead_letter = give_up(message, reason, failed_at_ms);
    cut::cut(&mut dead_letter, max_bytes);
    dead_letter.into_record()
}

/// Reads a record of the dead-letter topic.
///
/// # Errors
///
/// The record carries no complete block of dead-letter headers, or one with a value outside its grammar.
pub fn decode(record: &Message<'_>) -> Result<DeadLetter, Unreadable> {
    let (before, provenance, after) = provenance::find(&record.headers)?;
    Ok(DeadLetter {
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        headers: owned(before).chain(owned(after)).collect(),
        timestamp_ms: record.timestamp_ms,
        provenance,
    })
}

impl DeadLetter {
    /// The record that sends the original back to the input topic. It keeps the block, so that a second failure knows of the
    /// first, and counts it. `None` when the original is not whole.
    pub fn redrive(self) -> Option<Record> {
        self.provenance.cut.is_empty().then(|| self.into_record())
    }

    fn into_record(self) -> Record {
        let DeadLetter { key, value, mut headers, timestamp_ms, provenance } = self;
        headers.extend(provenance.into_headers());
        Record { key, value, headers, timestamp_ms }
    }
}

fn give_up(message: &Message<'_>, reason: &Reason<'_>, failed_at_ms: i64) -> DeadLetter {
    let first = Provenance::of(message, reason, failed_at_ms);
    match decode(message) {
        Err(_) => DeadLetter {
            key: message.key.map(<[u8]>::to_vec),
            value: message.value.map(<[u8]>::to_vec),
            headers: owned(&message.headers).collect(),
            timestamp_ms: message.timestamp_ms,
            provenance: first,
        },
        Ok(earlier) => DeadLetter { provenance: first.after(&earlier.provenance), ..earlier },
    }
}

fn owned<'a>(headers: &'a [(&str, Option<&[u8]>)]) -> impl Iterator<Item = Header> + 'a {
    headers.iter().map(|(name, value)| ((*name).to_owned().into(), value.map(|value| value.to_vec().into())))
}
