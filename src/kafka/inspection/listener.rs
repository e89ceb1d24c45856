//! Hears what librdkafka says beside its return values: why a connection fails, what a transaction has registered.

use std::sync::{Arc, Mutex};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::ProducerContext;
use rdkafka::types::RDKafkaErrorCode as Code;

use crate::kafka::client::call_error;
use crate::kafka::client::connection::failure_of;

/// The context of a client, and a handle on what it heard.
#[derive(Clone, Default)]
pub(in crate::kafka) struct Listener(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    errors: Vec<(Code, String)>,
    registered: usize,
    dropped: usize,
    failures: Vec<String>,
}

impl Listener {
    /// Why connections failed, each reason once, in order. What librdkafka only logs counts when it reports nothing else.
    pub(super) fn errors(&self) -> Vec<(Code, String)> {
        let Ok(heard) = self.0.lock() else { return Vec::new() };
        if heard.errors.is_empty() {
            return heard.failures.iter().map(|reason| (Code::BrokerTransportFailure, reason.clone())).collect();
        }
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
        let Ok(mut heard) = self.0.lock() else { return };
        // With `debug=eos`; the one sign that AddPartitionsToTxn was answered well.
        if facility == "ADDPARTS" && text.ends_with("registered with transaction") {
            heard.registered += 1;
        }
        if let Some(reason) = failure_of(facility, text) {
            let reason = without_age(reason);
            if !heard.failures.contains(&reason) {
                heard.failures.push(reason);
            }
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let code = call_error::code(&error).unwrap_or(Code::Fail);
        let error = (code, without_age(reason));
        // That all brokers are down follows from the reasons, and is none.
        if code != Code::AllBrokersDown
            && let Ok(mut heard) = self.0.lock()
            && !heard.errors.contains(&error)
        {
            heard.errors.push(error);
        }
    }

    fn stats_raw(&self, _: &[u8]) {}
}

/// `Connection refused (after 0ms in state CONNECT)` → `Connection refused`
fn without_age(reason: &str) -> String {
    reason.split(" (after ").next().unwrap_or(reason).to_owned()
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
