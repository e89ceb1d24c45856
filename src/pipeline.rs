//! The path of one message, in one pure function: bytes → document → form → event, or dead letter, or skip.

use crate::event::DividendEvent;
pub use crate::finding::Stage;
use crate::finding::{Finding, Severity};
use crate::form::Reading;
pub use crate::message::{Message, Rules};
use crate::{document, event, form};

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
