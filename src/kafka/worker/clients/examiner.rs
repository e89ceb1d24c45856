//! Finds the records of a partition that cannot be read: a client of its own, outside the group, reads that partition alone.
//!
//! The worker's consumer reports such a batch without saying where it stands. And with `check.crcs` librdkafka 2.12 mis-steps inside it: it takes the
//! middle of a record for the next batch, and from there jumps to any offset. So nothing is believed that comes behind the error.

use std::ops::Range;
use std::time::{Duration, Instant};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::Message as _;
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use crate::config::Kafka;
use crate::kafka::client::{error_codes, properties};

/// For the first answer of a partition, a connection included.
const FIRST_ANSWER: Duration = Duration::from_secs(5);

/// For each later one.
const ANSWER: Duration = Duration::from_secs(1);

/// For all of them together.
pub(super) const EXAMINATION: Duration = Duration::from_secs(30);

/// Says nothing: each error is an answer.
struct Quiet;

impl ClientContext for Quiet {
    fn log(&self, _: RDKafkaLogLevel, _: &str, _: &str) {}

    fn error(&self, _: KafkaError, _: &str) {}
}

impl ConsumerContext for Quiet {}

/// Reads one partition, from wherever it is told to.
pub(super) struct Examiner<'a> {
    client: BaseConsumer<Quiet>,
    topic: &'a str,
    partition: i32,
    deadline: Instant,
}

impl Examiner<'_> {
    pub(super) fn of<'a>(kafka: &Kafka, topic: &'a str, partition: i32) -> KafkaResult<Examiner<'a>> {
        let client = properties::examiner(kafka).create_with_context(Quiet)?;
        Ok(Examiner { client, topic, partition, deadline: Instant::now() + EXAMINATION })
    }

    /// The records from `from` on that cannot be read; `None` when the first one can. `end` is that of the partition.
    pub(super) fn unreadable(&self, from: i64, end: i64) -> KafkaResult<Option<Range<i64>>> {
        if from >= end || self.is_readable(from, FIRST_ANSWER)? {
            return Ok(None);
        }
        first_readable(from, end, |offset| self.is_readable(offset, ANSWER)).map(|to| Some(from..to))
    }

    /// Whether the record at an offset, or the next behind it, can be read. Without an answer in time it cannot: a broken length makes the
    /// client wait for bytes that do not exist.
    fn is_readable(&self, offset: i64, patience: Duration) -> KafkaResult<bool> {
        let mut place = TopicPartitionList::new();
        place.add_partition_offset(self.topic, self.partition, Offset::Offset(offset))?;
        self.client.assign(&place)?;
        let deadline = self.deadline.min(Instant::now() + patience);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.client.poll(left.max(Duration::from_millis(1))) {
                Some(Ok(record)) if record.offset() >= offset => return Ok(true),
                Some(Err(KafkaError::PartitionEOF(_))) => return Ok(true),
                Some(Err(error)) if is_unreadable(&error) => return Ok(false),
                _ if left.is_zero() => return Ok(false),
                _ => {}
            }
        }
    }
}

fn is_unreadable(error: &KafkaError) -> bool {
    error.rdkafka_error_code().is_some_and(error_codes::is_unreadable)
}

/// The first offset behind `from` that can be read, at most `end`: by longer and longer steps, and then by halving. (Between two broken batches a
/// short one that can be read may be stepped over: it is told as part of the range.)
fn first_readable(from: i64, end: i64, is_readable: impl Fn(i64) -> KafkaResult<bool>) -> KafkaResult<i64> {
    let (mut broken, mut step) = (from, 1);
    let mut readable = end;
    while from + step < end {
        if is_readable(from + step)? {
            readable = from + step;
            break;
        }
        broken = from + step;
        step *= 2;
    }
    while readable - broken > 1 {
        let middle = broken + (readable - broken) / 2;
        if is_readable(middle)? { readable = middle } else { broken = middle }
    }
    Ok(readable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_what_cannot_be_read_is_found_to_the_offset() {
        for to in 11..200 {
            for end in [to, to + 1, to + 50] {
                let found = first_readable(10, end, |offset| Ok(offset >= to));
                assert_eq!(found, Ok(to), "up to {to}, end {end}");
            }
        }
    }

    #[test]
    fn few_questions_are_enough_for_a_large_batch() {
        let asked = std::cell::Cell::new(0);
        let is_readable = |offset| {
            asked.set(asked.get() + 1);
            Ok(offset >= 5_000)
        };
        assert_eq!(first_readable(0, 1_000_000, is_readable), Ok(5_000));
        assert!(asked.get() <= 26, "{}", asked.get());
    }
}
