//! The broker in memory: inputs, the group's committed offsets, what is written, and the faults that a test has ordered.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode as Code};

use super::counter::Written;
use super::sink::MemorySink;
use super::source::MemorySource;
use crate::kafka::client::fault::Fault;
use crate::kafka::worker::call::Call;
use crate::kafka::worker::clients::Clients;
use crate::kafka::worker::clock::Clock;
use crate::kafka::worker::partition::Partition;
use crate::kafka::worker::state::Bounds;

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failing {
    /// Nothing was done.
    Undone(Code),
    /// It was done, and the answer is lost.
    Done(Code),
    /// A record fails, and the call itself succeeds.
    Record(Code),
}

/// What happens to the assignment, once so many records were handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// The partition is asked back in good order, and comes again.
    Revoke(i32),
    /// The partition is another's at once, which processes so many records of it before it comes again.
    Lose(i32, usize),
}

/// Handles see the same broker.
#[derive(Clone)]
pub(super) struct Broker(Arc<Mutex<State>>);

pub(super) struct State {
    pub(super) is_transactional: bool,
    /// Records of each partition.
    pub(super) inputs: BTreeMap<Partition, usize>,
    /// The first offset that there still is, where it is not 0.
    pub(super) starts: BTreeMap<Partition, i64>,
    /// Offsets whose records cannot be read.
    pub(super) broken: BTreeMap<Partition, Range<i64>>,
    /// What the group has committed, and the tag of whoever did.
    pub(super) committed: BTreeMap<Partition, (i64, String)>,
    /// What readers of committed records see, in the order of the commits.
    pub(super) written: Vec<Written>,
    /// How many of the second topic they see.
    pub(super) copies: usize,
    /// Of the group: older members may not commit.
    pub(super) generation: u32,
    /// Producers whose open transaction holds offsets: until it ends, nobody else begins at the committed ones (KIP-447).
    pub(super) holding_offsets: BTreeSet<usize>,
    /// Of each producer: older ones are fenced.
    pub(super) epochs: [u32; 2],
    pub(super) faults: Vec<(Call, VecDeque<Option<Failing>>)>,
    /// Records that are refused, until they are written in their so manieth other way.
    pub(super) refused: BTreeMap<(i32, i64), usize>,
    pub(super) moves: VecDeque<(usize, Move)>,
    pub(super) handed_out: usize,
    /// Whether another has worked on some partition: what it has written, this worker's state does not know.
    pub(super) had_help: bool,
    breaches: Vec<String>,
    now: Instant,
}

impl Broker {
    pub(super) fn new(records: &[usize], is_transactional: bool) -> Broker {
        let numbers = (0..).map(|number| Partition { input: 0, number });
        Broker(Arc::new(Mutex::new(State {
            is_transactional,
            inputs: numbers.zip(records.iter().copied()).collect(),
            starts: BTreeMap::new(),
            broken: BTreeMap::new(),
            committed: BTreeMap::new(),
            written: Vec::new(),
            copies: 0,
            generation: 0,
            holding_offsets: BTreeSet::new(),
            epochs: [0; 2],
            faults: Vec::new(),
            refused: BTreeMap::new(),
            moves: VecDeque::new(),
            handed_out: 0,
            had_help: false,
            breaches: Vec::new(),
            now: Instant::now(),
        })))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next calls of a kind go wrong.
    pub(super) fn fail(&self, call: Call, failing: Failing, times: usize) {
        self.fail_later(call, 0, failing, times);
    }

    /// The next calls of a kind go wrong, after some that do not.
    pub(super) fn fail_later(&self, call: Call, after: usize, failing: Failing, times: usize) {
        let mut state = self.state();
        let order = std::iter::repeat_n(None, after).chain(std::iter::repeat_n(Some(failing), times));
        match state.faults.iter_mut().find(|(known, _)| *known == call) {
            Some((_, ordered)) => ordered.extend(order),
            None => state.faults.push((call, order.collect())),
        }
    }

    /// Whether all input is committed.
    pub(super) fn is_all_committed(&self) -> bool {
        let state = self.state();
        state.inputs.iter().all(|(partition, records)| state.next(*partition) == *records as i64)
    }

    /// Holds what was written against what was there to read.
    pub(super) fn check(&self, case: &str) {
        let state = self.state();
        assert_eq!(state.breaches, Vec::<String>::new(), "{case}");
        for (partition, records) in &state.inputs {
            // What was deleted may or may not have been read before.
            let first = state.bounds(*partition).first;
            let offsets = state.offsets_written(*partition).into_iter().filter(|offset| *offset >= first);
            let offsets: Vec<i64> = offsets.collect();
            let mut expected: Vec<i64> = offsets.clone();
            if !state.is_transactional {
                // Written again is allowed; in disorder only as far as that.
                expected.sort_unstable();
                expected.dedup();
            }
            assert_eq!(expected, (first..*records as i64).collect::<Vec<_>>(), "{case}: partition {partition:?}");
        }
        if state.is_transactional && !state.had_help {
            super::counter::check(&state.written, case);
        }
    }
}

impl State {
    /// The next offset that the group would read.
    pub(super) fn next(&self, partition: Partition) -> i64 {
        self.committed.get(&partition).map_or(0, |(next, _)| *next)
    }

    /// What there is of a partition.
    pub(super) fn bounds(&self, partition: Partition) -> Bounds {
        let first = self.starts.get(&partition).copied().unwrap_or_default();
        Bounds { first, end: self.inputs.get(&partition).copied().unwrap_or_default() as i64 }
    }

    fn offsets_written(&self, partition: Partition) -> Vec<i64> {
        let of_it = self.written.iter().filter(|written| written.partition == partition.number);
        of_it.map(|written| written.offset).collect()
    }

    /// How the next call of a kind goes wrong, if it does.
    pub(super) fn next_fault(&mut self, call: Call) -> Option<Failing> {
        let (_, ordered) = self.faults.iter_mut().find(|(known, _)| *known == call)?;
        ordered.pop_front().flatten()
    }

    /// Fails when a fault is ordered that leaves everything undone.
    pub(super) fn obey(&mut self, call: Call) -> KafkaResult<()> {
        match self.next_fault(call) {
            Some(Failing::Undone(code) | Failing::Done(code)) => Err(KafkaError::Global(code)),
            Some(Failing::Record(_)) | None => Ok(()),
        }
    }

    /// Commits outputs and offsets in one, and checks that they go together: after it, exactly the records before the offsets are written.
    pub(super) fn commit(&mut self, outputs: Vec<Written>, offsets: &BTreeMap<Partition, i64>, tag: &str) {
        self.written.extend(outputs);
        for (partition, next) in offsets {
            let (before, written) = (self.next(*partition), self.offsets_written(*partition));
            if *next < before {
                self.breaches.push(format!("the offset of partition {partition:?} went back from {before} to {next}"));
            }
            let first = self.bounds(*partition).first;
            let is_due = |offset: &i64| !self.broken.get(partition).is_some_and(|broken| broken.contains(offset));
            let due = (before.max(first)..*next).filter(is_due);
            let behind = due.filter(|offset| !written.contains(offset)).count();
            let ahead = written.iter().filter(|offset| **offset >= *next).count();
            if behind > 0 || self.is_transactional && ahead > 0 {
                let breach = format!("{partition:?} committed up to {next}: {behind} missing, {ahead} written ahead");
                self.breaches.push(breach);
            }
            self.committed.insert(*partition, (*next, tag.to_owned()));
        }
    }

    /// Another member processes some records of a partition, and commits them; none while it has to wait for a transaction.
    pub(super) fn work_elsewhere(&mut self, partition: Partition, records: usize) {
        let (first, end) = (self.next(partition), self.inputs.get(&partition).copied().unwrap_or_default() as i64);
        let records = if self.holding_offsets.is_empty() { records } else { 0 };
        let next = (first + records as i64).min(end);
        self.had_help |= next > first;
        let written = (first..next).map(|offset| Written::elsewhere(partition.number, offset)).collect();
        self.commit(written, &BTreeMap::from([(partition, next)]), "another's");
    }

    pub(super) fn partitions(&self) -> BTreeSet<Partition> {
        self.inputs.keys().copied().collect()
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, time: Duration) {
        self.now += time;
    }
}

impl Clock for Broker {
    fn now(&self) -> Instant {
        self.state().now
    }

    fn now_ms(&self) -> i64 {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or_default()
    }

    fn sleep(&self, time: Duration) {
        self.state().pass(time);
    }
}

impl Clients for Broker {
    type Source = MemorySource;
    type Sink = MemorySink;

    fn source(&self) -> Result<MemorySource, Fault> {
        Ok(MemorySource::new(self.clone()))
    }

    fn sink(&self, place: usize) -> Result<MemorySink, Fault> {
        Ok(MemorySink::new(self.clone(), place))
    }
}
