//! Membership in the group and the position in the inputs.
//!
//! A rebalance is handled by the worker, not in the client's callback: the callback only notes it, the worker finishes its
//! transaction and then takes or gives back the partitions. Until then the client pauses what is assigned, and waits.
//!
//! All records come from one queue; `split_partition_queue` would stall silently after a rebalance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::{BorrowedHeaders, BorrowedMessage, Message as _};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::lag::Lag;
use super::source::{AssignmentChange, Incoming, Partition, Polled, Source};
use crate::config::Config;
use crate::kafka::client::connection::{Connection, client_log};
use crate::kafka::client::fault::Fault;
use crate::kafka::client::identity::Identity;
use crate::kafka::client::{headers, properties};
use crate::kafka::worker::errors::Call;
use crate::kafka::worker::status::Status;
use crate::message::Message;
use crate::processor::Topic;

/// A local call, or one round trip to the broker, with room for a slow machine.
const QUICK: Duration = Duration::from_secs(20);

/// For leaving the group, and for the client's own threads to end.
const LEAVE: Duration = Duration::from_secs(5);

/// For the group's committed offsets, its coordinator being looked for included.
const COMMITTED_TIMEOUT: Duration = Duration::from_secs(5);

/// The consumer of one worker.
pub(crate) struct Consumer {
    client: BaseConsumer<Context>,
    shared: Arc<Shared>,
    status: Status,
    assigned: BTreeSet<Partition>,
    paused: BTreeSet<Partition>,
}

/// Offsets to commit, and the membership under which they were read, if there is one.
#[derive(Clone)]
pub(crate) struct Offsets(Arc<(TopicPartitionList, Option<ConsumerGroupMetadata>)>);

struct Shared {
    topics: Arc<[Topic]>,
    change: Mutex<Option<AssignmentChange>>,
    /// While the client is being closed nobody answers a rebalance but the callback itself.
    closing: AtomicBool,
    /// Topics that were deleted and made again under the same name; whether there are any is asked for each record.
    recreated: Mutex<BTreeSet<usize>>,
    is_recreated: AtomicBool,
    connection: Connection,
    lag: Lag,
}

struct Context(Arc<Shared>);

impl Consumer {
    /// Makes the client; does not wait for a broker, and does not join the group yet.
    pub(super) fn create(
        config: &Config,
        identity: &Identity,
        topics: &Arc<[Topic]>,
        status: &Status,
    ) -> Result<Consumer, Fault> {
        let shared = Arc::new(Shared {
            topics: topics.clone(),
            change: Mutex::default(),
            closing: AtomicBool::default(),
            recreated: Mutex::default(),
            is_recreated: AtomicBool::default(),
            connection: Connection::default(),
            lag: Lag::of(topics),
        });
        let client = properties::consumer(config, identity)
            .create_with_context(Context(shared.clone()))
            .map_err(|error| properties::refused_property(&error))?;
        Ok(Consumer { client, shared, status: status.clone(), assigned: BTreeSet::new(), paused: BTreeSet::new() })
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
            }
        }
        self.shared.lag.keep(&self.assigned);
        Ok(())
    }

    fn take_recreated(&self) -> Option<usize> {
        if !self.shared.is_recreated.load(Ordering::SeqCst) {
            return None;
        }
        let mut recreated = self.shared.recreated.lock().unwrap_or_else(PoisonError::into_inner);
        let input = recreated.pop_first();
        self.shared.is_recreated.store(!recreated.is_empty(), Ordering::SeqCst);
        input
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
        let paused = self.paused.clone();
        self.resume_these(&paused)
    }

    fn rewind(&self, offsets: &BTreeMap<Partition, i64>) -> KafkaResult<()> {
        let ours = offsets.iter().filter(|(partition, _)| self.assigned.contains(partition));
        let wanted = self.shared.list(ours.map(|(partition, offset)| (*partition, Offset::Offset(*offset))))?;
        if wanted.count() == 0 {
            return Ok(());
        }
        let _call = self.status.enter(Call::Seek, QUICK * 2);
        let sought = self.client.seek_partitions(wanted, QUICK)?;
        sought.elements().iter().try_for_each(|partition| partition.error())
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

impl Shared {
    fn change(&self) -> MutexGuard<'_, Option<AssignmentChange>> {
        self.change.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing comes of a topic that was not subscribed to.
    fn partition(&self, topic: &str, number: i32) -> Partition {
        Partition { input: self.topics.iter().position(|known| *known.name == *topic).unwrap_or_default(), number }
    }

    fn partition_of(&self, element: &TopicPartitionListElem<'_>) -> Partition {
        self.partition(element.topic(), element.partition())
    }

    fn list(&self, partitions: impl Iterator<Item = (Partition, Offset)>) -> KafkaResult<TopicPartitionList> {
        let mut list = TopicPartitionList::new();
        for (partition, offset) in partitions {
            if let Some(topic) = self.topics.get(partition.input) {
                list.add_partition_offset(&topic.name, partition.number, offset)?;
            }
        }
        Ok(list)
    }
}

/// The id of a topic that the client has not seen before.
const NO_TOPIC_ID: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// The topic whose id has changed, from a log line. librdkafka then goes on at the old position in the new topic, and tells
/// nobody else; the line comes before any record of the new topic: `[thrd:main]: Topic raw changed id from ... to ...`
fn made_anew<'a>(facility: &str, line: &'a str) -> Option<&'a str> {
    let is_told = facility == "METADATA" && !line.contains(NO_TOPIC_ID);
    let (before, _) = line.split_once(" changed id from ").filter(|_| is_told)?;
    before.rsplit(' ').next()
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        if let Some(topic) = made_anew(facility, line) {
            let input = self.0.partition(topic, 0).input;
            self.0.recreated.lock().unwrap_or_else(PoisonError::into_inner).insert(input);
            self.0.is_recreated.store(true, Ordering::SeqCst);
        }
        self.0.connection.log(facility, line);
        client_log(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        // Also returned by poll; here it is told with the client's own words.
        self.0.connection.error(&error, reason);
    }

    fn stats_raw(&self, statistics: &[u8]) {
        if self.0.lag.read(statistics) {
            self.0.connection.works();
        } else {
            self.0.connection.silent();
        }
    }
}

impl ConsumerContext for Context {
    fn rebalance(&self, client: &BaseConsumer<Self>, event: RDKafkaRespErr, partitions: &mut TopicPartitionList) {
        if self.0.closing.load(Ordering::SeqCst) {
            if event == RDKafkaRespErr::RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS {
                let _ = client.incremental_unassign(partitions);
            } else {
                let _ = client.incremental_assign(&TopicPartitionList::new());
            }
            return;
        }
        let partitions = partitions.elements().iter().map(|element| self.0.partition_of(element)).collect();
        let change = match event {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => AssignmentChange::Assign(partitions),
            _ if client.assignment_lost() => AssignmentChange::Lost(partitions),
            _ => AssignmentChange::Revoke(partitions),
        };
        *self.0.change() = Some(change);
    }

    fn main_queue_min_poll_interval(&self) -> rdkafka::util::Timeout {
        rdkafka::util::Timeout::After(Duration::from_millis(100))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test fails by panicking")]

    use rdkafka::mocking::MockCluster;

    use super::*;

    #[test]
    fn a_topic_made_anew_is_named_by_one_line_of_the_client() {
        let line = |from: &str| format!("[thrd:main]: Topic raw changed id from {from} to 7nKg8r1LQ1m2X9t0a1b2c3");
        assert_eq!(made_anew("METADATA", &line("xY1")), Some("raw"));
        assert_eq!(made_anew("METADATA", &line(NO_TOPIC_ID)), None, "seen for the first time");
        assert_eq!(made_anew("TOPIC", &line("xY1")), None);
    }

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
