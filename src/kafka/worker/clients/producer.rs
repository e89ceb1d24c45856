//! The producer and its transaction: records are queued as they come, acknowledgements counted, and both ends of a transaction wait for all of them.

mod room;

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode as Code};
use rdkafka::message::BorrowedHeaders;
use rdkafka::producer::{BaseRecord, Producer as _, ThreadedProducer};

use super::acks::{Acks, Failure};
use super::consumer::Offsets;
use super::sink::{NotQueued, Sink, Topics};
use crate::config::{Config, Mode};
use crate::kafka::client::connection::Connection;
use crate::kafka::client::fault::Fault;
use crate::kafka::client::flush::flush;
use crate::kafka::client::identity::Identity;
use crate::kafka::client::{error_codes, headers, properties};
use crate::kafka::sabotage;
use crate::kafka::worker::call::Call;
use crate::kafka::worker::status::Status;
use crate::processor::{Output, Topic};

/// Past its own timeout, a call gets this much longer before the watchdog takes it for lost (it may wait for a lock or for the CPU).
const GRACE: Duration = Duration::from_secs(10);

/// How long one attempt to initialise transactions lasts; it is resumed by the next, and the worker looks at its group in between.
const INIT_ATTEMPT: Duration = Duration::from_millis(500);

/// After the first failure of a batch, how long the others are waited for.
const ONCE_FAILED: Duration = Duration::from_secs(1);

/// Longer than any sensible `linger.ms`, after which records are sent without being flushed.
const FLUSH: Duration = Duration::from_secs(1);

const METADATA_TIMEOUT: Duration = Duration::from_secs(2);

/// A producer of one worker, and the state of its transaction.
///
/// It is a `ThreadedProducer`: aborting on a plain one with queued records never returns, because nobody serves their delivery reports.
pub(crate) struct Producer {
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
    /// Of the first topic that is written.
    partitions: usize,
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

    /// Sends what is queued, and waits until nothing is under way any more, for at most `patience`.
    fn await_acks(&self, patience: Duration) -> bool {
        let begun = Instant::now();
        if self.acks.outstanding() > 0 {
            flush(&self.client, FLUSH.min(patience));
        }
        self.acks.wait_for_all(patience.saturating_sub(begun.elapsed()), ONCE_FAILED)
    }

    /// Leaves nothing behind that could be taken for a record of the next batch.
    fn forget_records(&mut self) -> Result<(), KafkaError> {
        (self.produced, self.bytes) = (0, 0);
        let settled = self.acks.wait_for_all(self.timeout, self.timeout);
        drop(self.acks.take_failures());
        if settled { Ok(()) } else { Err(KafkaError::MessageProduction(Code::OperationTimedOut)) }
    }
}

impl Sink for Producer {
    type Offsets = Offsets;

    fn place(&self) -> usize {
        self.place
    }

    fn is_ready(&self) -> bool {
        self.ready
    }

    fn connection(&self) -> &Connection {
        self.acks.connection()
    }

    fn init(&mut self) -> KafkaResult<()> {
        if self.mode == Mode::ExactlyOnce && !self.initialised {
            let _call = self.status.enter(Call::InitTransactions, INIT_ATTEMPT + GRACE);
            self.client.init_transactions(INIT_ATTEMPT)?;
        }
        self.initialised = true;
        Ok(())
    }

    fn look_for<'a>(&mut self, outputs: &'a [Topic]) -> KafkaResult<Topics<'a>> {
        let _call = self.status.enter(Call::Metadata, METADATA_TIMEOUT * 2 + GRACE);
        for (place, topic) in outputs.iter().enumerate() {
            let metadata = self.client.client().fetch_metadata(Some(&topic.name), METADATA_TIMEOUT)?;
            let error = metadata.topics().first().and_then(|topic| topic.error()).map(Code::from);
            match error {
                Some(code) if error_codes::is_topic_missing(code) => return Ok(Topics::Missing(topic)),
                Some(Code::TopicAuthorizationFailed) => return Ok(Topics::Denied(topic)),
                Some(code) => return Err(KafkaError::MetadataFetch(code)),
                None if place == 0 => self.partitions = metadata.topics().first().map_or(1, |it| it.partitions().len()),
                None => {}
            }
        }
        self.acks.connection().works();
        self.ready = true;
        Ok(Topics::There)
    }

    fn open_for(&self) -> Option<Duration> {
        self.began.map(|began| began.elapsed())
    }

    fn begin(&mut self) -> KafkaResult<()> {
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

    fn send(&mut self, output: &Output, unreadable: Option<&BorrowedHeaders>) -> Result<(), NotQueued> {
        let Output { topic, record, own_headers } = output;
        let mut queued = BaseRecord::<[u8], [u8], usize>::with_opaque_to(topic, self.produced);
        queued.key = record.key.as_deref();
        queued.payload = record.value.as_deref();
        queued.timestamp = record.timestamp_ms;
        queued.headers = Some(headers::write(&record.headers, unreadable.zip(*own_headers)));
        if sabotage::hold_back(output) {
            return Ok(());
        }
        self.await_turn()?;
        let mut full_since = None;
        loop {
            self.acks.expect();
            let Err((error, again)) = self.client.send(queued) else {
                self.produced += 1;
                self.bytes += record.key.as_ref().map_or(0, Vec::len) + record.value.as_ref().map_or(0, Vec::len);
                return sabotage::take_held().map_or(Ok(()), |held| self.send(&held, None));
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

    fn has_failed(&self) -> bool {
        self.acks.failed()
    }

    /// Before a commit: `commit_transaction` of rdkafka flushes first, in steps of 100 ms, so that a commit with anything outstanding costs that
    /// much. Before an abort: an abort right after a produce can overtake the request that adds the partition to the
    /// transaction; the broker then answers INVALID_TXN_STATE, which the client takes for fatal.
    fn settle(&mut self) -> KafkaResult<Vec<Failure>> {
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

    fn await_failures(&self) -> Vec<Failure> {
        let _call = self.status.enter(Call::AwaitAcks, ONCE_FAILED + GRACE);
        self.await_acks(ONCE_FAILED);
        self.acks.take_failures()
    }

    /// Records that fail only as a consequence do not tell: the client purges them. A call that is out of
    /// place in the present state is answered with the error that led there, and changes nothing.
    fn why_failed(&self) -> Option<KafkaError> {
        let open = self.mode == Mode::ExactlyOnce && self.began.is_some();
        let error = open.then(|| self.client.begin_transaction().err()).flatten()?;
        (error.rdkafka_error_code() != Some(Code::State)).then_some(error)
    }

    fn denied_topic(&self) -> Option<String> {
        self.acks.denied_topic()
    }

    /// While the group's coordinator is away, the client waits for it without looking at the timeout. So the call is made by a thread of its own,
    /// which is left behind when the time is over. The worker builds another producer; once the broker is back, the old call
    /// returns into the void, with a fenced epoch. A coordinator that is busy is asked again after a fixed 500 ms, which the timeout has room for.
    fn send_offsets(&self, offsets: &Offsets) -> KafkaResult<()> {
        if sabotage::offsets_go_another_way() {
            return Ok(());
        }
        let _call = self.status.enter(Call::SendOffsets, self.timeout + GRACE);
        let (client, timeout, offsets) = (self.client.clone(), self.timeout, offsets.clone());
        let (answer, answered) = mpsc::sync_channel(1);
        let spawned = thread::Builder::new().name("send-offsets".into()).spawn(move || {
            let lost = || Err(KafkaError::Global(Code::AssignmentLost));
            let sent = |group| client.send_offsets_to_transaction(offsets.list(), group, timeout);
            // Nobody listens any more if this took too long.
            let _ = answer.send(offsets.group().map_or_else(lost, sent));
        });
        let overdue = KafkaError::Global(Code::OperationTimedOut);
        spawned.map_err(|_| overdue.clone())?;
        answered.recv_timeout(timeout + GRACE / 5).unwrap_or(Err(overdue))
    }

    /// The timeout is the transaction's own: later than that the broker has aborted it anyway.
    fn commit(&mut self) -> KafkaResult<()> {
        let _call = self.status.enter(Call::CommitTransaction, self.timeout + GRACE);
        self.client.commit_transaction(self.timeout)?;
        self.began = None;
        Ok(())
    }

    /// Once every record is settled or has had its time; the client purges the rest.
    fn abort(&mut self) -> KafkaResult<()> {
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

    fn close_batch(&mut self) -> Duration {
        self.began.take().map_or(Duration::ZERO, |began| began.elapsed())
    }

    fn forget(&mut self) -> KafkaResult<()> {
        drop(self.settle()?);
        self.began = None;
        self.forget_records()
    }
}
