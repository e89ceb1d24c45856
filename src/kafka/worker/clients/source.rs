//! Where records come from: one member of a consumer group.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::BorrowedHeaders;

use super::lag::Lag;
use crate::kafka::client::connection::Connection;
use crate::kafka::worker::partition::Partition;
use crate::kafka::worker::state::Bounds;
use crate::message::Message;

/// A record that was read.
pub(crate) trait Incoming {
    /// The record as a processor sees it. Also all of its headers as the client has them, when some have names that are not UTF-8.
    fn read(&self) -> (Message<'_>, Option<&BorrowedHeaders>);
}

/// What a poll brought.
pub(crate) enum Polled<R> {
    /// A record, and the partition that it is from.
    Record(Partition, R),
    /// The assignment changes; ask [`Source::take_change`].
    Rebalance,
    /// Nothing within the time given.
    Nothing,
    /// The client or the broker reports an error.
    Error(KafkaError),
}

/// A change of the assignment that waits for the worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssignmentChange {
    /// Take these partitions.
    Assign(Vec<Partition>),
    /// Give these back, after finishing what was read from them.
    Revoke(Vec<Partition>),
    /// These are another's already: what was read from them must not be committed.
    Lost(Vec<Partition>),
}

/// Reads the inputs as a member of a group. Each call waits for a bounded time.
pub(crate) trait Source {
    /// A record, as long as it is looked at.
    type Record<'a>: Incoming
    where
        Self: 'a;
    /// Offsets to commit, and the membership that they were read under.
    type Offsets: Send + 'static;

    /// Joins the group.
    fn subscribe(&self) -> KafkaResult<()>;

    /// The connections of this client.
    fn connection(&self) -> &Connection;

    /// End offsets and what is left to read.
    fn lag(&self) -> &Lag;

    /// Partitions that this worker owns.
    fn assigned(&self) -> &BTreeSet<Partition>;

    /// Waits for the next record or event.
    fn poll(&self, timeout: Duration) -> Polled<Self::Record<'_>>;

    /// Whether a change of the assignment waits.
    fn is_rebalancing(&self) -> bool;

    /// Whether the change that waits takes partitions that are another's already.
    fn has_lost(&self) -> bool;

    /// The change that waits.
    fn take_change(&self) -> Option<AssignmentChange>;

    /// Carries out a change; the worker has finished or given up what it concerns.
    fn apply(&mut self, change: &AssignmentChange) -> KafkaResult<()>;

    /// An input that was made anew since the last call. Its offsets begin again, and positions of old mean nothing.
    fn take_recreated(&self) -> Option<usize>;

    /// Stops the flow of records; the membership stays.
    fn pause(&mut self) -> KafkaResult<()>;

    /// Lets records flow again.
    fn resume(&mut self) -> KafkaResult<()>;

    /// Reads again from these offsets, as far as the partitions are still ours.
    fn rewind(&self, offsets: &BTreeMap<Partition, i64>) -> KafkaResult<()>;

    /// Where these partitions begin and end at present.
    fn bounds(&self, partitions: &BTreeSet<Partition>) -> KafkaResult<BTreeMap<Partition, Bounds>>;

    /// What the group has committed for these partitions, each with its tag; nothing for those without a committed offset.
    fn group_offsets(&self, partitions: &BTreeSet<Partition>) -> KafkaResult<BTreeMap<Partition, (i64, String)>>;

    /// The records from an offset on that cannot be read; `None` when the first one can.
    fn unreadable(&self, partition: Partition, from: i64, bounds: Bounds) -> KafkaResult<Option<Range<i64>>>;

    /// Reads on from these offsets, whatever the client was at: also where it had given up for want of a position, and a seek is refused.
    fn place(&mut self, offsets: &BTreeMap<Partition, i64>) -> KafkaResult<()>;

    /// These partitions stand still, whether others are paused or resumed; those that did and are not among them flow again.
    fn hold(&mut self, partitions: BTreeSet<Partition>) -> KafkaResult<()>;

    /// What the group has committed for these partitions, as far as they are still ours: the truth after an outcome that nobody told.
    ///
    /// A partition without a committed offset has had no batch committed, so the batch that is in doubt was its first: its own first offset holds.
    fn committed(&self, first: &BTreeMap<Partition, i64>) -> KafkaResult<BTreeMap<Partition, i64>>;

    /// Whether what the group has committed for a partition, be it ours or not, carries this tag.
    fn carries(&self, partition: Partition, tag: &str) -> KafkaResult<bool>;

    /// Offsets to commit, with the tag of their batch, under the membership as of now.
    fn offsets(&self, next: impl Iterator<Item = (Partition, i64)>, tag: &str) -> KafkaResult<Self::Offsets>;

    /// Commits without a transaction, and waits for the answer.
    fn commit(&self, offsets: &Self::Offsets) -> KafkaResult<()>;

    /// Leaves the group and destroys the client.
    fn leave(self);
}
