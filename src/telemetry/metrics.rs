//! Every metric of the service, one documented line each, and the only ways to change them.
//!
//! All names begin with `exdate_`. Label values are closed sets, all of them shown from the start as zeroes (a rate over a
//! series that appears with its first error misses that error). The typed methods of [`Metrics`] are the only door, so that no stock
//! code, key or error text can become a label.
//!
//! Conservation can be read off each page: `records_consumed_total` is the sum of `outcomes_total`; `dead_letters_total`, `skipped_total` and
//! `events_total` each sum to their outcome. A batch is counted as one, once committed, and never while a page is being made.
//! Beside them stands what Linux says about the process (CPU, memory, files, start), by the client's own collector.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[cfg(target_os = "linux")]
use prometheus::process_collector::ProcessCollector;
use prometheus::{Gauge, Histogram, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry, TextEncoder};

use super::fields;
use super::instrument::{self, catalogue};
use super::labels::{function_label, language_label, status_label};
use super::log;
use super::tally::{OUTCOMES, TEMPLATES};
use crate::event::schema::{FieldStatus, Function, Language, SCHEMA_VERSION};
use crate::finding::{Code, Severity, Stage};
use crate::pipeline::SkipReason;

pub use super::labels::{Jump, Rebalance, Rebuild, Standstill, TransactionResult, Waiting};
pub use super::tally::Tally;

/// Content type of [`Metrics::render`].
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

catalogue! {
    /// Records of the input topic whose outcome is committed.
    records_consumed_total: IntCounterVec, ["topic"];
    /// Records by what became of them; the sum over all outcomes is that of `records_consumed_total`.
    outcomes_total: IntCounterVec, ["outcome"];
    /// Dead letters by the stage that gave up and its first error; sums to the outcome `dead-letter`.
    dead_letters_total: IntCounterVec, ["stage", "code"];
    /// Errors found in dead letters, all of them: a document with three faults counts three.
    errors_total: IntCounterVec, ["code"];
    /// Skipped records by reason; sums to the outcome `skip`.
    skipped_total: IntCounterVec, ["reason"];
    /// Warnings in published events: suspicious facts, values published as printed.
    warnings_total: IntCounterVec, ["code"];
    /// Published events by ISO 15022 function, form template and language; sums to the outcome `publish`.
    events_total: IntCounterVec, ["function", "template", "language"];
    /// Absent fields of published events by reason; a growing UNPARSED is a form whose wording has drifted.
    field_status_total: IntCounterVec, ["field", "status"];
    /// Seconds from a record's bytes to its outcome, without any waiting.
    process_seconds: Histogram, PROCESS_SECONDS;
    /// Seconds from a record's timestamp to the acknowledged commit of its outcome.
    end_to_end_seconds: Histogram, END_TO_END_SECONDS;
    /// Transactions by result; `unknown` means that the client could not tell, and the producer was rebuilt, whatever turned out later.
    transactions_total: IntCounterVec, ["result"];
    /// Seconds from the begin of a committed transaction to the end of its commit.
    transaction_seconds: Histogram, TRANSACTION_SECONDS;
    /// Records in a committed transaction.
    batch_records: Histogram, BATCH_RECORDS;
    /// Producers destroyed and built anew, by reason.
    producer_rebuilds_total: IntCounterVec, ["reason"];
    /// Changes of the partitions assigned to this process, by kind.
    rebalances_total: IntCounterVec, ["kind"];
    /// Records between the next one to commit and the last stable offset, for each assigned partition.
    consumer_lag_records: IntGaugeVec, ["topic", "partition"];
    /// Age of the oldest record that was read and is not committed, also after its batch was given up; 0 when there is none. Grows by itself.
    oldest_unprocessed_age_seconds: Gauge;
    /// Partitions assigned to all workers of this process.
    assigned_partitions: IntGauge;
    /// When the slowest worker last turned its loop, in seconds since the epoch; 0 before the first turn.
    last_progress_timestamp_seconds: Gauge;
    /// 1 while the circuit breaker is open: too many dead letters, and consumption has stopped.
    breaker_open: IntGauge;
    /// Times that reading went on elsewhere than where it was to, by reason.
    input_jumps_total: IntCounterVec, ["reason"];
    /// Offsets of the input between where reading was to go on and where it did, by reason; of a gap, those that were deleted before they were read.
    input_jumped_offsets_total: IntCounterVec, ["reason"];
    /// 1 while every worker of this process is ready, as `/readyz` says.
    ready: IntGauge;
    /// Workers that are not ready, by what they wait for.
    waiting_workers: IntGaugeVec, ["reason"];
    /// Assigned partitions that stand still until a person decides, by reason.
    standing_partitions: IntGaugeVec, ["reason"];
    /// Log lines that were dropped because they could not be written, or not as fast as they came.
    log_lines_dropped_total: IntCounter;
    /// Always 1; the labels say what runs.
    build_info: IntGaugeVec, ["version", "revision", "schema_version"];
}

/// A form takes microseconds; the upper end is for documents of megabytes.
const PROCESS_SECONDS: &[f64] =
    &[2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 1e-2, 5e-2, 0.25, 1.0];

/// From an idle topic (milliseconds) to a replayed one (days).
const END_TO_END_SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0,
    14_400.0, 86_400.0,
];

/// A commit takes milliseconds; a struggling broker, seconds.
const TRANSACTION_SECONDS: &[f64] = &[0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// One record on an idle topic, `delivery.batch_records` under a backlog.
const BATCH_RECORDS: &[f64] =
    &[1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0, 10_000.0, 50_000.0];

/// The service's metrics. Clones share the same values.
#[derive(Clone)]
pub struct Metrics(Arc<Shared>);

struct Shared {
    registry: Registry,
    series: Series,
    /// Read to count a batch, written to make a page: a page shows a batch wholly or not at all.
    page: RwLock<()>,
    /// What each worker says about itself, to show the sum or the worst of them.
    workers: Mutex<BTreeMap<usize, Worker>>,
}

#[derive(Default)]
struct Worker {
    assigned: usize,
    /// What it waits for; `None` when it is ready.
    waiting: Option<Waiting>,
    /// One for each partition that stands still.
    standing: Vec<Standstill>,
    oldest_unprocessed_ms: Option<i64>,
    progress: Option<SystemTime>,
}

impl Metrics {
    /// All metrics at zero, in a registry of their own.
    #[expect(clippy::expect_used, reason = "names and labels are constants, and a test registers them")]
    pub fn new() -> Metrics {
        let registry = Registry::new();
        let series = Series::register(&registry).expect("valid and distinct names");
        #[cfg(target_os = "linux")]
        registry.register(Box::new(ProcessCollector::for_self())).expect("names of its own");
        series.show_zeroes();
        Metrics(Arc::new(Shared { registry, series, page: RwLock::default(), workers: Mutex::default() }))
    }

    /// The page that Prometheus scrapes, in its text format.
    pub fn render(&self) -> String {
        self.render_at(SystemTime::now())
    }

    /// Shows a zero for a topic before its first record.
    pub fn expect_topic(&self, topic: &str) {
        self.0.series.records_consumed_total.with_label_values(&[topic]);
    }

    /// Counts a batch whose outcomes and offsets are committed.
    pub fn batch_committed(&self, tally: &Tally) {
        self.batch_committed_at(tally, SystemTime::now());
    }

    /// Counts a transaction that has ended: the time since its begin, and the records in it.
    pub fn transaction(&self, result: TransactionResult, elapsed: Duration, records: usize) {
        let series = &self.0.series;
        series.transactions_total.with_label_values(&[result.as_str()]).inc();
        if result == TransactionResult::Committed {
            series.transaction_seconds.observe(elapsed.as_secs_f64());
            series.batch_records.observe(records as f64);
        }
    }

    /// Counts a producer that was destroyed and built anew.
    pub fn producer_rebuilt(&self, reason: Rebuild) {
        self.0.series.producer_rebuilds_total.with_label_values(&[reason.as_str()]).inc();
    }

    /// Counts a change of the assigned partitions.
    pub fn rebalanced(&self, kind: Rebalance) {
        self.0.series.rebalances_total.with_label_values(&[kind.as_str()]).inc();
    }

    /// Counts that reading went on elsewhere than where it was to, so many offsets away.
    pub fn jumped(&self, reason: Jump, offsets: i64) {
        let series = &self.0.series;
        series.input_jumps_total.with_label_values(&[reason.as_str()]).inc();
        let offsets = u64::try_from(offsets).unwrap_or_default();
        series.input_jumped_offsets_total.with_label_values(&[reason.as_str()]).inc_by(offsets);
    }

    /// Keeps what a worker waits for, and whether it is a member of its group.
    pub fn waiting(&self, worker: usize, what: Option<Waiting>, has_joined: bool) {
        let what = what.or((!has_joined).then_some(Waiting::Group));
        self.workers().entry(worker).or_default().waiting = what;
    }

    /// Keeps why partitions of a worker stand still, each of them.
    pub fn standing_still(&self, worker: usize, reasons: impl Iterator<Item = Standstill>) {
        self.workers().entry(worker).or_default().standing = reasons.collect();
    }

    /// Shows the lag of an assigned partition; `None` when it is no longer assigned.
    pub fn lag(&self, topic: &str, partition: i32, records: Option<i64>) {
        let gauge = &self.0.series.consumer_lag_records;
        let partition = partition.to_string();
        match records {
            Some(records) => gauge.with_label_values(&[topic, &partition]).set(records),
            // It is absent already when the partition was revoked before its first end offset was known.
            None => drop(gauge.remove_label_values(&[topic, &partition])),
        }
    }

    /// Keeps the timestamp (milliseconds since the epoch) of the oldest record that a worker has read and not committed.
    pub fn oldest_unprocessed(&self, worker: usize, timestamp_ms: Option<i64>) {
        self.workers().entry(worker).or_default().oldest_unprocessed_ms = timestamp_ms;
    }

    /// Keeps the number of partitions assigned to a worker.
    pub fn assigned_partitions(&self, worker: usize, partitions: usize) {
        self.workers().entry(worker).or_default().assigned = partitions;
    }

    /// Keeps the time at which a worker's loop turned.
    pub fn progress(&self, worker: usize, now: SystemTime) {
        self.workers().entry(worker).or_default().progress = Some(now);
    }

    /// Forgets a worker that has ended.
    pub fn worker_ended(&self, worker: usize) {
        self.workers().remove(&worker);
    }

    /// Shows whether the circuit breaker is open.
    pub fn breaker_open(&self, open: bool) {
        self.0.series.breaker_open.set(i64::from(open));
    }

    fn workers(&self) -> MutexGuard<'_, BTreeMap<usize, Worker>> {
        self.0.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn render_at(&self, now: SystemTime) -> String {
        self.show_workers(now);
        self.show_log();
        let families = {
            let _page = self.0.page.write().unwrap_or_else(PoisonError::into_inner);
            self.0.registry.gather()
        };
        // Writing to a string cannot fail, and a family without children is not gathered.
        TextEncoder::new().encode_to_string(&families).unwrap_or_default()
    }

    fn show_workers(&self, now: SystemTime) {
        let workers = self.workers();
        let oldest = workers.values().filter_map(|worker| worker.oldest_unprocessed_ms).min();
        let age = oldest.map_or(Duration::ZERO, |timestamp_ms| age(timestamp_ms, now));
        let slowest = workers.values().filter_map(|worker| worker.progress).min().unwrap_or(UNIX_EPOCH);
        let slowest = slowest.duration_since(UNIX_EPOCH).unwrap_or_default();
        let series = &self.0.series;
        series.assigned_partitions.set(workers.values().map(|worker| worker.assigned as i64).sum());
        let is_ready = !workers.is_empty() && workers.values().all(|worker| worker.waiting.is_none());
        series.ready.set(i64::from(is_ready));
        for reason in Waiting::ALL {
            let waiting = workers.values().filter(|worker| worker.waiting == Some(*reason));
            series.waiting_workers.with_label_values(&[reason.as_str()]).set(waiting.count() as i64);
        }
        for reason in Standstill::ALL {
            let standing = workers.values().flat_map(|worker| &worker.standing).filter(|standing| *standing == reason);
            series.standing_partitions.with_label_values(&[reason.as_str()]).set(standing.count() as i64);
        }
        series.oldest_unprocessed_age_seconds.set(age.as_secs_f64());
        series.last_progress_timestamp_seconds.set(slowest.as_secs_f64());
    }

    /// The log counts for itself: it begins before the metrics do.
    fn show_log(&self) {
        let counter = &self.0.series.log_lines_dropped_total;
        counter.inc_by(log::dropped().saturating_sub(counter.get()));
    }

    fn batch_committed_at(&self, tally: &Tally, now: SystemTime) {
        let _page = self.0.page.read().unwrap_or_else(PoisonError::into_inner);
        let series = &self.0.series;
        series.count(tally);
        let process_seconds = series.process_seconds.local();
        tally.elapsed.iter().for_each(|elapsed| process_seconds.observe(elapsed.as_secs_f64()));
        let end_to_end_seconds = series.end_to_end_seconds.local();
        tally.timestamps_ms.iter().for_each(|at| end_to_end_seconds.observe(age(*at, now).as_secs_f64()));
        // Both are flushed as they are dropped: one atomic addition a bucket instead of one a record.
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics::new()
    }
}

/// Time since a record's timestamp; zero for one from the future (clocks differ between machines).
fn age(timestamp_ms: i64, now: SystemTime) -> Duration {
    let at = Duration::from_millis(u64::try_from(timestamp_ms).unwrap_or(0));
    now.duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(at)
}

impl Series {
    fn count(&self, tally: &Tally) {
        for (topic, count) in &tally.consumed.0 {
            self.records_consumed_total.with_label_values(&[topic]).inc_by(*count);
        }
        for (outcome, count) in &tally.outcomes.0 {
            self.outcomes_total.with_label_values(&[outcome]).inc_by(*count);
        }
        for ((stage, code), count) in &tally.dead_letters.0 {
            let code = code.map_or("none", Code::as_str);
            self.dead_letters_total.with_label_values(&[stage.as_str(), code]).inc_by(*count);
        }
        for (code, count) in &tally.errors.0 {
            self.errors_total.with_label_values(&[code.as_str()]).inc_by(*count);
        }
        for (reason, count) in &tally.skips.0 {
            self.skipped_total.with_label_values(&[reason.as_str()]).inc_by(*count);
        }
        for (code, count) in &tally.warnings.0 {
            self.warnings_total.with_label_values(&[code.as_str()]).inc_by(*count);
        }
        for ((function, template, language), count) in &tally.events.0 {
            let labels = [function_label(*function), template, language_label(*language)];
            self.events_total.with_label_values(&labels).inc_by(*count);
        }
        for ((pointer, status), count) in &tally.field_status.0 {
            let field = fields::label(pointer);
            self.field_status_total.with_label_values(&[field, status_label(*status)]).inc_by(*count);
        }
    }

    /// Makes every child whose labels are known, and the build's.
    fn show_zeroes(&self) {
        for outcome in OUTCOMES {
            self.outcomes_total.with_label_values(&[outcome]);
        }
        for code in Code::ALL.iter().filter(|code| code.severity() == Severity::Error) {
            self.errors_total.with_label_values(&[code.as_str()]);
            for stage in Stage::ALL {
                self.dead_letters_total.with_label_values(&[stage.as_str(), code.as_str()]);
            }
        }
        for code in Code::ALL.iter().filter(|code| code.severity() == Severity::Warning) {
            self.warnings_total.with_label_values(&[code.as_str()]);
        }
        for reason in SkipReason::ALL {
            self.skipped_total.with_label_values(&[reason.as_str()]);
        }
        self.show_event_zeroes();
        for result in TransactionResult::ALL {
            self.transactions_total.with_label_values(&[result.as_str()]);
        }
        for reason in Rebuild::ALL {
            self.producer_rebuilds_total.with_label_values(&[reason.as_str()]);
        }
        for reason in Jump::ALL {
            self.input_jumps_total.with_label_values(&[reason.as_str()]);
            self.input_jumped_offsets_total.with_label_values(&[reason.as_str()]);
        }
        for kind in Rebalance::ALL {
            self.rebalances_total.with_label_values(&[kind.as_str()]);
        }
        self.build_info
            .with_label_values(&[crate::telemetry::VERSION, crate::telemetry::REVISION, SCHEMA_VERSION])
            .set(1);
    }

    fn show_event_zeroes(&self) {
        for function in [Function::Newm, Function::Repl, Function::With].map(function_label) {
            for template in TEMPLATES.into_iter().filter(|template| *template != fields::OTHER) {
                for language in [Language::En, Language::ZhHant].map(language_label) {
                    self.events_total.with_label_values(&[function, template, language]);
                }
            }
        }
        use FieldStatus::{NotApplicable, NotStated, ToBeAnnounced, Unparsed};
        for field in fields::all() {
            for status in [NotApplicable, ToBeAnnounced, NotStated, Unparsed].map(status_label) {
                self.field_status_total.with_label_values(&[field, status]);
            }
        }
    }
}
