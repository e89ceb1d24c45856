//! What went wrong with one call to the broker, for commands that report it and end.

use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;

/// A call to the broker that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct CallError {
    /// What was tried, with the topic, group or address it was tried on: `read topic hkex.dividends`.
    pub what: String,
    /// The reason, in librdkafka's or the broker's words.
    pub why: String,
}

impl CallError {
    /// Names what was tried when a call failed: `call().map_err(CallError::on("read topic x"))`.
    pub(crate) fn on(what: impl Into<String>) -> impl FnOnce(KafkaError) -> CallError {
        move |error| CallError { what: what.into(), why: reason(&error) }
    }
}

/// The error in the words of the broker or of librdkafka, without rdkafka's wrapping: `Broker: Topic authorization failed`.
pub(crate) fn reason(error: &KafkaError) -> String {
    match code(error) {
        Some(code) => words(code),
        None => error.to_string(),
    }
}

/// The code of an error, where it has one; rdkafka's own answer leaves out the requests of the admin client.
pub(crate) fn code(error: &KafkaError) -> Option<RDKafkaErrorCode> {
    match error {
        KafkaError::AdminOp(code) => Some(*code),
        _ => error.rdkafka_error_code(),
    }
}

/// rdkafka shows a code as `TopicAuthorizationFailed (Broker: Topic authorization failed)`.
pub(crate) fn words(code: RDKafkaErrorCode) -> String {
    let shown = code.to_string();
    let inner = shown.split_once(" (").and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.map(|inner| inner.trim_start_matches("Local: ").to_owned()).unwrap_or(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_the_brokers_own_words() {
        let cases = [
            (RDKafkaErrorCode::TopicAuthorizationFailed, "Broker: Topic authorization failed"),
            (RDKafkaErrorCode::OperationTimedOut, "Timed out"),
            (RDKafkaErrorCode::UnknownTopicOrPartition, "Broker: Unknown topic or partition"),
        ];
        for (code, text) in cases {
            assert_eq!(reason(&KafkaError::Global(code)), text);
            assert_eq!(reason(&KafkaError::AdminOp(code)), text);
        }
    }
}
