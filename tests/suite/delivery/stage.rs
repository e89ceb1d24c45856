//! The service on a mock cluster, with errors to push and counters to read.

use std::time::{Duration, Instant};

use exdate::config::{Config, Mode};
use exdate::exit::Exit;
use exdate::kafka::standalone::writer::Writer;
use exdate::record::Record;
use exdate::service::{self, Running};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

/// Nothing here takes that long on a healthy machine; a loaded one may.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Records that are fed after an error was pushed.
const FED: usize = 2;

/// A mock cluster with the three topics.
pub(super) struct Stage {
    pub(super) cluster: MockCluster<'static, DefaultProducerContext>,
    pub(super) config: Config,
    writer: Writer,
}

impl Stage {
    pub(super) fn set() -> Stage {
        Stage::without("")
    }

    /// One topic is not there.
    pub(super) fn without(missing: &str) -> Stage {
        let cluster = MockCluster::new(1).expect("a mock cluster");
        let mut config = Config::default();
        config.kafka.bootstrap_servers = cluster.bootstrap_servers();
        config.kafka.session_timeout = Duration::from_secs(6);
        config.http.listen = ([127, 0, 0, 1], 0).into();
        for topic in [&config.kafka.input_topic, &config.kafka.output_topic, &config.kafka.dead_letter_topic] {
            if topic != missing {
                cluster.create_topic(topic, 1, 1).expect("a topic");
            }
        }
        let writer = Writer::open(&config.kafka).expect("a producer");
        Stage { cluster, config, writer }
    }

    pub(super) fn at_least_once(mut self) -> Stage {
        self.config.delivery.mode = Mode::AtLeastOnce;
        self
    }

    pub(super) fn start(&self) -> Watched {
        Watched { running: service::start(self.config.clone()).expect("the service starts") }
    }

    /// Lets the next requests of a kind fail. Those with which [`FED`] records are put into the input topic come first, and succeed.
    pub(super) fn push(&self, request: RDKafkaApiKey, error: RDKafkaRespErr, times: usize) {
        let feeding = if request == RDKafkaApiKey::Produce { FED } else { 0 };
        let mut answers = vec![RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR; feeding];
        answers.extend(vec![error; times]);
        self.cluster.clear_request_errors(request);
        self.cluster.request_errors(request, &answers);
    }

    /// Puts documents that are no dividend forms into the input topic, or whatever else is given.
    pub(super) fn feed(&self, values: &[&str]) {
        self.feed_to(&self.config.kafka.input_topic, values);
    }

    /// As [`Stage::feed`], into any topic.
    pub(super) fn feed_to(&self, topic: &str, values: &[&str]) {
        for value in values {
            let record = Record { value: Some(value.as_bytes().to_vec()), ..Record::default() };
            self.writer.send(topic, &record).expect("an acknowledgement");
        }
    }
}

/// A running service whose counters are read.
pub(super) struct Watched {
    pub(super) running: Running,
}

impl Watched {
    /// The value of one series, by its name and labels as the page writes them.
    pub(super) fn value(&self, series: &str) -> f64 {
        value(&self.running.metrics.render(), series)
    }

    pub(super) fn outcome(&self, outcome: &str) -> f64 {
        self.value(&format!("exdate_outcomes_total{{outcome=\"{outcome}\"}}"))
    }

    pub(super) fn transactions(&self, result: &str) -> f64 {
        self.value(&format!("exdate_transactions_total{{result=\"{result}\"}}"))
    }

    pub(super) fn rebuilds(&self, reason: &str) -> f64 {
        self.value(&format!("exdate_producer_rebuilds_total{{reason=\"{reason}\"}}"))
    }

    /// Waits until something holds, and fails with what is asked for when it never does.
    pub(super) fn until(&self, what: &str, holds: impl Fn(&Watched) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(
                Instant::now() < deadline,
                "never: {what}\nreadiness: {:?}\n{}",
                self.running.health.readiness(),
                self.running
                    .metrics
                    .render()
                    .lines()
                    .filter(|line| !line.ends_with(" 0"))
                    .collect::<Vec<_>>()
                    .join("\n")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the end that a fault brings about.
    pub(super) fn end(self) -> Exit {
        let (sender, ended) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(self.running.wait()));
        ended.recv_timeout(PATIENCE).expect("the service ends by itself")
    }
}

/// The value of one series on a page of metrics.
pub(super) fn value(page: &str, series: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_default()
}
