//! A worker on a broker in memory that fails on command, under a clock that the test moves: what the engine does about each error, in milliseconds.
//!
//! The broker checks at each commit that offsets and outputs go together; [`Rig::finish`] checks at the end that every record was written exactly
//! once and in order. It is no Kafka: what a client answers, and when, only the mock cluster and Apache Kafka can tell (`tests/`).
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod broker;
mod counter;
mod days;
mod faults;
mod random;
mod sink;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock as _;
use super::{Common, Control, Step, Worker};
use crate::config::{Config, Mode};
use crate::kafka::client::fault::Fault;
use crate::kafka::client::identity::Identity;
use crate::kafka::worker::names::Names;
use crate::telemetry::metrics::Metrics;
use broker::Broker;
use counter::{Counted, Counter};

/// Steps after which a test has failed: it would never end.
const STEPS_MAX: usize = 5_000;

/// A worker, and all that a test does to it and sees of it.
struct Rig {
    broker: Broker,
    worker: Worker<Counter, Broker>,
    control: Control,
    metrics: Metrics,
    counted: Counted,
}

impl Rig {
    /// Partitions with so many records each, in batches of three.
    fn new(records: &[usize]) -> Rig {
        Rig::with(records, |_| ())
    }

    fn with(records: &[usize], change: impl FnOnce(&mut Config)) -> Rig {
        let mut config = Config::default();
        config.delivery.batch_records = 3;
        change(&mut config);
        let broker = Broker::new(records, config.delivery.mode == Mode::ExactlyOnce);
        let (control, metrics, counted) = (Control::new(1), Metrics::new(), Counted::default());
        let (config, processor) = (Arc::new(config), Counter::new(&counted));
        let identity = Identity::new(&config, 0);
        let names = Names::new(&config, &identity, &processor);
        let common = Common { config, control: control.clone(), metrics: metrics.clone() };
        let worker = Worker::with_clients(common, identity, names, broker.clone(), Arc::new(broker.clone()), processor);
        Rig { broker, worker: worker.expect("clients"), control, metrics, counted }
    }

    fn step(&mut self) -> Result<Step, Fault> {
        let step = self.worker.step();
        self.worker.report_status();
        step
    }

    /// Steps until something holds.
    fn until(&mut self, what: &str, holds: impl Fn(&Rig) -> bool) -> Vec<Step> {
        let mut steps = Vec::new();
        while !holds(self) {
            assert!(steps.len() < STEPS_MAX, "never: {what}; at last: {:?}", steps.last());
            steps.push(self.step().expect("no fault"));
        }
        steps
    }

    /// Steps until all input is committed, and checks what was written.
    fn finish(&mut self, case: &str) -> Vec<Step> {
        let steps = self.until(case, |rig| rig.broker.is_all_committed() && rig.is_settled());
        self.broker.check(case);
        steps
    }

    /// Whether the worker knows what became of all that it has read.
    fn is_settled(&self) -> bool {
        self.worker.pending.is_none() && self.worker.unanswered.is_none()
    }

    /// Steps until a fault ends the worker.
    fn end(&mut self) -> Fault {
        (0..STEPS_MAX).find_map(|_| self.step().err()).expect("a fault")
    }

    /// The value of one series on the page, by its name and labels.
    fn value(&self, series: &str) -> usize {
        let page = self.metrics.render();
        let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')).map(str::to_owned);
        line.and_then(|value| value.parse().ok()).expect("a number")
    }

    /// Of the oldest record that is not committed, in seconds.
    fn age(&self) -> f64 {
        let page = self.metrics.render();
        let value = |line: &str| line.strip_prefix("exdate_oldest_unprocessed_age_seconds ")?.parse().ok();
        page.lines().find_map(value).expect("a number")
    }

    fn transactions(&self, result: &str) -> usize {
        self.value(&format!("exdate_transactions_total{{result=\"{result}\"}}"))
    }

    /// Why producers were built anew, and how often.
    fn rebuilds(&self) -> BTreeMap<&'static str, usize> {
        let reasons = ["outcome-unknown", "fenced", "producer-id-expired", "fatal", "unclassified"];
        let counted = reasons
            .map(|reason| (reason, self.value(&format!("exdate_producer_rebuilds_total{{reason=\"{reason}\"}}"))));
        counted.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    fn wait(&self, time: Duration) {
        self.broker.sleep(time);
    }
}
