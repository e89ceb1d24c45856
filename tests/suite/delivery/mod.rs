//! What the service does about each error that a broker can answer with: librdkafka's mock cluster, with errors pushed onto its requests.
//!
//! A mock cluster is no proof of exactly-once (it has no isolation); that is for the tests on Apache Kafka. It is the proof of what is done:
//! the same call again, abort and read again, rebuild, or exit.

mod another;
mod overlap;
mod stage;

use exdate::exit::Exit;
use exdate::service;
use rdkafka::types::RDKafkaApiKey::{
    self, AddOffsetsToTxn, AddPartitionsToTxn, EndTxn, InitProducerId, OffsetCommit, Produce, TxnOffsetCommit,
};
use rdkafka::types::RDKafkaRespErr::{self, *};
use stage::{Stage, Watched};

/// What is done about an error.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Done {
    /// Within the client or by the same call again: the transaction is committed all the same.
    Retried,
    /// The transaction is aborted, its records are read again.
    Aborted,
    /// The producer is built anew, for this reason.
    Rebuilt(&'static str),
}

use Done::{Aborted, Rebuilt, Retried};

/// An error pushed onto a request, so many times, and what is done about it.
const CASES: &[(RDKafkaApiKey, RDKafkaRespErr, usize, Done)] = &[
    (AddPartitionsToTxn, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, 3, Retried),
    (AddPartitionsToTxn, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 2, Retried),
    (AddPartitionsToTxn, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, 1, Rebuilt("fatal")),
    (AddPartitionsToTxn, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING, 1, Rebuilt("producer-id-expired")),
    (Produce, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, 2, Retried),
    (Produce, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 1, Retried),
    (Produce, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, 1, Rebuilt("fatal")),
    (AddOffsetsToTxn, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 2, Retried),
    (AddOffsetsToTxn, RD_KAFKA_RESP_ERR_UNKNOWN, 1, Aborted),
    (AddOffsetsToTxn, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, 1, Rebuilt("fatal")),
    (TxnOffsetCommit, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, 1, Retried),
    (TxnOffsetCommit, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, 1, Aborted),
    (TxnOffsetCommit, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, 1, Aborted),
    (EndTxn, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, 2, Retried),
    (EndTxn, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, 2, Retried),
    (EndTxn, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, 1, Rebuilt("fatal")),
];

/// Skipped.
const FOREIGN: &str = "no form";
/// Dead-lettered.
const BROKEN: &str = "EF001\nbroken";

#[test]
fn each_error_is_answered_by_the_right_action_and_nothing_is_lost() {
    let stage = Stage::set();
    let service = stage.start();
    let mut fed = 0.0;
    for (request, error, times, done) in CASES {
        let before = counts(&service);
        stage.cluster.clear_request_errors(*request);
        stage.push(*request, *error, *times);
        stage.feed(&[FOREIGN, BROKEN]);
        fed += 2.0;
        let case = format!("{request:?} {error:?}");
        service.until(&case, |service| service.outcome("skip") + service.outcome("dead-letter") >= fed);
        let seen = seen(before, counts(&service));
        assert_eq!(seen, *done, "{case}");
    }
    assert_eq!(service.outcome("skip"), fed / 2.0, "each record is counted once, however often it was read");
    assert_eq!(service.running.stop(), Exit::Success);
}

type Counts = (f64, [(&'static str, f64); 5]);

fn counts(service: &Watched) -> Counts {
    let reasons = ["outcome-unknown", "fenced", "producer-id-expired", "fatal", "unclassified"];
    (service.transactions("aborted"), reasons.map(|reason| (reason, service.rebuilds(reason))))
}

fn seen(before: Counts, after: Counts) -> Done {
    let rebuilt = before.1.iter().zip(after.1).find(|(before, after)| after.1 > before.1);
    match rebuilt {
        Some((_, (reason, _))) => Rebuilt(reason),
        None if after.0 > before.0 => Aborted,
        None => Retried,
    }
}

#[test]
fn an_id_fenced_once_is_mended_and_fenced_again_within_a_minute_ends_the_service() {
    let stage = Stage::set();
    let service = stage.start();
    // The two producers of a worker take turns, and have an id each.
    for fenced in [1.0, 2.0] {
        stage.push(EndTxn, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, 1);
        stage.feed(&[FOREIGN]);
        service.until("committed after a rebuild", |service| service.outcome("skip") >= fenced);
        assert_eq!(service.rebuilds("fenced"), fenced);
    }
    stage.push(EndTxn, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, 1);
    stage.feed(&[FOREIGN]);
    assert_eq!(service.end(), Exit::Fenced);
}

#[test]
fn a_commit_without_an_answer_rebuilds_the_producer_and_reads_what_is_not_committed_again() {
    let stage = Stage::set();
    let service = stage.start();
    stage.push(EndTxn, RD_KAFKA_RESP_ERR__TRANSPORT, 1000);
    stage.feed(&[FOREIGN, BROKEN]);
    service.until("given up", |service| service.rebuilds("outcome-unknown") >= 1.0);
    stage.cluster.clear_request_errors(EndTxn);
    service.until("read again", |service| service.outcome("skip") + service.outcome("dead-letter") >= 2.0);
    assert!(service.transactions("unknown") >= 1.0);
    let counted = service.outcome("skip") + service.outcome("dead-letter");
    assert_eq!(counted, 2.0, "what was not committed is counted when it is read again, and only then");
    assert_eq!(service.running.stop(), Exit::Success);
}

/// Such a producer may have forgotten its only broker, which it never finds again: seen after a broker that stood still for six seconds.
#[test]
fn records_that_nobody_answers_for_rebuild_the_producer() {
    let stage = Stage::set();
    let service = stage.start();
    stage.push(Produce, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 10_000);
    stage.feed(&[FOREIGN, BROKEN]);
    service.until("given up", |service| service.rebuilds("outcome-unknown") >= 1.0);
    stage.cluster.clear_request_errors(Produce);
    service.until("read again", |service| service.outcome("skip") + service.outcome("dead-letter") >= 2.0);
    assert_eq!(service.running.stop(), Exit::Success);
}

#[test]
fn what_the_broker_refuses_for_good_ends_the_service() {
    for (request, error) in [
        (InitProducerId, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
        (AddPartitionsToTxn, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED),
        (AddOffsetsToTxn, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED),
        (Produce, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED),
    ] {
        let stage = Stage::set();
        stage.push(request, error, 1);
        let service = stage.start();
        stage.feed(&[FOREIGN, BROKEN]);
        assert_eq!(service.end(), Exit::Broker, "{request:?} {error:?}");
    }
}

#[test]
fn a_record_that_the_broker_refuses_becomes_a_dead_letter_and_a_refused_dead_letter_a_truncated_one() {
    let rejected = "exdate_dead_letters_total{code=\"rejected-by-broker\",stage=\"delivery\"}";
    let stage = Stage::set();
    let service = stage.start();
    for (times, fed) in [(1, 2.0), (2, 4.0)] {
        let before = service.value(rejected);
        stage.push(Produce, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, times);
        stage.feed(&[FOREIGN, BROKEN]);
        service.until("written in another form", |service| {
            service.outcome("skip") + service.outcome("dead-letter") >= fed
        });
        assert_eq!(service.value(rejected), before + 1.0);
    }
    assert_eq!(service.outcome("dead-letter"), 2.0);
    assert_eq!(service.running.stop(), Exit::Success);
}

#[test]
fn a_dead_letter_that_cannot_be_written_at_all_stops_progress_aloud_until_it_can() {
    let stage = Stage::set();
    let service = stage.start();
    stage.push(Produce, RD_KAFKA_RESP_ERR_INVALID_RECORD, 1000);
    stage.feed(&[FOREIGN, BROKEN]);
    service.until("said on /readyz", |service| {
        service.running.health.readiness().is_err_and(|reason| reason.contains("refuses even a truncated dead letter"))
    });
    assert_eq!(service.outcome("dead-letter"), 0.0, "nothing is dropped");
    stage.cluster.clear_request_errors(Produce);
    service.until("written after all", |service| service.outcome("dead-letter") >= 1.0);
    assert_eq!(service.running.stop(), Exit::Success);
}

#[test]
fn at_least_once_reads_again_what_was_not_acknowledged_or_not_committed() {
    let stage = Stage::set().at_least_once();
    let service = stage.start();
    for (request, error, done) in [
        (Produce, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, Retried),
        (OffsetCommit, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, Aborted),
        (OffsetCommit, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, Retried),
    ] {
        let (before, fed) = (counts(&service), service.outcome("skip") + service.outcome("dead-letter"));
        stage.push(request, error, 1);
        stage.feed(&[FOREIGN, BROKEN]);
        let case = format!("{request:?} {error:?}");
        service.until(&case, |service| service.outcome("skip") + service.outcome("dead-letter") >= fed + 2.0);
        assert_eq!(seen(before, counts(&service)), done, "{case}");
    }
    assert_eq!(service.running.stop(), Exit::Success);
}

#[test]
fn the_breaker_opens_before_its_batch_is_poured_and_keeps_everything() {
    let mut stage = Stage::set();
    stage.config.breaker.consecutive = 3;
    stage.feed(&[BROKEN, BROKEN, BROKEN, BROKEN]);
    let service = stage.start();
    service.until("open", |service| service.value("exdate_breaker_open") == 1.0);
    service.until("said on /readyz", |service| {
        service.running.health.readiness().is_err_and(|reason| reason.contains("circuit breaker is open"))
    });
    assert!(service.outcome("dead-letter") < 3.0, "the batch that opens it is aborted");
    assert_eq!(service.running.health.liveness(), Ok(()), "a restart alone would not help");
    assert_eq!(service.running.stop(), Exit::Success);
}

#[test]
fn a_missing_topic_is_waited_for_and_named() {
    for missing in ["hkex.announcements.raw", "hkex.dividends", "hkex.announcements.dead-letter"] {
        let stage = Stage::without(missing);
        let service = stage.start();
        service.until("named on /readyz", |service| {
            let readiness = service.running.health.readiness();
            readiness.is_err_and(|reason| reason.contains(&format!("the topic `{missing}` does not exist")))
        });
        stage.cluster.create_topic(missing, 1, 1).expect("a topic");
        service.until("ready", |service| service.running.health.readiness().is_ok());
        assert_eq!(service.running.stop(), Exit::Success);
    }
}

#[test]
fn without_a_broker_the_service_says_so_lives_and_still_stops_at_once() {
    let mut stage = Stage::set();
    stage.config.kafka.bootstrap_servers = "127.0.0.1:1".into();
    let service = stage.start();
    service.until("said on /readyz", |service| {
        let readiness = service.running.health.readiness();
        readiness.is_err_and(|reason| reason.contains("no broker is reachable at 127.0.0.1:1"))
    });
    assert_eq!(service.running.health.liveness(), Ok(()));
    let begun = std::time::Instant::now();
    assert_eq!(service.running.stop(), Exit::Success);
    assert!(begun.elapsed().as_secs() < 10, "took {:?}", begun.elapsed());
}

#[test]
fn an_unknown_property_is_a_fault_of_the_configuration_and_named() {
    let mut stage = Stage::set();
    stage.config.kafka.properties.insert("linger.mss", "5");
    let fault = service::start(stage.config.clone()).err().expect("a fault");
    assert_eq!(fault.exit, Exit::Config);
    assert!(fault.message.contains("linger.mss"), "{fault}");
}
