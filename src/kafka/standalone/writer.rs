//! Writes records one at a time and waits for each acknowledgement: for the demo, and for tests.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;
use rdkafka::message::{DeliveryResult, Message as _};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext};

use crate::config::Kafka;
use crate::kafka::client::{CallError, call_error, headers, properties};
use crate::record::Record;

const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(10);

/// A producer that knows one record at a time.
pub struct Writer {
    producer: BaseProducer<LastAck>,
}

/// Partition and offset of a written record.
pub type Place = (i32, i64);

impl Writer {
    /// Prepares a producer; the first record makes the connection.
    ///
    /// # Errors
    ///
    /// When librdkafka refuses a property.
    pub fn open(kafka: &Kafka) -> Result<Writer, CallError> {
        let mut client = properties::plain(kafka);
        client.set("partitioner", "murmur2_random").set("linger.ms", "0");
        client.set("message.timeout.ms", ACKNOWLEDGED_WITHIN.as_millis().to_string());
        let producer = client
            .create_with_context(LastAck::default())
            .map_err(CallError::on(format!("connect to {}", kafka.bootstrap_servers)))?;
        Ok(Writer { producer })
    }

    /// Writes a record, and waits until the broker has it.
    ///
    /// # Errors
    ///
    /// The broker's refusal, or that it did not answer in time.
    pub fn send(&self, topic: &str, record: &Record) -> Result<Place, CallError> {
        let what = format!("write to topic {topic}");
        let mut base: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(topic);
        base.key = record.key.as_deref();
        base.payload = record.value.as_deref();
        base.timestamp = record.timestamp_ms;
        base.headers = Some(headers::write(&record.headers, None));
        self.producer.send(base).map_err(|(error, _)| CallError::on(&what)(error))?;
        let since = Instant::now();
        while since.elapsed() < ACKNOWLEDGED_WITHIN {
            // A poll lasts as long as it may, even when the acknowledgement comes at once.
            self.producer.poll(Duration::from_millis(1));
            if let Some(ack) = self.producer.context().take() {
                return ack.map_err(|why| CallError { what, why });
            }
        }
        Err(CallError { what, why: format!("no acknowledgement within {} s", ACKNOWLEDGED_WITHIN.as_secs()) })
    }
}

/// The acknowledgement of the one record on its way.
#[derive(Default)]
struct LastAck(Mutex<Option<Result<Place, String>>>);

impl LastAck {
    fn take(&self) -> Option<Result<Place, String>> {
        self.0.lock().ok()?.take()
    }
}

impl ClientContext for LastAck {
    fn log(&self, _: RDKafkaLogLevel, _: &str, _: &str) {}

    fn error(&self, _: KafkaError, _: &str) {}
}

impl ProducerContext for LastAck {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let ack = match result {
            Ok(message) => Ok((message.partition(), message.offset())),
            Err((error, _)) => Err(call_error::reason(error)),
        };
        if let Ok(mut last) = self.0.lock() {
            *last = Some(ack);
        }
    }
}
