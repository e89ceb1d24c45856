//! What a test asks a broker directly: topics made and deleted, records written and read back, offsets.
//!
//! Nothing of the service under test is used here, so that a mistake of its own clients cannot hide itself.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, DeliveryResult, Header, Headers as _, Message as _, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{ClientConfig, ClientContext, Offset, TopicPartitionList};

use super::{PATIENCE, await_some};

/// For one request.
const ANSWER: Duration = Duration::from_secs(10);

/// A record as it stands in a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) timestamp_ms: Option<i64>,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Stored {
    /// The text of a header's last value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().rev().find(|(found, _)| found == name)?;
        std::str::from_utf8(value.as_deref()?).ok()
    }
}

/// A client of these servers.
pub(crate) fn client(servers: &str) -> ClientConfig {
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", servers).set("allow.auto.create.topics", "false");
    // Else a client may never find back to a broker that was away (trap 15).
    client.set("metadata.recovery.strategy", "none");
    client.set("reconnect.backoff.ms", "50").set("reconnect.backoff.max.ms", "500").set("log_level", "0");
    client
}

/// A broker that is back from an outage may tell of a cluster without brokers: this makes a client begin anew that believed it. (Not for
/// transactions, where trap 15 waits.)
fn find_the_broker_again(client: &mut ClientConfig) {
    client.set("metadata.recovery.strategy", "rebootstrap");
}

/// Whether a broker answers and takes part in its cluster.
pub(crate) fn serves(servers: &str) -> bool {
    let Ok(probe) = client(servers).create::<BaseConsumer>() else { return false };
    probe.fetch_metadata(None, Duration::from_secs(2)).is_ok_and(|metadata| !metadata.brokers().is_empty())
}

/// Makes a topic; `settings` as `("max.message.bytes", "1000")`.
pub(crate) fn create(servers: &str, topic: &str, partitions: i32, settings: &[(&str, &str)]) {
    let mut wanted = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    for (name, value) in settings {
        wanted = wanted.set(name, value);
    }
    let options = AdminOptions::new().operation_timeout(Some(ANSWER));
    let made = block_on(admin(servers).create_topics([&wanted], &options)).expect("an answer about the topic");
    made.into_iter().for_each(|made| drop(made.unwrap_or_else(|(topic, code)| panic!("{topic} was not made: {code}"))));
    await_some("the topic has its leaders", || (ends(servers, topic)?.len() == partitions as usize).then_some(()));
}

/// Deletes topics, whether they are there or not.
pub(crate) fn delete(servers: &str, topics: &[&str]) {
    let _ = block_on(admin(servers).delete_topics(topics, &AdminOptions::new().operation_timeout(Some(ANSWER))));
}

/// Deletes the records of a partition before an offset, as retention does.
pub(crate) fn delete_records(servers: &str, topic: &str, partition: i32, before: i64) {
    let mut offsets = TopicPartitionList::new();
    offsets.add_partition_offset(topic, partition, Offset::Offset(before)).expect("an offset");
    let options = AdminOptions::new().operation_timeout(Some(ANSWER));
    let deleted = block_on(admin(servers).delete_records(&offsets, &options)).expect("an answer");
    deleted.elements().iter().for_each(|partition| partition.error().expect("records deleted"));
}

/// Commits an offset for a group without members, as an operator does.
pub(crate) fn commit(servers: &str, group: &str, topic: &str, partition: i32, offset: i64) {
    let mut offsets = TopicPartitionList::new();
    offsets.add_partition_offset(topic, partition, Offset::Offset(offset)).expect("an offset");
    let consumer: BaseConsumer = client(servers).set("group.id", group).create().expect("a consumer");
    // A static member that has ended stays in its group for a session.
    await_some("the group has no members", || consumer.commit(&offsets, rdkafka::consumer::CommitMode::Sync).ok());
}

fn admin(servers: &str) -> AdminClient<DefaultClientContext> {
    client(servers).create().expect("an admin client")
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

/// Where each partition ends for a reader of committed records; `None` when it cannot be said now.
pub(crate) fn ends(servers: &str, topic: &str) -> Option<BTreeMap<i32, i64>> {
    let consumer = reader(servers, "exdate-ends");
    let metadata = consumer.fetch_metadata(Some(topic), ANSWER).ok()?;
    let found = metadata.topics().iter().find(|found| found.name() == topic && found.error().is_none())?;
    let end = |partition| Some((partition, consumer.fetch_watermarks(topic, partition, ANSWER).ok()?.1));
    found.partitions().iter().map(|partition| end(partition.id())).collect()
}

/// What a group has committed; partitions without an offset are left out.
pub(crate) fn committed(servers: &str, group: &str, topic: &str) -> Option<BTreeMap<i32, i64>> {
    Progress::of(servers, group, topic)?.committed()
}

/// A group's committed offsets, asked again and again over one connection.
pub(crate) struct Progress {
    consumer: BaseConsumer,
    partitions: TopicPartitionList,
}

impl Progress {
    /// Looks on at a group without joining it.
    pub(crate) fn of(servers: &str, group: &str, topic: &str) -> Option<Progress> {
        // Read uncommitted, the broker answers at once with what is committed; else it would wait for the open transaction.
        let consumer: BaseConsumer = client(servers)
            .set("group.id", group)
            .set("isolation.level", "read_uncommitted")
            .create()
            .expect("a consumer");
        let mut partitions = TopicPartitionList::new();
        let metadata = consumer.fetch_metadata(Some(topic), ANSWER).ok()?;
        for partition in metadata.topics().first()?.partitions() {
            partitions.add_partition(topic, partition.id());
        }
        Some(Progress { consumer, partitions })
    }

    /// Partition → next offset.
    pub(crate) fn committed(&self) -> Option<BTreeMap<i32, i64>> {
        let committed = self.consumer.committed_offsets(self.partitions.clone(), ANSWER).ok()?;
        let offset = |partition: &rdkafka::topic_partition_list::TopicPartitionListElem<'_>| match partition.offset() {
            Offset::Offset(offset) => Some((partition.partition(), offset)),
            _ => None,
        };
        Some(committed.elements().iter().filter_map(offset).collect())
    }

    /// All partitions together.
    pub(crate) fn total(&self) -> Option<i64> {
        Some(self.committed()?.values().sum())
    }
}

/// All committed records of a topic, in order within each partition.
pub(crate) fn read_committed(servers: &str, topic: &str) -> Vec<Stored> {
    let mut tail = Tail::from_beginning(servers, topic);
    let ends = await_some("the topic's ends", || ends(servers, topic));
    let mut records = Vec::new();
    let mut open: BTreeMap<i32, i64> = ends.into_iter().filter(|(_, end)| *end > 0).collect();
    await_some("the topic is read to its end", || {
        while let Some(found) = tail.next(Duration::from_millis(50)) {
            match found {
                Found::Record(record) => records.push(*record),
                Found::End(partition) => drop(open.remove(&partition)),
            }
        }
        open.is_empty().then_some(())
    });
    records
}

/// Reads a topic as it grows.
pub(crate) struct Tail {
    consumer: BaseConsumer,
}

/// What a [`Tail`] meets.
pub(crate) enum Found {
    /// The next committed record.
    Record(Box<Stored>),
    /// A partition is read to its present end.
    End(i32),
}

impl Tail {
    /// From the first record of each partition.
    pub(crate) fn from_beginning(servers: &str, topic: &str) -> Tail {
        let consumer = reader(servers, "exdate-tail");
        let partitions = await_some("the topic's partitions", || ends(servers, topic));
        let mut wanted = TopicPartitionList::new();
        for partition in partitions.keys() {
            wanted.add_partition_offset(topic, *partition, Offset::Beginning).expect("a place to read from");
        }
        consumer.assign(&wanted).expect("an assignment");
        Tail { consumer }
    }

    /// The next thing, waiting for it at most that long.
    pub(crate) fn next(&mut self, wait: Duration) -> Option<Found> {
        match self.consumer.poll(wait)? {
            Ok(message) => Some(Found::Record(Box::new(stored(&message)))),
            Err(KafkaError::PartitionEOF(partition)) => Some(Found::End(partition)),
            // The broker is away; the client finds it again.
            Err(_) => None,
        }
    }
}

fn reader(servers: &str, group: &str) -> BaseConsumer {
    let mut client = client(servers);
    client.set("group.id", group).set("enable.auto.commit", "false").set("isolation.level", "read_committed");
    client.set("enable.partition.eof", "true").set("fetch.error.backoff.ms", "50");
    find_the_broker_again(&mut client);
    client.set("fetch.message.max.bytes", "67108864").set("receive.message.max.bytes", "100000000");
    client.create().expect("a consumer")
}

fn stored(message: &BorrowedMessage<'_>) -> Stored {
    let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    Stored {
        partition: message.partition(),
        offset: message.offset(),
        timestamp_ms: message.timestamp().to_millis(),
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers: headers.map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect(),
    }
}

/// Writes records in order, exactly once each.
pub(crate) struct Writer {
    producer: ThreadedProducer<Places>,
}

impl Writer {
    /// Connects when the first record is written.
    pub(crate) fn to(servers: &str) -> Writer {
        Writer::with(servers, &[("linger.ms", "0")])
    }

    /// One for many records: they wait a little for others, and go in fewer requests, in batches of an everyday size. (A reader is given a batch
    /// larger than it asked for only of the first partition in an answer, and the others wait.)
    pub(crate) fn of_many(servers: &str) -> Writer {
        Writer::with(servers, &[("linger.ms", "5"), ("batch.size", "32768")])
    }

    fn with(servers: &str, properties: &[(&str, &str)]) -> Writer {
        let mut client = client(servers);
        client.set("enable.idempotence", "true").set("partitioner", "murmur2_random");
        for (name, value) in properties {
            client.set(*name, *value);
        }
        find_the_broker_again(&mut client);
        client.set("message.max.bytes", "100000000").set("queue.buffering.max.kbytes", "262144");
        Writer { producer: client.create_with_context(Places::default()).expect("a producer") }
    }

    /// Writes these and waits for all; gives partition and offset of each. `partition` chosen by the key when it is `None`.
    pub(crate) fn write(&self, topic: &str, records: &[Stored], partition: Option<i32>) -> Vec<(i32, i64)> {
        *self.producer.context().0.lock().expect("no callback panics") = vec![None; records.len()];
        for (index, record) in records.iter().enumerate() {
            self.queue(topic, record, partition, index);
        }
        self.producer.flush(PATIENCE).expect("the broker takes the records");
        let places = std::mem::take(&mut *self.producer.context().0.lock().expect("no callback panics"));
        places.into_iter().map(|place| place.expect("an acknowledged record")).collect()
    }

    /// Sends one record on its way and does not wait for it.
    pub(crate) fn send(&self, topic: &str, record: &Stored) {
        self.queue(topic, record, None, usize::MAX);
    }

    fn queue(&self, topic: &str, record: &Stored, partition: Option<i32>, index: usize) {
        let mut next = BaseRecord::<[u8], [u8], usize>::with_opaque_to(topic, index);
        next.partition = partition;
        next.key = record.key.as_deref();
        next.payload = record.value.as_deref();
        next.timestamp = record.timestamp_ms;
        let headers = OwnedHeaders::new_with_capacity(record.headers.len());
        let header = |(key, value): &'_ (String, Option<Vec<u8>>), to: OwnedHeaders| {
            to.insert(Header { key, value: value.as_deref() })
        };
        next.headers = Some(record.headers.iter().fold(headers, |to, from| header(from, to)));
        while let Err((error, again)) = self.producer.send(next) {
            assert!(error.rdkafka_error_code() == Some(Code::QueueFull), "{error}");
            std::thread::sleep(Duration::from_millis(5));
            next = again;
        }
    }
}

/// Writes records in a transaction and aborts it: they take offsets, and nobody who reads committed records may see them.
///
/// # Errors
///
/// The broker is away; the transaction may then stay open for up to five seconds.
pub(crate) fn write_aborted(servers: &str, topic: &str, id: &str, records: &[Stored]) -> Result<(), KafkaError> {
    let mut client = client(servers);
    client.set("transactional.id", id).set("transaction.timeout.ms", "5000").set("partitioner", "murmur2_random");
    let producer: ThreadedProducer<Places> = client.create_with_context(Places::default())?;
    producer.init_transactions(ANSWER)?;
    producer.begin_transaction()?;
    for record in records {
        let mut next = BaseRecord::<[u8], [u8], usize>::with_opaque_to(topic, usize::MAX);
        (next.key, next.payload) = (record.key.as_deref(), record.value.as_deref());
        producer.send(next).map_err(|(error, _)| error)?;
    }
    producer.flush(ANSWER)?;
    producer.abort_transaction(ANSWER)
}

/// Whether some partition of a topic holds records of a transaction that is neither committed nor aborted; `None` when nobody can say.
pub(crate) fn has_open_transaction(servers: &str, topic: &str) -> Option<bool> {
    let all: BaseConsumer = client(servers)
        .set("group.id", "exdate-ends")
        .set("isolation.level", "read_uncommitted")
        .create()
        .expect("a consumer");
    let stable = ends(servers, topic)?;
    let end = |partition| Some(all.fetch_watermarks(topic, partition, ANSWER).ok()?.1);
    stable
        .into_iter()
        .map(|(partition, stable)| Some(end(partition)? > stable))
        .try_fold(false, |any, open| Some(any | open?))
}

/// Where each record of the current call was put; a refused one stays `None`.
#[derive(Default)]
struct Places(Mutex<Vec<Option<(i32, i64)>>>);

impl ClientContext for Places {}

impl ProducerContext for Places {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, index: usize) {
        let mut places = self.0.lock().expect("no writer panics");
        if let (Ok(message), Some(place)) = (result, places.get_mut(index)) {
            *place = Some((message.partition(), message.offset()));
        }
    }
}
