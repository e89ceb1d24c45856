//! Whether the cluster answers, and if not, why: librdkafka keeps trying and tells the reason on the side.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::admin::ResourceSpecifier;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::metadata::MetadataBroker;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::super::admin::Admin;
use super::super::client::{self, Identity};
use super::super::trouble;
use super::Line;
use super::listener::Listener;
use crate::config::{Config, Kafka};

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
    let consumer: BaseConsumer<Listener> = client::consumer(config, identity)
        .set("statistics.interval.ms", "0")
        .create_with_context(listener.clone())
        .map_err(|error| Unreached::Misconfigured(client::refused_property(&error).to_string()))?;
    let since = Instant::now();
    loop {
        if let Ok(metadata) = consumer.fetch_metadata(Some(&kafka.input_topic), SLICE) {
            let took = since.elapsed();
            let id = consumer.client().fetch_cluster_id(SLICE);
            let address = |broker: &MetadataBroker| (broker.id(), format!("{}:{}", broker.host(), broker.port()));
            let brokers = metadata.brokers().iter().map(address).collect();
            let bootstrap_servers = kafka.bootstrap_servers.clone();
            return Ok(Cluster { consumer, brokers, bootstrap_servers, id, took });
        }
        // Events are only handed out by a poll.
        while consumer.poll(Duration::from_millis(20)).is_some() {}
        let errors = listener.errors();
        if since.elapsed() > ANSWER || (!errors.is_empty() && since.elapsed() > REFUSAL) {
            return Err(Unreached::Silent(why(kafka, &errors, since.elapsed())));
        }
    }
}

fn is_final((code, reason): &(Code, String)) -> bool {
    matches!(code, Code::Authentication | Code::SaslAuthenticationFailed | Code::SSL)
        || reason.contains("SSL handshake failed")
}

/// The reasons in librdkafka's words, each sorted into what an operator can do about it.
fn why(kafka: &Kafka, errors: &[(Code, String)], waited: Duration) -> Line {
    let servers = &kafka.bootstrap_servers;
    let mut told: Vec<_> = errors.iter().collect();
    // A refused login or handshake says more than the connections that were lost around it.
    if told.iter().any(|error| is_final(error)) {
        told.retain(|error| is_final(error));
    }
    let sorted: Vec<_> = told.into_iter().map(|(code, reason)| (sort(*code, reason), shortened(reason))).collect();
    let Some(((_, advice), _)) = sorted.first() else {
        let found = format!("{servers} did not answer within {} s", waited.as_secs());
        return Line::failed(
            SUBJECT,
            found,
            "check kafka.bootstrap_servers, firewalls on the way, and that security.protocol fits the listener",
        );
    };
    let found: Vec<_> = sorted.iter().take(3).map(|((kind, _), reason)| format!("{kind}: {reason}")).collect();
    Line::failed(SUBJECT, found.join("; "), *advice)
}

/// What kind of trouble it is, and what to do.
fn sort(code: Code, reason: &str) -> (&'static str, &'static str) {
    let mentions = |text: &str| reason.contains(text);
    match code {
        _ if names_a_node(reason) => (
            "no way to the address that a broker advertises",
            "set advertised.listeners on the broker to an address that can be reached from here",
        ),
        Code::Resolve => {
            ("name not resolved", "check the host in kafka.bootstrap_servers, and this machine's resolver")
        }
        Code::Authentication | Code::SaslAuthenticationFailed => {
            ("login refused", "check security.protocol, sasl.mechanism, sasl.username and sasl.password")
        }
        _ if code == Code::SSL || mentions("SSL handshake failed") => {
            ("TLS refused", "check security.protocol, ssl.ca.location and the certificates")
        }
        _ if mentions("onnection refused") => {
            ("connection refused", "start the broker, or name its address and port in kafka.bootstrap_servers")
        }
        _ if mentions("Invalid response size") => (
            "no Kafka there",
            "another program answers at this address; check kafka.bootstrap_servers and security.protocol",
        ),
        _ if mentions("security.protocol")
            || mentions("Disconnected")
            || mentions("Broken pipe")
            || mentions("reset by peer") =>
        {
            (
                "closed by the broker",
                "security.protocol does not fit the listener: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
            )
        }
        _ => ("no connection", "check kafka.bootstrap_servers, firewalls on the way, and that the broker is up"),
    }
}

/// `host:9092/1: ...`: not an address of ours, but one that broker 1 gave.
fn names_a_node(reason: &str) -> bool {
    let address = shortened(reason);
    let node = address.split_once(": ").and_then(|(address, _)| address.rsplit_once('/'));
    node.is_some_and(|(_, node)| !node.is_empty() && node.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `sasl_ssl://host:9092/bootstrap: Connect to ...` → `host:9092: Connect to ...`
fn shortened(reason: &str) -> String {
    let reason = reason.split_once("://").map_or(reason, |(_, rest)| rest);
    reason.replacen("/bootstrap: ", ": ", 1)
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
                Err(error) if trouble::code(&error) == Some(Code::OperationTimedOut) => {
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

    #[track_caller]
    fn says(errors: &[(Code, &str)], found: &str) {
        let errors: Vec<_> = errors.iter().map(|(code, text)| (*code, text.to_string())).collect();
        assert_eq!(why(&Config::default().kafka, &errors, Duration::from_secs(8)).found, found);
    }

    #[test]
    fn err_silence_is_told_with_its_length() {
        says(&[], "localhost:9092 did not answer within 8 s");
    }

    #[test]
    fn err_each_reason_is_sorted_and_told() {
        let refused = "a:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused";
        let unknown = "b:2/bootstrap: Failed to resolve 'b:2': Name or service not known";
        says(
            &[(Code::BrokerTransportFailure, refused), (Code::Resolve, unknown)],
            "connection refused: a:1: Connect to ipv4#127.0.0.1:1 failed: Connection refused; \
             name not resolved: b:2: Failed to resolve 'b:2': Name or service not known",
        );
    }

    #[test]
    fn err_a_refused_login_is_told_before_the_connections_lost_around_it() {
        let login = "sasl_ssl://a:1/bootstrap: SASL authentication error: Authentication failed";
        says(
            &[(Code::BrokerTransportFailure, "sasl_ssl://a:1/bootstrap: Disconnected"), (Code::Authentication, login)],
            "login refused: a:1: SASL authentication error: Authentication failed",
        );
    }

    #[test]
    fn err_a_listener_of_another_kind_is_told_apart() {
        says(
            &[(Code::BrokerTransportFailure, "a:1/bootstrap: Send failed: Broken pipe")],
            "closed by the broker: a:1: Send failed: Broken pipe",
        );
        says(
            &[(
                Code::BrokerTransportFailure,
                "ssl://a:1/bootstrap: SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?",
            )],
            "TLS refused: a:1: SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?",
        );
        says(
            &[(Code::BrokerTransportFailure, "a:1/bootstrap: Receive failed: Invalid response size 1213486160")],
            "no Kafka there: a:1: Receive failed: Invalid response size 1213486160",
        );
    }

    #[test]
    fn err_an_advertised_address_is_told_from_ours() {
        says(
            &[(Code::BrokerTransportFailure, "b:9/1: Connect to ipv4#127.0.0.1:9 failed: Connection refused")],
            "no way to the address that a broker advertises: b:9/1: Connect to ipv4#127.0.0.1:9 failed: Connection refused",
        );
    }

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
