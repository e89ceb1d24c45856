//! What a worker has read and not committed: first and next offset of each partition, and what is counted once it is committed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::config::Delivery;
use crate::telemetry::metrics::Tally;

/// The records of one transaction.
#[derive(Default)]
pub(super) struct Batch {
    spans: BTreeMap<i32, Span>,
    /// Where the record with this number came from, as they were produced.
    origins: Vec<(i32, i64)>,
    pub(super) records: usize,
    bytes: u64,
    opened: Option<Instant>,
    pub(super) tally: Tally,
    oldest_ms: Option<i64>,
    /// What its offsets carry into the group's commits, from when these are about to be made.
    pub(super) tag: Option<String>,
}

struct Span {
    first: i64,
    next: i64,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// A record was read, whatever becomes of it.
    pub(super) fn read(&mut self, partition: i32, offset: i64, bytes: usize, timestamp_ms: Option<i64>) {
        self.opened.get_or_insert_with(Instant::now);
        self.records += 1;
        self.bytes += bytes as u64;
        let span = self.spans.entry(partition).or_insert(Span { first: offset, next: offset });
        // Back to the start of a topic that was made anew: what is to be read again begins there.
        span.first = span.first.min(offset);
        span.next = offset + 1;
        if let Some(at) = timestamp_ms {
            self.oldest_ms = Some(self.oldest_ms.map_or(at, |oldest| oldest.min(at)));
        }
    }

    /// The record that was read last was also produced.
    pub(super) fn produced(&mut self, partition: i32, offset: i64) {
        self.origins.push((partition, offset));
    }

    /// Where the record with this number came from.
    pub(super) fn origin(&self, index: usize) -> Option<(i32, i64)> {
        self.origins.get(index).copied()
    }

    /// Timestamp of the oldest record.
    pub(super) fn oldest_ms(&self) -> Option<i64> {
        self.oldest_ms
    }

    /// Where to read again from.
    pub(super) fn first(&self) -> BTreeMap<i32, i64> {
        self.spans.iter().map(|(partition, span)| (*partition, span.first)).collect()
    }

    /// What to commit.
    pub(super) fn next(&self) -> impl Iterator<Item = (i32, i64)> + '_ {
        self.spans.iter().map(|(partition, span)| (*partition, span.next))
    }

    /// Whether the batch is to be closed, `records` being its present limit.
    pub(super) fn is_full(&self, limits: &Delivery, records: usize) -> bool {
        self.records >= records || self.bytes >= limits.batch_bytes.0 || self.age() >= limits.batch_wait
    }

    /// How long more records may still be waited for.
    pub(super) fn time_left(&self, limits: &Delivery) -> Duration {
        limits.batch_wait.saturating_sub(self.age())
    }

    fn age(&self) -> Duration {
        self.opened.map_or(Duration::ZERO, |opened| opened.elapsed())
    }

    /// Forgets everything, and keeps the memory for the next batch.
    pub(super) fn clear(&mut self) {
        self.spans.clear();
        self.origins.clear();
        self.records = 0;
        self.bytes = 0;
        self.opened = None;
        self.tally.clear();
        self.oldest_ms = None;
        self.tag = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Bytes, Config};

    #[test]
    fn it_commits_behind_the_last_and_rewinds_to_the_first_record_of_each_partition() {
        let mut batch = Batch::default();
        for (partition, offset) in [(0, 7), (1, 100), (0, 8), (0, 11)] {
            batch.read(partition, offset, 10, Some(offset));
        }
        assert_eq!(batch.next().collect::<Vec<_>>(), [(0, 12), (1, 101)]);
        assert_eq!(batch.first(), BTreeMap::from([(0, 7), (1, 100)]));
        assert_eq!(batch.oldest_ms(), Some(7));
        batch.clear();
        assert!(batch.is_empty() && batch.first().is_empty() && batch.oldest_ms().is_none());
    }

    #[test]
    fn a_topic_made_anew_within_a_batch_is_rewound_to_its_own_start() {
        let mut batch = Batch::default();
        batch.read(0, 500, 1, None);
        batch.read(0, 0, 1, None);
        assert_eq!(batch.first(), BTreeMap::from([(0, 0)]));
        assert_eq!(batch.next().collect::<Vec<_>>(), [(0, 1)]);
    }

    #[test]
    fn it_is_full_by_records_or_bytes_or_time() {
        let limits =
            Delivery { batch_bytes: Bytes(100), batch_wait: Duration::from_secs(3600), ..Config::default().delivery };
        let mut batch = Batch::default();
        batch.read(0, 1, 99, None);
        assert!(!batch.is_full(&limits, 2));
        assert!(batch.is_full(&limits, 1), "records");
        batch.read(0, 2, 1, None);
        assert!(batch.is_full(&limits, 9), "bytes");
        assert!(batch.is_full(&Delivery { batch_bytes: Bytes(999), batch_wait: Duration::ZERO, ..limits }, 9), "time");
    }
}
