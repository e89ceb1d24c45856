//! What went wrong with one call to the broker, for commands that report it and end.

use rdkafka::error::KafkaError;

/// A call to the broker that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Trouble {
    /// What was tried, with the topic, group or address it was tried on: `read topic hkex.dividends`.
    pub what: String,
    /// The reason, in librdkafka's or the broker's words.
    pub why: String,
}

impl Trouble {
    /// Names what was tried when a call failed: `call().map_err(Trouble::on("read topic x"))`.
    pub(super) fn on(what: impl Into<String>) -> impl FnOnce(KafkaError) -> Trouble {
        move |error| Trouble { what: what.into(), why: reason(&error) }
    }
}

/// The error without rdkafka's prefix, which names the call in its own terms ("Meta data fetch error: ").
pub(super) fn reason(error: &KafkaError) -> String {
    match error.rdkafka_error_code() {
        Some(code) => code.to_string(),
        None => error.to_string(),
    }
}
