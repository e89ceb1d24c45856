//! Whether the input may be read and the group used.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

use super::Line;
use super::reach::Cluster;
use crate::config::Kafka;
use crate::kafka::client::quiet::Quiet;
use crate::kafka::client::{call_error, error_codes, properties};

const ANSWER: Duration = Duration::from_secs(6);

/// Makes one fetch at the end of the input's first partition; records are neither needed nor kept.
pub(super) fn read(kafka: &Kafka) -> Line {
    let topic = &kafka.input_topic;
    match fetch_once(kafka, topic) {
        Ok(()) => Line::ok("reading", format!("{topic} can be read")),
        Err(Some(error)) if call_error::code(&error) == Some(Code::TopicAuthorizationFailed) => Line::failed(
            "reading",
            format!("{topic} may not be read: {}", call_error::reason(&error)),
            format!("allow Read on topic {topic} for this user"),
        ),
        Err(Some(error)) => Line::failed(
            "reading",
            format!("{topic} cannot be read: {}", call_error::reason(&error)),
            "look into the broker's log",
        ),
        Err(None) => Line::failed(
            "reading",
            format!("{topic}: a fetch was not answered within {} s", ANSWER.as_secs()),
            "check that the address which the partition's leader advertises can be reached from here",
        ),
    }
}

/// `Err(None)`: no answer in time.
fn fetch_once(kafka: &Kafka, topic: &str) -> Result<(), Option<KafkaError>> {
    let mut client = properties::reader(kafka);
    client.set("fetch.wait.max.ms", "50");
    let consumer = client.create_with_context::<_, BaseConsumer<_>>(Quiet).map_err(Some)?;
    let mut assignment = TopicPartitionList::new();
    assignment.add_partition_offset(topic, 0, Offset::End).map_err(Some)?;
    consumer.assign(&assignment).map_err(Some)?;
    let since = Instant::now();
    while since.elapsed() < ANSWER {
        match consumer.poll(Duration::from_millis(100)) {
            // The end of the partition is what an allowed fetch meets, or a record that came this moment.
            Some(Ok(_) | Err(KafkaError::PartitionEOF(_))) => return Ok(()),
            // The group is looked at by itself.
            Some(Err(error)) if call_error::code(&error) == Some(Code::GroupAuthorizationFailed) => {}
            Some(Err(error)) if call_error::code(&error).is_some_and(error_codes::is_transient) => {}
            Some(Err(error)) => return Err(Some(error)),
            None => {}
        }
    }
    Err(None)
}

/// What could be learnt about the group.
pub(super) struct Group {
    pub(super) line: Line,
    /// It may be read, and nobody is in it now: a transaction with its offsets disturbs nobody.
    pub(super) is_idle: bool,
}

/// Reads the group's committed offsets, and who is in it.
pub(super) fn group(cluster: &Cluster, kafka: &Kafka) -> Group {
    let group = &kafka.group_id;
    if let Err(error) = committed(cluster, &kafka.input_topic) {
        return Group { line: refused(group, &error), is_idle: false };
    }
    let members = members(cluster, group);
    let now = match members {
        Some(0) => ", nobody is in it now".to_owned(),
        Some(1) => ", 1 member is in it now".to_owned(),
        Some(count) => format!(", {count} members are in it now"),
        None => String::new(),
    };
    Group { line: Line::ok("group", format!("{group} can be read{now}")), is_idle: members == Some(0) }
}

/// Reads committed offsets. librdkafka goes on looking for a coordinator that was denied to it, and says so only on the side.
fn committed(cluster: &Cluster, topic: &str) -> Result<(), KafkaError> {
    if let Some(refusal) = &cluster.group_denied {
        return Err(refusal.clone());
    }
    let mut asked = TopicPartitionList::new();
    asked.add_partition(topic, 0);
    let since = Instant::now();
    loop {
        let error = match cluster.consumer.committed_offsets(asked.clone(), Duration::from_secs(1)) {
            Ok(offsets) => return offsets.elements().iter().try_for_each(|element| element.error()),
            Err(error) => error,
        };
        while let Some(event) = cluster.consumer.poll(Duration::from_millis(20)) {
            if let Err(refusal) = event
                && call_error::code(&refusal) == Some(Code::GroupAuthorizationFailed)
            {
                return Err(refusal);
            }
        }
        if since.elapsed() > ANSWER {
            return Err(error);
        }
    }
}

/// A group that may not be used.
pub(super) fn refused(group: &str, error: &KafkaError) -> Line {
    match call_error::code(error) {
        Some(Code::GroupAuthorizationFailed) => Line::failed(
            "group",
            format!("{group} may not be used: {}", call_error::reason(error)),
            format!("allow Read on group {group} for this user"),
        ),
        _ => Line::failed(
            "group",
            format!("{group} does not answer: {}", call_error::reason(error)),
            "are the brokers up, and __consumer_offsets with its replicas?",
        ),
    }
}

/// How many members the group has; `None` when the broker does not say.
fn members(cluster: &Cluster, group: &str) -> Option<usize> {
    let list = cluster.consumer.fetch_group_list(Some(group), Duration::from_secs(2)).ok()?;
    let found = list.groups().iter().find(|found| found.name() == group);
    // A group that was never joined is not listed.
    Some(found.map_or(0, |found| found.members().len()))
}
