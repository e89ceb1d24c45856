//! Another processor than that of announcements, on the same engine: two inputs, a third topic, a state. The engine has no line for it.

use std::collections::BTreeMap;
use std::time::Duration;

use exdate::config::Config;
use exdate::exit::Exit;
use exdate::kafka::standalone::range::Range;
use exdate::message::Message;
use exdate::processor::{Halt, Output, Processor, Topic};
use exdate::record::Record;
use exdate::service;
use exdate::telemetry::metrics::Metrics;
use rdkafka::types::RDKafkaApiKey::TxnOffsetCommit;
use rdkafka::types::RDKafkaRespErr::RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION;

use super::stage::{Stage, Watched};

/// Beside the input of announcements.
const SECOND_INPUT: &str = "more";
const COUNTS: &str = "counts";

/// Counts the records of each value, and writes the count under that value as its key.
struct Tallier {
    inputs: [Topic; 2],
    counts: Topic,
    committed: BTreeMap<Vec<u8>, usize>,
    /// Of values that were read since.
    tentative: BTreeMap<Vec<u8>, usize>,
}

impl Tallier {
    fn new(config: &Config, _: &Metrics) -> Tallier {
        Tallier {
            inputs: [Topic::new(&config.kafka.input_topic, "kafka.input_topic"), Topic::new(SECOND_INPUT, "more")],
            counts: Topic::new(COUNTS, "counts"),
            committed: BTreeMap::new(),
            tentative: BTreeMap::new(),
        }
    }
}

impl Processor for Tallier {
    type Outcome = usize;
    type Changes = BTreeMap<Vec<u8>, usize>;

    fn inputs(&self) -> Vec<Topic> {
        self.inputs.to_vec()
    }

    fn outputs(&self) -> Vec<Topic> {
        vec![self.counts.clone()]
    }

    fn process(&self, message: &Message<'_>) -> usize {
        let value = message.value.unwrap_or_default();
        self.tentative.get(value).or_else(|| self.committed.get(value)).copied().unwrap_or_default() + 1
    }

    fn encode(&self, message: &Message<'_>, count: &usize, _: i64, records: &mut Vec<Output>) {
        let value = Some(count.to_string().into_bytes());
        let record = Record { key: message.value.map(<[u8]>::to_vec), value, ..Record::default() };
        records.push(Output { topic: self.counts.name.clone(), record, own_headers: None });
    }

    fn accept(&mut self, message: &Message<'_>, count: &usize, _: Duration) -> Result<(), Halt> {
        self.tentative.insert(message.value.unwrap_or_default().to_vec(), *count);
        Ok(())
    }

    fn close(&mut self) -> BTreeMap<Vec<u8>, usize> {
        self.tentative.clone()
    }

    fn commit(&mut self, counts: BTreeMap<Vec<u8>, usize>) {
        self.committed.extend(counts);
    }

    fn abort(&mut self) {
        self.tentative.clear();
    }
}

#[test]
fn a_processor_with_two_inputs_and_a_state_runs_on_the_same_engine() {
    let stage = Stage::set();
    for topic in [SECOND_INPUT, COUNTS] {
        stage.cluster.create_topic(topic, 1, 1).expect("a topic");
    }
    // The first batch is aborted: its counts must not stand.
    stage.push(TxnOffsetCommit, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, 1);
    let running = service::start_processor(stage.config.clone(), Tallier::new).expect("the service starts");
    let service = Watched { running };
    let mut fed = 0.0;
    for (topic, value) in [(None, "a"), (Some(SECOND_INPUT), "b"), (None, "a"), (Some(SECOND_INPUT), "a")] {
        stage.feed_to(topic.unwrap_or(&stage.config.kafka.input_topic), &[value]);
        fed += 1.0;
        service.until("committed", |service| service.value("exdate_batch_records_sum") >= fed);
    }
    assert_eq!(service.transactions("aborted"), 1.0);
    assert_eq!(service.running.stop(), Exit::Success);
    assert_eq!(last_counts(&stage), BTreeMap::from([("a".to_owned(), 3), ("b".to_owned(), 1)]));
}

/// The last count of each key: a mock cluster shows what was aborted too.
fn last_counts(stage: &Stage) -> BTreeMap<String, usize> {
    let records = Range::to_now(&stage.config.kafka, COUNTS).and_then(Range::read).expect("records");
    let text = |bytes: Option<Vec<u8>>| String::from_utf8(bytes.expect("bytes")).expect("text");
    records.into_iter().map(|record| (text(record.key), text(record.value).parse().expect("a count"))).collect()
}
