//! librdkafka properties given by the operator: which are refused and why, and which are never shown.

use std::collections::BTreeMap;
use std::fmt;

/// What stands in the place of a secret.
pub(super) const MASK: &str = "***";

/// Further librdkafka properties, name to value. Printing them in any way masks all values but those known to be harmless.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Properties(BTreeMap<String, String>);

impl Properties {
    /// Names and values, secrets included: for the client alone.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a property, secret or not: for the client alone.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Sets a property, without any check.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Names and values; those that are not known to be harmless are masked.
    pub fn shown(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().map(|(name, value)| (name, if is_harmless(name) { value } else { MASK }))
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.shown()).finish()
    }
}

/// Properties whose values may be shown. Any other may hold a secret: a misspelt name (`sasl_password`), a later librdkafka's, a URL with a user in it.
const HARMLESS: &[&str] = &[
    "api.version.request",
    "broker.address.family",
    "client.dns.lookup",
    "client.id",
    "client.rack",
    "compression.codec",
    "compression.level",
    "compression.type",
    "debug",
    "enable.sparse.connections",
    "enable.ssl.certificate.verification",
    "sasl.kerberos.keytab",
    "sasl.kerberos.principal",
    "sasl.kerberos.service.name",
    "sasl.mechanism",
    "sasl.mechanisms",
    "sasl.oauthbearer.client.id",
    "sasl.oauthbearer.method",
    "sasl.username",
    "security.protocol",
    "socket.keepalive.enable",
    "socket.nagle.disable",
    "ssl.ca.location",
    "ssl.certificate.location",
    "ssl.cipher.suites",
    "ssl.crl.location",
    "ssl.endpoint.identification.algorithm",
    "ssl.key.location",
    "ssl.keystore.location",
];

/// Sizes and times are harmless whatever they belong to.
const HARMLESS_ENDINGS: &[&str] = &[".bytes", ".kbytes", ".messages", ".ms"];

fn is_harmless(name: &str) -> bool {
    HARMLESS.contains(&name) || HARMLESS_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether an empty value is a forgotten secret: by words in the name.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = ["pass", "pwd", "secret", "key", "token", "credential", "jaas", "pem", "oauthbearer.config"];
    let is_place = [".location", ".file", ".keytab", ".url", ".client.id"].iter().any(|ending| name.ends_with(ending));
    !is_place && words.iter().any(|word| name.contains(word))
}

/// Why a property may not be set, and what to do instead; `None` when it may.
pub(crate) fn refusal(name: &str) -> Option<&'static str> {
    let (_, reason) = REFUSED.iter().find(|(names, _)| names.contains(&name))?;
    Some(reason)
}

/// Properties that the delivery guarantee depends on. The client sets them itself. (`metadata.recovery.strategy`: librdkafka #5456, #5511.)
const REFUSED: &[(&[&str], &str)] = &[
    (&["bootstrap.servers", "metadata.broker.list"], "use kafka.bootstrap_servers"),
    (&["group.id"], "it is also a part of the transactional id; use kafka.group_id"),
    (&["group.instance.id"], "each worker needs its own; use kafka.instance_id"),
    (&["session.timeout.ms"], "the transaction timeout depends on it; use kafka.session_timeout"),
    (
        &["transactional.id"],
        "it must be stable and unique for each worker; it is made of kafka.group_id and kafka.instance_id",
    ),
    (&["transaction.timeout.ms"], "it must stay below the session timeout; use kafka.session_timeout"),
    (
        &["enable.auto.commit", "auto.commit.enable", "auto.commit.interval.ms", "enable.auto.offset.store"],
        "an offset is committed only together with its outcome",
    ),
    (
        &["offset.store.method", "offset.store.path", "offset.store.sync.interval.ms"],
        "offsets live in the group, committed with their outcomes",
    ),
    (&["auto.offset.reset"], "the service decides where to read on, and tells; see delivery.on_gap"),
    (&["check.crcs"], "without it a bit that was flipped on a disk is published as an amount"),
    (&["isolation.level"], "the input is read committed; uncommitted records of others may yet be aborted"),
    (
        &["partition.assignment.strategy", "group.protocol", "group.protocol.type", "group.remote.assignor"],
        "a rebalance must first finish or abort the open transaction, which is written for cooperative-sticky in the classic protocol",
    ),
    (&["enable.partition.eof"], "a batch is closed at the end of a partition, and needs to hear of it"),
    (
        &["enable.idempotence", "acks", "request.required.acks", "retries", "message.send.max.retries"],
        "without them a record may be lost or written twice; the guarantee is chosen by delivery.mode",
    ),
    (
        &["max.in.flight", "max.in.flight.requests.per.connection", "queuing.strategy", "enable.gapless.guarantee"],
        "the order of records for one key depends on it",
    ),
    (
        &["message.timeout.ms", "delivery.timeout.ms"],
        "it must fit into the transaction timeout; use kafka.session_timeout",
    ),
    (
        &["message.max.bytes", "queue.buffering.max.kbytes"],
        "they are made to hold the largest document; use limits.max_document_bytes",
    ),
    (
        &["allow.auto.create.topics"],
        "a missing topic is a mistake to be told; `exdate check --create-topics` makes what is missing",
    ),
    (&["statistics.interval.ms"], "lag and reachability are read from the statistics"),
    (&["log_level", "log.level"], "the client's lines are filtered like all others; use log.filter"),
    (&["delivery.report.only.error"], "every acknowledgement is counted before a commit"),
    (
        &["partitioner"],
        "murmur2_random puts a key where JVM producers put it; another would move keys between partitions",
    ),
    (&["metadata.recovery.strategy"], "with `rebootstrap` a call of the client may never return after an outage"),
    (&["test.mock.num.brokers", "test.mock.broker.rtt"], "a mock broker keeps nothing; use `exdate demo`"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_places_are_not() {
        let secret = [
            "sasl.password",
            "ssl.key.password",
            "ssl.key.pem",
            "ssl.certificate.pem",
            "sasl.oauthbearer.client.secret",
            "sasl.oauthbearer.client.credentials.client.secret",
            "sasl.oauthbearer.config",
            "sasl.oauthbearer.assertion.private.key.passphrase",
            "SASL.Password",
            "sasl.pasword.or.passwrd",
        ];
        let open = ["sasl.username", "ssl.key.location", "ssl.keystore.location", "sasl.mechanism", "linger.ms"];
        assert_eq!(secret.iter().filter(|name| !is_secret(name)).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(open.iter().filter(|name| is_secret(name)).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn what_is_not_known_to_be_harmless_is_masked() {
        let mut properties = Properties::default();
        let masked =
            ["SASL_PASSWORD", "sasl.pasword", "sasl.oauthbearer.token.endpoint.url", "ssl.engine.location", "later"];
        let open = ["sasl.username", "ssl.ca.location", "security.protocol", "linger.ms", "queued.max.messages.kbytes"];
        masked.iter().chain(&open).for_each(|name| properties.insert(*name, "https://reader:hunter2@host"));
        for (name, value) in properties.shown() {
            assert_eq!(value == MASK, masked.contains(&name), "{name}");
        }
    }

    #[test]
    fn no_way_of_printing_shows_a_secret() {
        let mut properties = Properties::default();
        properties.insert("sasl.password", "hunter2");
        properties.insert("sasl.username", "reader");
        for text in [
            format!("{properties:?}"),
            format!("{properties:#?}"),
            format!("{:?}", properties.shown().collect::<Vec<_>>()),
        ] {
            assert!(!text.contains("hunter2") && text.contains("reader"), "{text}");
        }
        assert_eq!(properties.get("sasl.password"), Some("hunter2"));
    }

    #[test]
    fn a_refusal_is_listed_once_and_says_why() {
        let mut seen = std::collections::BTreeSet::new();
        for (names, reason) in REFUSED {
            assert!(reason.len() > 20 && !reason.ends_with('.'), "{reason}");
            assert!(names.iter().all(|name| seen.insert(*name)), "{names:?} stands twice");
        }
        assert_eq!(refusal("linger.ms"), None);
    }
}
