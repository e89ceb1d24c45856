//! A full batch is committed while the next one is read: what is done when that commit fails, and what must wait for it.

use std::time::{Duration, Instant};

use exdate::exit::Exit;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{BorrowedMessage, Headers as _, Message as _};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::types::RDKafkaApiKey::{self, AddOffsetsToTxn, EndTxn, TxnOffsetCommit};
use rdkafka::types::RDKafkaRespErr::{self, *};

use rdkafka::{Offset, TopicPartitionList};

use super::BROKEN;
use super::stage::{PATIENCE, Stage, value};

/// Records of a batch.
const BATCH: usize = 2;
/// Batches that wait when the service starts.
const BATCHES: usize = 5;

fn backlog(value: &str) -> Stage {
    let mut stage = Stage::set();
    stage.config.delivery.batch_records = BATCH;
    stage.config.delivery.batch_wait = Duration::from_secs(2);
    stage.feed_together(&[value; BATCH * BATCHES]);
    stage
}

/// An error that the first commit ends with; transactions aborted, and of unknown outcome; why a producer is built anew.
type Case = (RDKafkaApiKey, RDKafkaRespErr, usize, (f64, f64), Option<&'static str>);

#[test]
fn when_a_commit_fails_the_batch_read_meanwhile_is_given_up_too_and_both_are_read_again() {
    let cases: [Case; 5] = [
        (AddOffsetsToTxn, RD_KAFKA_RESP_ERR_UNKNOWN, 1, (2.0, 0.0), None),
        (TxnOffsetCommit, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, 1, (2.0, 0.0), None),
        (EndTxn, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, 1, (1.0, 1.0), Some("fatal")),
        (EndTxn, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, 1, (1.0, 1.0), Some("fenced")),
        (EndTxn, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 3, (0.0, 0.0), None),
    ];
    for (request, error, times, (aborted, unknown), rebuilt) in cases {
        let case = format!("{request:?} {error:?}");
        let stage = backlog(BROKEN);
        stage.push(request, error, times);
        let service = stage.start();
        service.until(&case, |service| service.outcome("dead-letter") >= (BATCH * BATCHES) as f64);
        assert_eq!((service.transactions("aborted"), service.transactions("unknown")), (aborted, unknown), "{case}");
        let reasons = ["outcome-unknown", "fenced", "producer-id-expired", "fatal", "unclassified"];
        let built: Vec<&str> = reasons.into_iter().filter(|reason| service.rebuilds(reason) > 0.0).collect();
        assert_eq!(built, Vec::from_iter(rebuilt), "{case}");
        assert_eq!(service.outcome("dead-letter"), (BATCH * BATCHES) as f64, "{case}: each is counted once");
        assert_eq!(service.running.stop(), Exit::Success, "{case}");
    }
}

#[test]
fn when_nobody_answers_for_a_commit_the_batch_read_meanwhile_is_not_waited_for_either() {
    let stage = backlog(BROKEN);
    stage.push(EndTxn, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 100_000);
    let service = stage.start();
    service.until("given up", |service| service.transactions("unknown") >= 2.0);
    assert_eq!((service.rebuilds("outcome-unknown"), service.transactions("aborted")), (2.0, 0.0));
    stage.cluster.clear_request_errors(EndTxn);
    service.until("read again", |service| service.outcome("dead-letter") >= (BATCH * BATCHES) as f64);
    assert_eq!(service.outcome("dead-letter"), (BATCH * BATCHES) as f64, "each is counted once");
    assert_eq!(service.running.stop(), Exit::Success);
}

#[test]
fn one_batch_is_read_while_a_commit_hangs_and_no_more_than_one() {
    let stage = backlog(BROKEN);
    // The client repeats the call by itself until the transaction's time is over.
    stage.push(EndTxn, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 100_000);
    let service = stage.start();
    // The mock cluster shows what is not committed too.
    assert_eq!(stage.letters(), [0, 1, 2, 3], "those of the batch whose commit hangs, and of the next");
    assert_eq!(service.outcome("dead-letter"), 0.0, "nothing is counted before it is committed");
    stage.cluster.clear_request_errors(EndTxn);
    service.until("all are committed", |service| service.outcome("dead-letter") >= (BATCH * BATCHES) as f64);
    assert_eq!(service.running.stop(), Exit::Success);
}

#[test]
fn a_stop_waits_for_the_commit_under_way_and_commits_what_was_read_meanwhile() {
    let stage = backlog(BROKEN);
    stage.push(EndTxn, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 100_000);
    let service = stage.start();
    assert_eq!(stage.letters().len(), BATCH * 2);
    let metrics = service.running.metrics.clone();
    let stopping = std::thread::spawn(|| service.running.stop());
    stage.cluster.clear_request_errors(EndTxn);
    assert_eq!(stopping.join().expect("no panic"), Exit::Success);
    let committed = value(&metrics.render(), "exdate_outcomes_total{outcome=\"dead-letter\"}");
    assert!(committed >= (BATCH * 2) as f64, "{committed} records");
}

impl Stage {
    /// Puts documents into the input topic in one request. The mock cluster hands requests out one by one, so of others the first batch might be closed
    /// before the client knows of more.
    fn feed_together(&self, values: &[&str]) {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", &self.config.kafka.bootstrap_servers).set("linger.ms", "100");
        let producer: BaseProducer = client.create().expect("a producer");
        for value in values {
            let record: BaseRecord<'_, (), str> = BaseRecord::to(&self.config.kafka.input_topic).payload(value);
            producer.send(record).map_err(|(error, _)| error).expect("a queued record");
        }
        producer.flush(PATIENCE).expect("acknowledgements");
    }

    /// Where the dead letters come from that are in the topic, in their order, once no more has come for a second.
    fn letters(&self) -> Vec<i64> {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", &self.config.kafka.bootstrap_servers).set("group.id", "letters");
        let consumer: BaseConsumer = client.create().expect("a consumer");
        let mut partition = TopicPartitionList::new();
        let topic = &self.config.kafka.dead_letter_topic;
        partition.add_partition_offset(topic, 0, Offset::Beginning).expect("a partition");
        consumer.assign(&partition).expect("an assignment");
        let (mut origins, begun) = (Vec::new(), Instant::now());
        loop {
            match consumer.poll(Duration::from_secs(1)) {
                Some(letter) => origins.push(origin(&letter.expect("a letter"))),
                None if !origins.is_empty() => return origins,
                None => assert!(begun.elapsed() < PATIENCE, "no dead letter"),
            }
        }
    }
}

fn origin(letter: &BorrowedMessage<'_>) -> i64 {
    let mut headers = letter.headers().expect("headers").iter();
    let offset = headers.find(|header| header.key == "__connect.errors.offset").and_then(|header| header.value);
    std::str::from_utf8(offset.expect("an offset")).expect("digits").parse().expect("a number")
}
