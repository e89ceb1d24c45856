//! The path of one message, in one pure function: bytes → document → form → event, or dead letter, or skip.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::document::Document;
use crate::event::DividendEvent;
pub use crate::finding::Stage;
use crate::finding::{Code, Finding, Severity};
use crate::form::{Form, Reading};
pub use crate::message::{Message, Rules};
use crate::record::dead_letter::{Filing, Reason};
use crate::record::{self, Record};
use crate::{document, event, form, pdf};

/// What becomes of one message: exactly one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A normalised event. The warnings stand in it too; here with their lines and values.
    Publish(Box<DividendEvent>, Vec<Finding>),
    /// Not normalised: the stage that gave up, all findings, at least one of them an error, and whose filing it is.
    DeadLetter(Stage, Vec<Finding>, Box<Filing>),
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
    trace(message, rules, |trace| trace.outcome)
}

/// The same, a PDF being read by someone else: by a process of its own, in the service.
pub fn process_with(message: &Message<'_>, rules: &Rules, read_pdf: pdf::Read<'_>) -> Outcome {
    trace_with(message, rules, read_pdf, |trace| trace.outcome)
}

/// The record that an outcome is written as; `None` for a skip. `failed_at_ms` is the shell's clock, for dead letters.
pub fn encode(message: &Message<'_>, outcome: &Outcome, failed_at_ms: i64) -> Option<Record> {
    match outcome {
        Outcome::Publish(event, _) => Some(record::event::encode(event, message)),
        Outcome::DeadLetter(stage, findings, filing) => {
            let reason = Reason { stage: *stage, findings, filing };
            Some(record::dead_letter::encode(message, &reason, failed_at_ms))
        }
        Outcome::Skip(_) => None,
    }
}

/// One message's outcome, and what it was decided from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace<'d> {
    /// The text, when the bytes could be read. Its warnings stand among the outcome's findings.
    pub document: Option<&'d Document<'d>>,
    /// What the text says, when it is a dividend form.
    pub form: Option<Box<Form<'d>>>,
    /// What becomes of the message.
    pub outcome: Outcome,
}

impl Trace<'_> {
    /// Of a message whose bytes could not be read, or need not be.
    pub fn without_document(outcome: Outcome) -> Self {
        Trace { document: None, form: None, outcome }
    }
}

/// [`process`], with the steps shown to `look` before they are dropped: for whoever has to explain an outcome.
pub fn trace<R>(message: &Message<'_>, rules: &Rules, look: impl FnOnce(Trace<'_>) -> R) -> R {
    trace_with(message, rules, &pdf::read_here, look)
}

/// The same, a PDF being read by someone else.
pub fn trace_with<R>(
    message: &Message<'_>,
    rules: &Rules,
    read_pdf: pdf::Read<'_>,
    look: impl FnOnce(Trace<'_>) -> R,
) -> R {
    let Some(value) = message.value else {
        return look(Trace::without_document(Outcome::Skip(SkipReason::Tombstone)));
    };
    let mut document = match guarded(|| document::read_with(message, value, rules, read_pdf)) {
        Ok(Ok(document)) => document,
        Ok(Err(findings)) => {
            let filing = Box::new(Filing::of_message(message));
            return look(Trace::without_document(Outcome::DeadLetter(Stage::Document, findings, filing)));
        }
        Err(finding) => {
            let filing = Box::new(Filing::of_message(message));
            return look(Trace::without_document(Outcome::DeadLetter(Stage::Document, vec![finding], filing)));
        }
    };
    let findings = std::mem::take(&mut document.warnings);
    let (form, outcome) = guarded(|| decide(&document, findings, rules)).unwrap_or_else(|finding| {
        let filing = Box::new(Filing::of_document(&document));
        (None, Outcome::DeadLetter(Stage::Form, vec![finding], filing))
    });
    look(Trace { document: Some(&document), form, outcome })
}

/// Should a document ever make the reader panic, it is set aside as any other that cannot be read: one record must not stop a
/// partition, and a restart would only meet it again.
fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, Finding> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| Finding::new(Code::ReaderFailed, ""))
}

fn decide<'d>(
    document: &'d Document<'_>,
    mut findings: Vec<Finding>,
    rules: &Rules,
) -> (Option<Box<Form<'d>>>, Outcome) {
    match form::read(&document.text) {
        Reading::Foreign => (None, Outcome::Skip(SkipReason::NotADividendForm)),
        Reading::Unsupported(finding) => {
            let filing = Filing::of_document(document).on_form(finding.found.as_deref());
            findings.push(event::PaymentOptions::default().locate(finding));
            (None, Outcome::DeadLetter(Stage::Form, findings, Box::new(filing)))
        }
        Reading::Form(form, reading) => {
            let options = event::PaymentOptions::of(&form);
            findings.extend(reading.into_iter().map(|finding| options.locate(finding)));
            findings.extend(contradiction(document, &form, rules));
            let stage = if has_error(&findings) { Stage::Form } else { Stage::Event };
            let outcome = match event::normalise(document, &form, findings, rules) {
                Ok((event, warnings)) => Outcome::Publish(event, warnings),
                Err(findings) => Outcome::DeadLetter(stage, findings, Box::new(Filing::of_form(document, &form))),
            };
            (Some(form), outcome)
        }
    }
}

/// A date or an amount of a PDF that its two readings do not agree on. Where the second gives no event it says nothing.
fn contradiction(document: &Document<'_>, form: &Form<'_>, rules: &Rules) -> Option<Finding> {
    let Reading::Form(in_order, _) = form::read(document.in_order.as_deref()?) else { return None };
    let event = |form| event::normalise(document, form, Vec::new(), rules).ok().map(|(event, _)| event);
    let (by_cells, in_order) = event(form).zip(event(&in_order))?;
    let differing = [
        ("dates", by_cells.dates != in_order.dates),
        ("declared amount", by_cells.dividend.declared != in_order.dividend.declared),
        ("payment options", by_cells.payment_options != in_order.payment_options),
    ];
    let names: Vec<&str> = differing.into_iter().filter(|(_, differ)| *differ).map(|(name, _)| name).collect();
    let finding = Finding::new(Code::ContradictoryReadings, "").expected("the same by cells and line by line");
    (!names.is_empty()).then(|| finding.found(names.join(", ")))
}

fn has_error(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.code.severity() == Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_gives_a_finding() {
        let failed = guarded(|| Vec::<u8>::new().remove(0));
        assert_eq!(failed.map_err(|finding| finding.code), Err(Code::ReaderFailed));
    }
}
