//! Writes records in transactions, outside any group: for acts of a person, which are begun again after a kill, and double nothing.
//!
//! Whatever goes wrong is returned, and the client given up: the act is begun again, and its first call ends what the earlier one
//! left open. No part of a transaction is seen by readers of committed records, so what stands tells how far the earlier one came.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};

use crate::config::Config;
use crate::kafka::client::flush::flush;
use crate::kafka::client::{CallError, call_error, headers, properties};
use crate::record::Record;

/// A transaction takes no longer; the broker ends one that does.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A producer of transactions.
pub struct Transactions {
    producer: ThreadedProducer<Acks>,
    acks: Acks,
}

impl Transactions {
    /// Takes over the transactional id of this act, `{group}.{act}`, as the permissions of the service allow: a transaction that an
    /// earlier process of the same act has left open is aborted.
    ///
    /// # Errors
    ///
    /// When the broker does not answer, or refuses.
    pub fn begin_act(config: &Config, act: &str) -> Result<Transactions, CallError> {
        let what = "prepare transactions";
        let mut client = properties::plain(&config.kafka);
        client.set("transactional.id", format!("{}.{act}", config.kafka.group_id));
        client.set("transaction.timeout.ms", TIMEOUT.as_millis().to_string());
        client.set("partitioner", "murmur2_random").set("allow.auto.create.topics", "false").set("linger.ms", "5");
        client.set("message.max.bytes", properties::largest_record(config).to_string());
        client.set("metadata.recovery.strategy", "none");
        let acks = Acks::default();
        let producer: ThreadedProducer<Acks> = client.create_with_context(acks.clone()).map_err(CallError::on(what))?;
        producer.init_transactions(TIMEOUT).map_err(CallError::on(what))?;
        Ok(Transactions { producer, acks })
    }

    /// Writes these records, each to its topic, all of them or none.
    ///
    /// # Errors
    ///
    /// When the broker does not answer, or refuses one of them; whether it has committed them is then open.
    pub fn write<'r>(&self, records: impl IntoIterator<Item = (&'r str, &'r Record)>) -> Result<(), CallError> {
        let what = || "write a transaction".to_owned();
        self.producer.begin_transaction().map_err(CallError::on(what()))?;
        for (topic, record) in records {
            let mut base: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(topic);
            base.key = record.key.as_deref();
            base.payload = record.value.as_deref();
            base.timestamp = record.timestamp_ms;
            base.headers = Some(headers::write(&record.headers, None));
            let what = || format!("write to topic {topic}");
            self.producer.send(base).map_err(|(error, _)| CallError::on(what())(error))?;
        }
        // A commit flushes too, in steps of 100 ms.
        flush(&self.producer, TIMEOUT);
        if let Some(why) = self.acks.failure() {
            return Err(CallError { what: what(), why });
        }
        self.producer.commit_transaction(TIMEOUT).map_err(CallError::on(what()))
    }
}

/// The first record that was not taken, and why.
#[derive(Clone, Default)]
struct Acks(Arc<Mutex<Option<String>>>);

impl Acks {
    fn failure(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ClientContext for Acks {
    fn log(&self, _: RDKafkaLogLevel, _: &str, _: &str) {}

    fn error(&self, _: KafkaError, _: &str) {}
}

impl ProducerContext for Acks {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, _)) = result {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| call_error::reason(error));
        }
    }
}
