//! One run: a numbered stream of filings, the real service, the faults of a plan, and the audit.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use super::aftermath::{self, STALL, Watch};
use super::feed::{self, Ledger};
use super::fleet::{Fleet, Program};
use super::harness::kafka::Kafka;
use super::harness::lane::Lane;
use super::live::Live;
use super::plan::{Fault, Plan};
use super::verdict::{self, Breach, Report};

/// The service's session timeout in the lanes of the harness. Its transaction timeout is below it.
const SESSION: Duration = Duration::from_secs(6);

/// In these settings a broker forgets an idle transactional id, and all that it knows of a producer, within ten seconds.
pub(crate) const EXPIRY: &str = "transactional.id.expiration.ms=8000\n\
    transaction.remove.expired.transaction.cleanup.interval.ms=1000\n\
    producer.id.expiration.ms=6000\nproducer.id.expiration.check.interval.ms=1000\n";

/// The broker of a run.
pub(crate) fn broker(plan: &Plan) -> Kafka {
    let further = if plan.expiry { EXPIRY } else { "" };
    let mut kafka = Kafka::prepare_with(&format!("chaos-kafka-{}", plan.seed), further);
    kafka.start();
    kafka
}

/// Carries out a plan.
pub(crate) fn run(plan: Plan, name: &str, program: &Path, kafka: &mut Kafka) -> Report {
    let begun = Instant::now();
    let lane = Lane::named(name, kafka.bootstrap_servers());
    feed::create_topics(&lane, plan.partitions);
    let live = [&lane.output, &lane.dead_letter].map(|topic| Live::start(&lane.servers, topic));
    let ledger = Ledger::default();
    let filings = feed::filings(plan.filings, plan.oversized);
    let start = || Fleet::start(&lane, &plan, Program::new(program, &plan.sabotage));
    let storm = Storm { plan: &plan, lane: &lane, ledger: &ledger, watch: Watch::new(&lane) };
    let mut report = Report::new(plan.clone());
    let mut fleet = if plan.backlog {
        feed::stream(&lane, filings, Duration::ZERO, &ledger);
        let mut fleet = start();
        storm.rage(kafka, &mut fleet, &mut report);
        fleet
    } else {
        let mut fleet = start();
        std::thread::scope(|scope| {
            scope.spawn(|| feed::stream(&lane, filings, plan.span(), &ledger));
            storm.rage(kafka, &mut fleet, &mut report);
        });
        fleet
    };
    if plan.backlog {
        // What the faults have left over is the work of larger batches.
        fleet.hurry();
    }
    aftermath::settle(&lane, &mut fleet, &ledger, &mut report);
    if plan.expiry {
        aftermath::expire(&lane, &mut fleet, &ledger, &mut report);
    }
    aftermath::calm(&lane, &mut fleet, &ledger, &mut report);
    fleet.finish();
    verdict::judge(&lane, live, &ledger.into_fed(), &mut report);
    report.take_over(fleet);
    report.wall = begun.elapsed();
    report
}

/// The faults of a plan, one after another.
struct Storm<'a> {
    plan: &'a Plan,
    lane: &'a Lane,
    ledger: &'a Ledger,
    watch: Watch<'a>,
}

impl Storm<'_> {
    /// Does what the plan says, and takes the time until every partition goes on that has input.
    fn rage(mut self, kafka: &mut Kafka, fleet: &mut Fleet<'_>, report: &mut Report) {
        for step in &self.plan.steps {
            std::thread::sleep(step.pause);
            let before = self.watch.committed().unwrap_or_default();
            self.act(step.fault, kafka, fleet, report);
            let since = Instant::now();
            // What was committed up to now does not count, as far as anybody can say.
            let before = self.watch.committed().unwrap_or(before);
            let Some(()) = self.await_progress(&before, fleet) else {
                let why = fleet.what_they_say();
                report.breach(Breach::Stall, format!("no progress within {STALL:?} of {:?}: {why}", step.fault));
                return;
            };
            if self.watch.committed().is_some_and(|now| now != before) {
                report.recoveries.push((step.fault, since.elapsed()));
            }
            report.look_at(fleet, step.fault.kind());
        }
    }

    /// Waits until each partition that has input, or will soon have some, has gone on.
    fn await_progress(&mut self, before: &BTreeMap<i32, i64>, fleet: &mut Fleet<'_>) -> Option<()> {
        // Partitions may have to wait for each other; some must move all the time.
        let mut latest = (before.clone(), Instant::now());
        loop {
            fleet.revive();
            let now = self.watch.committed().unwrap_or_default();
            if !now.is_empty() && now != latest.0 {
                latest = (now.clone(), Instant::now());
            }
            let at = |offsets: &BTreeMap<i32, i64>, partition| offsets.get(&partition).copied().unwrap_or(0);
            let stands = |(partition, end): (i32, i64)| {
                let is_due = end > at(before, partition) || self.ledger.is_streaming();
                is_due && at(&now, partition) <= at(before, partition)
            };
            if !self.ledger.ends().into_iter().any(stands) {
                return Some(());
            }
            if latest.1.elapsed() > STALL {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn act(&self, fault: Fault, kafka: &mut Kafka, fleet: &mut Fleet<'_>, report: &mut Report) {
        match fault {
            Fault::Kill(number) => fleet.kill(number),
            Fault::Terminate(number) => fleet.terminate(number),
            Fault::Freeze(number) => fleet.freeze(number, SESSION + Duration::from_secs(3)),
            Fault::Visit => fleet.visit(Duration::from_secs(3)),
            Fault::Twin(number) => fleet.twin(number, Duration::from_secs(30)),
            Fault::Abandon(number) => report.left_open += usize::from(fleet.abandon(number, self.lane)),
            Fault::StopBroker => {
                kafka.stop();
                kafka.start();
            }
            Fault::KillBroker => {
                kafka.kill();
                kafka.start();
            }
            Fault::FreezeBroker => kafka.freeze(SESSION),
            Fault::Expire => unreachable!("it has a place of its own, at the end"),
        }
    }
}
