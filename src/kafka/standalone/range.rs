//! Reads a topic outside any group, as far as it is committed: some offsets of it, all to its present end, or onwards.
//!
//! No group is joined and nothing is committed, so that a live service is not disturbed. A range ends by itself, also where its last offsets are markers
//! of transactions or were compacted away.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::{Offset, TopicPartitionList};

use crate::config::Kafka;
use crate::kafka::client::quiet::Quiet;
use crate::kafka::client::{CallError, call_error, error_codes, headers, properties};
use crate::message::Message;
use crate::record::{Headers, Origin};

pub(super) const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

/// A record as it is stored in a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
    /// Milliseconds since the epoch.
    pub timestamp_ms: Option<i64>,
    /// Key.
    pub key: Option<Vec<u8>>,
    /// Value.
    pub value: Option<Vec<u8>>,
    /// In order; a name may occur twice, a value may be null.
    pub headers: Headers,
}

impl Stored {
    /// The record as the pure half sees it.
    pub fn message(&self) -> Message<'_> {
        Message {
            topic: &self.topic,
            partition: self.partition,
            offset: self.offset,
            timestamp_ms: self.timestamp_ms,
            key: self.key.as_deref(),
            value: self.value.as_deref(),
            headers: self.headers.iter().map(|(name, value)| (name.as_ref(), value.as_deref())).collect(),
        }
    }
}

/// What a [`Range`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next record; in order within its partition.
    Record(Box<Stored>),
    /// Nothing more for now.
    Nothing,
    /// Every partition has been read to its end.
    Finished,
}

/// Offsets of a partition: from the first, included, to the last, not included.
pub type Span = std::ops::Range<i64>;

/// The records of one topic, or some of them.
pub struct Range {
    consumer: BaseConsumer<Quiet>,
    topic: String,
    /// Partitions still to be read, each with the offset to stop before.
    open: BTreeMap<i32, i64>,
}

impl Range {
    /// Everything that is committed in the topic at this moment.
    ///
    /// # Errors
    ///
    /// When the broker does not answer, or refuses.
    pub fn to_now(kafka: &Kafka, topic: &str) -> Result<Range, CallError> {
        Range::open(kafka, topic, |_, there| there)
    }

    /// What of these offsets is there and committed at this moment.
    ///
    /// # Errors
    ///
    /// When the broker does not answer, or refuses.
    pub fn over(kafka: &Kafka, topic: &str, spans: &BTreeMap<i32, Span>) -> Result<Range, CallError> {
        Range::open(kafka, topic, |partition, there| match spans.get(&partition) {
            Some(span) => span.start.max(there.start)..span.end.min(there.end),
            None => 0..0,
        })
    }

    /// Everything that is committed in the topic, and what will be.
    ///
    /// # Errors
    ///
    /// When the broker does not answer, or refuses.
    pub fn onwards(kafka: &Kafka, topic: &str) -> Result<Range, CallError> {
        Range::open(kafka, topic, |_, there| there.start..i64::MAX)
    }

    /// What will be committed in the topic from this moment on.
    ///
    /// # Errors
    ///
    /// When the broker does not answer, or refuses.
    pub fn from_now(kafka: &Kafka, topic: &str) -> Result<Range, CallError> {
        Range::open(kafka, topic, |_, there| there.end..i64::MAX)
    }

    /// `choose` says what to read of a partition, which holds these offsets.
    fn open(kafka: &Kafka, topic: &str, choose: impl Fn(i32, Span) -> Span) -> Result<Range, CallError> {
        let trouble = || CallError::on(format!("read topic {topic}"));
        let consumer = reader(kafka).map_err(trouble())?;
        let mut open = BTreeMap::new();
        let mut assignment = TopicPartitionList::new();
        for (partition, there) in extent(&consumer, topic)? {
            let span = choose(partition, there);
            if span.start < span.end {
                open.insert(partition, span.end);
                assignment.add_partition_offset(topic, partition, Offset::Offset(span.start)).map_err(trouble())?;
            }
        }
        consumer.assign(&assignment).map_err(trouble())?;
        Ok(Range { consumer, topic: topic.to_owned(), open })
    }

    /// The next record, waiting for it at most that long.
    ///
    /// # Errors
    ///
    /// The broker's refusal.
    pub fn next(&mut self, wait: Duration) -> Result<Next, CallError> {
        let since = Instant::now();
        while !self.open.is_empty() {
            let left = wait.saturating_sub(since.elapsed());
            match self.consumer.poll(left) {
                None if left.is_zero() => return Ok(Next::Nothing),
                None => {}
                Some(Ok(message)) => {
                    let (partition, offset) = (message.partition(), message.offset());
                    let Some(end) = self.open.get(&partition).copied() else { continue };
                    let record = (offset < end).then(|| Next::Record(Box::new(stored(&message))));
                    if offset + 1 >= end {
                        self.open.remove(&partition);
                    }
                    if let Some(record) = record {
                        return Ok(record);
                    }
                }
                // All that follows the last record may be markers of transactions, which are never delivered.
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    self.open.retain(|open, end| *open != partition || *end == i64::MAX);
                }
                Some(Err(error)) if call_error::code(&error).is_some_and(error_codes::is_transient) => {}
                Some(Err(error)) => return Err(CallError::on(format!("read topic {}", self.topic))(error)),
            }
        }
        Ok(Next::Finished)
    }

    /// All records to the end.
    ///
    /// # Errors
    ///
    /// The broker's refusal, or that it stopped answering.
    pub fn read(mut self) -> Result<Vec<Stored>, CallError> {
        let mut records = Vec::new();
        loop {
            match self.next(ANSWERED_WITHIN)? {
                Next::Record(record) => records.push(*record),
                Next::Finished => return Ok(records),
                Next::Nothing => {
                    let why = format!("nothing came within {} s", ANSWERED_WITHIN.as_secs());
                    return Err(CallError { what: format!("read topic {}", self.topic), why });
                }
            }
        }
    }
}

/// The one record at a place; `None` when there is none: not yet, not any more, or a marker of a transaction.
///
/// # Errors
///
/// When the broker does not answer, or refuses.
pub fn record_at(kafka: &Kafka, place: &Origin) -> Result<Option<Stored>, CallError> {
    let span = place.offset..place.offset.saturating_add(1);
    let mut found = Range::over(kafka, &place.topic, &BTreeMap::from([(place.partition, span)]))?.read()?;
    Ok(found.pop())
}

/// A consumer for a range. What a broker has deleted meanwhile is passed over.
pub(super) fn reader(kafka: &Kafka) -> Result<BaseConsumer<Quiet>, KafkaError> {
    let mut client = properties::reader(kafka);
    client
        .set("auto.offset.reset", "earliest")
        .set("queued.max.messages.kbytes", "16384")
        .set("fetch.queue.backoff.ms", "5");
    client.create_with_context(Quiet)
}

/// The committed offsets of each partition of a topic.
pub(super) fn extent(consumer: &BaseConsumer<Quiet>, topic: &str) -> Result<BTreeMap<i32, Span>, CallError> {
    let what = format!("read topic {topic}");
    let metadata = consumer.fetch_metadata(Some(topic), ANSWERED_WITHIN).map_err(CallError::on(&what))?;
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else {
        return Err(CallError { what, why: "the broker does not name it".into() });
    };
    if let Some(error) = found.error() {
        return Err(CallError { what, why: call_error::words(error.into()) });
    }
    let of = |partition: i32| {
        // Under read_committed the upper watermark is the last stable offset: open transactions are left out.
        let (low, end) = consumer.fetch_watermarks(topic, partition, ANSWERED_WITHIN).map_err(CallError::on(&what))?;
        Ok((partition, low..end))
    };
    found.partitions().iter().map(|partition| of(partition.id())).collect()
}

fn stored(message: &BorrowedMessage<'_>) -> Stored {
    let mut readable = Vec::new();
    if let Some(all) = message.headers() {
        headers::read(all, &mut readable);
    }
    let owned =
        |(name, value): (&str, Option<&[u8]>)| (name.to_owned().into(), value.map(|value| value.to_vec().into()));
    Stored {
        topic: message.topic().to_owned(),
        partition: message.partition(),
        offset: message.offset(),
        timestamp_ms: message.timestamp().to_millis(),
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers: readable.into_iter().map(owned).collect(),
    }
}

#[cfg(test)]
mod tests;
