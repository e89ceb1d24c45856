//! The end of a batch: each record acknowledged, then records and offsets in one transaction, or, at-least-once, the offsets alone.
//!
//! A batch that is full is committed on a thread of its own, while the worker reads on with its other producer. Three things keep that as
//! dull as one after the other: a batch's first record is sent when every record of the one before has arrived, so their order holds;
//! a batch is committed when the one before is, so offsets only go forward; and nothing is under way when anything else happens than
//! reading on: an error, a rebalance, a pause, the end.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::accumulator::Closed;
use super::batch_error::{Action, BatchError};
use super::call::Call;
use super::producer::Producer;
use super::remedy::RebuildReason;
use super::{Worker, insist};
use crate::config::{Config, Mode};
use crate::kafka::client::fault::Fault;
use crate::kafka::client::identity::Identity;
use crate::kafka::sabotage::{self, Mistake};
use crate::telemetry::metrics::TransactionResult;

/// A batch whose transaction is being committed.
pub(super) struct UnderWay {
    closed: Closed,
    thread: JoinHandle<(Producer, Result<Duration, BatchError>)>,
}

/// All that a commit needs beside the producer, so that any thread can make it.
struct Ending {
    offsets: TopicPartitionList,
    group: Option<Arc<ConsumerGroupMetadata>>,
    config: Arc<Config>,
    identity: Identity,
}

impl UnderWay {
    /// Waits for the end, whatever it is.
    pub(super) fn wait(self) {
        let _ = self.thread.join();
    }
}

impl Worker {
    /// Commits the batch, and waits until it is committed.
    pub(super) fn finish(&mut self) -> Result<(), BatchError> {
        let Some(ending) = self.settle()? else { return Ok(()) };
        let Some(producer) = self.producers.in_turn_mut() else { return Ok(()) };
        let open_for = match self.desk.mode() {
            Mode::ExactlyOnce => ending.commit(producer)?,
            Mode::AtLeastOnce => {
                let commit = || self.consumer.commit(&ending.offsets);
                insist(&self.config, &self.identity, Call::CommitOffsets, commit)?;
                producer.close_batch()
            }
        };
        self.producers.pass();
        let closed = self.desk.close();
        self.committed(closed, open_for);
        Ok(())
    }

    /// Commits the batch on a thread of its own; the next one is read meanwhile.
    pub(super) fn hand_over(&mut self) -> Result<(), BatchError> {
        if !self.producers.take_turns() {
            return self.finish();
        }
        let Some(ending) = self.settle()? else { return Ok(()) };
        let Some(mut producer) = self.producers.lend() else { return Ok(()) };
        let commit = move || {
            let outcome = ending.commit(&mut producer);
            (producer, outcome)
        };
        // Without a thread the producer is gone, and its transaction with it: as if the commit had not been answered.
        let spawned = thread::Builder::new().name("commit".into()).spawn(commit);
        let thread = spawned
            .map_err(|_| BatchError::Call(Call::CommitTransaction, KafkaError::Global(Code::OperationTimedOut)))?;
        self.under_way = Some(UnderWay { closed: self.desk.close(), thread });
        Ok(())
    }

    /// Waits for the commit that is under way. False when it failed: then that batch is given up, and the one read meanwhile with it.
    pub(super) fn catch_up(&mut self) -> Result<bool, Fault> {
        let Some(UnderWay { closed, thread }) = self.under_way.take() else { return Ok(true) };
        let (producer, outcome) = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        match outcome {
            Ok(open_for) => {
                self.producers.put(producer);
                self.committed(closed, open_for);
                Ok(true)
            }
            Err(error) => {
                if !sabotage::is(Mistake::NextKept) {
                    self.give_up_next(&error)?;
                }
                self.producers.turn_back_to(producer);
                self.desk.reopen(closed);
                self.recover(error)?;
                Ok(false)
            }
        }
    }

    /// Gives up the batch that was read while the one before it was not committed.
    ///
    /// When nobody answered for that one in all the time that a transaction has, nobody is likely to answer for an abort in as much again,
    /// and the broker ends the transaction by itself about now: its producer is built anew too.
    fn give_up_next(&mut self, before: &BatchError) -> Result<(), Fault> {
        let why = "the batch before it was not committed";
        let is_open = self.producers.in_turn().is_some_and(|producer| producer.open_for().is_some());
        let unanswered = Action::Rebuild(RebuildReason::OutcomeUnknown);
        if is_open && before.action(&self.identity.names) == unanswered {
            return self.rebuild(RebuildReason::OutcomeUnknown, why);
        }
        self.abort(why)
    }

    /// Waits until every record of the batch has arrived, and gathers what its commit needs; `None` for an empty batch.
    fn settle(&mut self) -> Result<Option<Ending>, BatchError> {
        let batch = &self.desk.batch;
        if batch.is_empty() {
            return Ok(None);
        }
        self.metrics.oldest_unprocessed(self.identity.worker, batch.oldest_ms());
        let Some(producer) = self.producers.in_turn_mut() else { return Ok(None) };
        if sabotage::is(Mistake::CommitBeforeProduce) {
            let _ = self.consumer.offsets(batch.next(), "").and_then(|offsets| self.consumer.commit(&offsets));
        }
        // Nothing but skips: there still are offsets to commit.
        producer.begin().map_err(|error| BatchError::call(Call::BeginTransaction, &error))?;
        let failures = producer.settle().map_err(|error| BatchError::call(Call::AwaitAcks, &error))?;
        if !failures.is_empty() {
            return Err(BatchError::failed(&failures, producer.why_failed(), batch, &self.identity.names));
        }
        let tag = self.tags.make();
        let offsets = self.consumer.offsets(batch.next(), &tag);
        let offsets = offsets.map_err(|error| BatchError::call(Call::SendOffsets, &error))?;
        self.desk.batch.tag = Some(tag);
        let group = self.consumer.group().map(Arc::new);
        Ok(Some(Ending { offsets, group, config: self.config.clone(), identity: self.identity.clone() }))
    }

    fn committed(&mut self, closed: Closed, open_for: Duration) {
        let batch = &closed.batch;
        if sabotage::is(Mistake::CommitAfterTransaction) {
            let _ = self.consumer.offsets(batch.next(), "").and_then(|offsets| self.consumer.commit(&offsets));
        }
        let records = batch.records;
        self.next.extend(batch.next());
        self.topic_missing = false;
        self.count(closed);
        self.metrics.transaction(TransactionResult::Committed, open_for, records);
    }

    /// Counts a batch that is known to be committed: the service gets on.
    pub(super) fn count(&mut self, closed: Closed) {
        let tally = &closed.batch.tally;
        if sabotage::is(Mistake::MetricsTooHigh) {
            self.metrics.batch_committed(tally);
        }
        self.metrics.batch_committed(tally);
        self.metrics.oldest_unprocessed(self.identity.worker, None);
        self.desk.committed(closed);
        self.limit = (self.limit * 2).min(self.config.delivery.batch_records);
        self.failure = None;
        self.failures_in_a_row = 0;
        self.hold_until = None;
    }
}

impl Ending {
    /// Adds the offsets to the transaction and commits it; returns how long it was open.
    ///
    /// The membership is that of the moment at which the last record had arrived. Should the group have moved on since, the broker refuses
    /// the offsets, and the batch is read again, here or elsewhere.
    fn commit(&self, producer: &mut Producer) -> Result<Duration, BatchError> {
        insist(&self.config, &self.identity, Call::SendOffsets, || {
            let group = self.group.clone().ok_or(KafkaError::Global(Code::AssignmentLost))?;
            producer.send_offsets(self.offsets.clone(), group)
        })?;
        if sabotage::is_to_abort() {
            return Err(BatchError::Waiting("aborted on purpose".into()));
        }
        let open_for = producer.open_for().unwrap_or_default();
        insist(&self.config, &self.identity, Call::CommitTransaction, || producer.commit())?;
        Ok(open_for)
    }
}
