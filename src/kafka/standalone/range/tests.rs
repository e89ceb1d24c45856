//! Ranges read from the embedded broker.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use super::*;
use crate::config::Config;
use crate::kafka::standalone::embedded::Embedded;
use crate::kafka::standalone::writer::Writer;
use crate::record::Record;

fn cluster(topics: &[(&str, i32)]) -> (Embedded, Kafka) {
    let broker = Embedded::start().unwrap();
    for (topic, partitions) in topics {
        broker.create_topic(topic, *partitions).unwrap();
    }
    let kafka = Kafka { bootstrap_servers: broker.bootstrap_servers(), ..Config::default().kafka };
    (broker, kafka)
}

fn record(number: usize) -> Record {
    Record {
        key: Some(format!("key-{number}").into_bytes()),
        value: (!number.is_multiple_of(3)).then(|| format!("value {number}").into_bytes()),
        headers: vec![("a".into(), Some(b"1".into())), ("a".into(), None)],
        timestamp_ms: Some(1_700_000_000_000 + i64::try_from(number).unwrap()),
    }
}

#[test]
fn a_range_holds_every_record_as_it_was_written() {
    let (_broker, kafka) = cluster(&[("t", 3)]);
    let feed = Writer::open(&kafka).unwrap();
    let mut written: Vec<_> =
        (0..50).map(|number| (feed.send("t", &record(number)).unwrap(), record(number))).collect();
    written.sort_by_key(|(place, _)| *place);

    let mut read = Range::to_now(&kafka, "t").unwrap().read().unwrap();
    read.sort_by_key(|stored| (stored.partition, stored.offset));
    let read: Vec<_> = read
        .into_iter()
        .map(|stored| {
            let record = Record {
                key: stored.key,
                value: stored.value,
                headers: stored.headers,
                timestamp_ms: stored.timestamp_ms,
            };
            ((stored.partition, stored.offset), record)
        })
        .collect();
    assert_eq!(read, written);
}

#[test]
fn a_range_to_now_leaves_out_what_comes_later() {
    let (_broker, kafka) = cluster(&[("t", 1)]);
    let feed = Writer::open(&kafka).unwrap();
    feed.send("t", &record(1)).unwrap();
    let range = Range::to_now(&kafka, "t").unwrap();
    feed.send("t", &record(2)).unwrap();
    let offsets: Vec<_> = range.read().unwrap().iter().map(|stored| stored.offset).collect();
    assert_eq!(offsets, [0]);
}

#[test]
fn an_empty_topic_is_finished_at_once() {
    let (_broker, kafka) = cluster(&[("t", 2)]);
    assert_eq!(Range::to_now(&kafka, "t").unwrap().next(Duration::ZERO).unwrap(), Next::Finished);
}

#[test]
fn a_range_onwards_waits_for_more() {
    let (_broker, kafka) = cluster(&[("t", 1)]);
    let feed = Writer::open(&kafka).unwrap();
    let mut range = Range::onwards(&kafka, "t").unwrap();
    assert_eq!(range.next(Duration::from_millis(10)).unwrap(), Next::Nothing);
    feed.send("t", &record(7)).unwrap();
    let Next::Record(stored) = range.next(Duration::from_secs(20)).unwrap() else {
        panic!("a record was written");
    };
    assert_eq!(stored.message().header("a"), None, "the last value of a header counts, and it is null");
    assert_eq!(stored.message().value, Some(&b"value 7"[..]));
}

#[test]
fn err_a_missing_topic_is_named() {
    let (_broker, kafka) = cluster(&[]);
    let trouble = Range::to_now(&kafka, "nowhere").err().unwrap();
    assert_eq!(trouble.what, "read topic nowhere");
    assert!(trouble.why.contains("Unknown topic"), "{trouble}");
}
