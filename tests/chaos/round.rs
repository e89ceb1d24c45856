//! One run: a broker, a numbered stream of filings, the real service, the faults of a plan, and the audit.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::fleet::Fleet;
use super::harness::audit::{self, Fed};
use super::harness::filings::{self, Filing};
use super::harness::kafka::Kafka;
use super::harness::lane::Lane;
use super::harness::topics::{self, Progress};
use super::live::Live;
use super::plan::{Fault, Mode, Plan};

/// The service's session timeout in the lanes of the harness.
const SESSION: Duration = Duration::from_secs(6);

/// Past this a run without progress counts as a silent stall.
const STALL: Duration = Duration::from_secs(60);

/// How long the stream lasts while faults happen.
const STREAM: Duration = Duration::from_secs(50);

/// What a run has shown.
pub(crate) struct Report {
    pub(crate) plan: Plan,
    pub(crate) events: usize,
    pub(crate) dead_letters: usize,
    pub(crate) skipped: usize,
    pub(crate) duplicates: usize,
    pub(crate) lost: usize,
    /// Fault and time until the group went on.
    pub(crate) recoveries: Vec<(Fault, Duration)>,
    /// Processes that ended by themselves, with their code.
    pub(crate) ended: Vec<String>,
    pub(crate) breaches: Vec<String>,
    pub(crate) wall: Duration,
}

impl Report {
    /// The slowest recovery.
    pub(crate) fn slowest(&self) -> Option<&(Fault, Duration)> {
        self.recoveries.iter().max_by_key(|(_, time)| *time)
    }
}

/// Carries out a plan on a broker of its own.
pub(crate) fn run(plan: Plan) -> Report {
    let begun = Instant::now();
    let mut kafka = Kafka::started(&format!("chaos-kafka-{}", plan.seed));
    let lane = Lane::named(&format!("chaos-{}", plan.seed), kafka.bootstrap_servers());
    lane.create_topics(plan.partitions);
    let live = [&lane.output, &lane.dead_letter].map(|topic| Live::start(&lane.servers, topic));
    let fed = Mutex::new(Vec::new());
    if plan.backlog {
        feed(&lane, filings::mixed(plan.filings), Duration::ZERO, &fed);
    }
    let mut report = Report {
        events: 0,
        dead_letters: 0,
        skipped: 0,
        duplicates: 0,
        lost: 0,
        recoveries: vec![],
        ended: vec![],
        breaches: vec![],
        wall: Duration::ZERO,
        plan: plan.clone(),
    };
    let mut fleet = Fleet::start(&lane, &plan);
    std::thread::scope(|scope| {
        if !plan.backlog {
            scope.spawn(|| feed(&lane, filings::mixed(plan.filings), STREAM, &fed));
        }
        disturb(&plan, &mut kafka, &lane, &mut fleet, &fed, &mut report);
    });
    let mut fed = fed.into_inner().expect("a feeder without panic");
    settle(&lane, &mut fleet, &fed, &mut report);
    fed.extend(calm(&lane, &mut fleet, plan.filings, &mut report));
    fleet.finish();
    judge(&lane, live, &fed, &mut report);
    report.ended.append(&mut fleet.ended);
    report.breaches.append(&mut fleet.breaches);
    report.wall = begun.elapsed();
    report
}

/// Writes the stream, spread over a time.
fn feed(lane: &Lane, filings: Vec<Filing>, over: Duration, fed: &Mutex<Vec<Fed>>) {
    let (begun, count) = (Instant::now(), filings.len());
    let mut done = 0;
    for part in filings.chunks(count.div_ceil(100).max(1)) {
        let due = over * done as u32 / count as u32;
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        let written = lane.feed(part.to_vec());
        done += written.len();
        fed.lock().expect("nobody panics with it").extend(written);
    }
}

/// Does what the plan says, and takes the time until the group goes on.
fn disturb(
    plan: &Plan,
    kafka: &mut Kafka,
    lane: &Lane,
    fleet: &mut Fleet<'_>,
    fed: &Mutex<Vec<Fed>>,
    report: &mut Report,
) {
    for step in &plan.steps {
        std::thread::sleep(step.pause);
        let before = total(lane);
        act(step.fault, kafka, fleet);
        let since = Instant::now();
        let is_open = || fed.lock().expect("nobody panics with it").len() as i64 > before.unwrap_or(0);
        while total(lane).is_none_or(|now| Some(now) <= before) && is_open() {
            fleet.revive();
            if since.elapsed() > STALL {
                report.breaches.push(format!("no progress within {STALL:?} of {:?}", step.fault));
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        report.recoveries.push((step.fault, since.elapsed()));
        for page in fleet.pages() {
            if !page.adds_up() {
                report.breaches.push(format!("metrics that do not add up after {:?}", step.fault));
            }
        }
    }
}

fn act(fault: Fault, kafka: &mut Kafka, fleet: &mut Fleet<'_>) {
    match fault {
        Fault::Kill(number) => fleet.kill(number),
        Fault::Terminate(number) => fleet.terminate(number),
        Fault::Freeze(number) => fleet.freeze(number, SESSION + Duration::from_secs(3)),
        Fault::Visit => fleet.visit(Duration::from_secs(3)),
        Fault::Twin(number) => fleet.twin(number, Duration::from_secs(30)),
        Fault::StopBroker => {
            kafka.stop();
            kafka.start();
        }
        Fault::KillBroker => {
            kafka.kill();
            kafka.start();
        }
        Fault::FreezeBroker => kafka.freeze(SESSION),
    }
}

/// What the group has committed in all; `None` while nobody can say.
fn total(lane: &Lane) -> Option<i64> {
    Progress::of(&lane.servers, &lane.group, &lane.input)?.total()
}

/// Waits until everything is done.
fn settle(lane: &Lane, fleet: &mut Fleet<'_>, fed: &[Fed], report: &mut Report) {
    let mut latest = (total(lane), Instant::now());
    while latest.0 != Some(fed.len() as i64) {
        fleet.revive();
        std::thread::sleep(Duration::from_millis(100));
        let now = total(lane);
        if now > latest.0 {
            latest = (now, Instant::now());
        }
        if latest.1.elapsed() > STALL {
            report.breaches.push(format!("the group stands at {:?} of {}", latest.0, fed.len()));
            return;
        }
    }
}

/// After the storm, with fresh processes: what they count is what was written meanwhile, to the record.
fn calm(lane: &Lane, fleet: &mut Fleet<'_>, filings_before: usize, report: &mut Report) -> Vec<Fed> {
    const CALM: usize = 1_000;
    for number in 0..report.plan.instances {
        fleet.terminate(number);
    }
    fleet.await_ready();
    let filings = filings::mixed(filings_before + CALM).split_off(filings_before);
    let fed = lane.feed(filings);
    let (sum, since) =
        (|fleet: &Fleet<'_>, series: &str| fleet.pages().iter().map(|p| p.sum(series)).sum::<f64>(), Instant::now());
    while sum(fleet, "records_consumed_total") < CALM as f64 && since.elapsed() < STALL {
        std::thread::sleep(Duration::from_millis(50));
    }
    let counted = ["events_total", "dead_letters_total", "skipped_total"].map(|series| sum(fleet, series) as usize);
    let kinds = [filings::Fate::Event, filings::Fate::DeadLetter, filings::Fate::Skip];
    let written = kinds.map(|fate| super::harness::lane::count(&fed, fate));
    if counted != written {
        report
            .breaches
            .push(format!("metrics count {counted:?} events, dead letters and skips; written were {written:?}"));
    }
    fed
}

/// The audit, on what stands in the topics at the end.
fn judge(lane: &Lane, live: [Live; 2], fed: &[Fed], report: &mut Report) {
    let topics = [&lane.output, &lane.dead_letter];
    let [events, dead_letters] = topics.map(|topic| topics::read_committed(&lane.servers, topic));
    let found = audit::audit(fed, &events, &dead_letters);
    report.events = events.len();
    report.dead_letters = dead_letters.len();
    report.skipped = super::harness::lane::count(fed, filings::Fate::Skip);
    report.duplicates = found.twice.len();
    report.lost = found.lost.len();
    let mut breaches: Vec<String> = found.lost.into_iter().chain(found.altered).collect();
    if report.plan.mode == Mode::ExactlyOnce {
        breaches.extend(found.twice.into_iter().chain(found.disordered));
    }
    for (reader, (topic, stored)) in live.into_iter().zip(topics.into_iter().zip([&events, &dead_letters])) {
        breaches.extend(reader.compare(topic, stored));
    }
    if total(lane) != Some(fed.len() as i64) {
        breaches.push(format!("offsets at {:?}, not at the end {}", total(lane), fed.len()));
    }
    report.breaches.append(&mut breaches);
}
