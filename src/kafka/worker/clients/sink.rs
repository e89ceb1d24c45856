//! Where records go to: a producer, and its transaction.

use std::time::Duration;

use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode as Code};
use rdkafka::message::BorrowedHeaders;

use super::acks::Failure;
use crate::kafka::client::connection::Connection;
use crate::processor::{Output, Topic};

/// Whether the topics to write are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topics<'a> {
    /// All of them.
    There,
    /// This one is not.
    Missing(&'a Topic),
    /// This user may not even see it.
    Denied(&'a Topic),
}

/// Why a record was not queued.
pub(crate) enum NotQueued {
    /// The client itself refuses the record (too large).
    Record(Code),
    /// The queue stayed full, or the call failed.
    Error(KafkaError),
}

/// Writes records, in transactions where the mode says so. Each call waits for a bounded time.
pub(crate) trait Sink: Sized + Send + 'static {
    /// What the source makes of offsets to commit.
    type Offsets;

    /// Which of the worker's producers it is, counted from 0.
    fn place(&self) -> usize;

    /// Whether it may send: initialised, and its topics seen.
    fn is_ready(&self) -> bool;

    /// The connections of this client.
    fn connection(&self) -> &Connection;

    /// Fences older producers of this transactional id and ends their transactions. Resumes where an earlier attempt timed out.
    fn init(&mut self) -> KafkaResult<()>;

    /// Looks for the topics to write, up to the first one with which something is wrong; with all there, it is ready. Asked once, at
    /// the start: later, records that wait for a topic time out.
    fn look_for<'a>(&mut self, outputs: &'a [Topic]) -> KafkaResult<Topics<'a>>;

    /// How long the open transaction has been open.
    fn open_for(&self) -> Option<Duration>;

    /// Begins lazily: a transaction without records or offsets would only be something that can time out.
    fn begin(&mut self) -> KafkaResult<()>;

    /// Queues a record; it is sent while the next one is processed. Its place in the batch comes back with a failure. `unreadable` are all headers of
    /// its message as the client has them, when some cannot be read.
    fn send(&mut self, output: &Output, unreadable: Option<&BorrowedHeaders>) -> Result<(), NotQueued>;

    /// Whether some record has failed already, so that the batch is lost whatever follows.
    fn has_failed(&self) -> bool;

    /// Waits until each record is acknowledged or has failed, and returns the failures. With some, others may still be under way.
    fn settle(&mut self) -> KafkaResult<Vec<Failure>>;

    /// The records that have failed, once the client has told of all, or for some time of none.
    fn await_failures(&self) -> Vec<Failure>;

    /// Why the transaction cannot go on.
    fn why_failed(&self) -> Option<KafkaError>;

    /// The topic that the broker does not let into a transaction.
    fn denied_topic(&self) -> Option<String>;

    /// Adds the offsets to the transaction.
    fn send_offsets(&self, offsets: &Self::Offsets) -> KafkaResult<()>;

    /// Commits the transaction.
    fn commit(&mut self) -> KafkaResult<()>;

    /// Aborts the transaction.
    fn abort(&mut self) -> KafkaResult<()>;

    /// Without transactions, a batch ends when its offsets are committed; returns how long it was open.
    fn close_batch(&mut self) -> Duration;

    /// Without transactions, what was sent is sent, and will be sent again.
    fn forget(&mut self) -> KafkaResult<()>;
}
