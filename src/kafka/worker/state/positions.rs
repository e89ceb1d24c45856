//! Where each partition is: the next offset to process, where to read again, and what only the group's committed offsets can tell.

use std::collections::BTreeMap;

use crate::kafka::worker::partition::Partition;

type ByPartition = BTreeMap<Partition, i64>;

/// The positions of one worker.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Positions {
    /// The next offset to process, of each partition that had a committed batch.
    next: ByPartition,
    /// Where to read again, before anything else is read.
    rewind: ByPartition,
    /// First offsets of batches whose outcome nobody told: the group's committed offsets say where to go on.
    in_doubt: ByPartition,
    /// The client does not know where to read on: some partition has no committed offset, or the log does not hold it.
    are_lost: bool,
}

impl Positions {
    /// The next offset to process, where it is known.
    pub(crate) fn next(&self, partition: Partition) -> Option<i64> {
        self.next.get(&partition).copied()
    }

    /// The next offset to read, where it is known: that of a batch given up, or else the one behind the last that is committed.
    pub(crate) fn wanted(&self, partition: Partition) -> Option<i64> {
        self.rewind.get(&partition).copied().or_else(|| self.next(partition))
    }

    /// Whether the client does not know where to read on.
    pub(crate) fn are_lost(&self) -> bool {
        self.are_lost
    }

    /// The client does not know where to read on.
    pub(crate) fn lost(&mut self) {
        self.are_lost = true;
    }

    /// The client reads on from these offsets.
    pub(crate) fn placed(&mut self, offsets: ByPartition) {
        self.rewind.retain(|partition, _| !offsets.contains_key(partition));
        self.next.extend(offsets);
        self.are_lost = false;
    }

    /// Where to read again, if anywhere.
    pub(crate) fn to_rewind(&self) -> Option<&ByPartition> {
        Some(&self.rewind).filter(|offsets| !offsets.is_empty())
    }

    /// Where what is committed has to be asked for, if anywhere.
    pub(crate) fn in_doubt(&self) -> Option<&ByPartition> {
        Some(&self.in_doubt).filter(|offsets| !offsets.is_empty())
    }

    /// A batch is committed up to these offsets.
    pub(crate) fn committed(&mut self, next: impl Iterator<Item = (Partition, i64)>) {
        self.next.extend(next);
    }

    /// A batch is aborted: it is read again from its start. The batch after it may have been given up before it, so the earlier offset holds.
    pub(crate) fn aborted(&mut self, first: &ByPartition) {
        keep_earliest(&mut self.rewind, first);
        self.in_doubt.iter_mut().for_each(|(partition, kept)| {
            *kept = first.get(partition).map_or(*kept, |first| *first.min(kept));
        });
    }

    /// A batch may have been committed or not.
    pub(crate) fn doubted(&mut self, first: &ByPartition) {
        keep_earliest(&mut self.in_doubt, first);
    }

    /// The group has told what is committed: there is no doubt any more.
    pub(crate) fn resolved(&mut self, committed: ByPartition) {
        self.rewind.extend(committed);
        self.in_doubt.clear();
    }

    /// A record came that was not wanted: it is read again later.
    pub(crate) fn turned_away(&mut self, partition: Partition, offset: i64) {
        keep_earliest(&mut self.rewind, &ByPartition::from([(partition, offset)]));
    }

    /// The client has gone back to where it should.
    pub(crate) fn rewound(&mut self) {
        self.next.append(&mut self.rewind);
    }

    /// Forgets all about partitions that are another's now: should they come back, they begin at what is committed by then.
    pub(crate) fn forget(&mut self, partitions: &[Partition]) {
        for partition in partitions {
            self.next.remove(partition);
            self.rewind.remove(partition);
            self.in_doubt.remove(partition);
        }
    }

    /// The topic of these partitions was made anew: its offsets begin again, and what was known of them means nothing.
    pub(crate) fn restarted(&mut self, partitions: &[Partition]) {
        self.forget(partitions);
        self.rewind.extend(partitions.iter().map(|partition| (*partition, 0)));
    }
}

/// Of two offsets of a partition the earlier one.
fn keep_earliest(kept: &mut ByPartition, first: &ByPartition) {
    for (partition, first) in first {
        kept.entry(*partition).and_modify(|kept| *kept = *first.min(kept)).or_insert(*first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens to the positions.
    enum Event {
        Committed(i32, i64),
        Aborted(i32, i64),
        Doubted(i32, i64),
        Resolved(i32, i64),
        TurnedAway(i32, i64),
        Rewound,
        Forget(i32),
        Restarted(i32),
    }
    use Event::{Aborted, Committed, Doubted, Forget, Resolved, Restarted, Rewound, TurnedAway};

    fn partition(number: i32) -> Partition {
        Partition { input: 0, number }
    }

    fn offsets(of: &[(i32, i64)]) -> ByPartition {
        of.iter().map(|(number, offset)| (partition(*number), *offset)).collect()
    }

    fn after(events: &[Event]) -> Positions {
        let mut positions = Positions::default();
        for event in events {
            match *event {
                Committed(number, offset) => positions.committed([(partition(number), offset)].into_iter()),
                Aborted(number, offset) => positions.aborted(&offsets(&[(number, offset)])),
                Doubted(number, offset) => positions.doubted(&offsets(&[(number, offset)])),
                Resolved(number, offset) => positions.resolved(offsets(&[(number, offset)])),
                TurnedAway(number, offset) => positions.turned_away(partition(number), offset),
                Rewound => positions.rewound(),
                Forget(number) => positions.forget(&[partition(number)]),
                Restarted(number) => positions.restarted(&[partition(number)]),
            }
        }
        positions
    }

    /// A list of partitions and offsets.
    type List = &'static [(i32, i64)];

    #[test]
    fn each_event_leaves_the_right_offsets() {
        // What happened; then: next, rewind, in doubt.
        let cases: &[(&[Event], List, List, List)] = &[
            (&[Committed(0, 7), Committed(1, 3), Committed(0, 9)], &[(0, 9), (1, 3)], &[], &[]),
            (&[Committed(0, 7), Aborted(0, 7)], &[(0, 7)], &[(0, 7)], &[]),
            // The next batch is given up first, then the one before it.
            (&[Aborted(0, 12), Aborted(0, 7)], &[], &[(0, 7)], &[]),
            (&[Aborted(0, 7), Rewound], &[(0, 7)], &[], &[]),
            (&[Doubted(0, 7), Doubted(0, 9)], &[], &[], &[(0, 7)]),
            (&[Doubted(0, 7), Resolved(0, 12)], &[], &[(0, 12)], &[]),
            // The batch in doubt was given up after the one behind it: what is committed decides, also for that one.
            (&[Aborted(0, 12), Doubted(0, 7), Resolved(0, 7)], &[], &[(0, 7)], &[]),
            (&[Aborted(0, 12), Doubted(0, 7), Resolved(0, 12)], &[], &[(0, 12)], &[]),
            (&[Doubted(0, 12), Aborted(0, 7)], &[], &[(0, 7)], &[(0, 7)]),
            (&[TurnedAway(0, 5), TurnedAway(0, 6)], &[], &[(0, 5)], &[]),
            (&[Committed(0, 7), Aborted(0, 7), Doubted(0, 7), Forget(0)], &[], &[], &[]),
            (&[Committed(0, 7), Aborted(0, 7), Doubted(1, 4), Restarted(0)], &[], &[(0, 0)], &[(1, 4)]),
        ];
        for (number, (events, next, rewind, in_doubt)) in cases.iter().enumerate() {
            let expected = Positions {
                next: offsets(next),
                rewind: offsets(rewind),
                in_doubt: offsets(in_doubt),
                are_lost: false,
            };
            assert_eq!(after(events), expected, "case {number}");
        }
    }

    #[test]
    fn nothing_is_to_be_done_where_nothing_is_known() {
        let positions = after(&[Committed(0, 7)]);
        assert_eq!((positions.to_rewind(), positions.in_doubt()), (None, None));
        assert_eq!((positions.next(partition(0)), positions.next(partition(1))), (Some(7), None));
    }
}
