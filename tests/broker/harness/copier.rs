//! A bare transactional copier: the least that Kafka asks for exactly-once, without parsing, metrics, or care for faults.
//!
//! The yardstick of the benchmark, and something to try the harness on. One thread, one consumer, one producer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedHeaders, BorrowedMessage, DeliveryResult, Message as _};
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::{PATIENCE, topics};

/// A running copier. Dropped, it finishes its transaction and ends.
pub(crate) struct Copier {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Copier {
    /// Copies `input` to `output` as member of `group`, at most `batch` records a transaction, from the first record on.
    pub(crate) fn start(servers: &str, input: &str, output: &str, group: &str, batch: usize) -> Copier {
        let stop = Arc::new(AtomicBool::new(false));
        let consumer = consumer(servers, group);
        consumer.subscribe(&[input]).expect("a subscription");
        let producer = producer(servers, group);
        let (flag, output) = (stop.clone(), output.to_owned());
        let thread = std::thread::spawn(move || {
            producer.init_transactions(PATIENCE).expect("transactions");
            while !flag.load(Ordering::Relaxed) {
                copy_batch(&consumer, &producer, &output, batch).expect("a copied batch");
            }
        });
        Copier { stop, thread: Some(thread) }
    }

    /// Ends it; a panic of its thread becomes ours.
    pub(crate) fn stop(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().expect("a thread").join().expect("a copier without errors");
    }
}

impl Drop for Copier {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits for a record, then takes what follows without a gap, up to the size of a batch.
fn copy_batch(
    consumer: &BaseConsumer,
    producer: &ThreadedProducer<Acks>,
    output: &str,
    batch: usize,
) -> Result<(), KafkaError> {
    let Some(first) = consumer.poll(Duration::from_millis(100)) else { return Ok(()) };
    producer.begin_transaction()?;
    let (mut next, mut copied) = (TopicPartitionList::new(), 0);
    let mut message = Some(first);
    while let Some(record) = message {
        let record = record?;
        send(producer, output, &record);
        copied += 1;
        match next.find_partition(record.topic(), record.partition()) {
            Some(mut partition) => partition.set_offset(Offset::Offset(record.offset() + 1))?,
            None => {
                next.add_partition_offset(record.topic(), record.partition(), Offset::Offset(record.offset() + 1))?
            }
        }
        message = if copied < batch { consumer.poll(Duration::ZERO) } else { None };
    }
    producer.context().await_count(copied);
    let group = consumer.group_metadata().expect("membership of the group");
    producer.send_offsets_to_transaction(&next, &group, PATIENCE)?;
    producer.commit_transaction(PATIENCE)
}

fn send(producer: &ThreadedProducer<Acks>, output: &str, record: &BorrowedMessage<'_>) {
    let mut copy: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(output);
    copy.key = record.key();
    copy.payload = record.payload();
    copy.timestamp = record.timestamp().to_millis();
    copy.headers = record.headers().map(BorrowedHeaders::detach);
    while let Err((_, again)) = producer.send(copy) {
        // The queue is full: it empties while we wait.
        std::thread::sleep(Duration::from_micros(200));
        copy = again;
    }
}

fn consumer(servers: &str, group: &str) -> BaseConsumer {
    let mut client = topics::client(servers);
    client.set("group.id", group).set("isolation.level", "read_committed").set("auto.offset.reset", "earliest");
    client.set("enable.auto.commit", "false").set("enable.auto.offset.store", "false");
    client.set("fetch.queue.backoff.ms", "5").set("session.timeout.ms", "6000").create().expect("a consumer")
}

fn producer(servers: &str, group: &str) -> ThreadedProducer<Acks> {
    let mut client = topics::client(servers);
    client.set("transactional.id", format!("{group}.copier")).set("linger.ms", "0");
    client.set("partitioner", "murmur2_random").set("transaction.timeout.ms", "30000");
    client.create_with_context(Acks::default()).expect("a producer")
}

/// Counts acknowledgements, so that a commit finds nothing under way (trap 1).
#[derive(Default)]
struct Acks {
    count: Mutex<usize>,
    changed: Condvar,
}

impl Acks {
    /// Waits for so many acknowledgements, and begins to count anew.
    fn await_count(&self, sent: usize) {
        let since = Instant::now();
        let mut count = self.count.lock().expect("no callback panics");
        while *count < sent {
            assert!(since.elapsed() < PATIENCE, "only {count} of {sent} records acknowledged");
            count = self.changed.wait_timeout(count, Duration::from_secs(1)).expect("no callback panics").0;
        }
        *count = 0;
    }
}

impl ClientContext for Acks {}

impl ProducerContext for Acks {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        result.as_ref().map(|_| ()).map_err(|(error, _)| error).expect("an acknowledged record");
        *self.count.lock().expect("the copier waits without panic") += 1;
        self.changed.notify_one();
    }
}
