//! Batches on the broker's disk that cannot be read: a flipped bit, compressed data that is none, a record longer than its batch.

use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::harness::audit::{self, Fed};
use crate::harness::filings;
use crate::harness::kafka::Kafka;
use crate::harness::lane::{self, Lane};
use crate::harness::service::Service;
use crate::harness::{await_some, shared, topics};

/// Places in a batch (format 2), by its header.
const LENGTH: usize = 8;
const CRC: usize = 17;
const ATTRIBUTES: usize = 21;
const LAST_OFFSET_DELTA: usize = 23;
const FIRST_RECORD: usize = 61;

/// A batch in a segment: its bytes, its offsets.
struct Batch {
    bytes: Range<usize>,
    offsets: Range<i64>,
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("enough bytes")
}

fn batches(segment: &[u8]) -> Vec<Batch> {
    let mut found = Vec::new();
    let mut at = 0;
    while segment.len() >= at + FIRST_RECORD {
        let base = i64::from_be_bytes(number(segment, at));
        let length = i32::from_be_bytes(number(segment, at + LENGTH)) as usize;
        if length == 0 {
            break;
        }
        let last = i64::from(i32::from_be_bytes(number(segment, at + LAST_OFFSET_DELTA)));
        found.push(Batch { bytes: at..at + LENGTH + 4 + length, offsets: base..base + last + 1 });
        at += LENGTH + 4 + length;
    }
    found
}

/// CRC-32C, bit by bit.
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0x82F6_3B78 & 0_u32.wrapping_sub(crc & 1)))
    })
}

/// A batch whose checksum says that all is well.
fn sealed(batch: &mut [u8]) {
    let crc = crc32c(&batch[ATTRIBUTES..]);
    batch[CRC..CRC + 4].copy_from_slice(&crc.to_be_bytes());
}

type Damage = fn(&mut [u8]);

const DAMAGES: [(&str, Damage); 3] = [
    ("a flipped bit", |batch| {
        let middle = batch.len() / 2;
        batch[middle] ^= 1;
    }),
    ("data that gzip did not write", |batch| {
        batch[ATTRIBUTES + 1] |= 1;
        sealed(batch);
    }),
    ("a record longer than its batch", |batch| {
        batch[FIRST_RECORD..FIRST_RECORD + 3].copy_from_slice(&[0xfe, 0xff, 0x7f]);
        sealed(batch);
    }),
];

/// Damages a batch in the middle of a segment; its offsets.
fn damage(segment: &Path, damage: Damage) -> Range<i64> {
    let mut bytes = fs::read(segment).expect("a segment");
    let all = batches(&bytes);
    let Batch { bytes: place, offsets } = &all[all.len() / 2];
    damage(&mut bytes[place.clone()]);
    fs::write(segment, &bytes).expect("a segment");
    offsets.clone()
}

/// A broker whose input has a damaged batch in each of the first partitions, and a whole last one.
struct Damaged {
    kafka: Kafka,
    lane: Lane,
    fed: Vec<Fed>,
    whole: Vec<Vec<u8>>,
    unreadable: Vec<Range<i64>>,
}

impl Damaged {
    fn broker(name: &str) -> Option<Damaged> {
        if !shared::may_own("damaged batches") {
            return None;
        }
        let mut kafka = Kafka::started(&format!("kafka-{name}"));
        let lane = Lane::named(name, kafka.bootstrap_servers());
        lane.create_topics(DAMAGES.len() as i32 + 1);
        let mut fed = Vec::new();
        for round in 0..8 {
            fed.extend(lane.feed(filings::mixed((round + 1) * 60).split_off(round * 60)));
        }
        kafka.stop();
        let segments: Vec<_> =
            (0..).take(DAMAGES.len()).map(|partition| kafka.segment(&lane.input, partition)).collect();
        let whole = segments.iter().map(|segment| fs::read(segment).expect("a segment")).collect();
        let unreadable = segments.iter().zip(DAMAGES).map(|(segment, (_, how))| damage(segment, how)).collect();
        kafka.start();
        Some(Damaged { kafka, lane, fed, whole, unreadable })
    }

    fn committed(&self) -> Vec<i64> {
        let lane = &self.lane;
        let committed = topics::committed(&lane.servers, &lane.group, &lane.input).unwrap_or_default();
        committed.into_values().collect()
    }

    /// As a replica is mended that was damaged.
    fn mend(&mut self) {
        self.kafka.stop();
        for (partition, whole) in (0..).zip(&self.whole) {
            fs::write(self.kafka.segment(&self.lane.input, partition), whole).expect("a segment");
        }
        self.kafka.start();
    }
}

#[test]
fn partitions_with_batches_that_cannot_be_read_stand_still_before_them_and_go_on_when_they_are_mended() {
    let Some(mut damaged) = Damaged::broker("corrupt") else { return };
    let service = Service::start(&damaged.lane, "a", &[]);
    let stands = DAMAGES.len() as f64;
    await_some("all damaged partitions stand still", || {
        (service.try_page()?.value("standing_partitions{reason=\"unreadable\"}") == stands).then_some(())
    });
    let last = lane::ends(&damaged.fed)[&(DAMAGES.len() as i32)];
    let expected: Vec<i64> = damaged.unreadable.iter().map(|offsets| offsets.start).chain([last]).collect();
    await_some("all before the damage is read, and the whole partition", || {
        (damaged.committed() == expected).then_some(())
    });
    let first = &damaged.unreadable[0];
    let reason = await_some("it says what to do", || service.unready_because("cannot be read"));
    assert!(reason.contains(&format!("the offsets {} to {} of", first.start, first.end - 1)), "{reason}");
    assert!(service.is_live(), "a restart would not mend it");
    let log = service.log();
    for ((what, _), offsets) in DAMAGES.iter().zip(&damaged.unreadable) {
        let told = format!("\"from\":{},\"to\":{},", offsets.start, offsets.end);
        assert!(log.contains(&told), "{what}: {told}: {log}");
    }
    assert!(log.lines().count() < 60, "few lines: {log}");

    damaged.mend();
    damaged.lane.await_done(&damaged.fed);
    assert_eq!(service.terminate().0.code(), Some(0));
    damaged.lane.assert_exactly_once(&damaged.fed);
}

#[test]
fn batches_that_cannot_be_read_are_stepped_over_by_name_and_leave_a_dead_letter_each() {
    let Some(damaged) = Damaged::broker("skip") else { return };
    let Damaged { lane, fed, unreadable, .. } = &damaged;
    let skip = |(partition, offsets): (usize, &Range<i64>)| {
        format!("--skip={}/{partition}@{}..{}", lane.input, offsets.start, offsets.end)
    };
    let skips: Vec<String> = unreadable.iter().enumerate().map(skip).collect();
    let skips: Vec<&str> = skips.iter().map(String::as_str).collect();
    let service = Service::start_with(lane, "a", &skips);
    lane.await_done(fed);
    assert_eq!(service.page().value("input_jumps_total{reason=\"stepped-over\"}"), 3.0);
    assert_eq!(service.terminate().0.code(), Some(0));

    let is_word = |record: &topics::Stored| record.header("dlq.error-codes") == Some("unreadable-records");
    let (words, dead_letters): (Vec<_>, Vec<_>) =
        topics::read_committed(&lane.servers, &lane.dead_letter).into_iter().partition(is_word);
    let mut told: Vec<_> = words.iter().filter_map(|word| word.header("__connect.errors.offset")).collect();
    let mut expected: Vec<_> = unreadable.iter().map(|offsets| offsets.start.to_string()).collect();
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected);
    let is_readable =
        |fed: &&Fed| !unreadable.get(fed.partition as usize).is_some_and(|offsets| offsets.contains(&fed.offset));
    let readable: Vec<_> = fed.iter().filter(is_readable).cloned().collect();
    let events = topics::read_committed(&lane.servers, &lane.output);
    let breaches = audit::audit(&readable, &events, &dead_letters);
    assert!(breaches.is_clean(), "{breaches}");
}
