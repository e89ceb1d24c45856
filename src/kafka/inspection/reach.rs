//! Whether the cluster answers, and if not, why: librdkafka keeps trying and tells the reason on the side.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::admin::ResourceSpecifier;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::metadata::MetadataBroker;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::Line;
use super::listener::Listener;
use super::reasons;
use crate::config::Config;
use crate::kafka::client::admin::Admin;
use crate::kafka::client::call_error;
use crate::kafka::client::{identity::Identity, properties};

const SUBJECT: &str = "broker";
/// An answer may take this long.
const ANSWER: Duration = Duration::from_secs(8);
/// A clear refusal is believed after this time: a broker that is just starting deserves a second try.
const REFUSAL: Duration = Duration::from_secs(2);
const SLICE: Duration = Duration::from_millis(500);

/// A cluster that answered.
pub(super) struct Cluster {
    pub(super) consumer: BaseConsumer<Listener>,
    /// Node ids, and the addresses that the brokers advertise.
    pub(super) brokers: Vec<(i32, String)>,
    /// That the group may not be used: the client looks for it from the start, and tells only once.
    pub(super) group_denied: Option<KafkaError>,
    bootstrap_servers: String,
    id: Option<String>,
    took: Duration,
}

pub(super) enum Unreached {
    Misconfigured(String),
    Silent(Line),
}

/// Asks for the cluster's metadata, without joining the group or making a topic.
pub(super) fn reach(config: &Config, identity: &Identity) -> Result<Cluster, Unreached> {
    let kafka = &config.kafka;
    let listener = Listener::default();
    // The service's own properties, so that one which does not exist or fit is found here too.
    let consumer: BaseConsumer<Listener> = properties::consumer(config, identity)
        .set("statistics.interval.ms", "0")
        .create_with_context(listener.clone())
        .map_err(|error| Unreached::Misconfigured(properties::refused_property(&error).to_string()))?;
    let since = Instant::now();
    let mut group_denied = None;
    loop {
        if let Ok(metadata) = consumer.fetch_metadata(Some(&kafka.input_topic), SLICE) {
            let took = since.elapsed();
            let id = consumer.client().fetch_cluster_id(SLICE);
            let address = |broker: &MetadataBroker| (broker.id(), format!("{}:{}", broker.host(), broker.port()));
            let brokers = metadata.brokers().iter().map(address).collect();
            let bootstrap_servers = kafka.bootstrap_servers.clone();
            return Ok(Cluster { consumer, brokers, group_denied, bootstrap_servers, id, took });
        }
        // Events are only handed out by a poll.
        while let Some(event) = consumer.poll(Duration::from_millis(20)) {
            let told = event.err().filter(|error| call_error::code(error) == Some(Code::GroupAuthorizationFailed));
            group_denied = group_denied.or(told);
        }
        let errors = listener.errors();
        if since.elapsed() > ANSWER || (!errors.is_empty() && since.elapsed() > REFUSAL) {
            return Err(Unreached::Silent(reasons::why(kafka, &errors, since.elapsed())));
        }
    }
}

impl Cluster {
    pub(super) fn line(&self) -> Line {
        let brokers = match self.brokers.len() {
            1 => "1 broker".to_owned(),
            count => format!("{count} brokers"),
        };
        let id = self.id.as_ref().map(|id| format!(", cluster {id}")).unwrap_or_default();
        Line::ok(SUBJECT, format!("{} answered in {} ms: {brokers}{id}", self.bootstrap_servers, self.took.as_millis()))
    }

    /// Asks every broker for its settings, at the address that it advertises, and holds ours against them.
    ///
    /// # Errors
    ///
    /// Lines for brokers that do not answer: no use in going on.
    pub(super) fn settings(&self, admin: &Admin, config: &Config) -> Result<Vec<Line>, Line> {
        let mut lines = Vec::new();
        for (id, address) in &self.brokers {
            let settings = match admin.settings(ResourceSpecifier::Broker(*id)) {
                Ok(settings) => settings,
                Err(error) if call_error::code(&error) == Some(Code::OperationTimedOut) => {
                    return Err(Line::failed(
                        SUBJECT,
                        format!("broker {id} does not answer at {address}, the address that it advertises"),
                        "set advertised.listeners on the broker to an address that can be reached from here",
                    ));
                }
                // Too old or too simple a broker to be asked.
                Err(_) => continue,
            };
            if lines.is_empty() {
                lines.extend(limits(&settings, config));
            }
        }
        Ok(lines)
    }
}

/// The brokers' limits that our settings overstep.
fn limits(settings: &BTreeMap<String, String>, config: &Config) -> Option<Line> {
    let limit = |name: &str| Some(Duration::from_millis(settings.get(name)?.parse().ok()?));
    let session = config.kafka.session_timeout;
    let (least, most) = (limit("group.min.session.timeout.ms")?, limit("group.max.session.timeout.ms")?);
    (session < least || session > most).then(|| {
        let [session, least, most] = [session, least, most].map(humantime::format_duration);
        Line::failed(
            SUBJECT,
            format!("kafka.session_timeout is {session}, and the brokers allow {least} to {most}"),
            "change kafka.session_timeout, or group.min.session.timeout.ms and group.max.session.timeout.ms on the brokers",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn err_a_session_timeout_outside_the_brokers_limits_is_refused() {
        let settings = |least: &str| {
            let limits = [("group.min.session.timeout.ms", least), ("group.max.session.timeout.ms", "1800000")];
            limits.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        assert_eq!(limits(&settings("6000"), &Config::default()), None);
        let line = limits(&settings("30000"), &Config::default());
        let found = "kafka.session_timeout is 10s, and the brokers allow 30s to 30m";
        assert_eq!(line.map(|line| line.found).as_deref(), Some(found));
    }
}
