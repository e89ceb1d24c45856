//! Membership in the group and the position in the input topic.
//!
//! A rebalance is handled by the worker, not in the client's callback: the callback only notes it, the worker finishes its
//! transaction and then takes or gives back the partitions. Until then the client pauses what is assigned, and waits.
//!
//! All records come from one queue; `split_partition_queue` would stall silently after a rebalance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::BorrowedMessage;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::call::Call;
use super::lag::Lag;
use super::status::Status;
use crate::config::Config;
use crate::kafka::client::connection::{Connection, client_log};
use crate::kafka::client::fault::Fault;
use crate::kafka::client::{identity::Identity, properties};

/// A local call, or one round trip to the broker, with room for a slow machine.
const QUICK: Duration = Duration::from_secs(20);

/// For leaving the group, and for the client's own threads to end.
const LEAVE: Duration = Duration::from_secs(5);

/// For the group's committed offsets, its coordinator being looked for included.
const COMMITTED_TIMEOUT: Duration = Duration::from_secs(5);

/// A change of the assignment that waits for the worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AssignmentChange {
    /// Take these partitions.
    Assign(Vec<i32>),
    /// Give these back, after finishing what was read from them.
    Revoke(Vec<i32>),
    /// These are another's already: what was read from them must not be committed.
    Lost(Vec<i32>),
}

/// What a poll brought.
pub(super) enum Polled<'a> {
    /// A record.
    Record(BorrowedMessage<'a>),
    /// The assignment changes; ask [`Consumer::take_rebalance`].
    Rebalance,
    /// Nothing within the time given.
    Nothing,
    /// The client or the broker reports an error.
    Error(KafkaError),
}

/// The consumer of one worker.
pub(super) struct Consumer {
    client: BaseConsumer<Context>,
    shared: Arc<Shared>,
    status: Status,
    topic: String,
    assigned: BTreeSet<i32>,
    paused: BTreeSet<i32>,
}

#[derive(Default)]
struct Shared {
    rebalance: Mutex<Option<AssignmentChange>>,
    /// While the client is being closed nobody answers a rebalance but the callback itself.
    closing: AtomicBool,
    /// The topic was deleted and made again under the same name.
    recreated: AtomicBool,
    connection: Connection,
    lag: Lag,
}

struct Context(Arc<Shared>);

impl Consumer {
    /// Makes the client; does not wait for a broker, and does not join the group yet.
    pub(super) fn create(config: &Config, identity: &Identity, status: &Status) -> Result<Consumer, Fault> {
        let shared = Arc::new(Shared::default());
        let client = properties::consumer(config, identity)
            .create_with_context(Context(shared.clone()))
            .map_err(|error| properties::refused_property(&error))?;
        let topic = config.kafka.input_topic.clone();
        Ok(Consumer {
            client,
            shared,
            status: status.clone(),
            topic,
            assigned: BTreeSet::new(),
            paused: BTreeSet::new(),
        })
    }

    /// Joins the group.
    pub(super) fn subscribe(&self) -> KafkaResult<()> {
        self.client.subscribe(&[&self.topic])
    }

    /// The connections of this client.
    pub(super) fn connection(&self) -> &Connection {
        &self.shared.connection
    }

    /// End offsets and what is left to read.
    pub(super) fn lag(&self) -> &Lag {
        &self.shared.lag
    }

    /// Partitions that this worker owns.
    pub(super) fn assigned(&self) -> &BTreeSet<i32> {
        &self.assigned
    }

    /// Waits for the next record or event.
    pub(super) fn poll(&self, timeout: Duration) -> Polled<'_> {
        // A wait below a millisecond would be none at all, and the loop would turn idly.
        let timeout = if timeout.is_zero() { timeout } else { timeout.max(Duration::from_millis(1)) };
        let polled = self.client.poll(timeout);
        match polled {
            Some(Ok(message)) => Polled::Record(message),
            Some(Err(error)) => Polled::Error(error),
            None if self.rebalance_pending() => Polled::Rebalance,
            None => Polled::Nothing,
        }
    }

    /// Whether a change of the assignment waits.
    pub(super) fn rebalance_pending(&self) -> bool {
        self.shared.rebalance.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether the input topic was made anew since the last call. Its offsets begin again, and positions of old mean nothing.
    pub(super) fn take_recreated(&self) -> bool {
        self.shared.recreated.swap(false, Ordering::SeqCst)
    }

    /// Whether the change that waits takes partitions that are another's already.
    pub(super) fn lost(&self) -> bool {
        matches!(*self.shared.rebalance.lock().unwrap_or_else(PoisonError::into_inner), Some(AssignmentChange::Lost(_)))
    }

    /// The change that waits.
    pub(super) fn take_rebalance(&self) -> Option<AssignmentChange> {
        self.shared.rebalance.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Carries out a change; the worker has finished or given up what it concerns.
    pub(super) fn apply(&mut self, rebalance: &AssignmentChange) -> KafkaResult<()> {
        let status = self.status.clone();
        let _call = status.enter(Call::Assign, QUICK);
        match rebalance {
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

    /// Stops the flow of records; the membership stays.
    pub(super) fn pause(&mut self) -> KafkaResult<()> {
        let flowing: BTreeSet<i32> = self.assigned.difference(&self.paused).copied().collect();
        if !flowing.is_empty() {
            self.client.pause(&self.without_offsets(&flowing)?)?;
            self.paused.extend(flowing);
        }
        Ok(())
    }

    /// Lets records flow again.
    pub(super) fn resume(&mut self) -> KafkaResult<()> {
        let paused = self.paused.clone();
        self.resume_these(&paused)
    }

    /// Resumes what is paused, and nothing else: to resume a partition that flows makes the client fetch again from where it first began.
    fn resume_these(&mut self, partitions: &BTreeSet<i32>) -> KafkaResult<()> {
        if !partitions.is_empty() {
            self.client.resume(&self.without_offsets(partitions)?)?;
            self.paused.retain(|partition| !partitions.contains(partition));
        }
        Ok(())
    }

    fn without_offsets<'a>(&self, partitions: impl IntoIterator<Item = &'a i32>) -> KafkaResult<TopicPartitionList> {
        list(&self.topic, partitions.into_iter().map(|partition| (*partition, Offset::Invalid)))
    }

    /// Reads again from these offsets, as far as the partitions are still ours.
    pub(super) fn rewind(&self, offsets: &BTreeMap<i32, i64>) -> KafkaResult<()> {
        let ours = offsets.iter().filter(|(partition, _)| self.assigned.contains(partition));
        let wanted = list(&self.topic, ours.map(|(partition, offset)| (*partition, Offset::Offset(*offset))))?;
        if wanted.count() == 0 {
            return Ok(());
        }
        let _call = self.status.enter(Call::Seek, QUICK * 2);
        let sought = self.client.seek_partitions(wanted, QUICK)?;
        sought.elements().iter().try_for_each(|partition| partition.error())
    }

    /// What the group has committed for these partitions, as far as they are still ours: the truth after an outcome that nobody told.
    ///
    /// A partition without a committed offset has had no batch committed, so the batch that is in doubt was its first: its own first offset holds.
    pub(super) fn committed(&self, first: &BTreeMap<i32, i64>) -> KafkaResult<BTreeMap<i32, i64>> {
        let ours = first.keys().filter(|partition| self.assigned.contains(partition));
        let wanted = list(&self.topic, ours.map(|partition| (*partition, Offset::Invalid)))?;
        if wanted.count() == 0 {
            return Ok(BTreeMap::new());
        }
        let _call = self.status.enter(Call::CommittedOffsets, QUICK);
        let committed = self.client.committed_offsets(wanted, COMMITTED_TIMEOUT)?;
        let mut offsets = BTreeMap::new();
        for partition in committed.elements() {
            partition.error()?;
            let offset = match partition.offset() {
                Offset::Offset(offset) => Some(offset),
                _ => first.get(&partition.partition()).copied(),
            };
            offsets.extend(offset.map(|offset| (partition.partition(), offset)));
        }
        Ok(offsets)
    }

    /// Whether what the group has committed for a partition, be it ours or not, carries this tag.
    pub(super) fn carries(&self, partition: i32, tag: &str) -> KafkaResult<bool> {
        let wanted = list(&self.topic, [(partition, Offset::Invalid)].into_iter())?;
        let _call = self.status.enter(Call::CommittedOffsets, QUICK);
        let committed = self.client.committed_offsets(wanted, COMMITTED_TIMEOUT)?;
        let found = committed.find_partition(&self.topic, partition);
        Ok(found.is_some_and(|found| found.error().is_ok() && found.metadata() == tag))
    }

    /// Offsets to commit, with the tag of their batch.
    pub(super) fn offsets(&self, next: impl Iterator<Item = (i32, i64)>, tag: &str) -> KafkaResult<TopicPartitionList> {
        let offsets = list(&self.topic, next.map(|(partition, offset)| (partition, Offset::Offset(offset))))?;
        offsets.elements().iter_mut().for_each(|partition| partition.set_metadata(tag));
        Ok(offsets)
    }

    /// The membership as of now.
    pub(super) fn group(&self) -> Option<ConsumerGroupMetadata> {
        self.client.group_metadata()
    }

    /// Commits without a transaction, and waits for the answer.
    pub(super) fn commit(&self, offsets: &TopicPartitionList) -> KafkaResult<()> {
        let _call = self.status.enter(Call::CommitOffsets, QUICK * 4);
        self.client.commit(offsets, CommitMode::Sync)
    }

    /// Leaves the group and destroys the client.
    ///
    /// A client that has lost sight of all brokers may wait for its coordinator for ever (seen when it was told of a cluster without brokers). So a
    /// thread of its own does it, which is left behind after a while; the group forgets a member that it does not hear of.
    pub(super) fn leave(self) {
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
        if let Some(AssignmentChange::Revoke(_) | AssignmentChange::Lost(_)) = self.take_rebalance() {
            let _ = self.client.unassign();
        }
    }
}

fn list(topic: &str, partitions: impl Iterator<Item = (i32, Offset)>) -> KafkaResult<TopicPartitionList> {
    let mut list = TopicPartitionList::new();
    for (partition, offset) in partitions {
        list.add_partition_offset(topic, partition, offset)?;
    }
    Ok(list)
}

/// The id of a topic that the client has not seen before.
const NO_TOPIC_ID: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// Whether a log line tells that a topic's id has changed. librdkafka then goes on at the old position in the new topic, and tells
/// nobody else; the line comes before any record of the new topic.
fn tells_of_a_new_topic(facility: &str, line: &str) -> bool {
    facility == "METADATA" && line.contains(" changed id from ") && !line.contains(NO_TOPIC_ID)
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        if tells_of_a_new_topic(facility, line) {
            self.0.recreated.store(true, Ordering::SeqCst);
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
        let numbers = partitions.elements().iter().map(|partition| partition.partition()).collect();
        let rebalance = match event {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => AssignmentChange::Assign(numbers),
            _ if client.assignment_lost() => AssignmentChange::Lost(numbers),
            _ => AssignmentChange::Revoke(numbers),
        };
        *self.0.rebalance.lock().unwrap_or_else(PoisonError::into_inner) = Some(rebalance);
    }

    fn main_queue_min_poll_interval(&self) -> rdkafka::util::Timeout {
        rdkafka::util::Timeout::After(Duration::from_millis(100))
    }
}
