//! Hears what librdkafka says beside its return values: why a connection fails, what a transaction has registered.

use std::sync::{Arc, Mutex};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::ProducerContext;
use rdkafka::types::RDKafkaErrorCode as Code;

use super::super::trouble;

/// The context of a client, and a handle on what it heard.
#[derive(Clone, Default)]
pub(in crate::kafka) struct Listener(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    errors: Vec<(Code, String)>,
    registered: usize,
    dropped: usize,
}

impl Listener {
    /// The errors so far, each once, in order; the general "all brokers are down" only when nothing else is known.
    pub(super) fn errors(&self) -> Vec<(Code, String)> {
        let Ok(heard) = self.0.lock() else { return Vec::new() };
        heard.errors.clone()
    }

    /// How many records were dropped unsent, which happens when their transaction fails.
    pub(super) fn dropped(&self) -> usize {
        self.0.lock().map(|heard| heard.dropped).unwrap_or_default()
    }

    /// How many partitions the coordinator has taken into the transaction.
    pub(super) fn registered(&self) -> usize {
        self.0.lock().map(|heard| heard.registered).unwrap_or_default()
    }
}

impl ClientContext for Listener {
    fn log(&self, _: RDKafkaLogLevel, facility: &str, text: &str) {
        // With `debug=eos`; the one sign that AddPartitionsToTxn was answered well.
        if facility == "ADDPARTS"
            && text.ends_with("registered with transaction")
            && let Ok(mut heard) = self.0.lock()
        {
            heard.registered += 1;
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let code = trouble::code(&error).unwrap_or(Code::Fail);
        // "host:9092/bootstrap: Connect to ... failed: Connection refused (after 0ms in state CONNECT)"
        let reason = reason.split(" (after ").next().unwrap_or(reason).to_owned();
        if let Ok(mut heard) = self.0.lock()
            && !heard.errors.iter().any(|known| *known == (code, reason.clone()))
        {
            heard.errors.push((code, reason));
        }
    }
}

impl ConsumerContext for Listener {}

impl ProducerContext for Listener {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if result.is_err()
            && let Ok(mut heard) = self.0.lock()
        {
            heard.dropped += 1;
        }
    }
}
