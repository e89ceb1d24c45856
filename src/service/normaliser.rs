//! The service's processor: announcements in; dividend events, dead letters and nothing (skips) out.
//!
//! The path itself is [`pipeline`]; here stand the topics, what is counted, the circuit breaker, and how a record that the broker refuses is written
//! instead: as a dead letter, and if need be as a truncated one. PDFs are read in a process of their own ([`reader`]).

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::breaker::Breaker;
use crate::config::Config;
use crate::finding::{Code, Finding};
use crate::kafka::client::properties::transaction_timeout;
use crate::kafka::sabotage::{self, Mistake};
use crate::message::{Message, Rules};
use crate::pipeline::{self, Outcome, Stage};
use crate::processor::{Halt, Output, Processor, Refusal, Topic};
use crate::reader::{self, Reader};
use crate::record::{Record, dead_letter};
use crate::telemetry::metrics::{Metrics, Tally};

/// What stays of an original that is refused whole: enough to see what it is, and taken by every broker.
const TRUNCATED_BYTES: usize = 16 * 1024;

/// Makes events of announcements.
pub struct Normaliser {
    rules: Rules,
    /// Its process starts with the first PDF, and ends with the normaliser.
    reader: Reader,
    announcements: Topic,
    events: Topic,
    dead_letters: Topic,
    metrics: Metrics,
    /// As of the last committed batch.
    breaker: Breaker,
    /// With the batches that are not, and what was counted since the last one was closed.
    tentative: Changes,
    /// An empty one, for its memory.
    spare: Tally,
}

/// What becomes of an announcement.
pub struct Decision {
    outcome: Outcome,
    /// Not even the dead letter was taken whole.
    truncated: bool,
}

/// What a batch has counted, and the breaker as of its last message.
pub struct Changes {
    tally: Tally,
    breaker: Breaker,
}

impl Normaliser {
    /// With the rules, topics and limits of the configuration.
    pub fn new(config: &Config, metrics: &Metrics) -> Normaliser {
        let breaker = Breaker::new(&config.breaker);
        Normaliser {
            rules: config.rules.clone(),
            reader: Reader::new(reader::this_program(), bounds(config)),
            announcements: Topic::new(&config.kafka.input_topic, "kafka.input_topic"),
            events: Topic::new(&config.kafka.output_topic, "kafka.output_topic"),
            dead_letters: Topic::new(&config.kafka.dead_letter_topic, "kafka.dead_letter_topic"),
            metrics: metrics.clone(),
            tentative: Changes { tally: Tally::default(), breaker: breaker.clone() },
            breaker,
            spare: Tally::default(),
        }
    }
}

/// All tries at one PDF take at most half of what is left of a transaction once its batch has waited. By the time that is spent the batch is
/// full, so that at most one PDF of a batch takes so long.
///
/// A PDF whose reading the clock has ended becomes a dead letter with a code of its own (`pdf-reader-timed-out`, which an alert watches). The same
/// bytes may be read on another day. But nothing is dropped, and a partition must not stand still for ever over one document.
fn bounds(config: &Config) -> reader::Bounds {
    let left = transaction_timeout(config).saturating_sub(config.delivery.batch_wait);
    let usual = reader::Bounds::default();
    reader::Bounds { time: usual.time.min(left / 2 / reader::TRIES), ..usual }
}

impl Processor for Normaliser {
    type Outcome = Decision;
    type Changes = Changes;

    fn inputs(&self) -> Vec<Topic> {
        vec![self.announcements.clone()]
    }

    fn outputs(&self) -> Vec<Topic> {
        vec![self.events.clone(), self.dead_letters.clone()]
    }

    fn process(&self, message: &Message<'_>) -> Decision {
        let outcome = pipeline::process_with(message, &self.rules, &|bytes| self.reader.read(bytes));
        Decision { outcome, truncated: false }
    }

    fn encode(&self, message: &Message<'_>, decision: &Decision, now_ms: i64, records: &mut Vec<Output>) {
        match &decision.outcome {
            Outcome::DeadLetter(stage, findings) if decision.truncated => {
                let letter = dead_letter::encode_truncated(message, *stage, findings, now_ms, TRUNCATED_BYTES);
                // Whatever it was that the broker refused, size or timestamp, this has neither.
                records.extend(self.dead_letter(Record { timestamp_ms: None, ..letter }));
            }
            outcome => {
                let Some(record) = pipeline::encode(message, outcome, now_ms) else { return };
                records.extend(match outcome {
                    Outcome::Publish(..) => Some(Output { topic: self.events.name.clone(), record, own_headers: None }),
                    _ => self.dead_letter(record),
                });
            }
        }
    }

    fn fallbacks(&self) -> &'static [&'static str] {
        &["dead letter", "truncated dead letter"]
    }

    fn refused(&self, _: &Message<'_>, refusal: &Refusal) -> Decision {
        let finding = Finding {
            code: Code::RejectedByBroker,
            field: "".into(),
            line: None,
            found: Some(refusal.reason.clone()),
            expected: None,
        };
        Decision { outcome: Outcome::DeadLetter(Stage::Delivery, vec![finding]), truncated: refusal.times > 1 }
    }

    fn unreadable(&self, _: &Message<'_>, offsets: &Range<i64>) -> Decision {
        let finding = Finding {
            code: Code::UnreadableRecords,
            field: "".into(),
            line: None,
            found: Some(format!("offsets {} to {}", offsets.start, offsets.end - 1)),
            expected: None,
        };
        Decision { outcome: Outcome::DeadLetter(Stage::Delivery, vec![finding]), truncated: false }
    }

    fn accept(&mut self, message: &Message<'_>, decision: &Decision, elapsed: Duration) -> Result<(), Halt> {
        let Changes { tally, breaker } = &mut self.tentative;
        tally.add(message, &decision.outcome, elapsed);
        let is_dead = match &decision.outcome {
            // A tombstone or another announcement says nothing about the reader, nor does what the broker refuses.
            Outcome::Skip(_) | Outcome::DeadLetter(Stage::Delivery, _) => return Ok(()),
            Outcome::DeadLetter(..) => true,
            Outcome::Publish(..) => false,
        };
        breaker.count(is_dead).map_or(Ok(()), |why| Err(Halt(why)))
    }

    fn close(&mut self) -> Changes {
        let tally = std::mem::replace(&mut self.tentative.tally, std::mem::take(&mut self.spare));
        Changes { tally, breaker: self.tentative.breaker.clone() }
    }

    fn commit(&mut self, Changes { mut tally, breaker }: Changes) {
        if sabotage::is(Mistake::MetricsTooHigh) {
            self.metrics.batch_committed(&tally);
        }
        self.metrics.batch_committed(&tally);
        self.breaker = breaker;
        tally.clear();
        self.spare = tally;
    }

    fn abort(&mut self) {
        self.tentative.tally.clear();
        self.tentative.breaker.clone_from(&self.breaker);
    }
}

impl Normaliser {
    fn dead_letter(&self, letter: Record) -> Option<Output> {
        let record = sabotage::dead_letter(letter)?;
        let topic: Arc<str> = self.dead_letters.name.clone();
        Some(Output { topic, record, own_headers: Some(dead_letter::OWN_HEADERS) })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    fn dead() -> Decision {
        Decision { outcome: Outcome::DeadLetter(Stage::Document, vec![]), truncated: false }
    }

    fn normaliser(consecutive: usize) -> Normaliser {
        let mut config = Config::default();
        config.breaker.consecutive = consecutive;
        Normaliser::new(&config, &Metrics::new())
    }

    fn accept(normaliser: &mut Normaliser) -> Result<(), Halt> {
        normaliser.accept(&Message::default(), &dead(), Duration::ZERO)
    }

    #[test]
    fn two_tries_at_a_pdf_leave_a_transaction_half_of_its_time() {
        let mut config = Config::default();
        for (session_s, wait_ms, most_ms) in [(10, 50, 3_725), (10, 5_000, 1_250), (600, 50, 20_000)] {
            config.kafka.session_timeout = Duration::from_secs(session_s);
            config.delivery.batch_wait = Duration::from_millis(wait_ms);
            assert_eq!(2 * bounds(&config).time, Duration::from_millis(most_ms), "{session_s} s, {wait_ms} ms");
        }
    }

    #[test]
    fn a_batch_that_is_given_up_counts_neither_for_the_metrics_nor_for_the_breaker() {
        let mut normaliser = normaliser(2);
        accept(&mut normaliser).expect("the first in a row");
        normaliser.abort();
        accept(&mut normaliser).expect("read again");
        assert_eq!(normaliser.close().tally.records(), 1);
    }

    #[test]
    fn a_batch_of_unknown_outcome_counts_for_the_breaker_once_it_is_known_to_be_committed() {
        let mut normaliser = normaliser(2);
        accept(&mut normaliser).expect("the first in a row");
        let closed = normaliser.close();
        normaliser.abort();
        accept(&mut normaliser).expect("nothing is known of the first");
        normaliser.abort();
        normaliser.commit(closed);
        normaliser.abort();
        assert!(accept(&mut normaliser).is_err(), "the second in a row");
    }

    #[test]
    fn a_batch_builds_upon_the_one_that_is_being_committed() {
        let mut normaliser = normaliser(2);
        accept(&mut normaliser).expect("the first in a row");
        let first = normaliser.close();
        assert!(accept(&mut normaliser).is_err(), "the second in a row, of the next batch");
        normaliser.commit(first);
        normaliser.abort();
        assert!(accept(&mut normaliser).is_err(), "the first is committed, and stays");
    }
}
