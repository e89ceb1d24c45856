//! The block of headers that a dead letter adds: where the original was read, why and when it was given up.
//!
//! All values are UTF-8 text, and all names are always there, in one order: so the block is told from headers of the
//! original that happen to have one of its names. `__connect.errors.*` are Kafka Connect's, so that existing tools show
//! them; `__dlq.errors.*` (KIP-1191) are left to the broker, which writes them for share groups, and means by them its own reasons. The block is bounded: details beyond [`DETAIL_BYTES_MAX`] are left out and counted, errors first.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{Filing, Headers, Reason};
use crate::finding::{Code, Finding, Severity};
use crate::hash::sha256_hex;
use crate::message::Message;
use crate::record::event::PRODUCER;
use crate::record::{Origin, time};

/// Bytes of `dlq.error-detail`, at most.
pub(super) const DETAIL_BYTES_MAX: usize = 16 * 1024;
/// Characters of each text inside a detail, and of `__connect.errors.exception.message`.
const TEXT_CHARS_MAX: usize = 400;
const BLOCK_VERSION: &str = "1";

pub(super) const NAMES: [&str; 22] = [
    "dlq.schema-version",
    "dlq.error-codes",
    "dlq.error-detail",
    "dlq.error-detail-omitted",
    "dlq.failed-at",
    "dlq.service-version",
    "dlq.payload-sha256",
    "dlq.payload-bytes",
    "dlq.truncated",
    "dlq.redrive-count",
    "dlq.stock-code",
    "dlq.issuer",
    "dlq.form",
    "dlq.language",
    "dlq.filing-id",
    "__connect.errors.topic",
    "__connect.errors.partition",
    "__connect.errors.offset",
    "__connect.errors.stage",
    "__connect.errors.class.name",
    "__connect.errors.exception.class.name",
    "__connect.errors.exception.message",
];

/// Where a message was read, why and when it was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Distinct codes of the errors, in the order found.
    pub error_codes: Vec<String>,
    /// The findings, errors first.
    pub details: Vec<Detail>,
    /// How many findings did not fit.
    pub details_omitted: usize,
    /// RFC 3339, of the latest failure.
    pub failed_at: String,
    /// Name and version of the program that gave up last.
    pub service_version: String,
    /// Size and hash of the original value; `None` when there is none.
    pub payload: Option<Payload>,
    /// Which of `key`, `headers`, `value` is cut short; empty when the original is whole.
    pub cut: Vec<String>,
    /// How often it was sent back.
    pub redrive_count: u32,
    /// Whose it is.
    pub filing: Filing,
    /// Where it was read first.
    pub origin: Origin,
    /// Which step gave up: `document`, `form`, `event`, `delivery`.
    pub stage: String,
    /// The first error, for a person.
    pub message: String,
}

/// A value, by size and hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Size.
    pub bytes: usize,
}

/// A finding as a dead letter keeps it: text, since another version may know other codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Kebab-case code.
    pub code: String,
    /// `error` or `warning`.
    pub severity: String,
    /// JSON pointer of the event; empty for the whole document.
    pub field: String,
    /// Counted from 1.
    pub line: Option<u32>,
    /// What stands there.
    pub found: Option<String>,
    /// What should.
    pub expected: Option<String>,
    /// What to do about it.
    pub advice: String,
}

/// Why a record is not read as a dead letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No complete block of dead-letter headers.
    #[error("the record carries no complete block of dead-letter headers (`dlq.schema-version` and those behind it)")]
    NoBlock,
    /// A value outside its grammar.
    #[error("dead-letter header `{name}`: found `{found}`, expected {expected}")]
    Header {
        /// The header's name.
        name: &'static str,
        /// Its value, undecodable bytes replaced.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
}

impl Provenance {
    /// A first failure.
    pub(super) fn of(message: &Message<'_>, reason: &Reason<'_>, failed_at_ms: i64) -> Provenance {
        let Reason { stage, findings, filing } = *reason;
        let is_error = |finding: &&Finding| finding.code.severity() == Severity::Error;
        let errors = findings.iter().filter(is_error);
        let ordered = errors.clone().chain(findings.iter().filter(|finding| !is_error(finding)));
        let (details, details_omitted) = bounded(ordered);
        let mut codes: Vec<Code> = Vec::new();
        for error in errors {
            if !codes.contains(&error.code) {
                codes.push(error.code);
            }
        }
        Provenance {
            error_codes: codes.iter().map(|code| code.as_str().to_owned()).collect(),
            details,
            details_omitted,
            failed_at: time::rfc3339(failed_at_ms).unwrap_or_else(|| failed_at_ms.to_string()),
            service_version: PRODUCER.to_owned(),
            payload: message.value.map(payload),
            cut: Vec::new(),
            redrive_count: 0,
            filing: filing.shortened(),
            origin: Origin { topic: message.topic.to_owned(), partition: message.partition, offset: message.offset },
            stage: stage.as_str().to_owned(),
            message: sentence(findings),
        }
    }

    /// A second failure: what belongs to the original stays that of the first.
    pub(super) fn after(self, earlier: &Provenance) -> Provenance {
        let whole = earlier.cut.is_empty();
        Provenance {
            origin: earlier.origin.clone(),
            redrive_count: earlier.redrive_count.saturating_add(1),
            payload: if whole { self.payload } else { earlier.payload.clone() },
            cut: earlier.cut.clone(),
            filing: self.filing.or(&earlier.filing),
            ..self
        }
    }

    /// The block, in its order.
    pub(super) fn into_headers(self) -> Headers {
        let details = serde_json::to_string(&self.details).unwrap_or_default();
        let (sha256, bytes) = self.payload.map_or_else(Default::default, |it| (it.sha256, it.bytes.to_string()));
        let Filing { stock_code, issuer, form, language, filing_id } = self.filing;
        let class = format!("exdate::{}", self.stage);
        let exception = self.error_codes.first().cloned().unwrap_or_default();
        let values: [String; NAMES.len()] = [
            BLOCK_VERSION.to_owned(),
            self.error_codes.join(","),
            details,
            self.details_omitted.to_string(),
            self.failed_at,
            self.service_version,
            sha256,
            bytes,
            self.cut.join(","),
            self.redrive_count.to_string(),
            stock_code.unwrap_or_default(),
            issuer.unwrap_or_default(),
            form.unwrap_or_default(),
            language.unwrap_or_default(),
            filing_id.unwrap_or_default(),
            self.origin.topic,
            self.origin.partition.to_string(),
            self.origin.offset.to_string(),
            self.stage,
            class,
            exception,
            self.message,
        ];
        NAMES.iter().zip(values).map(|(&name, value)| (name.into(), Some(value.into_bytes().into()))).collect()
    }
}

/// Borrowed headers, as a record has them.
type Slice<'a, 'h> = &'a [(&'h str, Option<&'h [u8]>)];

/// The last complete block: the headers before it, what it says, the headers behind it.
pub(super) fn find<'a, 'h>(headers: Slice<'a, 'h>) -> Result<(Slice<'a, 'h>, Provenance, Slice<'a, 'h>), Unreadable> {
    let is_block = |window: &Slice<'a, 'h>| window.iter().map(|(name, _)| *name).eq(NAMES);
    let place = headers.windows(NAMES.len()).rposition(|window| is_block(&window)).ok_or(Unreadable::NoBlock)?;
    let (before, rest) = headers.split_at_checked(place).ok_or(Unreadable::NoBlock)?;
    let (block, after) = rest.split_at_checked(NAMES.len()).ok_or(Unreadable::NoBlock)?;
    Ok((before, read(block)?, after))
}

fn read(block: Slice<'_, '_>) -> Result<Provenance, Unreadable> {
    let mut values = Values { block, place: 0 };
    values.next("the version 1", |text| (text == BLOCK_VERSION).then_some(()))?;
    let error_codes = values.next("codes", list)?;
    let details = values.next("a JSON array of findings", |text| serde_json::from_str(text).ok())?;
    let details_omitted = values.next("a number", |text| text.parse().ok())?;
    let failed_at = values.next("a time", owned)?;
    let service_version = values.next("a version", owned)?;
    let sha256 = values.next("a hash", owned)?;
    let bytes = values.next("a size or nothing", |text| match text {
        "" => Some(None),
        digits => digits.parse().ok().map(Some),
    })?;
    let cut = values.next("key, headers, value or nothing", list)?;
    let redrive_count = values.next("a number", |text| text.parse().ok())?;
    let filing = Filing {
        stock_code: values.next("a stock code or nothing", optional)?,
        issuer: values.next("a name or nothing", optional)?,
        form: values.next("a form code or nothing", optional)?,
        language: values.next("a language or nothing", optional)?,
        filing_id: values.next("an id or nothing", optional)?,
    };
    let origin = Origin {
        topic: values.next("a topic", owned)?,
        partition: values.next("a partition", |text| text.parse().ok())?,
        offset: values.next("an offset", |text| text.parse().ok())?,
    };
    let stage = values.next("a stage", owned)?;
    values.next("a class", owned)?;
    values.next("a code", owned)?;
    let message = values.next("a sentence", owned)?;
    let payload = bytes.map(|bytes| Payload { sha256, bytes });
    Ok(Provenance {
        error_codes,
        details,
        details_omitted,
        failed_at,
        service_version,
        payload,
        cut,
        redrive_count,
        filing,
        origin,
        stage,
        message,
    })
}

/// The values of a block, one after the other.
struct Values<'a, 'h> {
    block: Slice<'a, 'h>,
    place: usize,
}

impl Values<'_, '_> {
    fn next<T>(&mut self, expected: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Unreadable> {
        let value = self.block.get(self.place).and_then(|(_, value)| *value).unwrap_or_default();
        let name = NAMES.get(self.place).copied().unwrap_or_default();
        self.place += 1;
        let unreadable = || Unreadable::Header { name, found: String::from_utf8_lossy(value).into_owned(), expected };
        std::str::from_utf8(value).ok().and_then(read).ok_or_else(unreadable)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one of the readers of a value, and this one takes any text")]
fn owned(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "one of the readers of a value, and this one takes any text")]
fn optional(text: &str) -> Option<Option<String>> {
    Some(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

#[expect(clippy::unnecessary_wraps, reason = "one of the readers of a value, and this one takes any text")]
fn list(text: &str) -> Option<Vec<String>> {
    Some(text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect())
}

/// As many findings as fit into [`DETAIL_BYTES_MAX`], and how many did not.
fn bounded<'f>(findings: impl Iterator<Item = &'f Finding>) -> (Vec<Detail>, usize) {
    let mut details = Vec::new();
    let mut bytes = "[]".len();
    let mut omitted = 0;
    for finding in findings {
        let detail = detail(finding);
        bytes += serde_json::to_string(&detail).map_or(0, |text| text.len()) + ",".len();
        match bytes <= DETAIL_BYTES_MAX {
            true => details.push(detail),
            false => omitted += 1,
        }
    }
    (details, omitted)
}

fn detail(finding: &Finding) -> Detail {
    Detail {
        code: finding.code.as_str().to_owned(),
        severity: finding.code.severity().as_str().to_owned(),
        field: shortened(&finding.field),
        line: finding.line,
        found: finding.found.as_deref().map(shortened),
        expected: finding.expected.as_deref().map(shortened),
        advice: finding.code.advice().to_owned(),
    }
}

/// The first error in words, and how many more there are.
fn sentence(findings: &[Finding]) -> String {
    let mut errors = findings.iter().filter(|finding| finding.code.severity() == Severity::Error);
    let mut sentence = errors.next().map(|error| shortened(&error.message())).unwrap_or_default();
    match errors.count() {
        0 => {}
        1 => sentence.push_str(" One more error."),
        more => {
            let _ = write!(sentence, " {more} more errors.");
        }
    }
    sentence
}

pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        None => text.to_owned(),
        Some(_) => text.chars().take(TEXT_CHARS_MAX - 1).chain(['…']).collect(),
    }
}

fn payload(value: &[u8]) -> Payload {
    Payload { sha256: sha256_hex(value), bytes: value.len() }
}
