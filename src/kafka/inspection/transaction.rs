//! Whether transactions work and the topics may be written, by a transaction that is aborted before a record leaves.
//!
//! A producer registers a partition with the transaction's coordinator as soon as a record for it is queued; the broker
//! checks the permission to write then. `linger.ms` holds the record back until the abort drops it. What remains is a
//! marker of the aborted transaction, which no reader ever sees.

use std::time::{Duration, Instant};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::Consumer as _;
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseRecord, Producer as _, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

use super::listener::Listener;
use super::reach::Cluster;
use super::topics::Role;
use super::{Line, access};
use crate::config::{Config, Kafka};
use crate::kafka::client::call_error;
use crate::kafka::client::{identity::Identity, properties};

const SUBJECT: &str = "transactions";
/// Making the cluster's transaction log takes some seconds when this is its first transaction.
const INIT: Duration = Duration::from_secs(10);
/// A record is held back for this share of the transaction timeout; after three quarters of it, the broker has had its chance.
const HELD: u32 = 2;
const ABORT: Duration = Duration::from_secs(5);

/// A line on transactions, and one for each topic to write; with an idle group also whether it takes offsets, when it does not.
///
/// Each trial has a producer of its own: after a refusal librdkafka may hold the old one for broken.
pub(super) fn try_out(
    config: &Config,
    identity: &Identity,
    cluster: &Cluster,
    group_is_idle: bool,
    topics: &[Role],
    line: &dyn Fn(Line),
) {
    // Of the same kind as those of the workers, but none of theirs: a live one must not be fenced.
    let id = format!("{}.{}.check", config.kafka.group_id, identity.instance);
    let producer = match open(config, identity, &id) {
        Ok(producer) => producer,
        Err(error) => return line(refused(config, &id, &error)),
    };
    line(Line::ok(SUBJECT, format!("transactional id {id} can be used")));
    if group_is_idle && let Err(error) = offsets(&producer, cluster, &config.kafka) {
        line(access::refused(&config.kafka.group_id, &error));
    }
    drop(producer);
    for role in topics {
        match open(config, identity, &id) {
            Ok(producer) => line(write(&producer, held(config), role.topic(&config.kafka))),
            Err(error) => line(refused(config, &id, &error)),
        }
    }
}

/// Sends an offset for the group, and takes it back: it takes more to commit than to read what was committed.
fn offsets(producer: &ThreadedProducer<Listener>, cluster: &Cluster, kafka: &Kafka) -> Result<(), KafkaError> {
    let Some(group) = cluster.consumer.group_metadata() else { return Ok(()) };
    let mut offsets = TopicPartitionList::new();
    offsets.add_partition_offset(&kafka.input_topic, 0, Offset::Offset(0))?;
    producer.begin_transaction()?;
    let sent = producer.send_offsets_to_transaction(&offsets, &group, ABORT);
    let aborted = producer.abort_transaction(ABORT);
    sent.and(aborted)
}

fn open(config: &Config, identity: &Identity, id: &str) -> Result<ThreadedProducer<Listener>, KafkaError> {
    let mut client = properties::producer(config, identity, 0);
    client.set("transactional.id", id).set("linger.ms", held(config).as_millis().to_string());
    client.set("debug", "eos").set_log_level(RDKafkaLogLevel::Debug);
    let producer: ThreadedProducer<Listener> = client.create_with_context(Listener::default())?;
    producer.init_transactions(INIT)?;
    Ok(producer)
}

/// How long a record is held back.
fn held(config: &Config) -> Duration {
    properties::transaction_timeout(config) / HELD
}

fn refused(config: &Config, id: &str, error: &KafkaError) -> Line {
    let group = &config.kafka.group_id;
    let why = call_error::reason(error);
    match call_error::code(error) {
        Some(Code::TransactionalIdAuthorizationFailed) => Line::failed(
            SUBJECT,
            format!("transactional id {id} is not allowed: {why}"),
            format!("allow Describe and Write on transactional ids with the prefix {group}. for this user"),
        ),
        Some(Code::OperationTimedOut) => Line::failed(
            SUBJECT,
            format!("no transaction coordinator answered within {} s", INIT.as_secs()),
            "does transaction.state.log.replication.factor exceed the number of brokers? or set delivery.mode = \"at-least-once\"",
        ),
        _ => Line::failed(
            SUBJECT,
            format!("{id}: {why}"),
            "look into the broker's log, or set delivery.mode = \"at-least-once\"",
        ),
    }
}

fn write(producer: &ThreadedProducer<Listener>, held: Duration, topic: &str) -> Line {
    let registered = register(producer, held, topic);
    let aborted = producer.abort_transaction(ABORT);
    match registered.and(aborted) {
        Ok(()) => Line::ok("writing", format!("{topic} can be written")),
        Err(error) if call_error::code(&error) == Some(Code::TopicAuthorizationFailed) => Line::failed(
            "writing",
            format!("{topic} may not be written: {}", call_error::reason(&error)),
            format!("allow Write on topic {topic} for this user"),
        ),
        Err(error) => {
            let found = format!("{topic} cannot be written: {}", call_error::reason(&error));
            Line::failed("writing", found, "look into the broker's log")
        }
    }
}

/// Queues an empty record, and waits until its partition is part of the transaction.
fn register(producer: &ThreadedProducer<Listener>, held: Duration, topic: &str) -> Result<(), KafkaError> {
    let listener = producer.context();
    producer.begin_transaction()?;
    let record: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(topic).partition(0);
    producer.send(record).map_err(|(error, _)| error)?;
    let since = Instant::now();
    while listener.registered() == 0 {
        if listener.dropped() > 0 {
            // The transaction has failed; a commit, which is refused, tells why.
            return producer.commit_transaction(ABORT);
        }
        if since.elapsed() > held * 3 / 4 {
            return Err(KafkaError::MessageProduction(Code::OperationTimedOut));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
