//! Membership in the group: rebalances, the time in which nothing may be read, and joining anew.

use std::time::{Duration, Instant};

use rdkafka::Message as _;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::batch_error::BatchError;
use super::call::Call;
use super::consumer::{AssignmentChange, Consumer, Polled};
use super::refusal;
use super::{TICK, Worker};
use crate::kafka::client::auth_failure::AuthFailure;
use crate::kafka::client::error_codes;
use crate::kafka::client::fault::Fault;
use crate::telemetry::metrics;

/// A client that has found no broker for so long is replaced: a new one resolves names and begins at `kafka.bootstrap_servers`. (A single
/// KRaft broker that was killed serves again only when its old lease has ended, after 13 s or so: the replacement is then a cheap extra.)
pub(super) const CLIENT_PATIENCE: Duration = Duration::from_secs(10);

impl Worker {
    /// Carries out a change of the assignment. The batch is finished or given up by now, all of it: one transaction spans all partitions,
    /// so none can be given back while it is open. The time that this took is bounded by that of two transactions, each three times at
    /// most (acknowledgements, offsets, commit), and so is what the other members wait.
    pub(super) fn rebalance(&mut self) -> Result<(), Fault> {
        let Some(rebalance) = self.consumer.take_rebalance() else { return Ok(()) };
        if let Err(error) = self.consumer.apply(&rebalance) {
            self.failed(&format!("{}: {error}", Call::Assign));
            return self.rejoin();
        }
        let (kind, joined) = match &rebalance {
            AssignmentChange::Assign(partitions) => {
                self.topic_missing &= partitions.is_empty();
                (metrics::Rebalance::Assigned, true)
            }
            AssignmentChange::Revoke(partitions) => {
                self.forget(partitions);
                (metrics::Rebalance::Revoked, true)
            }
            AssignmentChange::Lost(partitions) => {
                self.forget(partitions);
                (metrics::Rebalance::Lost, false)
            }
        };
        self.status.joined(joined);
        self.metrics.rebalanced(kind);
        self.metrics.assigned_partitions(self.identity.worker, self.consumer.assigned().len());
        tracing::info!(worker = self.identity.worker, kind = kind.as_str(), assigned = ?self.consumer.assigned(), "the assignment changed");
        Ok(())
    }

    /// Forgets all about partitions that are another's now: should they come back, they begin at what is committed by then.
    fn forget(&mut self, partitions: &[i32]) {
        for partition in partitions {
            self.rewind.remove(partition);
            self.in_doubt.remove(partition);
            self.next.remove(partition);
            self.metrics.lag(&self.identity.names.input_topic, *partition, None);
        }
    }

    /// Leaves the group and joins it anew, to begin at the committed offsets.
    pub(super) fn rejoin(&mut self) -> Result<(), Fault> {
        tracing::warn!(worker = self.identity.worker, "joining the group anew");
        let assigned: Vec<i32> = self.consumer.assigned().iter().copied().collect();
        self.forget(&assigned);
        let consumer = Consumer::create(&self.config, &self.identity, &self.status)?;
        std::mem::replace(&mut self.consumer, consumer).leave();
        self.subscribed = false;
        self.status.joined(false);
        self.metrics.assigned_partitions(self.identity.worker, 0);
        Ok(())
    }

    /// Replaces a consumer that has found no broker for longer than its session lasts: as a member it has nothing to lose, and it may never find one
    /// by itself. (A broker that has just started may tell of a cluster without brokers. A client that believes it takes its last broker off its
    /// list, and then may ask nobody again, in spite of `rebootstrap`: librdkafka issue 5301.) False when it was replaced.
    pub(super) fn sees_a_broker(&mut self) -> Result<bool, Fault> {
        let patience = CLIENT_PATIENCE.max(self.config.kafka.session_timeout);
        if self.consumer.connection().down().is_none_or(|(_, down)| down <= patience) {
            return Ok(true);
        }
        self.rejoin().map(|()| false)
    }

    /// While no record may be read: keeps the membership alive, follows rebalances, and lets nothing through.
    pub(super) fn idle(&mut self) -> Result<(), Fault> {
        if !self.subscribed {
            // Nothing to keep alive. The client looks for its group all the same, and tells only once that it may not use it.
            return match self.consumer.poll(TICK) {
                Polled::Error(error) => self.consumer_error(&error).or_else(|error| self.recover(error)),
                _ => Ok(()),
            };
        }
        if !self.sees_a_broker()? {
            return Ok(());
        }
        if let Err(error) = self.consumer.pause() {
            tracing::debug!(%error, "a partition was not paused; what comes from it is read again");
        }
        let wait = self.hold_until.map_or(TICK, |until| until.saturating_duration_since(Instant::now()).min(TICK));
        let came = match self.consumer.poll(wait) {
            // A partition that was assigned a moment ago: what came is read again later.
            Polled::Record(record) => Some((record.partition(), record.offset())),
            Polled::Error(error) => {
                if let Err(error) = self.consumer_error(&error) {
                    self.recover(error)?;
                }
                None
            }
            Polled::Rebalance | Polled::Nothing => None,
        };
        if let Some((partition, offset)) = came {
            self.rewind.entry(partition).and_modify(|first| *first = offset.min(*first)).or_insert(offset);
        }
        self.rebalance()
    }

    /// An error that the consumer reports in place of a record.
    pub(super) fn consumer_error(&mut self, error: &KafkaError) -> Result<(), BatchError> {
        let Some(code) = error.rdkafka_error_code() else { return Ok(()) };
        if matches!(error, KafkaError::MessageConsumptionFatal(_)) {
            return Err(BatchError::call(Call::Poll, error));
        }
        match code {
            // Counted, and judged when they repeat.
            code if AuthFailure::of(code, "").is_some() => {}
            code if error_codes::is_transient(code) => {}
            code if error_codes::is_topic_missing(code) => {
                self.topic_missing = true;
                // Deleted under our feet. Made anew, its offsets begin at 0, and a position of old may lie in the middle of the new records.
                if !self.consumer.assigned().is_empty() {
                    return Err(BatchError::Rejoin(format!(
                        "the topic `{}` was deleted",
                        self.identity.names.input_topic
                    )));
                }
            }
            // Too long between two polls; the group has moved on, and the assignment is lost. That follows as a rebalance.
            Code::PollExceeded => tracing::warn!("too long between two polls; joining the group again"),
            code => match refusal::refusal(Call::Poll, code, &self.identity.names) {
                Some(fault) => return Err(BatchError::Exit(fault)),
                None => tracing::warn!(%error, "the consumer reports an error"),
            },
        }
        Ok(())
    }
}
