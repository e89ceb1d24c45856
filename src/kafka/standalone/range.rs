//! Reads a topic outside any group, as far as it is committed: from its beginning to its present end, or onwards.
//!
//! No group is joined and nothing is committed, so that a live service is not disturbed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Header, Headers as _, Message as _};
use rdkafka::{Offset, TopicPartitionList};

use crate::config::Kafka;
use crate::kafka::client::quiet::Quiet;
use crate::kafka::client::{CallError, call_error, error_codes, properties};
use crate::message::Message;
use crate::record::{self, Headers};

const ANSWERED_WITHIN: Duration = Duration::from_secs(10);

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

/// The records of one topic, from the beginning.
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
        Range::open(kafka, topic, |consumer, partition| {
            // Under read_committed the upper watermark is the last stable offset: open transactions are left out.
            let (low, end) = consumer.fetch_watermarks(topic, partition, ANSWERED_WITHIN)?;
            Ok((low < end).then_some(end))
        })
    }

    /// Everything that is committed in the topic, and what will be.
    ///
    /// # Errors
    ///
    /// When the broker does not answer, or refuses.
    pub fn onwards(kafka: &Kafka, topic: &str) -> Result<Range, CallError> {
        Range::open(kafka, topic, |_, _| Ok(Some(i64::MAX)))
    }

    /// `end` says where to stop in a partition, `None` that there is nothing to read.
    fn open(
        kafka: &Kafka,
        topic: &str,
        end: impl Fn(&BaseConsumer<Quiet>, i32) -> Result<Option<i64>, KafkaError>,
    ) -> Result<Range, CallError> {
        let trouble = || CallError::on(format!("read topic {topic}"));
        let consumer = properties::reader(kafka).create_with_context(Quiet).map_err(trouble())?;
        let partitions = partitions(&consumer, topic)?;
        let mut open = BTreeMap::new();
        let mut assignment = TopicPartitionList::new();
        for partition in partitions {
            if let Some(end) = end(&consumer, partition).map_err(trouble())? {
                open.insert(partition, end);
                assignment.add_partition_offset(topic, partition, Offset::Beginning).map_err(trouble())?;
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

fn partitions(consumer: &BaseConsumer<Quiet>, topic: &str) -> Result<Vec<i32>, CallError> {
    let what = format!("read topic {topic}");
    let metadata = consumer.fetch_metadata(Some(topic), ANSWERED_WITHIN).map_err(CallError::on(&what))?;
    let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else {
        return Err(CallError { what, why: "the broker does not name it".into() });
    };
    if let Some(error) = found.error() {
        return Err(CallError { what, why: call_error::words(error.into()) });
    }
    Ok(found.partitions().iter().map(|partition| partition.id()).collect())
}

fn stored(message: &BorrowedMessage<'_>) -> Stored {
    let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    Stored {
        topic: message.topic().to_owned(),
        partition: message.partition(),
        offset: message.offset(),
        timestamp_ms: message.timestamp().to_millis(),
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers: headers.map(header).collect(),
    }
}

fn header(header: Header<'_, &[u8]>) -> record::Header {
    (header.key.to_owned().into(), header.value.map(|value| value.to_vec().into()))
}

#[cfg(test)]
mod tests;
