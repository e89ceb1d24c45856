//! After the faults: everything is done, idle producers expire and go on, and what the metrics count is what was written.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::feed::{self, Ledger};
use super::fleet::Fleet;
use super::harness::filings::{self, Fate};
use super::harness::lane::{self, Lane};
use super::harness::topics::Progress;
use super::plan::Fault;
use super::verdict::{Breach, Report};

/// Past this a partition that has input and makes no progress counts as a silent stall.
pub(crate) const STALL: Duration = Duration::from_secs(60);

/// Filings after the storm, to count by.
const CALM: usize = 1_000;

/// How long everything idles for what [`super::round::EXPIRY`] sets.
const IDLE: Duration = Duration::from_secs(11);

/// Asks again and again what the group has committed, over one connection as long as it works.
pub(crate) struct Watch<'a> {
    lane: &'a Lane,
    progress: Option<Progress>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(lane: &'a Lane) -> Watch<'a> {
        Watch { lane, progress: None }
    }

    /// `None` while nobody can say.
    pub(crate) fn committed(&mut self) -> Option<BTreeMap<i32, i64>> {
        if self.progress.is_none() {
            self.progress = Progress::of(&self.lane.servers, &self.lane.group, &self.lane.input);
        }
        let committed = self.progress.as_ref()?.committed();
        if committed.is_none() {
            self.progress = None;
        }
        committed
    }
}

/// Waits until everything is done.
pub(crate) fn settle(lane: &Lane, fleet: &mut Fleet<'_>, ledger: &Ledger, report: &mut Report) {
    let (ends, mut watch) = (ledger.ends(), Watch::new(lane));
    let mut latest = (watch.committed(), Instant::now());
    while !latest.0.as_ref().is_some_and(|committed| lane::covers(committed, &ends)) {
        fleet.revive();
        std::thread::sleep(Duration::from_millis(50));
        let now = watch.committed();
        if now.is_some() && now != latest.0 {
            latest = (now, Instant::now());
        }
        if latest.1.elapsed() > STALL {
            let why = fleet.what_they_say();
            report.breach(Breach::Stall, format!("the group stands at {:?} of {ends:?}: {why}", latest.0));
            return;
        }
    }
}

/// Lets everything idle until the broker has forgotten the producers, then goes on.
pub(crate) fn expire(lane: &Lane, fleet: &mut Fleet<'_>, ledger: &Ledger, report: &mut Report) {
    std::thread::sleep(IDLE);
    let number = report.plan.filings + CALM;
    ledger.feed(lane, feed::filings(number + 200, false).split_off(number));
    let since = Instant::now();
    settle(lane, fleet, ledger, report);
    report.recoveries.push((Fault::Expire, since.elapsed()));
    let expired = |fleet: &Fleet<'_>| -> f64 {
        let series = "producer_rebuilds_total{reason=\"producer-id-expired\"}";
        fleet.pages().iter().map(|page| page.value(series)).sum()
    };
    if expired(fleet) == 0.0 {
        report.breach(Breach::Nothing, "no producer has met an expired id: nothing was shown".to_owned());
    }
}

/// After the storm, with fresh processes: what they count is what was written meanwhile, to the record.
pub(crate) fn calm(lane: &Lane, fleet: &mut Fleet<'_>, ledger: &Ledger, report: &mut Report) {
    fleet.renew();
    if !fleet.await_ready(STALL) {
        report.breach(Breach::Stall, format!("new processes do not become ready: {}", fleet.what_they_say()));
        return;
    }
    let filings = filings::mixed(report.plan.filings + CALM).split_off(report.plan.filings);
    let written = [Fate::Event, Fate::DeadLetter, Fate::Skip]
        .map(|fate| filings.iter().filter(|filing| filing.fate == fate).count());
    ledger.feed(lane, filings);
    let sum = |fleet: &Fleet<'_>, series: &str| fleet.pages().iter().map(|page| page.sum(series)).sum::<f64>();
    settle(lane, fleet, ledger, report);
    // A batch is counted a moment after it is committed.
    let since = Instant::now();
    while sum(fleet, "records_consumed_total") < CALM as f64 && since.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let counted = ["events_total", "dead_letters_total", "skipped_total"].map(|series| sum(fleet, series) as usize);
    if counted != written {
        let what = format!("metrics count {counted:?} events, dead letters and skips; written were {written:?}");
        report.breach(Breach::Metrics, what);
    }
    report.look_at(fleet, "all");
}
