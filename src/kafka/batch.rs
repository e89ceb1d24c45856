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
    }
}
