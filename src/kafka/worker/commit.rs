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

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::accumulator::Closed;
use super::call::Call;
use super::clients::{Clients, Sink, Source};
use super::clock::Clock;
use super::errors::BatchError;
use super::errors::batch_error::Action;
use super::errors::remedy::{RebuildReason, Remedy, remedy};
use super::names::Names;
use super::reading::Collected;
use super::{Step, Worker};
use crate::config::Mode;
use crate::kafka::client::fault::Fault;
use crate::kafka::client::properties;
use crate::kafka::sabotage::{self, Mistake};
use crate::processor::Processor;
use crate::telemetry::metrics::TransactionResult;

/// A batch whose transaction is being committed on another thread.
pub(super) struct PendingCommit<Changes, S: Sink> {
    closed: Closed<Changes>,
    thread: JoinHandle<(S, Result<Duration, BatchError>)>,
}

/// All that a commit needs beside the producer, so that any thread can make it.
struct Commit<Offsets> {
    offsets: Offsets,
    patience: Patience,
}

/// For how long a call is repeated that asks for it, and what judges its errors.
#[derive(Clone)]
pub(super) struct Patience {
    time: Duration,
    names: Names,
    clock: Arc<dyn Clock>,
}

impl<Changes, S: Sink> PendingCommit<Changes, S> {
    /// Waits for the end, whatever it is.
    pub(super) fn wait(self) {
        let _ = self.thread.join();
    }
}

impl<P: Processor, C: Clients> Worker<P, C> {
    /// Commits what was collected; a full batch while the next one is read.
    pub(super) fn end_batch(&mut self, collected: Collected) -> Result<Step, BatchError> {
        if matches!(collected, Collected::Rest) {
            self.pass_markers();
        }
        let records = self.accumulator.batch.records;
        match collected {
            _ if self.accumulator.batch.is_void() => Ok(Step::Idle),
            Collected::Full if self.sinks.has_two() => self.hand_over().map(|()| Step::HandedOver(records)),
            _ => self.finish().map(|()| Step::Committed(records)),
        }
    }

    /// Commits the batch, and waits until it is committed.
    fn finish(&mut self) -> Result<(), BatchError> {
        let Some(commit) = self.settle()? else { return Ok(()) };
        let Some(sink) = self.sinks.current_mut() else { return Ok(()) };
        let open_for = match self.config.delivery.mode {
            Mode::ExactlyOnce => commit.make(sink)?,
            Mode::AtLeastOnce => {
                commit.patience.insist(Call::CommitOffsets, || self.source.commit(&commit.offsets))?;
                sink.close_batch()
            }
        };
        self.sinks.advance();
        let closed = self.accumulator.close();
        self.committed(closed, open_for);
        Ok(())
    }

    /// Commits the batch on a thread of its own.
    fn hand_over(&mut self) -> Result<(), BatchError> {
        let Some(commit) = self.settle()? else { return Ok(()) };
        let Some(mut sink) = self.sinks.take_out() else { return Ok(()) };
        let make = move || {
            let outcome = commit.make(&mut sink);
            (sink, outcome)
        };
        // Without a thread the producer is gone, and its transaction with it: as if the commit had not been answered.
        let thread = thread::Builder::new()
            .name("commit".into())
            .spawn(make)
            .map_err(|_| BatchError::Call(Call::CommitTransaction, KafkaError::Global(Code::OperationTimedOut)))?;
        self.pending = Some(PendingCommit { closed: self.accumulator.close(), thread });
        Ok(())
    }

    /// Waits for the commit that is under way. When it failed, that batch is given up, and the one read meanwhile with it; returns why.
    pub(super) fn await_pending(&mut self) -> Result<Option<String>, Fault> {
        let Some(PendingCommit { closed, thread }) = self.pending.take() else { return Ok(None) };
        let (sink, outcome) = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        match outcome {
            Ok(open_for) => {
                self.sinks.put_back(sink);
                self.committed(closed, open_for);
                Ok(None)
            }
            Err(error) => {
                if !sabotage::is(Mistake::NextKept) {
                    self.give_up_next(&error)?;
                }
                self.sinks.put_back_as_current(sink);
                self.accumulator.reopen(closed);
                self.recover(error).map(Some)
            }
        }
    }

    /// Gives up the batch that was read while the one before it was not committed.
    ///
    /// When nobody answered for that one in all the time that a transaction has, nobody is likely to answer for an abort in as much again,
    /// and the broker ends the transaction by itself about now: its producer is built anew too.
    fn give_up_next(&mut self, before: &BatchError) -> Result<(), Fault> {
        let why = "the batch before it was not committed";
        let is_open = self.sinks.current().is_some_and(|sink| sink.open_for().is_some());
        let unanswered = Action::Rebuild(RebuildReason::OutcomeUnknown);
        if is_open && before.action(&self.names) == unanswered {
            return self.rebuild(RebuildReason::OutcomeUnknown, why);
        }
        self.abort(why)
    }

    /// Waits until every record of the batch has arrived, and gathers what its commit needs; `None` without a producer.
    fn settle(&mut self) -> Result<Option<Commit<<C::Source as Source>::Offsets>>, BatchError> {
        let batch = &self.accumulator.batch;
        self.metrics.oldest_unprocessed(self.identity.worker, batch.oldest_ms());
        let Some(sink) = self.sinks.current_mut() else { return Ok(None) };
        if sabotage::is(Mistake::CommitBeforeProduce) {
            let _ = self.source.offsets(batch.next(), "").and_then(|offsets| self.source.commit(&offsets));
        }
        // Nothing but skips: there still are offsets to commit.
        sink.begin().map_err(|error| BatchError::call(Call::BeginTransaction, &error))?;
        let failures = sink.settle().map_err(|error| BatchError::call(Call::AwaitAcks, &error))?;
        if !failures.is_empty() {
            return Err(BatchError::failed(&failures, sink.why_failed(), batch, &self.names));
        }
        // The membership is that of this moment, at which the last record has arrived. Should the group move on, the broker refuses the offsets, and
        // the batch is read again, here or elsewhere.
        let tag = self.tags.make(self.clock.now_ms());
        let offsets = self.source.offsets(batch.next(), &tag);
        let offsets = offsets.map_err(|error| BatchError::call(Call::SendOffsets, &error))?;
        self.accumulator.batch.tag = Some(tag);
        Ok(Some(Commit { offsets, patience: self.patience() }))
    }

    fn committed(&mut self, closed: Closed<P::Changes>, open_for: Duration) {
        let batch = &closed.batch;
        if sabotage::is(Mistake::CommitAfterTransaction) {
            let _ = self.source.offsets(batch.next(), "").and_then(|offsets| self.source.commit(&offsets));
        }
        let records = batch.records;
        self.positions.committed(batch.next());
        self.is_topic_missing = false;
        self.count(closed);
        self.metrics.transaction(TransactionResult::Committed, open_for, records);
    }

    /// Counts a batch that is known to be committed: the service gets on.
    pub(super) fn count(&mut self, closed: Closed<P::Changes>) {
        self.accumulator.committed(closed);
        self.metrics.oldest_unprocessed(self.identity.worker, None);
        self.limit.grow();
        self.back_off.succeeded();
    }

    /// For calls that belong to a transaction: as long as one lasts.
    pub(super) fn patience(&self) -> Patience {
        let time = properties::transaction_timeout(&self.config);
        Patience { time, names: self.names.clone(), clock: self.clock.clone() }
    }
}

impl<Offsets> Commit<Offsets> {
    /// Adds the offsets to the transaction and commits it; returns how long it was open.
    fn make<S: Sink<Offsets = Offsets>>(&self, sink: &mut S) -> Result<Duration, BatchError> {
        self.patience.insist(Call::SendOffsets, || sink.send_offsets(&self.offsets))?;
        if sabotage::is_to_abort() {
            return Err(BatchError::Waiting("aborted on purpose".into()));
        }
        let open_for = sink.open_for().unwrap_or_default();
        self.patience.insist(Call::CommitTransaction, || sink.commit())?;
        Ok(open_for)
    }
}

impl Patience {
    /// Makes a call until it succeeds, or fails for good, or has asked to be repeated for too long.
    pub(super) fn insist(
        &self,
        call: Call,
        mut make: impl FnMut() -> Result<(), KafkaError>,
    ) -> Result<(), BatchError> {
        let deadline = self.clock.now() + self.time;
        loop {
            let Err(error) = make() else { return Ok(()) };
            let again = remedy(call, &error, &self.names) == Remedy::Retry;
            if !again || self.clock.now() >= deadline {
                return Err(BatchError::Call(call, error));
            }
            tracing::debug!(%call, %error, "the call is repeated");
            self.clock.sleep(Duration::from_millis(20));
        }
    }
}
