//! What a worker counts while it processes a batch: plain data, shown only once the batch is committed.
//!
//! A batch that is aborted and read again is tallied again, into a cleared tally; so nothing is counted twice, and the page
//! never shows a record as consumed whose outcome did not come to be.

use std::time::Duration;

use super::fields;
use crate::event::DividendEvent;
use crate::event::schema::{FieldStatus, Function, Language};
use crate::finding::{Code, Finding, Severity, Stage};
use crate::message::Message;
use crate::pipeline::{Outcome, SkipReason};

/// The outcomes of one batch, counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub(super) consumed: Counts<String>,
    pub(super) outcomes: Counts<&'static str>,
    /// One per dead letter, under its first error; `None` for one without any finding.
    pub(super) dead_letters: Counts<(Stage, Option<Code>)>,
    /// Every error of every dead letter.
    pub(super) errors: Counts<Code>,
    pub(super) skips: Counts<SkipReason>,
    /// Every warning of every published event.
    pub(super) warnings: Counts<Code>,
    pub(super) events: Counts<(Function, &'static str, Language)>,
    /// By pointer, as the event holds it; it becomes a label once per batch, not once per event.
    pub(super) field_status: Counts<(String, FieldStatus)>,
    /// Time taken by each message, from bytes to outcome.
    pub(super) elapsed: Vec<Duration>,
    /// Record timestamps, milliseconds since the epoch, of those that have one.
    pub(super) timestamps_ms: Vec<i64>,
}

/// Label values of `outcome`: the words that `exdate parse` prints.
pub(super) const OUTCOMES: [&str; 3] = ["publish", "dead-letter", "skip"];

/// Label values of `template`, and what any other form code is counted under.
pub(super) const TEMPLATES: [&str; 4] = ["EF001", "EF002", "EF003", fields::OTHER];

impl Tally {
    /// Counts one message and what became of it; `elapsed` is the time that [`crate::pipeline::process`] took.
    pub fn add(&mut self, message: &Message<'_>, outcome: &Outcome, elapsed: Duration) {
        self.consumed.add_owned(|topic| topic == message.topic, || message.topic.to_owned());
        self.elapsed.push(elapsed);
        self.timestamps_ms.extend(message.timestamp_ms);
        match outcome {
            Outcome::Publish(event, warnings) => {
                self.outcomes.add("publish");
                self.add_event(event, warnings);
            }
            Outcome::DeadLetter(stage, findings, _) => {
                self.outcomes.add("dead-letter");
                self.add_dead_letter(*stage, findings);
            }
            Outcome::Skip(reason) => {
                self.outcomes.add("skip");
                self.skips.add(*reason);
            }
        }
    }

    /// Forgets everything, and keeps the memory for the next batch.
    pub fn clear(&mut self) {
        self.consumed.0.clear();
        self.outcomes.0.clear();
        self.dead_letters.0.clear();
        self.errors.0.clear();
        self.skips.0.clear();
        self.warnings.0.clear();
        self.events.0.clear();
        self.field_status.0.clear();
        self.elapsed.clear();
        self.timestamps_ms.clear();
    }

    /// Number of messages counted.
    pub fn records(&self) -> usize {
        self.elapsed.len()
    }

    fn add_event(&mut self, event: &DividendEvent, warnings: &[Finding]) {
        let template = TEMPLATES.into_iter().find(|code| *code == event.source.form_code).unwrap_or(fields::OTHER);
        self.events.add((event.lineage.function, template, event.source.language));
        for (pointer, status) in &event.field_status {
            let same = |(known, reason): &(String, FieldStatus)| reason == status && known == pointer;
            self.field_status.add_owned(same, || (pointer.to_string(), *status));
        }
        for warning in warnings {
            self.warnings.add(warning.code);
        }
    }

    fn add_dead_letter(&mut self, stage: Stage, findings: &[Finding]) {
        let errors = || findings.iter().map(|finding| finding.code).filter(|code| code.severity() == Severity::Error);
        let first = errors().next().or(findings.first().map(|finding| finding.code));
        self.dead_letters.add((stage, first));
        errors().for_each(|code| self.errors.add(code));
    }
}

/// Counts by a label. A batch holds few different labels, so that a short list is faster than a map.
#[derive(Clone, Debug)]
pub(super) struct Counts<K>(pub(super) Vec<(K, u64)>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Counts(Vec::new())
    }
}

impl<K> Counts<K> {
    fn add(&mut self, key: K)
    where
        K: PartialEq,
    {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, count)) => *count += 1,
            None => self.0.push((key, 1)),
        }
    }

    /// As [`Counts::add`], for a key that owns memory only once it is in the list.
    fn add_owned(&mut self, same: impl Fn(&K) -> bool, key: impl FnOnce() -> K) {
        match self.0.iter_mut().find(|(known, _)| same(known)) {
            Some((_, count)) => *count += 1,
            None => self.0.push((key(), 1)),
        }
    }
}
