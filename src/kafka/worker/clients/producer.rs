//! The producer and its transaction: records are queued as they come, acknowledgements counted, and both ends of a transaction wait for all of them.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::BorrowedHeaders;
use rdkafka::producer::{BaseRecord, Producer as _, ThreadedProducer};

use super::acks::{Acks, Failure};
use super::call::Call;
use super::status::Status;
use crate::config::{Config, Mode};
use crate::kafka::client::error_codes;
use crate::kafka::client::fault::Fault;
use crate::kafka::client::flush::flush;
use crate::kafka::client::headers;
use crate::kafka::client::{identity::Identity, properties};
use crate::kafka::sabotage;
use crate::record::Record;

/// Past its own timeout, a call gets this much longer before the watchdog takes it for lost (it may wait for a lock or for the CPU).
const GRACE: Duration = Duration::from_secs(10);

/// How long one attempt to initialise transactions lasts; it is resumed by the next, and the worker looks at its group in between.
const INIT_ATTEMPT: Duration = Duration::from_millis(500);

/// After the first failure of a batch, how long the others are waited for.
const ONCE_FAILED: Duration = Duration::from_secs(1);

/// Longer than any sensible `linger.ms`, after which records are sent without being flushed.
const FLUSH: Duration = Duration::from_secs(1);

/// What one request carries of a partition: librdkafka's default of `batch.size`.
const REQUEST_BYTES: usize = 1_000_000;

/// So many requests' worth of a partition's records may be under way: one on its way, one ready, and two to fill while the worker is woken.
///
/// More would only wait longer, and not for free: librdkafka has one request of a partition under way at a time (its pull request 4989), and while
/// that one is, its network thread turns without sleeping as soon as the next record is older than `linger.ms`.
const REQUESTS_UNDER_WAY: usize = 4;

/// A full queue with nothing under way is given this long before the record alone counts as larger than the queue: the client frees the room of
/// acknowledged records a moment after it has told of them.
const ROOM_FREED: Duration = Duration::from_secs(1);

const METADATA_TIMEOUT: Duration = Duration::from_secs(2);

/// A producer of one worker, and the state of its transaction.
///
/// It is a `ThreadedProducer`: aborting on a plain one with queued records never returns, because nobody serves their delivery reports.
pub(super) struct Producer {
    client: ThreadedProducer<Acks>,
    acks: Acks,
    status: Status,
    mode: Mode,
    timeout: Duration,
    /// Which of the worker's producers it is.
    place: usize,
    initialised: bool,
    ready: bool,
    /// When the open transaction began.
    began: Option<Instant>,
    /// Records of the batch, and the bytes of their keys and values.
    produced: usize,
    bytes: usize,
    /// Of the output topic.
    partitions: usize,
}

/// Whether the topics to write are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topics<'a> {
    There,
    Missing(&'a str),
    /// This user may not even see it.
    Denied(&'a str),
}

/// Why a record was not queued.
pub(super) enum NotQueued {
    /// The client itself refuses the record (too large).
    Record(Code),
    /// The queue stayed full, or the call failed.
    Error(KafkaError),
}

impl Producer {
    /// Makes the client; does not wait for a broker.
    pub(super) fn create(
        config: &Config,
        identity: &Identity,
        place: usize,
        status: &Status,
    ) -> Result<Producer, Fault> {
        let acks = Acks::default();
        let client = properties::producer(config, identity, place)
            .create_with_context(acks.clone())
            .map_err(|error| properties::refused_property(&error))?;
        let timeout = properties::transaction_timeout(config);
        Ok(Producer {
            client,
            acks,
            status: status.clone(),
            mode: config.delivery.mode,
            timeout,
            place,
            initialised: false,
            ready: false,
            began: None,
            produced: 0,
            bytes: 0,
            partitions: 1,
        })
    }

    /// Which of the worker's producers it is, counted from 0.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// Whether it may send: initialised, and its topics seen.
    pub(super) fn is_ready(&self) -> bool {
        self.ready
    }

    /// The counted acknowledgements, and with them the connection.
    pub(super) fn acks(&self) -> &Acks {
        &self.acks
    }

    /// Fences older producers of this transactional id and ends their transactions. Resumes where an earlier attempt timed out.
    pub(super) fn init(&mut self) -> Result<(), KafkaError> {
        if self.mode == Mode::ExactlyOnce && !self.initialised {
            let _call = self.status.enter(Call::InitTransactions, INIT_ATTEMPT + GRACE);
            self.client.init_transactions(INIT_ATTEMPT)?;
        }
        self.initialised = true;
        Ok(())
    }

    /// Looks for the output and the dead-letter topic, up to the first one with which something is wrong; with both there, it is ready. Asked once, at
    /// the start: later, records that wait for a topic time out.
    pub(super) fn look_for<'a>(&mut self, output: &'a str, dead_letter: &'a str) -> Result<Topics<'a>, KafkaError> {
        let _call = self.status.enter(Call::Metadata, METADATA_TIMEOUT * 2 + GRACE);
        for topic in [output, dead_letter] {
            let metadata = self.client.client().fetch_metadata(Some(topic), METADATA_TIMEOUT)?;
            let error = metadata.topics().first().and_then(|topic| topic.error()).map(Code::from);
            match error {
                Some(code) if error_codes::is_topic_missing(code) => return Ok(Topics::Missing(topic)),
                Some(Code::TopicAuthorizationFailed) => return Ok(Topics::Denied(topic)),
                Some(code) => return Err(KafkaError::MetadataFetch(code)),
                None if topic == output => {
                    self.partitions = metadata.topics().first().map_or(1, |it| it.partitions().len())
                }
                None => {}
            }
        }
        self.acks.connection().works();
        self.ready = true;
        Ok(Topics::There)
    }

    /// How long the open transaction has been open.
    pub(super) fn open_for(&self) -> Option<Duration> {
        self.began.map(|began| began.elapsed())
    }

    /// Begins lazily: a transaction without records or offsets would only be something that can time out.
    pub(super) fn begin(&mut self) -> Result<(), KafkaError> {
        if self.began.is_some() {
            return Ok(());
        }
        if self.mode == Mode::ExactlyOnce {
            let _call = self.status.enter(Call::BeginTransaction, GRACE);
            self.client.begin_transaction()?;
        }
        self.began = Some(Instant::now());
        Ok(())
    }

    /// Queues a record; it is sent while the next one is parsed. Its place in the batch comes back with a failure.
    pub(super) fn send(
        &mut self,
        topic: &str,
        record: &Record,
        unreadable: Option<&BorrowedHeaders>,
    ) -> Result<(), NotQueued> {
        let mut queued = BaseRecord::<[u8], [u8], usize>::with_opaque_to(topic, self.produced);
        queued.key = record.key.as_deref();
        queued.payload = record.value.as_deref();
        queued.timestamp = record.timestamp_ms;
        queued.headers = Some(headers::write(unreadable, &record.headers));
        if sabotage::hold_back(topic, record) {
            return Ok(());
        }
        self.await_turn()?;
        let mut full_since = None;
        loop {
            self.acks.expect();
            let Err((error, again)) = self.client.send(queued) else {
                self.produced += 1;
                self.bytes += record.key.as_ref().map_or(0, Vec::len) + record.value.as_ref().map_or(0, Vec::len);
                return sabotage::take_held().map_or(Ok(()), |(topic, record)| self.send(&topic, &record, None));
            };
            self.acks.forget();
            match error.rdkafka_error_code() {
                Some(Code::QueueFull) => self.await_room(full_since.get_or_insert_with(Instant::now))?,
                Some(code @ Code::MessageSizeTooLarge) => return Err(NotQueued::Record(code)),
                _ => return Err(NotQueued::Error(error)),
            }
            queued = again;
        }
    }

    /// Waits while as much is under way as is of any use. What has failed meanwhile is told by who looks for it.
    fn await_turn(&self) -> Result<(), NotQueued> {
        let most = self.useful_under_way();
        if self.acks.outstanding() < most { Ok(()) } else { self.await_at_most(most - 1) }
    }

    /// Records that fill the requests of each partition, as large as those of this batch are on average. With their keys evenly spread: else
    /// one partition may have all of them, and is no worse off than it would be without a limit.
    fn useful_under_way(&self) -> usize {
        let requests = REQUESTS_UNDER_WAY * self.partitions.max(1);
        let fill = REQUEST_BYTES.saturating_mul(requests).saturating_mul(self.produced);
        fill.checked_div(self.bytes).map_or(usize::MAX, |records| records.max(1))
    }

    /// The queue is full: waits for some acknowledgements. With none outstanding, for a while, the record alone is larger than the queue.
    fn await_room(&self, full_since: &Instant) -> Result<(), NotQueued> {
        match self.acks.outstanding() {
            // The batch is lost, and the rest of it may stay in the queue for long.
            _ if self.acks.failed() => Err(NotQueued::Error(KafkaError::MessageProduction(Code::QueueFull))),
            0 if full_since.elapsed() > ROOM_FREED => Err(NotQueued::Record(Code::MessageSizeTooLarge)),
            0 => {
                thread::sleep(Duration::from_millis(1));
                Ok(())
            }
            outstanding => self.await_at_most(outstanding - 1),
        }
    }

    fn await_at_most(&self, most: usize) -> Result<(), NotQueued> {
        let _call = self.status.enter(Call::AwaitAcks, self.timeout + GRACE);
        if self.acks.wait(most, self.timeout) {
            return Ok(());
        }
        Err(NotQueued::Error(KafkaError::MessageProduction(Code::MessageTimedOut)))
    }

    /// Waits until each record is acknowledged or has failed, and returns the failures. With some, others may still be under way.
    ///
    /// Before a commit: `commit_transaction` of rdkafka flushes first, in steps of 100 ms, so that a commit with anything outstanding costs that
    /// much. Before an abort: an abort right after a produce can overtake the request that adds the partition to the
    /// transaction; the broker then answers INVALID_TXN_STATE, which the client takes for fatal.
    pub(super) fn settle(&mut self) -> Result<Vec<Failure>, KafkaError> {
        // The client gives a record up after message.timeout.ms, which is at most the transaction timeout (30 s without transactions).
        let patience =
            self.timeout.max(Duration::from_secs(if self.mode == Mode::AtLeastOnce { 30 } else { 0 })) + GRACE / 2;
        let _call = self.status.enter(Call::AwaitAcks, patience + GRACE);
        let settled = self.await_acks(patience);
        let failures = self.acks.take_failures();
        if !settled && failures.is_empty() {
            return Err(KafkaError::MessageProduction(Code::OperationTimedOut));
        }
        (self.produced, self.bytes) = (0, 0);
        Ok(failures)
    }

    /// The records that have failed, once the client has told of all, or for some time of none.
    pub(super) fn await_failures(&self) -> Vec<Failure> {
        let _call = self.status.enter(Call::AwaitAcks, ONCE_FAILED + GRACE);
        self.await_acks(ONCE_FAILED);
        self.acks.take_failures()
    }

    /// Sends what is queued, and waits until nothing is under way any more, for at most `patience`.
    fn await_acks(&self, patience: Duration) -> bool {
        let begun = Instant::now();
        if self.acks.outstanding() > 0 {
            flush(&self.client, FLUSH.min(patience));
        }
        self.acks.wait_for_all(patience.saturating_sub(begun.elapsed()), ONCE_FAILED)
    }

    /// Why the transaction cannot go on. Records that fail only as a consequence do not tell: the client purges them. A call that is out of
    /// place in the present state is answered with the error that led there, and changes nothing.
    pub(super) fn why_failed(&self) -> Option<KafkaError> {
        let open = self.mode == Mode::ExactlyOnce && self.began.is_some();
        let error = open.then(|| self.client.begin_transaction().err()).flatten()?;
        (error.rdkafka_error_code() != Some(Code::State)).then_some(error)
    }

    /// Adds the offsets to the transaction. The group's metadata is that of this moment: an older generation would be fenced.
    ///
    /// While the group's coordinator is away, the client waits for it without looking at the timeout. So the call is made by a thread of its own,
    /// which is left behind when the time is over. The worker builds another producer; once the broker is back, the old call
    /// returns into the void, with a fenced epoch. A coordinator that is busy is asked again after a fixed 500 ms, which the timeout has room for.
    pub(super) fn send_offsets(
        &self,
        offsets: TopicPartitionList,
        group: Arc<ConsumerGroupMetadata>,
    ) -> Result<(), KafkaError> {
        if sabotage::offsets_go_another_way() {
            return Ok(());
        }
        let _call = self.status.enter(Call::SendOffsets, self.timeout + GRACE);
        let (client, timeout) = (self.client.clone(), self.timeout);
        let (answer, answered) = mpsc::sync_channel(1);
        let spawned = thread::Builder::new().name("send-offsets".into()).spawn(move || {
            // Nobody listens any more if this took too long.
            let _ = answer.send(client.send_offsets_to_transaction(&offsets, &group, timeout));
        });
        let overdue = KafkaError::Global(Code::OperationTimedOut);
        spawned.map_err(|_| overdue.clone())?;
        answered.recv_timeout(timeout + GRACE / 5).unwrap_or(Err(overdue))
    }

    /// Commits. The timeout is the transaction's own: later than that the broker has aborted it anyway.
    pub(super) fn commit(&mut self) -> Result<(), KafkaError> {
        let _call = self.status.enter(Call::CommitTransaction, self.timeout + GRACE);
        self.client.commit_transaction(self.timeout)?;
        self.began = None;
        Ok(())
    }

    /// Aborts, once every record is settled or has had its time; the client purges the rest.
    pub(super) fn abort(&mut self) -> Result<(), KafkaError> {
        {
            let _call = self.status.enter(Call::AwaitAcks, ONCE_FAILED + GRACE);
            self.await_acks(ONCE_FAILED);
        }
        {
            let _call = self.status.enter(Call::AbortTransaction, self.timeout + GRACE);
            self.client.abort_transaction(self.timeout)?;
        }
        self.began = None;
        self.forget_records()
    }

    /// Leaves nothing behind that could be taken for a record of the next batch.
    fn forget_records(&mut self) -> Result<(), KafkaError> {
        (self.produced, self.bytes) = (0, 0);
        let settled = self.acks.wait_for_all(self.timeout, self.timeout);
        drop(self.acks.take_failures());
        if settled { Ok(()) } else { Err(KafkaError::MessageProduction(Code::OperationTimedOut)) }
    }

    /// Without transactions, a batch ends when its offsets are committed; returns how long it was open.
    pub(super) fn close_batch(&mut self) -> Duration {
        self.began.take().map_or(Duration::ZERO, |began| began.elapsed())
    }

    /// Without transactions, what was sent is sent, and will be sent again.
    pub(super) fn forget(&mut self) -> Result<(), KafkaError> {
        drop(self.settle()?);
        self.began = None;
        self.forget_records()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn as_much_may_be_under_way_as_fills_the_requests_of_each_partition() {
        let config = Config::default();
        let identity = Identity::new(&config, 0);
        let mut producer = Producer::create(&config, &identity, 0, &Status::new()).map_err(|fault| fault.message);
        let producer = producer.as_mut().expect("a client");
        for (produced, bytes, partitions, useful) in [
            (0, 0, 1, usize::MAX),
            (1_000, 2_500_000, 1, 1_600),
            (1_000, 2_500_000, 6, 9_600),
            // Each is larger than all the requests: one at a time.
            (2, 20_000_000, 1, 1),
        ] {
            (producer.produced, producer.bytes, producer.partitions) = (produced, bytes, partitions);
            assert_eq!(producer.useful_under_way(), useful, "{produced} records of {bytes} bytes");
        }
    }
}
