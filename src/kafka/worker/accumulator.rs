//! Gathers a batch: each record is processed, and what becomes of it queued for sending. Knows neither consumer nor transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::message::BorrowedHeaders;

use super::call::Call;
use super::clients::{Incoming, NotQueued, Sink};
use super::clock::Clock;
use super::errors::BatchError;
use super::partition::Partition;
use super::state::Batch;
use crate::message::Message;
use crate::processor::{Halt, Output, Processor, Refusal};

/// The batch in the making of one worker, and the processor that makes it.
pub(super) struct Accumulator<P: Processor> {
    pub(super) processor: P,
    pub(super) batch: Batch,
    /// What the batch has changed, when it was closed before and could not be committed.
    reopened: Option<P::Changes>,
    /// An empty one, for its memory.
    spare: Batch,
    /// Records that the broker refuses: their outcome is written in another way.
    refused: BTreeMap<Origin, Refusal>,
    /// What the present message is written as; empty between two messages.
    outputs: Vec<Output>,
    clock: Arc<dyn Clock>,
}

/// A batch that takes no more records, and what it has changed and counted.
pub(super) struct Closed<Changes> {
    pub(super) batch: Batch,
    changes: Changes,
}

/// Where a message stands: partition and offset.
type Origin = (Partition, i64);

/// A record that the client itself does not take, before any other of its message was queued: the message can be written in another way at once.
struct NotTaken {
    topic: Arc<str>,
    code: Code,
}

impl<P: Processor> Accumulator<P> {
    pub(super) fn new(processor: P, clock: Arc<dyn Clock>) -> Accumulator<P> {
        Accumulator {
            processor,
            batch: Batch::default(),
            reopened: None,
            spare: Batch::default(),
            refused: BTreeMap::new(),
            outputs: Vec::new(),
            clock,
        }
    }

    /// Takes a record in: from here on it is part of the batch, or the batch has failed.
    pub(super) fn take<S: Sink>(
        &mut self,
        partition: Partition,
        record: &impl Incoming,
        sink: &mut S,
    ) -> Result<(), BatchError> {
        let (message, unreadable) = record.read();
        let bytes = message.value.map_or(0, <[u8]>::len) + message.key.map_or(0, <[u8]>::len);
        let begun = self.clock.now();
        self.batch.read(partition, message.offset, bytes, message.timestamp_ms, begun);
        self.process((partition, message.offset), &message, unreadable, begun, sink)
    }

    /// Takes in records that cannot be read, all of them as one: their offsets are part of the batch, and so is what says that they are missing.
    pub(super) fn step_over<S: Sink>(
        &mut self,
        partition: Partition,
        topic: &str,
        offsets: &Range<i64>,
        sink: &mut S,
    ) -> Result<(), BatchError> {
        let begun = self.clock.now();
        self.batch.passed(partition, offsets.start, offsets.start);
        self.batch.read(partition, offsets.end - 1, 0, None, begun);
        let message = Message { topic, partition: partition.number, offset: offsets.start, ..Message::default() };
        let outcome = self.processor.unreadable(&message, offsets);
        if let Some(NotTaken { topic, code }) =
            self.write((partition, offsets.end - 1), &message, &outcome, None, sink)?
        {
            return Err(BatchError::Waiting(format!(
                "the topic `{topic}` does not take the word of unreadable records: {code}"
            )));
        }
        self.processor.accept(&message, &outcome, Duration::ZERO).map_err(|Halt(why)| BatchError::Halted(why))
    }

    /// Decides what becomes of a message, and queues it. A record that the client itself finds too large is written in another way in its place.
    fn process<S: Sink>(
        &mut self,
        origin: Origin,
        message: &Message<'_>,
        unreadable: Option<&BorrowedHeaders>,
        begun: Instant,
        sink: &mut S,
    ) -> Result<(), BatchError> {
        let mut outcome = self.decide(origin, message);
        let elapsed = self.clock.now().saturating_duration_since(begun);
        while let Some(NotTaken { topic, code }) = self.write(origin, message, &outcome, unreadable, sink)? {
            self.refuse(origin, &topic, code)?;
            outcome = self.decide(origin, message);
        }
        self.processor.accept(message, &outcome, elapsed).map_err(|Halt(why)| BatchError::Halted(why))
    }

    fn decide(&self, origin: Origin, message: &Message<'_>) -> P::Outcome {
        match self.refused.get(&origin) {
            Some(refusal) => self.processor.refused(message, refusal),
            None => self.processor.process(message),
        }
    }

    /// Queues the records that an outcome is written as.
    fn write<S: Sink>(
        &mut self,
        origin: Origin,
        message: &Message<'_>,
        outcome: &P::Outcome,
        unreadable: Option<&BorrowedHeaders>,
        sink: &mut S,
    ) -> Result<Option<NotTaken>, BatchError> {
        self.outputs.clear();
        self.processor.encode(message, outcome, self.clock.now_ms(), &mut self.outputs);
        for (place, output) in self.outputs.iter().enumerate() {
            sink.begin().map_err(|error| BatchError::call(Call::BeginTransaction, &error))?;
            match sink.send(output, unreadable) {
                Ok(()) => self.batch.produced(origin.0, origin.1),
                Err(NotQueued::Record(code)) if place == 0 => {
                    return Ok(Some(NotTaken { topic: output.topic.clone(), code }));
                }
                Err(NotQueued::Record(code)) => {
                    let (origins, topic) = (BTreeSet::from([origin]), output.topic.to_string());
                    return Err(BatchError::Refused { origins, records: self.batch.records, topic, code });
                }
                Err(NotQueued::Error(error)) => {
                    return Err(BatchError::Call(Call::Produce, sink.why_failed().unwrap_or(error)));
                }
            }
        }
        Ok(None)
    }

    /// The broker refuses a record of this message: the next time it is written in the next of the processor's other ways.
    ///
    /// When even the last is refused, the worker tries again, for ever and aloud. It never goes past the record: nothing is dropped.
    pub(super) fn refuse(&mut self, origin: Origin, topic: &str, code: Code) -> Result<(), BatchError> {
        let (partition, offset) = origin;
        let fallbacks = self.processor.fallbacks();
        let so_far = self.refused.get(&origin).map_or(0, |refusal| refusal.times);
        let Some(fallback) = fallbacks.get(so_far) else {
            let last = fallbacks.last().unwrap_or(&"record");
            return Err(BatchError::Waiting(format!(
                "the broker refuses even a {last} for partition {partition:?}, offset {offset} ({code}); \
                 nothing is dropped, so this partition stands still: check the settings of the topic `{topic}`"
            )));
        };
        tracing::warn!(?partition, offset, %code, topic, "the broker refuses a record; a {fallback} is written in its place");
        self.refused.insert(origin, Refusal { reason: code.to_string(), times: so_far + 1 });
        Ok(())
    }

    /// Closes the batch: what is taken from now on belongs to the next.
    pub(super) fn close(&mut self) -> Closed<P::Changes> {
        Closed {
            changes: self.reopened.take().unwrap_or_else(|| self.processor.close()),
            batch: std::mem::replace(&mut self.batch, std::mem::take(&mut self.spare)),
        }
    }

    /// Opens a batch again that could not be committed, in place of the next, which has been given up.
    pub(super) fn reopen(&mut self, Closed { batch, changes }: Closed<P::Changes>) {
        self.batch = batch;
        self.reopened = Some(changes);
    }

    /// Closes a batch that may have been committed, though nobody said so; `None` for one whose offsets were never sent.
    pub(super) fn set_aside(&mut self) -> Option<Closed<P::Changes>> {
        self.batch.tag.is_some().then(|| self.close())
    }

    /// A batch is committed.
    pub(super) fn committed(&mut self, Closed { mut batch, changes }: Closed<P::Changes>) {
        self.processor.commit(changes);
        if self.batch.is_empty() {
            // It may have been set aside meanwhile, and what it changed with it.
            self.processor.abort();
        }
        let next: BTreeMap<Partition, i64> = batch.next().collect();
        self.refused.retain(|(partition, offset), _| next.get(partition).is_none_or(|next| offset >= next));
        batch.clear();
        self.spare = batch;
    }

    /// The batch is given up; its records will be read again.
    pub(super) fn given_up(&mut self) {
        self.processor.abort();
        self.reopened = None;
        self.batch.clear();
    }
}
