//! Reading: whether a record may be read now, and a batch of them.

use std::time::Duration;

use rdkafka::error::KafkaError;

use super::call::Call;
use super::clients::{Clients, Polled, Sink, Source};
use super::errors::BatchError;
use super::{TICK, Worker};
use crate::kafka::client::fault::Fault;
use crate::processor::Processor;

/// A batch as it was read.
pub(super) enum Collected {
    /// Up to its limits: more is likely to wait.
    Full,
    /// All that there is, or all before something else has to be done.
    Rest,
}

impl<P: Processor, C: Clients> Worker<P, C> {
    /// Whether a record may be read now; does what is needed for it.
    pub(super) fn may_read(&mut self) -> Result<bool, Fault> {
        if self.control.tripped().is_some() || self.back_off.holds(self.clock.now()) {
            return Ok(false);
        }
        // While one commits, both have been ready; and whatever changes that waits for the commit first.
        if self.pending.is_none() && !(self.sees_a_broker()? && self.connect()?) {
            return Ok(false);
        }
        let Err((call, error)) = self.take_position() else { return Ok(true) };
        self.failed(&format!("{call}: {error}"));
        // A partition whose position is unknown must not be read; a new membership starts at the committed offsets.
        if call == Call::Seek {
            self.rejoin()?;
        }
        Ok(false)
    }

    /// Joins the group, resolves what is in doubt, and goes back to where reading goes on.
    fn take_position(&mut self) -> Result<(), (Call, KafkaError)> {
        if !self.is_subscribed {
            self.source.subscribe().map_err(|error| (Call::Poll, error))?;
            self.is_subscribed = true;
        }
        self.resolve_unknown_outcome().map_err(|error| (Call::CommittedOffsets, error))?;
        self.source.resume().map_err(|error| (Call::Assign, error))?;
        self.find_positions()?;
        if let Some(offsets) = self.positions.to_rewind() {
            self.source.rewind(offsets).map_err(|error| (Call::Seek, error))?;
            self.positions.rewound();
        }
        Ok(())
    }

    /// Reads and processes until the batch is full, or the queue empty, or the assignment about to change.
    pub(super) fn collect(&mut self) -> Result<Collected, BatchError> {
        let Some(sink) = self.sinks.current_mut() else { return Ok(Collected::Rest) };
        while let Some((partition, offsets)) = self.stepping_over.last() {
            let topic = self.names.inputs.get(partition.input).map_or("", |topic| &topic.name);
            self.accumulator.step_over(*partition, topic, offsets, sink)?;
            self.stepping_over.pop();
        }
        // An empty queue closes the batch at once; unless the broker is known to have more, which only is on its way.
        let mut patience = Duration::ZERO;
        let error = loop {
            let batch = &self.accumulator.batch;
            let polled = self.source.poll(if batch.is_empty() { TICK } else { patience });
            if matches!(polled, Polled::Nothing) && patience.is_zero() {
                let left = batch.time_left(&self.config.delivery, self.clock.now()).min(TICK);
                if !left.is_zero() && self.source.lag().more_is_coming(batch.next()) {
                    patience = left;
                    continue;
                }
            }
            patience = Duration::ZERO;
            if let Some(input) = self.source.take_recreated() {
                let topic = self.names.inputs.get(input).map_or("", |topic| &topic.name);
                return Err(BatchError::Recreated(input, format!("the topic `{topic}` was deleted and made anew")));
            }
            match polled {
                // Handed out before it was held back.
                Polled::Record(partition, _) if self.obstacles.contains_key(&partition) => {}
                Polled::Record(partition, record) => self.accumulator.take(partition, &record, sink)?,
                Polled::Nothing => return Ok(Collected::Rest),
                Polled::Rebalance if self.source.has_lost() => {
                    return Err(BatchError::Lost("the assignment is lost".into()));
                }
                Polled::Rebalance => return Ok(Collected::Rest),
                Polled::Error(error) => break error,
            }
            let batch = &self.accumulator.batch;
            let full = batch.is_full(&self.config.delivery, self.limit.records(), self.clock.now());
            let interrupted = sink.has_failed() || self.control.stopping();
            if full || interrupted {
                let more = !interrupted && !self.source.is_rebalancing();
                return Ok(if more { Collected::Full } else { Collected::Rest });
            }
        };
        self.consumer_error(&error).map(|()| Collected::Rest)
    }

    /// In an input that is read through, markers and aborted records stand between the last record and the end. They are committed as read: once
    /// retention has deleted them, nobody could tell that no record was among them.
    pub(super) fn pass_markers(&mut self) {
        if !self.accumulator.batch.is_void() {
            return;
        }
        for (partition, end) in self.source.lag().ends() {
            let (Some(next), Some(end)) = (self.positions.next(partition), end.read_through()) else { continue };
            if end > next && !self.obstacles.contains_key(&partition) {
                self.accumulator.batch.passed(partition, next, end);
            }
        }
    }
}
