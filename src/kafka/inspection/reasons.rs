//! Why a cluster does not answer, in librdkafka's words, sorted into what an operator can do about it.

use std::time::Duration;

use rdkafka::types::RDKafkaErrorCode as Code;

use super::Line;
use crate::config::Kafka;
use crate::kafka::client::auth_failure::AuthFailure;

/// The reasons in librdkafka's words, each sorted into what an operator can do about it.
pub(super) fn why(kafka: &Kafka, errors: &[(Code, String)], waited: Duration) -> Line {
    let servers = &kafka.bootstrap_servers;
    let mut told: Vec<_> = errors.iter().collect();
    // A refused login or handshake says more than the connections that were lost around it.
    if told.iter().any(|error| is_final(error)) {
        told.retain(|error| is_final(error));
    }
    let sorted: Vec<_> = told.into_iter().map(|(code, reason)| (recognise(*code, reason), shortened(reason))).collect();
    let Some(((_, advice), _)) = sorted.first() else {
        let found = format!("{servers} did not answer within {} s", waited.as_secs());
        return Line::failed(
            "broker",
            found,
            "check kafka.bootstrap_servers, firewalls on the way, and that security.protocol fits the listener",
        );
    };
    let found: Vec<_> = sorted.iter().take(3).map(|((kind, _), reason)| format!("{kind}: {reason}")).collect();
    Line::failed("broker", found.join("; "), *advice)
}

fn is_final((code, reason): &(Code, String)) -> bool {
    AuthFailure::of(*code, reason).is_some() || reason.contains("SSL handshake failed")
}

/// What kind of trouble it is, and what to do.
fn recognise(code: Code, reason: &str) -> (&'static str, &'static str) {
    let mentions = |text: &str| reason.contains(text);
    if let Some(entry) = AuthFailure::of(code, reason) {
        return (entry.found(), entry.advice());
    }
    match code {
        _ if names_a_node(reason) => (
            "no way to the address that a broker advertises",
            "set advertised.listeners on the broker to an address that can be reached from here",
        ),
        Code::Resolve => {
            ("name not resolved", "check the host in kafka.bootstrap_servers, and this machine's resolver")
        }
        _ if mentions("SSL handshake failed") => (AuthFailure::Handshake.found(), AuthFailure::Handshake.advice()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

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
}
