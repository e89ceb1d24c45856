//! A topic of which the latest record of each key stays: made when it is first needed, read as far as it is there.

use rdkafka::admin::{NewTopic, TopicReplication};
use rdkafka::consumer::Consumer as _;
use rdkafka::types::RDKafkaErrorCode;

use super::range::{ANSWERED_WITHIN, Range, Stored, reader};
use crate::config::Kafka;
use crate::kafka::client::admin::Admin;
use crate::kafka::client::{CallError, call_error};

/// Makes the topic, with the broker's usual number of replicas, unless it is there.
///
/// # Errors
///
/// When the broker does not answer, or refuses.
pub fn make(kafka: &Kafka, topic: &str) -> Result<(), CallError> {
    if exists(kafka, topic)? {
        return Ok(());
    }
    let new = NewTopic::new(topic, 1, TopicReplication::Fixed(-1)).set("cleanup.policy", "compact");
    match Admin::open(kafka)?.create(&new) {
        Err(error) if call_error::code(&error) == Some(RDKafkaErrorCode::TopicAlreadyExists) => Ok(()),
        made => made.map_err(CallError::on(format!("create topic {topic}"))),
    }
}

/// All records of the topic; none when it is not there.
///
/// # Errors
///
/// When the broker does not answer, or refuses.
pub fn read(kafka: &Kafka, topic: &str) -> Result<Vec<Stored>, CallError> {
    if exists(kafka, topic)? { Range::to_now(kafka, topic)?.read() } else { Ok(Vec::new()) }
}

fn exists(kafka: &Kafka, topic: &str) -> Result<bool, CallError> {
    let what = || CallError::on(format!("read topic {topic}"));
    let consumer = reader(kafka).map_err(what())?;
    let metadata = consumer.fetch_metadata(Some(topic), ANSWERED_WITHIN).map_err(what())?;
    Ok(metadata.topics().iter().any(|found| found.name() == topic && found.error().is_none()))
}
