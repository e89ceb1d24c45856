//! What is done when a batch cannot be committed: it is given up in the right way, and its records are read again.

use std::collections::BTreeSet;
use std::time::Duration;

use rdkafka::error::RDKafkaErrorCode as Code;

use super::Worker;
use super::call::Call;
use super::clients::{Clients, Sink, Source};
use super::errors::batch_error::Action;
use super::errors::remedy::RebuildReason;
use super::errors::{BatchError, refusal};
use super::partition::Partition;
use super::state::FENCED_AGAIN;
use crate::config::Mode;
use crate::exit::Exit;
use crate::kafka::client::fault::Fault;
use crate::kafka::client::properties;
use crate::kafka::sabotage::{self, Mistake};
use crate::processor::Processor;
use crate::telemetry::metrics::TransactionResult;

/// The broker forgets the offsets of a deleted topic a moment after the topic; a new membership must not begin at them.
const OFFSETS_FORGOTTEN: Duration = Duration::from_secs(2);

impl<P: Processor, C: Clients> Worker<P, C> {
    /// Gives the batch up in the right way, and sees to it that its records are read again; returns why.
    pub(super) fn recover(&mut self, error: BatchError) -> Result<String, Fault> {
        let reason = error.reason();
        if let BatchError::Halted(why) = &error {
            self.open_breaker(why);
        }
        match error.action(&self.names) {
            Action::Exit(fault) => return Err(self.denied_topic(&error).unwrap_or(fault)),
            Action::Rebuild(cause) => self.rebuild(cause, &reason)?,
            Action::Abort => self.abort(&reason)?,
        }
        match error {
            BatchError::Refused { origins, records, topic, code } => self.narrow(&origins, records, &topic, code)?,
            BatchError::Call(Call::Poll, _) => self.rejoin()?,
            // Nothing is left to be tried again. Until partitions come back the instance is unready for want of them; after that, an input
            // without new records would never tell that all is well.
            BatchError::Lost(_) => self.back_off.nothing_lacks(),
            BatchError::Rejoin(_) => {
                self.back_off.hold_for(OFFSETS_FORGOTTEN, self.clock.now());
                // As above: until it is a member again it is unready for want of that.
                self.back_off.nothing_lacks();
                self.rejoin()?;
            }
            BatchError::Recreated(input, reason) => self.restart(input, &reason),
            _ => {}
        }
        Ok(reason)
    }

    fn open_breaker(&self, why: &str) {
        self.control.trip(why);
        self.metrics.breaker_open(true);
        tracing::error!(
            reason = why,
            "the circuit breaker opens: this batch is aborted, nothing more is read until a restart"
        );
    }

    /// An input was made anew: it is read from its start.
    pub(super) fn restart(&mut self, input: usize, reason: &str) {
        tracing::warn!(worker = self.identity.worker, reason, "reading the new topic from its start");
        let of_it = self.source.assigned().iter().copied().filter(|partition| partition.input == input);
        let partitions: Vec<Partition> = of_it.collect();
        self.positions.restarted(&partitions);
    }

    /// A transaction that has failed takes no further record, and may say so a moment before the client tells which record it failed for. That one
    /// is what matters: a record that the broker refuses would be refused again and again.
    pub(super) fn blame_record(&self, error: BatchError) -> BatchError {
        let (BatchError::Call(Call::Produce, cause), Some(sink)) = (&error, self.sinks.current()) else {
            return error;
        };
        let failures = sink.await_failures();
        if failures.is_empty() {
            return error;
        }
        BatchError::failed(&failures, Some(cause.clone()), &self.accumulator.batch, &self.names)
    }

    /// A transaction fails as a whole when one of its topics is denied; this names the one.
    fn denied_topic(&self, error: &BatchError) -> Option<Fault> {
        let BatchError::Call(Call::Produce, error) = error else { return None };
        let denied = error.rdkafka_error_code() == Some(Code::TopicAuthorizationFailed);
        let topic = self.sinks.current().filter(|_| denied)?.denied_topic()?;
        Some(refusal::write_denied(&topic, &self.names))
    }

    /// Aborts the transaction; its records are read again from the first of each partition.
    pub(super) fn abort(&mut self, reason: &str) -> Result<(), Fault> {
        let patience = self.patience();
        let Some(sink) = self.sinks.current_mut() else { return Ok(()) };
        let open_for = sink.open_for();
        let aborted = match (open_for, self.config.delivery.mode) {
            (None, _) => Ok(()),
            (Some(_), Mode::ExactlyOnce) => patience.insist(Call::AbortTransaction, || sink.abort()),
            (Some(_), Mode::AtLeastOnce) => sink.forget().map_err(|error| BatchError::call(Call::AwaitAcks, &error)),
        };
        if let Err(error) = aborted {
            let why = format!("{reason}; then {}", error.reason());
            return match error.action(&self.names) {
                Action::Exit(fault) => Err(fault),
                Action::Rebuild(cause) => self.rebuild(cause, &why),
                Action::Abort => self.rebuild(RebuildReason::Unclassified, &why),
            };
        }
        if let Some(open_for) = open_for {
            self.metrics.transaction(TransactionResult::Aborted, open_for, self.accumulator.batch.records);
        }
        if !sabotage::is(Mistake::NoRewind) {
            self.positions.aborted(&self.accumulator.batch.first());
        }
        self.keep_oldest();
        self.accumulator.given_up();
        self.failed(reason);
        Ok(())
    }

    /// A batch that is given up is still to be committed: its oldest record grows older until something is.
    fn keep_oldest(&self) {
        if let Some(oldest_ms) = self.accumulator.batch.oldest_ms() {
            self.metrics.oldest_unprocessed(self.identity.worker, Some(oldest_ms));
        }
    }

    /// Destroys the producer, whose transaction ends with the next one's start; what the group has committed then says where to read on.
    pub(super) fn rebuild(&mut self, cause: RebuildReason, reason: &str) -> Result<(), Fault> {
        let open_for = self.sinks.current().and_then(Sink::open_for);
        if cause == RebuildReason::Fenced {
            self.fenced(open_for)?;
        }
        tracing::warn!(
            worker = self.identity.worker,
            cause = cause.label().as_str(),
            reason,
            "the producer is replaced by a new one, and the group asked where to read on"
        );
        self.metrics.producer_rebuilt(cause.label());
        if let Some(open_for) = open_for {
            self.metrics.transaction(TransactionResult::Unknown, open_for, self.accumulator.batch.records);
        }
        {
            let _call = self.status.enter(Call::Close, Duration::from_secs(30));
            self.sinks.destroy();
        }
        self.keep_oldest();
        self.positions.doubted(&self.accumulator.batch.first());
        // The successor may fail too before it is ready, with nothing read: what is kept then stays.
        if let Some(closed) = self.accumulator.set_aside() {
            self.unanswered = Some(closed);
        }
        self.accumulator.given_up();
        self.failed(reason);
        Ok(())
    }

    /// Being fenced may mean that the broker timed our transaction out, or came back from an outage with a lapsed membership. Without such an
    /// excuse, and twice in a short time, it means that another process has the same transactional id.
    fn fenced(&mut self, open_for: Option<Duration>) -> Result<(), Fault> {
        let timed_out = open_for.is_some_and(|open_for| open_for >= properties::transaction_timeout(&self.config));
        let producer_down = self.sinks.current().is_some_and(|sink| sink.connection().was_down_within(FENCED_AGAIN));
        if timed_out || producer_down || self.source.connection().was_down_within(FENCED_AGAIN) {
            return Ok(());
        }
        let place = self.sinks.place();
        if !self.fencing.is_repeated(place, self.clock.now()) {
            return Ok(());
        }
        let id = self.identity.transactional_id(place);
        Err(Fault::new(
            Exit::Fenced,
            format!(
                "another instance uses the transactional id `{id}`; give each its own kafka.instance_id, or stop one of them"
            ),
        ))
    }

    /// Looks for the record that the broker refuses: the one that failed alone, or else half of the batch at a time.
    ///
    /// A request carries many records, and the broker refuses it as a whole, so several failures do not tell which it was.
    fn narrow(
        &mut self,
        origins: &BTreeSet<(Partition, i64)>,
        records: usize,
        topic: &str,
        code: Code,
    ) -> Result<(), Fault> {
        if let Some(origin) = origins.first().filter(|_| origins.len() == 1) {
            let Err(error) = self.accumulator.refuse(*origin, topic, code) else { return Ok(()) };
            return self.recover(error).map(|_| ());
        }
        self.limit.halve(records);
        tracing::info!(
            worker = self.identity.worker,
            records = self.limit.records(),
            "the broker refuses one record of a batch without saying which: smaller batches are tried until it is found"
        );
        Ok(())
    }

    /// A failure: another attempt after a pause, and not ready until one succeeds.
    pub(super) fn failed(&mut self, reason: &str) {
        let now = self.clock.now();
        self.back_off.failed(reason, now);
        tracing::debug!(
            worker = self.identity.worker,
            reason,
            pause_ms = self.back_off.left(now).unwrap_or_default().as_millis(),
            "an attempt failed: whatever it had read is read again, after a pause"
        );
    }
}
