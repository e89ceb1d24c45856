//! What must exist, and whether it does: the three topics, their settings, and how they are made.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::admin::{NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::line::Line;
use crate::config::{Config, Kafka};
use crate::kafka::client::admin::Admin;
use crate::kafka::client::{call_error, error_codes};

mod judgement;
mod words;

pub(super) use judgement::{Needs, judge};

const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// Room for the headers that say why, beside the original value.
const DEAD_LETTER_ROOM: u64 = 1024 * 1024;

/// What a topic is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Raw announcements, read.
    Input,
    /// Events, written.
    Output,
    /// What could not be normalised, written.
    DeadLetter,
}

impl Role {
    /// In the order of the data's way.
    pub const ALL: [Role; 3] = [Role::Input, Role::Output, Role::DeadLetter];

    /// The configured name.
    pub fn topic(self, kafka: &Kafka) -> &str {
        match self {
            Role::Input => &kafka.input_topic,
            Role::Output => &kafka.output_topic,
            Role::DeadLetter => &kafka.dead_letter_topic,
        }
    }

    fn subject(self) -> &'static str {
        match self {
            Role::Input => "input",
            Role::Output => "output",
            Role::DeadLetter => "dead letters",
        }
    }
}

/// How missing topics are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewTopics {
    /// Partitions of each.
    pub partitions: i32,
    /// Copies of each partition; `None`: three, or as many as there are brokers.
    pub replicas: Option<i32>,
}

/// What the cluster says about a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Present(Facts),
    Missing,
    /// The cluster does not say; why.
    Hidden(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    partitions: usize,
    /// Partitions without a leader can be neither read nor written now.
    leaderless: usize,
    /// Of the partition that has the fewest.
    replicas: usize,
    in_sync: usize,
    /// By name; empty when this user may not see them.
    settings: BTreeMap<String, String>,
}

impl Facts {
    fn number(&self, setting: &str) -> Option<i64> {
        self.settings.get(setting)?.parse().ok()
    }

    /// `max.message.bytes`, which limits a batch as the producer compressed it.
    fn largest(&self) -> Option<u64> {
        self.number("max.message.bytes").and_then(|bytes| u64::try_from(bytes).ok())
    }
}

/// Asks for a topic without making it.
pub(super) fn state<C: ConsumerContext>(consumer: &BaseConsumer<C>, topic: &str) -> State {
    let metadata = match consumer.fetch_metadata(Some(topic), ANSWERED_WITHIN) {
        Ok(metadata) => metadata,
        Err(error) => return State::Hidden(call_error::reason(&error)),
    };
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else {
        return State::Missing;
    };
    match found.error().map(Code::from) {
        None if found.partitions().is_empty() => State::Missing,
        None => State::Present(Facts {
            partitions: found.partitions().len(),
            leaderless: found.partitions().iter().filter(|partition| partition.leader() < 0).count(),
            replicas: found.partitions().iter().map(|partition| partition.replicas().len()).min().unwrap_or_default(),
            in_sync: found.partitions().iter().map(|partition| partition.isr().len()).min().unwrap_or_default(),
            settings: BTreeMap::new(),
        }),
        Some(code) if error_codes::is_topic_missing(code) => State::Missing,
        Some(code) => State::Hidden(call_error::words(code)),
    }
}

/// Asks until a topic that was just made is known.
pub(super) fn state_once_made<C: ClientContext + ConsumerContext>(consumer: &BaseConsumer<C>, topic: &str) -> State {
    let since = Instant::now();
    loop {
        match state(consumer, topic) {
            State::Present(facts) if facts.leaderless == 0 => return State::Present(facts),
            state if since.elapsed() > ANSWERED_WITHIN => return state,
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Adds the topic's settings, where this user may see them.
pub(super) fn with_settings(state: State, admin: &Admin, topic: &str) -> State {
    match state {
        State::Present(facts) => {
            let settings = admin.settings(ResourceSpecifier::Topic(topic)).unwrap_or_default();
            State::Present(Facts { settings, ..facts })
        }
        other => other,
    }
}

/// Makes a topic: nothing is ever deleted from it, and what the service writes fits.
///
/// # Errors
///
/// A line that says why not.
pub(super) fn create(admin: &Admin, brokers: usize, config: &Config, role: Role, plan: NewTopics) -> Result<(), Line> {
    let topic = role.topic(&config.kafka);
    let replicas = plan.replicas.unwrap_or_else(|| i32::try_from(brokers.min(3)).unwrap_or(1));
    let in_sync = if replicas > 2 { "2" } else { "1" };
    let document = u64::try_from(config.rules.max_document_bytes).unwrap_or(u64::MAX);
    let largest = document.saturating_add(DEAD_LETTER_ROOM).min(i32::MAX.unsigned_abs().into()).to_string();
    let wanted = NewTopic::new(topic, plan.partitions, TopicReplication::Fixed(replicas))
        .set("cleanup.policy", "delete")
        .set("retention.ms", "-1")
        .set("min.insync.replicas", in_sync)
        .set("max.message.bytes", &largest);
    match admin.create(&wanted) {
        Ok(()) | Err(KafkaError::AdminOp(Code::TopicAlreadyExists)) => Ok(()),
        Err(error) => {
            let advice = match call_error::code(&error) {
                Some(Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed) => {
                    format!("allow Create on topic {topic} for this user, or have it made")
                }
                Some(Code::InvalidReplicationFactor) => "lower --replicas".to_owned(),
                _ => "have it made by whoever runs the cluster".to_owned(),
            };
            let found = format!("{topic} could not be made: {}", call_error::reason(&error));
            Err(Line::failed(role.subject(), found, advice))
        }
    }
}
