//! Membership in the group and the position in the inputs.
//!
//! A rebalance is handled by the worker, not in the client's callback: the callback only notes it, the worker finishes its
//! transaction and then takes or gives back the partitions. Until then the client pauses what is assigned, and waits.
//!
//! All records come from one queue; `split_partition_queue` would stall silently after a rebalance.

mod context;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerGroupMetadata};
use rdkafka::error::KafkaResult;
use rdkafka::message::{BorrowedHeaders, BorrowedMessage, Message as _};
use rdkafka::{Offset, TopicPartitionList};

use context::{Context, Shared};

use super::examiner::{EXAMINATION, Examiner};
use super::lag::Lag;
use super::source::{AssignmentChange, Incoming, Polled, Source};
use crate::config::{Config, Kafka};
use crate::kafka::client::connection::Connection;
use crate::kafka::client::fault::Fault;
use crate::kafka::client::identity::Identity;
use crate::kafka::client::{headers, properties};
use crate::kafka::worker::call::Call;
use crate::kafka::worker::partition::Partition;
use crate::kafka::worker::state::Bounds;
use crate::kafka::worker::status::Status;
use crate::message::Message;
use crate::processor::Topic;

/// A local call, or one round trip to the broker, with room for a slow machine.
const QUICK: Duration = Duration::from_secs(20);

/// For leaving the group, and for the client's own threads to end.
const LEAVE: Duration = Duration::from_secs(5);

/// For the group's committed offsets, its coordinator being looked for included.
const COMMITTED_TIMEOUT: Duration = Duration::from_secs(5);

/// For the first and the last offset of one partition.
const BOUNDS_TIMEOUT: Duration = Duration::from_secs(5);

/// The consumer of one worker.
pub(crate) struct Consumer {
    client: BaseConsumer<Context>,
    shared: Arc<Shared>,
    status: Status,
    /// For a client that examines a partition.
    kafka: Kafka,
    assigned: BTreeSet<Partition>,
    paused: BTreeSet<Partition>,
    /// Of the paused ones those that no resume concerns.
    held: BTreeSet<Partition>,
}

/// Offsets to commit, and the membership under which they were read, if there is one.
#[derive(Clone)]
pub(crate) struct Offsets(Arc<(TopicPartitionList, Option<ConsumerGroupMetadata>)>);

impl Consumer {
    /// Makes the client; does not wait for a broker, and does not join the group yet.
    pub(super) fn create(
        config: &Config,
        identity: &Identity,
        topics: &Arc<[Topic]>,
        status: &Status,
    ) -> Result<Consumer, Fault> {
        let shared = Arc::new(Shared::of(topics));
        let client = properties::consumer(config, identity)
            .create_with_context(Context(shared.clone()))
            .map_err(|error| properties::refused_property(&error))?;
        Ok(Consumer {
            client,
            shared,
            status: status.clone(),
            kafka: config.kafka.clone(),
            assigned: BTreeSet::new(),
            paused: BTreeSet::new(),
            held: BTreeSet::new(),
        })
    }

    /// Resumes what is paused, and nothing else: to resume a partition that flows makes the client fetch again from where it first began.
    fn resume_these(&mut self, partitions: &BTreeSet<Partition>) -> KafkaResult<()> {
        if !partitions.is_empty() {
            self.client.resume(&self.without_offsets(partitions)?)?;
            self.paused.retain(|partition| !partitions.contains(partition));
        }
        Ok(())
    }

    fn without_offsets<'a>(
        &self,
        partitions: impl IntoIterator<Item = &'a Partition>,
    ) -> KafkaResult<TopicPartitionList> {
        self.shared.list(partitions.into_iter().map(|partition| (*partition, Offset::Invalid)))
    }
}

impl Source for Consumer {
    type Record<'a> = BorrowedMessage<'a>;
    type Offsets = Offsets;

    fn subscribe(&self) -> KafkaResult<()> {
        let topics: Vec<&str> = self.shared.topics.iter().map(|topic| &*topic.name).collect();
        self.client.subscribe(&topics)
    }

    fn connection(&self) -> &Connection {
        &self.shared.connection
    }

    fn lag(&self) -> &Lag {
        &self.shared.lag
    }

    fn assigned(&self) -> &BTreeSet<Partition> {
        &self.assigned
    }

    fn poll(&self, timeout: Duration) -> Polled<BorrowedMessage<'_>> {
        // A wait below a millisecond would be none at all, and the loop would turn idly.
        let timeout = if timeout.is_zero() { timeout } else { timeout.max(Duration::from_millis(1)) };
        match self.client.poll(timeout) {
            Some(Ok(message)) => Polled::Record(self.shared.partition(message.topic(), message.partition()), message),
            Some(Err(error)) => Polled::Error(error),
            None if self.is_rebalancing() => Polled::Rebalance,
            None => Polled::Nothing,
        }
    }

    fn is_rebalancing(&self) -> bool {
        self.shared.change().is_some()
    }

    fn has_lost(&self) -> bool {
        matches!(*self.shared.change(), Some(AssignmentChange::Lost(_)))
    }

    fn take_change(&self) -> Option<AssignmentChange> {
        self.shared.change().take()
    }

    fn apply(&mut self, change: &AssignmentChange) -> KafkaResult<()> {
        let status = self.status.clone();
        let _call = status.enter(Call::Assign, QUICK);
        match change {
            AssignmentChange::Assign(partitions) => {
                self.client.incremental_assign(&self.without_offsets(partitions)?)?;
                self.assigned.extend(partitions);
            }
            AssignmentChange::Revoke(partitions) | AssignmentChange::Lost(partitions) => {
                // The client keeps the mark of a pause beyond the assignment; a partition that came back would stand still.
                let paused = partitions.iter().copied().filter(|partition| self.paused.contains(partition)).collect();
                self.resume_these(&paused)?;
                self.client.incremental_unassign(&self.without_offsets(partitions)?)?;
                self.assigned.retain(|partition| !partitions.contains(partition));
                self.held.retain(|partition| !partitions.contains(partition));
            }
        }
        self.shared.lag.keep(&self.assigned);
        Ok(())
    }

    fn take_recreated(&self) -> Option<usize> {
        self.shared.take_recreated()
    }

    fn pause(&mut self) -> KafkaResult<()> {
        let flowing: BTreeSet<Partition> = self.assigned.difference(&self.paused).copied().collect();
        if !flowing.is_empty() {
            self.client.pause(&self.without_offsets(&flowing)?)?;
            self.paused.extend(flowing);
        }
        Ok(())
    }

    fn resume(&mut self) -> KafkaResult<()> {
        let paused = self.paused.difference(&self.held).copied().collect();
        self.resume_these(&paused)
    }

    fn rewind(&self, offsets: &BTreeMap<Partition, i64>) -> KafkaResult<()> {
        let ours = offsets.iter().filter(|(partition, _)| self.assigned.contains(partition));
        let wanted = self.shared.list(ours.map(|(partition, offset)| (*partition, Offset::Offset(*offset))))?;
        if wanted.count() == 0 {
            return Ok(());
        }
        self.shared.lag.moved(offsets.keys());
        let _call = self.status.enter(Call::Seek, QUICK * 2);
        let sought = self.client.seek_partitions(wanted, QUICK)?;
        sought.elements().iter().try_for_each(|partition| partition.error())
    }

    fn bounds(&self, partitions: &BTreeSet<Partition>) -> KafkaResult<BTreeMap<Partition, Bounds>> {
        let mut bounds = BTreeMap::new();
        for partition in partitions {
            let Some(topic) = self.shared.topics.get(partition.input) else { continue };
            let _call = self.status.enter(Call::Bounds, QUICK);
            let (first, end) = self.client.fetch_watermarks(&topic.name, partition.number, BOUNDS_TIMEOUT)?;
            bounds.insert(*partition, Bounds { first, end });
        }
        Ok(bounds)
    }

    fn group_offsets(&self, partitions: &BTreeSet<Partition>) -> KafkaResult<BTreeMap<Partition, (i64, String)>> {
        let wanted = self.without_offsets(partitions)?;
        let _call = self.status.enter(Call::CommittedOffsets, QUICK);
        let committed = self.client.committed_offsets(wanted, COMMITTED_TIMEOUT)?;
        let mut offsets = BTreeMap::new();
        for element in committed.elements() {
            element.error()?;
            if let Offset::Offset(offset) = element.offset() {
                offsets.insert(self.shared.partition_of(&element), (offset, element.metadata().to_owned()));
            }
        }
        Ok(offsets)
    }

    fn unreadable(&self, partition: Partition, from: i64, bounds: Bounds) -> KafkaResult<Option<Range<i64>>> {
        let Some(topic) = self.shared.topics.get(partition.input) else { return Ok(None) };
        let _call = self.status.enter(Call::Examine, EXAMINATION + QUICK);
        Examiner::of(&self.kafka, &topic.name, partition.number)?.unreadable(from, bounds.end)
    }

    fn place(&mut self, offsets: &BTreeMap<Partition, i64>) -> KafkaResult<()> {
        let status = self.status.clone();
        let _call = status.enter(Call::Assign, QUICK);
        self.shared.lag.moved(offsets.keys());
        let held = std::mem::take(&mut self.held);
        self.resume_these(&held)?;
        let placed =
            self.shared.list(offsets.iter().map(|(partition, offset)| (*partition, Offset::Offset(*offset))))?;
        self.client.incremental_unassign(&self.without_offsets(offsets.keys())?)?;
        self.client.incremental_assign(&placed)
    }

    fn hold(&mut self, partitions: BTreeSet<Partition>) -> KafkaResult<()> {
        let free = self.held.difference(&partitions).copied().collect();
        self.resume_these(&free)?;
        if !partitions.is_empty() {
            self.client.pause(&self.without_offsets(&partitions)?)?;
        }
        self.paused.extend(&partitions);
        self.held = partitions;
        Ok(())
    }

    fn committed(&self, first: &BTreeMap<Partition, i64>) -> KafkaResult<BTreeMap<Partition, i64>> {
        let ours = first.keys().filter(|partition| self.assigned.contains(partition));
        let wanted = self.without_offsets(ours)?;
        if wanted.count() == 0 {
            return Ok(BTreeMap::new());
        }
        let _call = self.status.enter(Call::CommittedOffsets, QUICK);
        let committed = self.client.committed_offsets(wanted, COMMITTED_TIMEOUT)?;
        let mut offsets = BTreeMap::new();
        for element in committed.elements() {
            element.error()?;
            let partition = self.shared.partition_of(&element);
            let offset = match element.offset() {
                Offset::Offset(offset) => Some(offset),
                _ => first.get(&partition).copied(),
            };
            offsets.extend(offset.map(|offset| (partition, offset)));
        }
        Ok(offsets)
    }

    fn carries(&self, partition: Partition, tag: &str) -> KafkaResult<bool> {
        let wanted = self.without_offsets([&partition])?;
        let _call = self.status.enter(Call::CommittedOffsets, QUICK);
        let committed = self.client.committed_offsets(wanted, COMMITTED_TIMEOUT)?;
        let elements = committed.elements();
        let found = elements.iter().find(|element| self.shared.partition_of(element) == partition);
        Ok(found.is_some_and(|found| found.error().is_ok() && found.metadata() == tag))
    }

    fn offsets(&self, next: impl Iterator<Item = (Partition, i64)>, tag: &str) -> KafkaResult<Offsets> {
        let offsets = self.shared.list(next.map(|(partition, offset)| (partition, Offset::Offset(offset))))?;
        offsets.elements().iter_mut().for_each(|partition| partition.set_metadata(tag));
        Ok(Offsets(Arc::new((offsets, self.client.group_metadata()))))
    }

    fn commit(&self, offsets: &Offsets) -> KafkaResult<()> {
        let _call = self.status.enter(Call::CommitOffsets, QUICK * 4);
        self.client.commit(offsets.list(), CommitMode::Sync)
    }

    /// A client that has lost sight of all brokers may wait for its coordinator for ever (seen when it was told of a cluster without brokers). So a
    /// thread of its own does it, which is left behind after a while; the group forgets a member that it does not hear of.
    fn leave(self) {
        let status = self.status.clone();
        let _call = status.enter(Call::Close, LEAVE + QUICK);
        let (left, leaving) = mpsc::channel::<()>();
        let leave = move || {
            drop(self);
            drop(left);
        };
        // Without a thread, what it was to do has been done here.
        let spawned = thread::Builder::new().name("leave".into()).spawn(leave);
        if spawned.is_ok() && leaving.recv_timeout(LEAVE) == Err(mpsc::RecvTimeoutError::Timeout) {
            tracing::warn!(
                "a consumer does not come to an end, and is left behind; its group forgets it after kafka.session_timeout"
            );
        }
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        if let Some(AssignmentChange::Revoke(_) | AssignmentChange::Lost(_)) = self.take_change() {
            let _ = self.client.unassign();
        }
    }
}

impl Offsets {
    pub(super) fn list(&self) -> &TopicPartitionList {
        &self.0.0
    }

    /// The membership at the moment at which the last record had arrived.
    pub(super) fn group(&self) -> Option<&ConsumerGroupMetadata> {
        self.0.1.as_ref()
    }
}

impl Incoming for BorrowedMessage<'_> {
    fn read(&self) -> (Message<'_>, Option<&BorrowedHeaders>) {
        let mut read = Vec::new();
        let unreadable = self.headers().filter(|all| !headers::read(all, &mut read));
        let message = Message {
            topic: self.topic(),
            partition: self.partition(),
            offset: self.offset(),
            timestamp_ms: self.timestamp().to_millis(),
            key: self.key(),
            value: self.payload(),
            headers: read,
        };
        (message, unreadable)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test fails by panicking")]

    use rdkafka::mocking::MockCluster;

    use super::*;

    #[test]
    fn committed_offsets_say_by_their_tag_whose_they_are() {
        let cluster = MockCluster::new(1).expect("a mock cluster");
        let mut config = Config::default();
        config.kafka.bootstrap_servers = cluster.bootstrap_servers();
        cluster.create_topic("more", 2, 1).expect("a topic");
        let topics = [Topic::new("raw", "kafka.input_topic"), Topic::new("more", "kafka.input_topic")].into();
        let identity = Identity::new(&config, 0);
        let mut consumer = Consumer::create(&config, &identity, &topics, &Status::new()).expect("a consumer");
        let partition = Partition { input: 1, number: 1 };
        assert!(!consumer.carries(partition, "tag 1").expect("an answer"), "nothing is committed");
        let offsets = consumer.offsets([(partition, 3)].into_iter(), "tag 1").expect("offsets");
        consumer.commit(&offsets).expect("a commit");
        assert!(consumer.carries(partition, "tag 1").expect("an answer"));
        assert!(!consumer.carries(partition, "tag 2").expect("an answer"), "the very same offset, of another batch");
        assert!(!consumer.carries(Partition { number: 0, ..partition }, "tag 1").expect("an answer"));
        consumer.assigned = BTreeSet::from([partition]);
        let first = BTreeMap::from([(partition, 1), (Partition { input: 0, number: 0 }, 7)]);
        assert_eq!(consumer.committed(&first).expect("an answer"), BTreeMap::from([(partition, 3)]), "as far as ours");
    }
}
