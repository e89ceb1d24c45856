//! The path of one message, in one pure function: bytes → document → form → event, or dead letter, or skip.

use chrono::NaiveDate;

use crate::event::DividendEvent;
use crate::finding::{Finding, Severity};
use crate::form::Reading;
use crate::{document, event, form};

/// A record of the input topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message<'a> {
    /// Input topic.
    pub topic: &'a str,
    /// Input partition.
    pub partition: i32,
    /// Input offset.
    pub offset: i64,
    /// Milliseconds since the epoch, when the broker has one.
    pub timestamp_ms: Option<i64>,
    /// Any bytes, or none.
    pub key: Option<&'a [u8]>,
    /// The document; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// In order; a name may occur twice, a value may be null.
    pub headers: Vec<(&'a str, Option<&'a [u8]>)>,
}

impl<'a> Message<'a> {
    /// The last value of a header that is present and UTF-8, as Kafka's own `lastHeader`. Names are compared without case.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.headers.iter().rev().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        std::str::from_utf8((*value)?).ok()
    }
}

/// What the outcome depends on besides the message: part of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Larger documents are dead-lettered without being read.
    pub max_document_bytes: usize,
    /// First trading day of T+1 settlement, when the ex-date becomes the last lodging date; `None` while T+2 holds.
    pub t_plus_1_from: Option<NaiveDate>,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { max_document_bytes: 8 * 1024 * 1024, t_plus_1_from: None }
    }
}

/// What becomes of one message: exactly one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A normalised event. The warnings stand in it too; here with their lines and values.
    Publish(Box<DividendEvent>, Vec<Finding>),
    /// Not normalised: the stage that gave up and all findings, at least one of them an error.
    DeadLetter(Stage, Vec<Finding>),
    /// Nothing to normalise.
    Skip(SkipReason),
}

/// Which step gave a document up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Bytes → text.
    Document,
    /// Text → form.
    Form,
    /// Form → event.
    Event,
    /// The broker refuses the record.
    Delivery,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: &'static [Stage] = &[Stage::Document, Stage::Form, Stage::Event, Stage::Delivery];

    /// The stable name, for headers and labels.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Document => "document",
            Stage::Form => "form",
            Stage::Event => "event",
            Stage::Delivery => "delivery",
        }
    }
}

/// Why there is nothing to normalise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// A record without a value.
    Tombstone,
    /// A document that is no dividend form.
    NotADividendForm,
}

impl SkipReason {
    /// Every reason.
    pub const ALL: &'static [SkipReason] = &[SkipReason::Tombstone, SkipReason::NotADividendForm];

    /// The stable name, for labels and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            SkipReason::Tombstone => "tombstone",
            SkipReason::NotADividendForm => "not-a-dividend-form",
        }
    }
}

/// Decides what becomes of one message. Same message and rules, same outcome; no I/O, clock, metric or log.
pub fn process(message: &Message<'_>, rules: &Rules) -> Outcome {
    let Some(value) = message.value else {
        return Outcome::Skip(SkipReason::Tombstone);
    };
    let mut document = match document::read(message, value, rules) {
        Ok(document) => document,
        Err(findings) => return Outcome::DeadLetter(Stage::Document, findings),
    };
    let mut findings = std::mem::take(&mut document.warnings);
    match form::read(&document.text) {
        Reading::Foreign => Outcome::Skip(SkipReason::NotADividendForm),
        Reading::Unsupported(finding) => {
            findings.push(finding);
            Outcome::DeadLetter(Stage::Form, findings)
        }
        Reading::Form(form, reading) => {
            findings.extend(reading);
            let stage = if has_error(&findings) { Stage::Form } else { Stage::Event };
            match event::normalise(&document, &form, findings, rules) {
                Ok((event, warnings)) => Outcome::Publish(Box::new(event), warnings),
                Err(findings) => Outcome::DeadLetter(stage, findings),
            }
        }
    }
}

fn has_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.code.severity() == Severity::Error)
}
