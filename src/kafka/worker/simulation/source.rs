//! The consumer side in memory: hands records out, moves partitions when it is told to.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::BorrowedHeaders;

use super::broker::{Broker, Failing, Move, State};
use super::counter::key_of;
use crate::kafka::client::connection::Connection;
use crate::kafka::worker::call::Call;
use crate::kafka::worker::clients::{AssignmentChange, Incoming, Lag, Polled, Source};
use crate::kafka::worker::partition::Partition;
use crate::kafka::worker::state::Bounds;
use crate::message::Message;

/// A member of the group.
pub(super) struct MemorySource {
    broker: Broker,
    connection: Connection,
    lag: Lag,
    assigned: BTreeSet<Partition>,
    is_paused: bool,
    held: BTreeSet<Partition>,
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    is_member: bool,
    generation: u32,
    positions: BTreeMap<Partition, i64>,
    /// Where the client has given up for want of a position; it says so once for each.
    lost: Vec<Partition>,
    change: Option<AssignmentChange>,
    /// Partitions that went, to come again.
    away: Vec<Partition>,
}

/// Offsets to commit, with the generation that they were read under and their tag.
#[derive(Clone)]
pub(super) struct MemoryOffsets {
    pub(super) next: BTreeMap<Partition, i64>,
    pub(super) generation: u32,
    pub(super) tag: String,
}

/// A record: where it stands, and its key.
pub(super) struct MemoryRecord {
    partition: Partition,
    offset: i64,
    key: String,
}

impl Inner {
    /// The client notices at its next fetch that the log does not hold a position.
    fn lose_positions(&mut self, state: &State) {
        let is_lost = |partition: &Partition, next: i64| {
            let bounds = state.bounds(*partition);
            next < bounds.first || next > bounds.end
        };
        self.lost.extend(
            self.positions
                .iter()
                .filter(|(partition, next)| is_lost(partition, **next))
                .map(|(partition, _)| *partition),
        );
        self.positions.retain(|partition, next| !is_lost(partition, *next));
    }
}

impl Inner {
    /// A partition that comes to a broken batch: the client says so, and then jumps to an offset that does not exist.
    fn meets_broken(&mut self, state: &State, held: &BTreeSet<Partition>) -> bool {
        let is_broken = |partition: &Partition, next: i64| {
            !held.contains(partition) && state.broken.get(partition).is_some_and(|broken| broken.contains(&next))
        };
        let mut at_broken = self.positions.iter_mut().filter(|(partition, next)| is_broken(partition, **next));
        let Some((_, next)) = at_broken.next() else { return false };
        *next = 7_000_000_000;
        true
    }
}

impl Incoming for MemoryRecord {
    fn read(&self) -> (Message<'_>, Option<&BorrowedHeaders>) {
        let message = Message {
            topic: "in",
            partition: self.partition.number,
            offset: self.offset,
            timestamp_ms: Some(self.offset),
            key: Some(self.key.as_bytes()),
            ..Message::default()
        };
        (message, None)
    }
}

impl MemorySource {
    pub(super) fn new(broker: Broker) -> MemorySource {
        MemorySource {
            broker,
            connection: Connection::default(),
            lag: Lag::of(&[].into()),
            assigned: BTreeSet::new(),
            is_paused: false,
            held: BTreeSet::new(),
            inner: RefCell::default(),
        }
    }

    /// Begins the change of the assignment that is due, if one is.
    fn change(&self, state: &mut State, inner: &mut Inner) -> bool {
        if inner.change.is_some() {
            return true;
        }
        if !inner.away.is_empty() {
            inner.change = Some(AssignmentChange::Assign(std::mem::take(&mut inner.away)));
            return true;
        }
        let Some((_, due)) = state.moves.front().copied().filter(|(after, _)| *after <= state.handed_out) else {
            return false;
        };
        state.moves.pop_front();
        let (Move::Revoke(number) | Move::Lose(number, _)) = due;
        let partition = Partition { input: 0, number };
        if !self.assigned.contains(&partition) {
            return false;
        }
        inner.away = vec![partition];
        inner.change = Some(match due {
            Move::Revoke(_) => AssignmentChange::Revoke(vec![partition]),
            Move::Lose(_, records) => {
                // From here on this member is of an older generation, until it has heard of it.
                state.generation += 1;
                state.work_elsewhere(partition, records);
                AssignmentChange::Lost(vec![partition])
            }
        });
        true
    }
}

impl Source for MemorySource {
    type Record<'a> = MemoryRecord;
    type Offsets = MemoryOffsets;

    fn subscribe(&self) -> KafkaResult<()> {
        let (mut state, mut inner) = (self.broker.state(), self.inner.borrow_mut());
        state.generation += 1;
        inner.is_member = true;
        inner.generation = state.generation;
        inner.change = Some(AssignmentChange::Assign(state.partitions().into_iter().collect()));
        Ok(())
    }

    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn lag(&self) -> &Lag {
        &self.lag
    }

    fn assigned(&self) -> &BTreeSet<Partition> {
        &self.assigned
    }

    fn poll(&self, timeout: Duration) -> Polled<MemoryRecord> {
        let (mut state, mut inner) = (self.broker.state(), self.inner.borrow_mut());
        match state.next_fault(Call::Poll) {
            Some(Failing::Undone(code)) => return Polled::Error(KafkaError::MessageConsumption(code)),
            Some(Failing::Done(code) | Failing::Record(code)) => {
                return Polled::Error(KafkaError::MessageConsumptionFatal(code));
            }
            None => {}
        }
        if inner.is_member && self.change(&mut state, &mut inner) {
            return Polled::Rebalance;
        }
        inner.lose_positions(&state);
        if inner.lost.pop().is_some() {
            return Polled::Error(KafkaError::MessageConsumption(RDKafkaErrorCode::AutoOffsetReset));
        }
        if inner.meets_broken(&state, &self.held) {
            return Polled::Error(KafkaError::MessageConsumption(RDKafkaErrorCode::BadMessage));
        }
        let flowing =
            inner.positions.iter_mut().filter(|(partition, _)| !self.is_paused && !self.held.contains(partition));
        let mut ready = flowing.filter(|(partition, next)| **next < state.bounds(**partition).end);
        let Some((partition, next)) = ready.next() else {
            state.pass(timeout);
            return Polled::Nothing;
        };
        let record = MemoryRecord { partition: *partition, offset: *next, key: key_of(partition.number, *next) };
        *next += 1;
        state.handed_out += 1;
        Polled::Record(record.partition, record)
    }

    fn is_rebalancing(&self) -> bool {
        self.inner.borrow().change.is_some()
    }

    fn has_lost(&self) -> bool {
        matches!(self.inner.borrow().change, Some(AssignmentChange::Lost(_)))
    }

    fn take_change(&self) -> Option<AssignmentChange> {
        self.inner.borrow_mut().change.take()
    }

    fn apply(&mut self, change: &AssignmentChange) -> KafkaResult<()> {
        let (mut state, mut inner) = (self.broker.state(), self.inner.borrow_mut());
        state.obey(Call::Assign)?;
        inner.generation = state.generation;
        match change {
            AssignmentChange::Assign(partitions) => {
                let known = partitions.iter().filter(|partition| state.committed.contains_key(partition));
                inner.positions.extend(known.map(|partition| (*partition, state.next(*partition))));
                inner.lost.extend(partitions.iter().filter(|partition| !state.committed.contains_key(partition)));
                self.assigned.extend(partitions);
            }
            AssignmentChange::Revoke(partitions) | AssignmentChange::Lost(partitions) => {
                inner.positions.retain(|partition, _| !partitions.contains(partition));
                self.assigned.retain(|partition| !partitions.contains(partition));
                self.held.retain(|partition| !partitions.contains(partition));
            }
        }
        Ok(())
    }

    fn take_recreated(&self) -> Option<usize> {
        None
    }

    fn pause(&mut self) -> KafkaResult<()> {
        self.is_paused = true;
        Ok(())
    }

    fn resume(&mut self) -> KafkaResult<()> {
        self.is_paused = false;
        Ok(())
    }

    fn rewind(&self, offsets: &BTreeMap<Partition, i64>) -> KafkaResult<()> {
        self.broker.state().obey(Call::Seek)?;
        let ours = offsets.iter().filter(|(partition, _)| self.assigned.contains(partition));
        self.inner.borrow_mut().positions.extend(ours.map(|(partition, offset)| (*partition, *offset)));
        Ok(())
    }

    fn bounds(&self, partitions: &BTreeSet<Partition>) -> KafkaResult<BTreeMap<Partition, Bounds>> {
        let mut state = self.broker.state();
        state.obey(Call::Bounds)?;
        Ok(partitions.iter().map(|partition| (*partition, state.bounds(*partition))).collect())
    }

    fn group_offsets(&self, partitions: &BTreeSet<Partition>) -> KafkaResult<BTreeMap<Partition, (i64, String)>> {
        let mut state = self.broker.state();
        state.obey(Call::CommittedOffsets)?;
        let committed = |partition: &Partition| Some((*partition, state.committed.get(partition)?.clone()));
        Ok(partitions.iter().filter_map(committed).collect())
    }

    fn unreadable(&self, partition: Partition, from: i64, _: Bounds) -> KafkaResult<Option<Range<i64>>> {
        let mut state = self.broker.state();
        state.obey(Call::Examine)?;
        Ok(state.broken.get(&partition).filter(|broken| broken.contains(&from)).cloned())
    }

    fn place(&mut self, offsets: &BTreeMap<Partition, i64>) -> KafkaResult<()> {
        self.inner.borrow_mut().positions.extend(offsets);
        Ok(())
    }

    fn hold(&mut self, partitions: BTreeSet<Partition>) -> KafkaResult<()> {
        self.held = partitions;
        Ok(())
    }

    fn committed(&self, first: &BTreeMap<Partition, i64>) -> KafkaResult<BTreeMap<Partition, i64>> {
        let mut state = self.broker.state();
        state.obey(Call::CommittedOffsets)?;
        let ours = first.iter().filter(|(partition, _)| self.assigned.contains(partition));
        let truth = ours
            .map(|(partition, first)| (*partition, state.committed.get(partition).map_or(*first, |(next, _)| *next)));
        Ok(truth.collect())
    }

    fn carries(&self, partition: Partition, tag: &str) -> KafkaResult<bool> {
        Ok(self.broker.state().committed.get(&partition).is_some_and(|(_, found)| found == tag))
    }

    fn offsets(&self, next: impl Iterator<Item = (Partition, i64)>, tag: &str) -> KafkaResult<MemoryOffsets> {
        let generation = self.inner.borrow().generation;
        Ok(MemoryOffsets { next: next.collect(), generation, tag: tag.to_owned() })
    }

    fn commit(&self, offsets: &MemoryOffsets) -> KafkaResult<()> {
        let mut state = self.broker.state();
        state.obey(Call::CommitOffsets)?;
        state.commit(Vec::new(), &offsets.next, &offsets.tag);
        Ok(())
    }

    fn leave(self) {
        self.broker.state().generation += 1;
    }
}
