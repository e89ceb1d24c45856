//! Membership in the group: rebalances, the time in which nothing may be read, and joining anew.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::call::Call;
use super::clients::{AssignmentChange, Clients, Incoming, Polled, Source};
use super::errors::{BatchError, refusal};
use super::partition::Partition;
use super::{TICK, Worker};
use crate::kafka::client::auth_failure::AuthFailure;
use crate::kafka::client::error_codes;
use crate::kafka::client::fault::Fault;
use crate::processor::Processor;
use crate::telemetry::metrics::Rebalance;

impl<P: Processor, C: Clients> Worker<P, C> {
    /// Carries out a change of the assignment. The batch is finished or given up by now, all of it: one transaction spans all partitions,
    /// so none can be given back while it is open. The time that this took is bounded by that of two transactions, each three times at
    /// most (acknowledgements, offsets, commit), and so is what the other members wait.
    pub(super) fn rebalance(&mut self) -> Result<(), Fault> {
        let Some(change) = self.source.take_change() else { return Ok(()) };
        if let Err(error) = self.source.apply(&change) {
            self.failed(&format!("{}: {error}", Call::Assign));
            return self.rejoin();
        }
        let (kind, joined) = match &change {
            AssignmentChange::Assign(partitions) => {
                self.is_topic_missing &= partitions.is_empty();
                (Rebalance::Assigned, true)
            }
            AssignmentChange::Revoke(partitions) => {
                self.forget(partitions);
                (Rebalance::Revoked, true)
            }
            AssignmentChange::Lost(partitions) => {
                self.forget(partitions);
                (Rebalance::Lost, false)
            }
        };
        if self.accumulator.batch.is_void() {
            // What was given up is another's now, or will be read again.
            self.metrics.oldest_unprocessed(self.identity.worker, None);
        }
        self.status.joined(joined);
        self.metrics.rebalanced(kind);
        self.metrics.assigned_partitions(self.identity.worker, self.source.assigned().len());
        tracing::info!(worker = self.identity.worker, kind = kind.as_str(), assigned = ?self.source.assigned(), "the assignment changed");
        Ok(())
    }

    fn forget(&mut self, partitions: &[Partition]) {
        self.positions.forget(partitions);
        self.obstacles.retain(|partition, _| !partitions.contains(partition));
        self.stepping_over.retain(|(partition, _)| !partitions.contains(partition));
        self.show_obstacles();
        for partition in partitions {
            self.show_lag(*partition, None);
        }
    }

    /// Shows the lag of a partition; `None` when it is another's.
    pub(super) fn show_lag(&self, partition: Partition, records: Option<i64>) {
        if let Some(topic) = self.names.inputs.get(partition.input) {
            self.metrics.lag(&topic.name, partition.number, records);
        }
    }

    /// Leaves the group and joins it anew, to begin at the committed offsets.
    pub(super) fn rejoin(&mut self) -> Result<(), Fault> {
        let worker = self.identity.worker;
        if self.status.has_joined() {
            tracing::warn!(
                worker,
                "leaving the consumer group and joining it anew, to read on from the committed offsets"
            );
        } else {
            tracing::debug!(worker, "the consumer, which is no member of the group, is replaced by a new one");
        }
        let assigned: Vec<Partition> = self.source.assigned().iter().copied().collect();
        self.forget(&assigned);
        std::mem::replace(&mut self.source, self.clients.source()?).leave();
        self.is_subscribed = false;
        self.status.joined(false);
        self.metrics.assigned_partitions(self.identity.worker, 0);
        Ok(())
    }

    /// While no record may be read: keeps the membership alive, follows rebalances, and lets nothing through.
    pub(super) fn keep_alive(&mut self) -> Result<(), Fault> {
        if !self.is_subscribed {
            // Nothing to keep alive. The client looks for its group all the same, and tells only once that it may not use it.
            let error = match self.source.poll(TICK) {
                Polled::Error(error) => Some(error),
                _ => None,
            };
            return error.map_or(Ok(()), |error| self.heed(&error));
        }
        if !self.sees_a_broker()? {
            return Ok(());
        }
        if let Err(error) = self.source.pause() {
            tracing::debug!(%error, "a partition was not paused; what comes from it is read again");
        }
        let wait = self.back_off.left(self.clock.now()).map_or(TICK, |left| left.min(TICK));
        let error = match self.source.poll(wait) {
            // A partition that was assigned a moment ago: what came is read again later.
            Polled::Record(partition, record) => {
                self.positions.turned_away(partition, record.read().0.offset);
                None
            }
            Polled::Error(error) => Some(error),
            Polled::Rebalance | Polled::Nothing => None,
        };
        error.map_or(Ok(()), |error| self.heed(&error))?;
        self.rebalance()
    }

    /// Does what an error asks for that the consumer reports while nothing is read.
    fn heed(&mut self, error: &KafkaError) -> Result<(), Fault> {
        let Err(error) = self.consumer_error(error) else { return Ok(()) };
        self.recover(error).map(|_| ())
    }

    /// An error that the consumer reports in place of a record.
    pub(super) fn consumer_error(&mut self, error: &KafkaError) -> Result<(), BatchError> {
        let Some(code) = error.rdkafka_error_code() else { return Ok(()) };
        if matches!(error, KafkaError::MessageConsumptionFatal(_)) {
            return Err(BatchError::call(Call::Poll, error));
        }
        let worker = self.identity.worker;
        match code {
            // Counted, and judged when they repeat.
            code if AuthFailure::of(code, "").is_some() => {}
            Code::AutoOffsetReset => self.positions.lost(),
            code if error_codes::is_unreadable(code) => {
                tracing::warn!(worker, %error, "the consumer meets records that it cannot read: they are looked for");
                self.suspect();
            }
            code if error_codes::is_transient(code) => {}
            code if error_codes::is_topic_missing(code) => {
                self.is_topic_missing = true;
                // Deleted under our feet. Made anew, its offsets begin at 0, and a position of old may lie in the middle of the new records.
                if !self.source.assigned().is_empty() {
                    return Err(BatchError::Rejoin(format!("the topic `{}` was deleted", self.input_names())));
                }
            }
            // Too long between two polls; the group has moved on, and the assignment is lost. That follows as a rebalance.
            Code::PollExceeded => tracing::warn!(
                worker,
                "too long between two polls, so the group has given the partitions to others; the worker joins it again"
            ),
            code => match refusal::refusal(Call::Poll, code, &self.names) {
                Some(fault) => return Err(BatchError::Exit(fault)),
                None => tracing::warn!(worker, %error, "the consumer reports an error, and goes on"),
            },
        }
        Ok(())
    }

    /// The input; of several, all, as errors do not say which: to be put between back-ticks.
    pub(super) fn input_names(&self) -> String {
        let names: Vec<&str> = self.names.inputs.iter().map(|topic| &*topic.name).collect();
        names.join("` or `")
    }
}
