//! When something goes wrong: the batch is given up in the right way, and its records are read again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rdkafka::error::RDKafkaErrorCode as Code;

use super::batch_error::{Action, BatchError};
use super::call::Call;
use super::producer::Producer;
use super::refusal;
use super::remedy::RebuildReason;
use super::{Worker, insist};
use crate::config::Mode;
use crate::exit::Exit;
use crate::kafka::client::fault::Fault;
use crate::kafka::client::properties;
use crate::kafka::sabotage::{self, Mistake};
use crate::telemetry::metrics::TransactionResult;

/// Between attempts after a failure: doubled each time, from the first to the last of these.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// Fenced twice within this time: somebody else is using the transactional id.
const FENCED_AGAIN: Duration = Duration::from_secs(60);

impl Worker {
    /// Gives the batch up in the right way, and sees to it that its records are read again.
    pub(super) fn recover(&mut self, error: BatchError) -> Result<(), Fault> {
        let reason = error.reason();
        if let BatchError::Tripped(why) = &error {
            self.control.trip(why);
            self.metrics.breaker_open(true);
            tracing::error!(reason = %why, "the circuit breaker opens: this batch is aborted, nothing more is read until a restart");
        }
        match error.action(&self.identity.names) {
            Action::Exit(fault) => return Err(self.denied_topic(&error).unwrap_or(fault)),
            Action::Rebuild(cause) => self.rebuild(cause, &reason)?,
            Action::Abort => self.abort(&reason)?,
        }
        match error {
            BatchError::Refused { origins, records, code } => self.narrow(&origins, records, code),
            BatchError::Call(Call::Poll, _) => self.rejoin(),
            BatchError::Lost(_) => {
                // Nothing is left to be tried again. Until partitions come back the instance is unready for want of them; after that, an input
                // without new records would never tell that all is well.
                self.failure = None;
                Ok(())
            }
            BatchError::Rejoin(_) => {
                // The broker forgets the offsets of a deleted topic a moment after the topic; a new membership must not begin at them.
                self.hold_until = Some(Instant::now() + Duration::from_secs(2));
                // As above: until it is a member again it is unready for want of that.
                self.failure = None;
                self.rejoin()
            }
            BatchError::Recreated(reason) => {
                tracing::warn!(reason, "reading the new topic from its start");
                self.next.clear();
                self.in_doubt.clear();
                self.rewind = self.consumer.assigned().iter().map(|partition| (*partition, 0)).collect();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A transaction that has failed takes no further record, and may say so a moment before the client tells which record it failed for. That one
    /// is what matters: a record that the broker refuses would be refused again and again.
    pub(super) fn told_by_records(&self, failed: BatchError) -> BatchError {
        let (BatchError::Call(Call::Produce, error), Some(producer)) = (&failed, self.producers.in_turn()) else {
            return failed;
        };
        let failures = producer.await_failures();
        if failures.is_empty() {
            return failed;
        }
        BatchError::failed(&failures, Some(error.clone()), &self.desk.batch, &self.identity.names)
    }

    /// A transaction fails as a whole when one of its topics is denied; this names the one.
    fn denied_topic(&self, error: &BatchError) -> Option<Fault> {
        let BatchError::Call(Call::Produce, error) = error else { return None };
        let denied = error.rdkafka_error_code() == Some(Code::TopicAuthorizationFailed);
        let topic = self.producers.in_turn().filter(|_| denied)?.acks().denied_topic()?;
        Some(refusal::write_denied(&topic, &self.identity.names))
    }

    /// Aborts the transaction; its records are read again from the first of each partition.
    pub(super) fn abort(&mut self, reason: &str) -> Result<(), Fault> {
        let Some(producer) = self.producers.in_turn_mut() else { return Ok(()) };
        let open_for = producer.open_for();
        let aborted = match (open_for, self.desk.mode()) {
            (None, _) => Ok(()),
            (Some(_), Mode::ExactlyOnce) => {
                insist(&self.config, &self.identity, Call::AbortTransaction, || producer.abort())
            }
            (Some(_), Mode::AtLeastOnce) => {
                producer.forget().map_err(|error| BatchError::call(Call::AwaitAcks, &error))
            }
        };
        if let Err(error) = aborted {
            let why = format!("{reason}; then {}", error.reason());
            return match error.action(&self.identity.names) {
                Action::Exit(fault) => Err(fault),
                Action::Rebuild(cause) => self.rebuild(cause, &why),
                Action::Abort => self.rebuild(RebuildReason::Unclassified, &why),
            };
        }
        if let Some(open_for) = open_for {
            self.metrics.transaction(TransactionResult::Aborted, open_for, self.desk.batch.records);
        }
        if !sabotage::is(Mistake::NoRewind) {
            self.read_again();
        }
        self.desk.given_up();
        self.failed(reason);
        Ok(())
    }

    /// Goes back to the start of the batch. The batch after it may have been given up before it, so the earlier offset holds.
    fn read_again(&mut self) {
        let first = self.desk.batch.first();
        keep_earliest(&mut self.rewind, &first);
        self.in_doubt.iter_mut().for_each(|(partition, kept)| {
            *kept = first.get(partition).map_or(*kept, |first| *first.min(kept));
        });
    }

    /// Destroys the producer, whose transaction ends with the next one's start; what the group has committed then says where to read on.
    pub(super) fn rebuild(&mut self, cause: RebuildReason, reason: &str) -> Result<(), Fault> {
        let open_for = self.producers.in_turn().and_then(Producer::open_for);
        if cause == RebuildReason::Fenced {
            self.fenced(open_for)?;
        }
        tracing::warn!(
            worker = self.identity.worker,
            cause = cause.label().as_str(),
            reason,
            "the producer is built anew"
        );
        self.metrics.producer_rebuilt(cause.label());
        if let Some(open_for) = open_for {
            self.metrics.transaction(TransactionResult::Unknown, open_for, self.desk.batch.records);
        }
        {
            let _call = self.status.enter(Call::Close, Duration::from_secs(30));
            self.producers.destroy();
        }
        keep_earliest(&mut self.in_doubt, &self.desk.batch.first());
        // The successor may fail too before it is ready, with nothing read: what is kept then stays.
        if let Some(closed) = self.desk.set_aside() {
            self.unanswered = Some(closed);
        }
        self.desk.given_up();
        self.failed(reason);
        Ok(())
    }

    /// Being fenced may mean that the broker timed our transaction out, or came back from an outage with a lapsed membership. Twice in
    /// a short time, without such an excuse, means that another process has the same transactional id.
    fn fenced(&mut self, open_for: Option<Duration>) -> Result<(), Fault> {
        let timed_out = open_for.is_some_and(|open_for| open_for >= properties::transaction_timeout(&self.config));
        let producer_down =
            self.producers.in_turn().is_some_and(|producer| producer.acks().connection().was_down_within(FENCED_AGAIN));
        if timed_out || producer_down || self.consumer.connection().was_down_within(FENCED_AGAIN) {
            return Ok(());
        }
        let place = self.producers.turn();
        if self.last_fenced.insert(place, Instant::now()).is_some_and(|last| last.elapsed() < FENCED_AGAIN) {
            let id = self.identity.transactional_id(place);
            return Err(Fault::new(
                Exit::Fenced,
                format!(
                    "another instance uses the transactional id `{id}`; give each its own kafka.instance_id, or stop one of them"
                ),
            ));
        }
        Ok(())
    }

    /// Looks for the record that the broker refuses: the one that failed alone, or else half of the batch at a time.
    ///
    /// A request carries many records, and the broker refuses it as a whole, so several failures do not tell which it was.
    fn narrow(&mut self, origins: &BTreeSet<(i32, i64)>, records: usize, code: Code) -> Result<(), Fault> {
        if let Some((partition, offset)) = origins.first().filter(|_| origins.len() == 1) {
            return self.desk.refuse(*partition, *offset, code).or_else(|error| self.recover(error));
        }
        self.limit = (records / 2).max(1);
        tracing::info!(records = self.limit, "looking for the record that the broker refuses, in smaller batches");
        Ok(())
    }

    /// A failure: another attempt after a pause, and not ready until one succeeds.
    pub(super) fn failed(&mut self, reason: &str) {
        tracing::debug!(reason, "a batch or an attempt failed");
        self.failure = Some(reason.to_owned());
        // A batch that is given up with the one before it is no second failure: the pause has only just begun.
        let now = Instant::now();
        if self.hold_until.is_none_or(|until| until <= now) {
            let (first, last) = BACK_OFF;
            self.hold_until = Some(now + (first * 2_u32.pow(self.failures_in_a_row.min(10))).min(last));
            self.failures_in_a_row += 1;
        }
    }
}

/// Adds where to read again from; of two offsets of a partition the earlier one.
fn keep_earliest(kept: &mut BTreeMap<i32, i64>, first: &BTreeMap<i32, i64>) {
    for (partition, first) in first {
        kept.entry(*partition).and_modify(|kept| *kept = *first.min(kept)).or_insert(*first);
    }
}
