//! Where a record becomes an outcome: read, processed, queued for sending, counted. Knows no consumer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::message::{BorrowedHeaders, BorrowedMessage, Message as _};

use super::batch::Batch;
use super::batch_error::BatchError;
use super::breaker::Breaker;
use super::call::Call;
use super::producer::{NotQueued, Producer};
use crate::config::{Config, Mode};
use crate::finding::{self, Finding};
use crate::kafka::client::headers;
use crate::kafka::sabotage;
use crate::message::Message;
use crate::pipeline::{self, Outcome, Stage};
use crate::record::{self, Record};

/// The batch in the making of one worker.
pub(super) struct Accumulator {
    config: Arc<Config>,
    pub(super) batch: Batch,
    /// An empty one, for its memory.
    spare: Batch,
    /// As of the last committed batch.
    breaker: Breaker,
    /// With the batches that are not: taken over once they are, so that a batch that is read again is counted once.
    trial: Breaker,
    /// Records that the broker refuses, and how they are written instead.
    refused: BTreeMap<(i32, i64), Refusal>,
}

/// A batch that takes no more records, and the breaker as of its last one.
pub(super) struct Closed {
    pub(super) batch: Batch,
    breaker: Breaker,
}

/// How to write a record that the broker refuses.
#[derive(Clone, Debug)]
struct Refusal {
    reason: String,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As a dead letter: the original with the reason.
    Whole,
    /// As a dead letter with the beginning of the original, its size and hash, and a timestamp of the broker's own.
    Truncated,
}

/// What stays of an original that is refused whole: enough to see what it is, and taken by every broker.
const TRUNCATED_BYTES: usize = 16 * 1024;

impl Accumulator {
    pub(super) fn new(config: &Arc<Config>) -> Accumulator {
        let breaker = Breaker::new(&config.breaker);
        Accumulator {
            config: config.clone(),
            batch: Batch::default(),
            spare: Batch::default(),
            trial: breaker.clone(),
            breaker,
            refused: BTreeMap::new(),
        }
    }

    /// Takes a record in: from here on it is part of the batch, or the batch is in trouble.
    pub(super) fn take(&mut self, record: &BorrowedMessage<'_>, producer: &mut Producer) -> Result<(), BatchError> {
        let mut headers = Vec::new();
        let unreadable = record.headers().filter(|all| !headers::read(all, &mut headers));
        let message = Message {
            topic: record.topic(),
            partition: record.partition(),
            offset: record.offset(),
            timestamp_ms: record.timestamp().to_millis(),
            key: record.key(),
            value: record.payload(),
            headers,
        };
        let bytes = record.payload_len() + record.key_len();
        self.batch.read(message.partition, message.offset, bytes, message.timestamp_ms);
        self.decide(&message, unreadable, producer)
    }

    /// Processes a message and queues its record. A record that the client itself finds too large is queued as a dead letter in its place.
    fn decide(
        &mut self,
        message: &Message<'_>,
        unreadable: Option<&BorrowedHeaders>,
        producer: &mut Producer,
    ) -> Result<(), BatchError> {
        let begun = Instant::now();
        let mut outcome = match self.refused.get(&(message.partition, message.offset)) {
            Some(refusal) => refusal.outcome(),
            None => pipeline::process(message, &self.config.rules),
        };
        let elapsed = begun.elapsed();
        self.watch(&outcome)?;
        while let Some((topic, record)) = self.record(message, &outcome) {
            let unreadable = unreadable.filter(|_| matches!(outcome, Outcome::DeadLetter(..)));
            producer.begin().map_err(|error| BatchError::call(Call::BeginTransaction, &error))?;
            match producer.send(topic, &record, unreadable) {
                Ok(()) => {
                    self.batch.produced(message.partition, message.offset);
                    break;
                }
                Err(NotQueued::Record(code)) => {
                    self.refuse(message.partition, message.offset, code)?;
                    outcome = self.refused.get(&(message.partition, message.offset)).map_or(outcome, Refusal::outcome);
                }
                Err(NotQueued::Error(error)) => {
                    return Err(BatchError::Call(Call::Produce, producer.why_failed().unwrap_or(error)));
                }
            }
        }
        self.batch.tally.add(message, &outcome, elapsed);
        Ok(())
    }

    /// Counts a document for the breaker.
    fn watch(&mut self, outcome: &Outcome) -> Result<(), BatchError> {
        let dead = match outcome {
            Outcome::Skip(_) => return Ok(()),
            // What the broker refuses says nothing about the release.
            Outcome::DeadLetter(Stage::Delivery, _) => return Ok(()),
            Outcome::DeadLetter(..) => true,
            Outcome::Publish(..) => false,
        };
        self.trial.count(dead).map_or(Ok(()), |why| Err(BatchError::Tripped(why)))
    }

    /// The record that an outcome needs, and its topic.
    fn record(&self, message: &Message<'_>, outcome: &Outcome) -> Option<(&str, Record)> {
        let kafka = &self.config.kafka;
        match outcome {
            Outcome::Publish(event, _) => Some((&kafka.output_topic, record::event::encode(event, message))),
            Outcome::DeadLetter(stage, findings) => {
                let form = self.refused.get(&(message.partition, message.offset)).map(|refusal| refusal.form);
                let letter = match form {
                    Some(Form::Truncated) => truncated(message, *stage, findings),
                    _ => record::dead_letter::encode(message, *stage, findings, now_ms()),
                };
                sabotage::dead_letter(letter).map(|letter| (kafka.dead_letter_topic.as_str(), letter))
            }
            Outcome::Skip(_) => None,
        }
    }

    /// The broker refuses the record of this message: the next time it is a dead letter, then a truncated one.
    ///
    /// When even that is refused, the worker tries again, for ever and aloud. It never goes past the record: nothing is dropped.
    pub(super) fn refuse(&mut self, partition: i32, offset: i64, code: Code) -> Result<(), BatchError> {
        let form = match self.refused.get(&(partition, offset)).map(|refusal| refusal.form) {
            None => Form::Whole,
            Some(Form::Whole) => Form::Truncated,
            Some(Form::Truncated) => {
                let topic = &self.config.kafka.dead_letter_topic;
                return Err(BatchError::Waiting(format!(
                    "the broker refuses even a truncated dead letter for partition {partition}, offset {offset} ({code}); \
                     nothing is dropped, so this partition stands still: check the settings of the topic `{topic}`"
                )));
            }
        };
        tracing::warn!(partition, offset, %code, ?form, "the broker refuses a record; it becomes a dead letter");
        self.refused.insert((partition, offset), Refusal { reason: code.to_string(), form });
        Ok(())
    }

    /// Closes the batch: what is taken from now on belongs to the next.
    pub(super) fn close(&mut self) -> Closed {
        Closed {
            batch: std::mem::replace(&mut self.batch, std::mem::take(&mut self.spare)),
            breaker: self.trial.clone(),
        }
    }

    /// Opens a batch again that could not be committed, in place of the next, which has been given up.
    pub(super) fn reopen(&mut self, Closed { batch, breaker }: Closed) {
        self.batch = batch;
        self.trial = breaker;
    }

    /// Closes a batch that may have been committed, though nobody said so; `None` for one whose offsets were never sent.
    pub(super) fn set_aside(&mut self) -> Option<Closed> {
        self.batch.tag.is_some().then(|| self.close())
    }

    /// A batch is committed.
    pub(super) fn committed(&mut self, Closed { mut batch, breaker }: Closed) {
        self.breaker = breaker;
        // Nothing was read since; it may have been set aside meanwhile, and its documents with it.
        if self.batch.is_empty() {
            self.trial.clone_from(&self.breaker);
        }
        let next: BTreeMap<i32, i64> = batch.next().collect();
        self.refused.retain(|(partition, offset), _| next.get(partition).is_none_or(|next| offset >= next));
        batch.clear();
        self.spare = batch;
    }

    /// The batch is given up; its records will be read again.
    pub(super) fn given_up(&mut self) {
        self.trial.clone_from(&self.breaker);
        self.batch.clear();
    }

    /// Whether acknowledgements, or only offsets, have to be waited for.
    pub(super) fn mode(&self) -> Mode {
        self.config.delivery.mode
    }
}

impl Refusal {
    fn outcome(&self) -> Outcome {
        let finding = Finding {
            code: finding::Code::RejectedByBroker,
            field: "".into(),
            line: None,
            found: Some(self.reason.clone()),
            expected: None,
        };
        Outcome::DeadLetter(Stage::Delivery, vec![finding])
    }
}

/// The last resort: whatever it was that the broker refused, size or timestamp, this has neither.
fn truncated(message: &Message<'_>, stage: Stage, findings: &[Finding]) -> Record {
    let letter = record::dead_letter::encode_truncated(message, stage, findings, now_ms(), TRUNCATED_BYTES);
    Record { timestamp_ms: None, ..letter }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_batch_set_aside_counts_for_the_breaker_once_it_is_known_to_be_committed() {
        let mut config = Config::default();
        config.breaker.consecutive = 2;
        let mut desk = Accumulator::new(&config.into());
        let dead = Outcome::DeadLetter(Stage::Document, vec![]);
        assert!(desk.watch(&dead).is_ok());
        assert!(desk.set_aside().is_none(), "its offsets were never sent");
        desk.batch.tag = Some("a tag".into());
        let closed = desk.set_aside();
        desk.given_up();
        assert!(desk.watch(&dead).is_ok(), "nothing is known of the first");
        desk.given_up();
        desk.committed(closed.expect("a batch"));
        assert!(matches!(desk.watch(&dead), Err(BatchError::Tripped(_))), "the second in a row");
    }
}
