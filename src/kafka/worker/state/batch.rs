//! What a worker has read and not committed: first and next offset of each partition, and where each record came from.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::config::Delivery;
use crate::kafka::worker::partition::Partition;

/// The records of one transaction.
#[derive(Default)]
pub(crate) struct Batch {
    spans: BTreeMap<Partition, Span>,
    /// Where the record with this number came from, as they were produced.
    origins: Vec<(Partition, i64)>,
    pub(crate) records: usize,
    bytes: u64,
    opened: Option<Instant>,
    oldest_ms: Option<i64>,
    /// What its offsets carry into the group's commits, from when these are about to be made.
    pub(crate) tag: Option<String>,
}

struct Span {
    first: i64,
    next: i64,
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Whether there is nothing to commit either.
    pub(crate) fn is_void(&self) -> bool {
        self.spans.is_empty()
    }

    /// From `first` to `next` there are no records.
    pub(crate) fn passed(&mut self, partition: Partition, first: i64, next: i64) {
        self.spans.entry(partition).or_insert(Span { first, next });
    }

    /// A record was read, whatever becomes of it.
    pub(crate) fn read(
        &mut self,
        partition: Partition,
        offset: i64,
        bytes: usize,
        timestamp_ms: Option<i64>,
        now: Instant,
    ) {
        self.opened.get_or_insert(now);
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

    /// A record was produced of the one that was read last.
    pub(crate) fn produced(&mut self, partition: Partition, offset: i64) {
        self.origins.push((partition, offset));
    }

    /// Where the record with this number came from.
    pub(crate) fn origin(&self, index: usize) -> Option<(Partition, i64)> {
        self.origins.get(index).copied()
    }

    /// Timestamp of the oldest record.
    pub(crate) fn oldest_ms(&self) -> Option<i64> {
        self.oldest_ms
    }

    /// Where to read again from.
    pub(crate) fn first(&self) -> BTreeMap<Partition, i64> {
        self.spans.iter().map(|(partition, span)| (*partition, span.first)).collect()
    }

    /// What to commit.
    pub(crate) fn next(&self) -> impl Iterator<Item = (Partition, i64)> + '_ {
        self.spans.iter().map(|(partition, span)| (*partition, span.next))
    }

    /// Whether the batch is to be closed, `records` being its present limit.
    pub(crate) fn is_full(&self, limits: &Delivery, records: usize, now: Instant) -> bool {
        self.records >= records || self.bytes >= limits.batch_bytes.0 || self.age(now) >= limits.batch_wait
    }

    /// How long more records may still be waited for.
    pub(crate) fn time_left(&self, limits: &Delivery, now: Instant) -> Duration {
        limits.batch_wait.saturating_sub(self.age(now))
    }

    fn age(&self, now: Instant) -> Duration {
        self.opened.map_or(Duration::ZERO, |opened| now.saturating_duration_since(opened))
    }

    /// Forgets everything, and keeps the memory for the next batch.
    pub(crate) fn clear(&mut self) {
        self.spans.clear();
        self.origins.clear();
        self.records = 0;
        self.bytes = 0;
        self.opened = None;
        self.oldest_ms = None;
        self.tag = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Bytes, Config};

    fn partition(number: i32) -> Partition {
        Partition { input: 0, number }
    }

    fn read(batch: &mut Batch, number: i32, offset: i64, bytes: usize, timestamp_ms: Option<i64>) {
        batch.read(partition(number), offset, bytes, timestamp_ms, Instant::now());
    }

    #[test]
    fn it_commits_behind_the_last_and_rewinds_to_the_first_record_of_each_partition() {
        let mut batch = Batch::default();
        for (number, offset) in [(0, 7), (1, 100), (0, 8), (0, 11)] {
            read(&mut batch, number, offset, 10, Some(offset));
        }
        assert_eq!(batch.next().collect::<Vec<_>>(), [(partition(0), 12), (partition(1), 101)]);
        assert_eq!(batch.first(), BTreeMap::from([(partition(0), 7), (partition(1), 100)]));
        assert_eq!(batch.oldest_ms(), Some(7));
        batch.clear();
        assert!(batch.is_empty() && batch.first().is_empty() && batch.oldest_ms().is_none());
    }

    #[test]
    fn a_topic_made_anew_within_a_batch_is_rewound_to_its_own_start() {
        let mut batch = Batch::default();
        read(&mut batch, 0, 500, 1, None);
        read(&mut batch, 0, 0, 1, None);
        assert_eq!(batch.first(), BTreeMap::from([(partition(0), 0)]));
        assert_eq!(batch.next().collect::<Vec<_>>(), [(partition(0), 1)]);
    }

    #[test]
    fn offsets_without_records_are_committed_too() {
        let mut batch = Batch::default();
        assert!(batch.is_void());
        batch.passed(partition(0), 7, 9);
        assert!(batch.is_empty() && !batch.is_void());
        assert_eq!(batch.next().collect::<Vec<_>>(), [(partition(0), 9)]);
        assert_eq!(batch.first(), BTreeMap::from([(partition(0), 7)]));
    }

    #[test]
    fn it_is_full_by_records_or_bytes_or_time() {
        let limits =
            Delivery { batch_bytes: Bytes(100), batch_wait: Duration::from_secs(3600), ..Config::default().delivery };
        let (mut batch, now) = (Batch::default(), Instant::now());
        read(&mut batch, 0, 1, 99, None);
        assert!(!batch.is_full(&limits, 2, now));
        assert!(batch.is_full(&limits, 1, now), "records");
        read(&mut batch, 0, 2, 1, None);
        assert!(batch.is_full(&limits, 9, now), "bytes");
        assert!(
            batch.is_full(&Delivery { batch_bytes: Bytes(999), batch_wait: Duration::ZERO, ..limits }, 9, now),
            "time"
        );
    }
}
