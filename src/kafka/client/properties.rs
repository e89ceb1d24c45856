//! Every property of librdkafka that the service sets, and why. What an operator sets in `[kafka.properties]` comes between
//! our defaults, which it may change, and the properties that the guarantee stands on, which it may not.

use std::time::Duration;

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::KafkaError;

use super::fault::Fault;
use super::identity::Identity;
use crate::config::{Config, Kafka, Mode};
use crate::exit::Exit;
use crate::kafka::sabotage::{self, Mistake};

/// A transaction that its owner left behind must be over before the owner's partitions move (`session_timeout`); otherwise the next
/// owner has to wait for offsets that are still pending.
pub(crate) fn transaction_timeout(config: &Config) -> Duration {
    config.kafka.session_timeout * 3 / 4
}

/// The largest record that is handed to the client: a document at the limit, in a base64 envelope, with headers; or what is likely in a topic
/// with raised limits. The broker, not the client, says what is too large, so that such a record reaches the one path that handles it.
pub(crate) fn largest_record(config: &Config) -> usize {
    const HEADERS: usize = 1 << 20;
    (config.rules.max_document_bytes / 2 * 3 + HEADERS).clamp(64 << 20, 900 << 20)
}

/// Properties of the consumer.
pub(crate) fn consumer(config: &Config, identity: &Identity) -> ClientConfig {
    let session = config.kafka.session_timeout;
    let largest = largest_record(config);
    let mut client = ClientConfig::new();

    // Bounded memory: by default 64 MiB are read ahead for each consumer, and 50 MiB for each fetch. These are a tenth of a second of work.
    client.set("queued.max.messages.kbytes", "8192");
    client.set("fetch.max.bytes", (8 << 20).to_string());
    // Under a backlog a fetch of one partition is a batch: the default of 1 MiB makes transactions of some 450 forms.
    client.set("fetch.message.max.bytes", (4 << 20).to_string());
    // With a full queue the next fetch waits this long (default 1 s, in which a fast worker runs dry).
    client.set("fetch.queue.backoff.ms", "10");
    client.set("fetch.error.backoff.ms", "200");
    // A response carries at least one record, however large (KIP-74); the client must be willing to read it.
    client.set("receive.message.max.bytes", (largest + (64 << 20)).to_string());
    // Nobody else in the group can go on while a member that was asked for partitions does not answer; no step of ours takes that long.
    client.set("max.poll.interval.ms", millis(session.max(Duration::from_secs(60))));
    client.set("heartbeat.interval.ms", millis((session / 3).min(Duration::from_secs(3))));

    common(&mut client, config, identity);

    client.set("group.id", &config.kafka.group_id);
    client.set("session.timeout.ms", millis(session));
    if !config.kafka.instance_id.is_empty() {
        // Static membership: a restart within the session timeout gets its partitions back without a rebalance.
        client.set("group.instance.id", format!("{}.{}", identity.instance, identity.worker));
    }
    // Only what moves stops; one transaction spans all partitions of a worker, so it is finished before any of them is given back.
    client.set("partition.assignment.strategy", "cooperative-sticky");
    // librdkafka's support of the new group protocol (KIP-848) is young, and its rebalances are not those that the worker handles.
    client.set("group.protocol", "classic");
    // Also what makes the client ask for stable offsets (KIP-447): without it, a partition may start before a pending commit of its last owner.
    let isolation = if sabotage::is(Mistake::ReadUncommitted) { "read_uncommitted" } else { "read_committed" };
    client.set("isolation.level", isolation);
    // Offsets belong into the transaction, and nowhere else.
    let automatic = if sabotage::is(Mistake::AutoCommit) { "true" } else { "false" };
    client.set("enable.auto.commit", automatic).set("enable.auto.offset.store", automatic);
    // By default not: a flipped bit in an amount would be published.
    client.set("check.crcs", "true");
    // Where to read when nothing is committed, or the log no longer holds what is, the worker decides, and tells (`worker/positioning.rs`).
    client.set("auto.offset.reset", "error");
    // A broker that has just started may tell of a cluster without brokers. Without this, the client forgets the last one, and never comes back.
    client.set("metadata.recovery.strategy", "rebootstrap");
    // The only place where the client tells that a topic was made anew; a few lines for each change of an assignment.
    let debug = config.kafka.properties.get("debug").map_or("topic".into(), |debug| format!("topic,{debug}"));
    client.set("debug", debug).set_log_level(RDKafkaLogLevel::Debug);
    // The source of the lag and of "is a broker there": the fetcher's own figures, at no cost for the broker. Until the first ones nobody knows that
    // there is a backlog, and each fetch makes a small transaction of its own.
    client.set("statistics.interval.ms", "250");
    client
}

/// Properties of one of the worker's producers, counted from 0.
pub(crate) fn producer(config: &Config, identity: &Identity, place: usize) -> ClientConfig {
    let largest = largest_record(config);
    let mut client = ClientConfig::new();

    // While a batch is parsed, its first records are under way, in requests of up to `batch.size` (1 MB); the last ones are flushed. A time that is shorter than a
    // request takes is worse than none: with one under way and the next one due, the client's network thread turns without sleeping.
    client.set("linger.ms", "20");

    common(&mut client, config, identity);

    // By default 1 GiB. A batch is bounded by `delivery.batch_bytes`, so this is only a net; it must hold the largest record.
    client.set("queue.buffering.max.kbytes", (largest / 1024 + largest / 4096).to_string());
    client.set("message.max.bytes", largest.to_string());
    // With `rebootstrap`, the default, send_offsets_to_transaction may never return after an outage (librdkafka issues 5456 and 5511).
    // A producer that finds no way back without it is built anew.
    client.set("metadata.recovery.strategy", "none");
    // Keys land in the partitions where JVM producers put them.
    client.set("partitioner", "murmur2_random");
    client.set("enable.idempotence", "true");
    match config.delivery.mode {
        Mode::ExactlyOnce => {
            client.set("transactional.id", identity.transactional_id(place));
            // The client derives message.timeout.ms and socket.timeout.ms from it.
            client.set("transaction.timeout.ms", millis(transaction_timeout(config)));
        }
        Mode::AtLeastOnce => {
            // Then the batch is read again.
            client.set("message.timeout.ms", "30000");
        }
    }
    client
}

/// A client of the configured cluster, with its security settings.
pub(crate) fn plain(kafka: &Kafka) -> ClientConfig {
    let mut client = ClientConfig::new();
    client.extend(kafka.properties.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    client.set("bootstrap.servers", &kafka.bootstrap_servers);
    client
}

/// A consumer outside any group, of what is committed.
pub(crate) fn reader(kafka: &Kafka) -> ClientConfig {
    let mut client = plain(kafka);
    // librdkafka wants a group to assign partitions; it is never joined, and nothing is committed to it.
    client.set("group.id", &kafka.group_id).set("enable.auto.commit", "false").set("enable.auto.offset.store", "false");
    client.set("isolation.level", "read_committed").set("enable.partition.eof", "true");
    client.set("allow.auto.create.topics", "false");
    client
}

/// A consumer outside any group that finds records which cannot be read (`worker/clients/examiner.rs`).
pub(crate) fn examiner(kafka: &Kafka) -> ClientConfig {
    let mut client = reader(kafka);
    client.set("check.crcs", "true").set("auto.offset.reset", "error");
    // One batch is enough, and what is behind it is not looked at.
    client.set("fetch.message.max.bytes", "65536").set("queued.max.messages.kbytes", "1024");
    client.set_log_level(RDKafkaLogLevel::Emerg);
    client
}

fn common(client: &mut ClientConfig, config: &Config, identity: &Identity) {
    client.set("client.id", format!("exdate-{}-{}", identity.instance, identity.worker));
    // New topics and partitions are noticed within ten seconds instead of five minutes.
    client.set("topic.metadata.refresh.interval.ms", "10000");
    // A broker that came back is noticed soon; the default grows to 10 s.
    client.set("reconnect.backoff.max.ms", "2000");

    for (name, value) in config.kafka.properties.iter() {
        client.set(name, value);
    }

    client.set("bootstrap.servers", &config.kafka.bootstrap_servers);
    // A missing topic is a mistake to be told, not to be made worse with a topic of the broker's default settings.
    client.set("allow.auto.create.topics", "false");
    client.set_log_level(RDKafkaLogLevel::Info);
}

/// Names the setting behind a property that the client does not take.
pub(crate) fn refused_property(error: &KafkaError) -> Fault {
    let message = match error {
        KafkaError::ClientConfig(_, reason, name, _) => {
            format!("kafka.properties: librdkafka refuses `{name}`: {}", reason.trim_end_matches('.'))
        }
        KafkaError::ClientCreation(reason) => format!("kafka.properties: librdkafka refuses the settings: {reason}"),
        other => format!("the Kafka client cannot be made: {other}"),
    };
    Fault::new(Exit::Config, message)
}

fn millis(duration: Duration) -> String {
    duration.as_millis().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::refusal;

    /// What the operator sets is either taken, or refused with the reason when the configuration is read: never silently replaced.
    #[test]
    fn no_property_of_the_operator_is_silently_replaced() {
        for mode in [Mode::ExactlyOnce, Mode::AtLeastOnce] {
            let mut config = Config::default();
            config.delivery.mode = mode;
            config.kafka.instance_id = "i".into();
            let identity = Identity::new(&config, 0);
            let producer = |config: &Config, identity: &Identity| producer(config, identity, 1);
            for properties in [consumer, producer] as [fn(&Config, &Identity) -> ClientConfig; 2] {
                for name in properties(&config, &identity).config_map().keys() {
                    let mut theirs = config.clone();
                    theirs.kafka.properties.insert(*name, "theirs");
                    let in_force = properties(&theirs, &identity);
                    // `debug` is a list, and theirs is added.
                    let taken = in_force.get(name).is_some_and(|value| value.split(',').any(|part| part == "theirs"));
                    assert!(taken || refusal(name).is_some(), "{name} is replaced");
                }
            }
        }
    }
}
