//! Mistakes of an operator: each ends in a clear line and an exit code, at once.

use std::time::Duration;

use crate::harness::lane::Lane;
use crate::harness::service::Service;

/// Starts the service with these settings and gives its exit code and all that it says.
fn run(name: &str, settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let lane = Lane::named(name, "127.0.0.1:9".into());
    let (status, log) = Service::start(&lane, "a", settings).wait(Duration::from_secs(30));
    (status.code(), log)
}

#[test]
fn three_mistakes_in_the_configuration_are_told_at_once() {
    let mistakes = [("delivery.wokers", "2"), ("delivery.batch_bytes", "8 parsecs"), ("kafka.properties.acks", "1")];
    let (code, log) = run("mistakes", &mistakes);
    assert_eq!(code, Some(3), "{log}");
    assert!(log.starts_with("the configuration has 3 problems:\n"), "{log}");
    for expected in ["delivery.workers", "found `8 parsecs`, expected a size", "kafka.properties.acks"] {
        assert!(log.contains(expected), "{expected} is not in:\n{log}");
    }
}

#[test]
fn properties_that_librdkafka_does_not_know_or_take() {
    for (property, value) in
        [("fetch.mni.bytes", "1"), ("fetch.min.bytes", "many"), ("ssl.ca.location", "/no/such/ca.pem")]
    {
        let security = if property.starts_with("ssl") { "ssl" } else { "plaintext" };
        let settings =
            [(format!("kafka.properties.{property}"), value), ("kafka.properties.security.protocol".into(), security)];
        let settings = settings.each_ref().map(|(path, value)| (path.as_str(), *value));
        let (code, log) = run("properties", &settings);
        assert_eq!(code, Some(3), "{log}");
        assert!(log.contains(property) && log.lines().count() == 1, "{log}");
    }
}

#[test]
fn a_port_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let (code, log) = run("port", &[("http.listen", &address)]);
    assert_eq!(code, Some(4), "{log}");
    assert!(log.contains(&address), "{log}");
}
