//! What a worker tells: readiness and its reason, lag, progress.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use super::Worker;
use super::clients::{Clients, Sink, Source};
use super::errors::batch_error::missing;
use super::partition::Partition;
use crate::kafka::client::connection::Pace;
use crate::processor::Processor;
use crate::telemetry::metrics::Waiting;

/// The client's figures are a second old at most.
const LAG_PERIOD: Duration = Duration::from_secs(1);

/// A partition that has input and stands still for so long, with nothing said to be missing, is examined.
const SILENCE: Duration = Duration::from_secs(15);

/// How long something may be missing before it is worth a line.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was told, and when.
#[derive(Default)]
pub(super) struct StatusReport {
    pace: Pace,
    /// Since when something is missing.
    since: Option<Instant>,
    /// Whether that was told.
    told: bool,
    lag: Option<Instant>,
    /// For each partition with input: the next offset to process, and since when it is the same.
    standing: BTreeMap<Partition, (Option<i64>, Instant)>,
}

impl<P: Processor, C: Clients> Worker<P, C> {
    /// Tells the supervisor and the operator how things are. Cheap enough for each turn of the loop.
    pub(super) fn report_status(&mut self) {
        self.status.turned();
        self.metrics.progress(self.identity.worker, SystemTime::now());
        let waiting = self.waiting_for();
        let is_anything_missing = waiting.is_some();
        let waiting = waiting.or_else(|| Some((Waiting::Standstill, self.obstacle()?)));
        self.report_waiting(waiting.as_ref().map(|(_, reason)| &**reason));
        self.metrics.waiting(self.identity.worker, waiting.as_ref().map(|(kind, _)| *kind), self.status.has_joined());
        if self.report.lag.is_none_or(|at| at.elapsed() >= LAG_PERIOD) {
            self.report.lag = Some(Instant::now());
            self.report_lag(is_anything_missing);
        }
        self.status.waiting_for(waiting.map(|(_, reason)| reason));
    }

    /// One line when something is missing, again with growing pauses, and one when it is there again. What mends itself at once is not told.
    fn report_waiting(&mut self, waiting: Option<&str>) {
        let has_joined = self.status.has_joined();
        let report = &mut self.report;
        let Some(reason) = waiting else {
            // A client that has just replaced another misses nothing yet, and has found nothing either.
            if report.told && !has_joined {
                return;
            }
            report.since = None;
            report.pace = Pace::default();
            if std::mem::take(&mut report.told) {
                tracing::info!(worker = self.identity.worker, "what the worker waited for is there again: it reads on");
            }
            return;
        };
        if report.since.get_or_insert_with(Instant::now).elapsed() >= PATIENCE && report.pace.due() {
            report.told = true;
            tracing::warn!(worker = self.identity.worker, "waiting: {reason}");
        }
    }

    /// What, where, and what to do.
    fn waiting_for(&self) -> Option<(Waiting, String)> {
        let names = &self.names;
        if let Some(why) = self.control.tripped() {
            return Some((
                Waiting::Breaker,
                format!(
                    "the circuit breaker is open: {why}; nothing is lost: look at the dead letters, then restart, with a mended release or other limits"
                ),
            ));
        }
        let starting = || self.connecting().find_map(|sink| sink.connection().down());
        if let Some((why, _)) = self.source.connection().down().or_else(starting) {
            return Some((
                Waiting::Broker,
                format!("no broker is reachable at {}: {why}; `exdate check` tells more", names.bootstrap_servers),
            ));
        }
        if self.is_topic_missing {
            return Some((Waiting::Topic, missing(&self.input_names())));
        }
        self.back_off.failure().map(|reason| (Waiting::Failure, reason.to_owned()))
    }

    /// Whether nothing that was handed out waits for its commit, or to be read again.
    fn is_all_committed(&self) -> bool {
        let is_read_again = self.positions.to_rewind().is_some() || self.positions.in_doubt().is_some();
        self.accumulator.batch.is_void() && self.pending.is_none() && !is_read_again
    }

    /// Refreshes the lag, and looks for partitions that have input and stand still.
    fn report_lag(&mut self, waiting: bool) {
        let before = std::mem::take(&mut self.report.standing);
        let mut standing = BTreeMap::new();
        let is_all_committed = self.is_all_committed();
        for (partition, end) in self.source.lag().ends() {
            let next = self.positions.next(partition);
            let behind = end.behind(next, is_all_committed);
            self.show_lag(partition, Some(behind));
            let has_input = end.behind(next, true) > 0;
            if has_input && !waiting && !self.obstacles.contains_key(&partition) {
                let since = before
                    .get(&partition)
                    .filter(|(offset, _)| *offset == next)
                    .map_or_else(Instant::now, |(_, since)| *since);
                standing.insert(partition, (next, since));
            }
        }
        let since = standing.values().map(|(_, since)| *since).min();
        self.suspect_again(since.is_some_and(|since| since.elapsed() > SILENCE));
        self.status.behind_since(standing.values().map(|(_, since)| *since).min());
        self.report.standing = standing;
    }
}
