//! What the client tells beside its return values: rebalances, a topic made anew, its connections, its figures.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use crate::kafka::client::connection::{Connection, client_log};
use crate::kafka::worker::clients::lag::Lag;
use crate::kafka::worker::clients::source::AssignmentChange;
use crate::kafka::worker::partition::Partition;
use crate::processor::Topic;

/// What the consumer and its context see.
pub(super) struct Shared {
    pub(super) topics: Arc<[Topic]>,
    change: Mutex<Option<AssignmentChange>>,
    /// While the client is being closed nobody answers a rebalance but the callback itself.
    pub(super) closing: AtomicBool,
    /// Topics that were deleted and made again under the same name; whether there are any is asked for each record.
    recreated: Mutex<BTreeSet<usize>>,
    is_recreated: AtomicBool,
    pub(super) connection: Connection,
    pub(super) lag: Lag,
}

pub(super) struct Context(pub(super) Arc<Shared>);

impl Shared {
    pub(super) fn of(topics: &Arc<[Topic]>) -> Shared {
        Shared {
            topics: topics.clone(),
            change: Mutex::default(),
            closing: AtomicBool::default(),
            recreated: Mutex::default(),
            is_recreated: AtomicBool::default(),
            connection: Connection::default(),
            lag: Lag::of(topics),
        }
    }

    pub(super) fn take_recreated(&self) -> Option<usize> {
        if !self.is_recreated.load(Ordering::SeqCst) {
            return None;
        }
        let mut recreated = self.recreated.lock().unwrap_or_else(PoisonError::into_inner);
        let input = recreated.pop_first();
        self.is_recreated.store(!recreated.is_empty(), Ordering::SeqCst);
        input
    }

    pub(super) fn change(&self) -> MutexGuard<'_, Option<AssignmentChange>> {
        self.change.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing comes of a topic that was not subscribed to.
    pub(super) fn partition(&self, topic: &str, number: i32) -> Partition {
        Partition { input: self.topics.iter().position(|known| *known.name == *topic).unwrap_or_default(), number }
    }

    pub(super) fn partition_of(&self, element: &TopicPartitionListElem<'_>) -> Partition {
        self.partition(element.topic(), element.partition())
    }

    pub(super) fn list(
        &self,
        partitions: impl Iterator<Item = (Partition, Offset)>,
    ) -> KafkaResult<TopicPartitionList> {
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
    use super::*;

    #[test]
    fn a_topic_made_anew_is_named_by_one_line_of_the_client() {
        let line = |from: &str| format!("[thrd:main]: Topic raw changed id from {from} to 7nKg8r1LQ1m2X9t0a1b2c3");
        assert_eq!(made_anew("METADATA", &line("xY1")), Some("raw"));
        assert_eq!(made_anew("METADATA", &line(NO_TOPIC_ID)), None, "seen for the first time");
        assert_eq!(made_anew("TOPIC", &line("xY1")), None);
    }
}
