//! What a run has shown: the metrics against the topics, the audit, and every breach by its kind.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fleet::Fleet;
use super::harness::audit::{self, Fed};
use super::harness::filings::Fate;
use super::harness::lane::{self, Lane};
use super::harness::topics;
use super::live::Live;
use super::plan::{Fault, Mode, Plan};

/// What must never happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Breach {
    /// An input without its outcome.
    Lost,
    /// More outcomes than one.
    Twice,
    /// An outcome that is not what its input must become, or is of no input.
    Altered,
    /// Outcomes out of the order of their inputs.
    Disordered,
    /// A reader of committed records saw something else than what stands in the topic.
    Live,
    /// The group's offsets are not at the end of its input.
    Offsets,
    /// The metrics do not add up, or not to what the topics hold.
    Metrics,
    /// A partition that has input makes no progress.
    Stall,
    /// A process ended in a way that it must not.
    Exit,
    /// A fault that was to be shown did not happen.
    Nothing,
}

impl Breach {
    /// In a word or two.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Breach::Lost => "lost",
            Breach::Twice => "twice",
            Breach::Altered => "altered",
            Breach::Disordered => "out of order",
            Breach::Live => "live reader",
            Breach::Offsets => "offsets",
            Breach::Metrics => "metrics",
            Breach::Stall => "stall",
            Breach::Exit => "exit",
            Breach::Nothing => "nothing shown",
        }
    }
}

/// What a run has shown.
pub(crate) struct Report {
    pub(crate) plan: Plan,
    pub(crate) events: usize,
    pub(crate) dead_letters: usize,
    pub(crate) skipped: usize,
    pub(crate) duplicates: usize,
    pub(crate) lost: usize,
    /// Fault, and time until all partitions with input went on.
    pub(crate) recoveries: Vec<(Fault, Duration)>,
    /// Killed instances whose transaction was seen open afterwards.
    pub(crate) left_open: usize,
    /// The most aborted transactions that the instances have told of at a time.
    pub(crate) aborted: usize,
    /// Processes that ended by themselves, with their code and line.
    pub(crate) ended: Vec<String>,
    pub(crate) breaches: Vec<(Breach, String)>,
    pub(crate) wall: Duration,
}

impl Report {
    pub(crate) fn new(plan: Plan) -> Report {
        Report {
            plan,
            events: 0,
            dead_letters: 0,
            skipped: 0,
            duplicates: 0,
            lost: 0,
            recoveries: vec![],
            left_open: 0,
            aborted: 0,
            ended: vec![],
            breaches: vec![],
            wall: Duration::ZERO,
        }
    }

    /// The slowest recovery.
    pub(crate) fn slowest(&self) -> Option<&(Fault, Duration)> {
        self.recoveries.iter().max_by_key(|(_, time)| *time)
    }

    /// Notes a breach.
    pub(crate) fn breach(&mut self, kind: Breach, what: String) {
        self.breaches.push((kind, what));
    }

    /// How many breaches of each kind.
    pub(crate) fn kinds(&self) -> BTreeMap<Breach, usize> {
        self.breaches.iter().fold(BTreeMap::new(), |mut kinds, (kind, _)| {
            *kinds.entry(*kind).or_default() += 1;
            kinds
        })
    }

    /// Whether the metrics of all that answer add up, after something.
    pub(crate) fn look_at(&mut self, fleet: &Fleet<'_>, after: &str) {
        let pages = fleet.pages();
        let aborted: f64 = pages.iter().map(|page| page.value("transactions_total{result=\"aborted\"}")).sum();
        self.aborted = self.aborted.max(aborted as usize);
        if pages.iter().any(|page| !page.adds_up()) {
            self.breach(Breach::Metrics, format!("metrics that do not add up after {after}"));
        }
    }

    /// What the instances have shown.
    pub(crate) fn take_over(&mut self, fleet: Fleet<'_>) {
        self.ended.extend(fleet.ended);
        self.breaches.extend(fleet.breaches.into_iter().map(|what| (Breach::Exit, what)));
        if self.plan.aborts() && self.aborted == 0 {
            self.breach(Breach::Nothing, "no transaction was aborted on purpose: nothing was shown".to_owned());
        }
    }
}

/// The audit, on what stands in the topics at the end.
pub(crate) fn judge(lane: &Lane, live: [Live; 2], fed: &[Fed], report: &mut Report) {
    let topics = [&lane.output, &lane.dead_letter];
    let [events, dead_letters] = topics.map(|topic| topics::read_committed(&lane.servers, topic));
    let found = audit::audit(fed, &events, &dead_letters);
    (report.events, report.dead_letters) = (events.len(), dead_letters.len());
    report.skipped = lane::count(fed, Fate::Skip);
    (report.duplicates, report.lost) = (found.twice.len(), found.lost.len());
    let mut note = |kind, breaches: Vec<String>| report.breaches.extend(breaches.into_iter().map(|what| (kind, what)));
    note(Breach::Lost, found.lost);
    note(Breach::Altered, found.altered);
    if report.plan.mode == Mode::ExactlyOnce {
        note(Breach::Twice, found.twice);
        note(Breach::Disordered, found.disordered);
    }
    for (reader, (topic, stored)) in live.into_iter().zip(topics.into_iter().zip([&events, &dead_letters])) {
        note(Breach::Live, reader.compare(topic, stored));
    }
    let committed = topics::committed(&lane.servers, &lane.group, &lane.input);
    let ends = topics::ends(&lane.servers, &lane.input);
    let is_within = |committed: &BTreeMap<i32, i64>| {
        lane::covers(committed, &lane::ends(fed)) && ends.as_ref().is_some_and(|ends| lane::covers(ends, committed))
    };
    if !committed.as_ref().is_some_and(is_within) {
        note(Breach::Offsets, vec![format!("offsets at {committed:?}, not at the end {:?}", lane::ends(fed))]);
    }
}
