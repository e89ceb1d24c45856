//! A second processor: it counts the records of each key, and writes the count. Its state tells whether what is tentative was kept apart.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::broker::Broker;
use crate::kafka::worker::clock::Clock as _;
use crate::message::Message;
use crate::processor::{Halt, Output, Processor, Refusal, Topic};
use crate::record::Record;

/// Messages of committed batches.
#[derive(Clone, Default)]
pub(super) struct Counted(Arc<AtomicUsize>);

impl Counted {
    pub(super) fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// The key of a record: the same in every partition for every third offset, so that each has several keys.
pub(super) fn key_of(partition: i32, offset: i64) -> String {
    format!("{partition}-{}", offset % 3)
}

/// Counts by key.
pub(super) struct Counter {
    committed: Counts,
    /// As of the latest record, of the keys that have changed since.
    tentative: Counts,
    accepted: usize,
    counted: Counted,
    output: Topic,
    copies: Topic,
    /// Whether each record is written a second time, to another topic.
    pub(super) makes_copies: bool,
    /// From this offset on of any partition, nothing may be read any more.
    pub(super) halts_at: Option<i64>,
    /// For so many records, one after the other, it lacks what it needs to decide.
    pub(super) waits: usize,
    /// How long each record takes, on this clock.
    pub(super) takes: Option<(Broker, Duration)>,
}

type Counts = BTreeMap<Vec<u8>, usize>;

/// How many records the key has, with this one, and in which other way this one is written.
pub(super) struct Count {
    records: usize,
    fallback: usize,
}

impl Counter {
    pub(super) fn new(counted: &Counted) -> Counter {
        Counter {
            committed: Counts::new(),
            tentative: Counts::new(),
            accepted: 0,
            counted: counted.clone(),
            output: Topic::new("out", "kafka.output_topic"),
            copies: Topic::new("copies", "kafka.dead_letter_topic"),
            makes_copies: false,
            halts_at: None,
            waits: 0,
            takes: None,
        }
    }
}

impl Processor for Counter {
    type Outcome = Count;
    type Changes = (Counts, usize);

    fn inputs(&self) -> Vec<Topic> {
        vec![Topic::new("in", "kafka.input_topic")]
    }

    fn outputs(&self) -> Vec<Topic> {
        vec![self.output.clone(), self.copies.clone()]
    }

    fn process(&self, message: &Message<'_>) -> Count {
        if let Some((clock, time)) = &self.takes {
            clock.sleep(*time);
        }
        let key = message.key.unwrap_or_default();
        let so_far = self.tentative.get(key).or_else(|| self.committed.get(key));
        Count { records: so_far.copied().unwrap_or_default() + 1, fallback: 0 }
    }

    fn encode(&self, message: &Message<'_>, count: &Count, _: i64, records: &mut Vec<Output>) {
        let Count { records: count, fallback } = count;
        let value = format!("{} {} {count} {fallback}", message.partition, message.offset);
        let record =
            Record { key: message.key.map(<[u8]>::to_vec), value: Some(value.into_bytes()), ..Record::default() };
        let topics = [Some(&self.output), Some(&self.copies).filter(|_| self.makes_copies)];
        records.extend(topics.into_iter().flatten().map(|topic| Output {
            topic: topic.name.clone(),
            record: record.clone(),
            own_headers: None,
        }));
    }

    fn fallbacks(&self) -> &'static [&'static str] {
        &["shorter count", "still shorter count"]
    }

    fn refused(&self, message: &Message<'_>, refusal: &Refusal) -> Count {
        Count { fallback: refusal.times, ..self.process(message) }
    }

    fn accept(&mut self, message: &Message<'_>, count: &Count, _: Duration) -> Result<(), Halt> {
        if let Some(left) = self.waits.checked_sub(1) {
            self.waits = left;
            return Err(Halt::Wait("something is missing".into()));
        }
        self.tentative.insert(message.key.unwrap_or_default().to_vec(), count.records);
        self.accepted += 1;
        match self.halts_at {
            Some(offset) if message.offset >= offset => Err(Halt::Stop("enough".into())),
            _ => Ok(()),
        }
    }

    fn close(&mut self) -> (Counts, usize) {
        (self.tentative.clone(), std::mem::take(&mut self.accepted))
    }

    fn commit(&mut self, (counts, accepted): (Counts, usize)) {
        self.committed.extend(counts);
        self.counted.0.fetch_add(accepted, Ordering::SeqCst);
    }

    fn abort(&mut self) {
        self.tentative.clear();
        self.accepted = 0;
    }
}

/// A record that was written: of which record, the count of its key, and in which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) partition: i32,
    pub(super) offset: i64,
    pub(super) count: usize,
    pub(super) fallback: usize,
}

impl Written {
    pub(super) fn read(record: &Record) -> Written {
        let text = String::from_utf8_lossy(record.value.as_deref().expect("a value")).into_owned();
        let mut numbers = text.split(' ').map(|number| number.parse::<i64>().expect("a number"));
        let mut next = || numbers.next().expect("four numbers");
        Written { partition: next() as i32, offset: next(), count: next() as usize, fallback: next() as usize }
    }

    /// By another worker.
    pub(super) fn elsewhere(partition: i32, offset: i64) -> Written {
        Written { partition, offset, count: 0, fallback: 0 }
    }
}

/// Holds the counts against a plain count of what was written, in order.
pub(super) fn check(written: &[Written], case: &str) {
    let mut counts = BTreeMap::<String, usize>::new();
    for Written { partition, offset, count, .. } in written {
        let expected = counts.entry(key_of(*partition, *offset)).or_default();
        *expected += 1;
        assert_eq!(count, expected, "{case}: partition {partition}, offset {offset}");
    }
}
