//! The instances of a run: each has a place by its number, in which one process follows another.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::harness::lane::Lane;
use super::harness::page::Page;
use super::harness::service::Service;
use super::harness::{PATIENCE, topics};
use super::plan::{Mode, Plan};

/// The exit code that says: fenced by another instance.
const FENCED: i32 = 6;

/// The build of the service that runs.
pub(crate) struct Program {
    path: PathBuf,
    /// For the shell before it: what is to go wrong on purpose.
    prelude: String,
}

impl Program {
    /// With the sabotage of these names, none when there is no name.
    pub(crate) fn new(path: &Path, sabotage: &str) -> Program {
        let prelude = if sabotage.is_empty() { String::new() } else { format!("export EXDATE_SABOTAGE={sabotage};") };
        Program { path: path.to_owned(), prelude }
    }
}

/// The running instances.
pub(crate) struct Fleet<'a> {
    lane: &'a Lane,
    program: Program,
    mode: &'static str,
    batch_records: usize,
    services: Vec<Place>,
    visits: usize,
    /// Processes that ended by themselves with a code and a line, as they may after some faults, and were started anew.
    pub(crate) ended: Vec<String>,
    /// What must never happen.
    pub(crate) breaches: Vec<String>,
}

/// Where one process follows another under one name.
struct Place {
    name: String,
    service: Service,
    /// Processes in a row that ended by themselves.
    ended: usize,
}

/// So many in a row are a crash loop.
const CRASH_LOOP: usize = 5;

/// A filing on average, with what the protocol adds.
const FILING_BYTES: usize = 2_000;

/// What is left after the faults is done in batches of the default size.
const LARGE_BATCH: usize = 5_000;

impl<'a> Fleet<'a> {
    /// Starts all instances of a plan.
    pub(crate) fn start(lane: &'a Lane, plan: &Plan, program: Program) -> Fleet<'a> {
        let mode = match plan.mode {
            Mode::ExactlyOnce => "exactly-once",
            Mode::AtLeastOnce => "at-least-once",
        };
        let (batch_records, services) = (plan.batch_records, vec![]);
        let (ended, breaches) = (vec![], vec![]);
        let mut fleet = Fleet { lane, program, mode, batch_records, services, visits: 0, ended, breaches };
        for number in 0..plan.instances {
            let name = format!("instance-{number}");
            let service = fleet.launch(&name);
            fleet.services.push(Place { name, service, ended: 0 });
        }
        fleet
    }

    fn launch(&self, instance: &str) -> Service {
        let batch_records = self.batch_records.to_string();
        let fetch = (self.batch_records * 4 * FILING_BYTES).to_string();
        let ahead = (self.batch_records * 24 * FILING_BYTES / 1024).clamp(1_024, 16_384).to_string();
        let settings = [
            ("delivery.mode", self.mode),
            ("delivery.batch_records", batch_records.as_str()),
            // Some batches of each partition in turn: else what is read ahead of one partition keeps all others waiting.
            ("kafka.properties.fetch.message.max.bytes", fetch.as_str()),
            ("kafka.properties.queued.max.messages.kbytes", ahead.as_str()),
            // The stream's dead letters are meant.
            ("dead_letters.breaker.ratio_percent", "0"),
            ("dead_letters.breaker.consecutive", "0"),
        ];
        let Program { path, prelude } = &self.program;
        Service::start_program(path, prelude, self.lane, instance, &settings)
    }

    /// SIGKILL, and a new process in its place.
    pub(crate) fn kill(&mut self, number: usize) {
        let next = self.launch(&self.services[number].name);
        self.services[number].put(next).kill();
    }

    /// SIGTERM, a look at how it ends, and a new process in its place.
    pub(crate) fn terminate(&mut self, number: usize) {
        let old = self.services.remove(number);
        self.expect_success(old.service, &old.name);
        let service = self.launch(&old.name);
        self.services.insert(number, Place { service, ended: 0, ..old });
    }

    /// All of them, at the same time.
    pub(crate) fn renew(&mut self) {
        let old = std::mem::take(&mut self.services);
        old.iter().for_each(|place| place.service.signal("TERM"));
        for mut place in old {
            self.expect_end(&mut place);
            let service = self.launch(&place.name);
            self.services.push(Place { service, ended: 0, ..place });
        }
    }

    /// The same, and from now on in large batches.
    pub(crate) fn hurry(&mut self) {
        self.revive();
        self.batch_records = LARGE_BATCH;
        self.renew();
    }

    /// An instance sleeps without knowing it.
    pub(crate) fn freeze(&mut self, number: usize, time: Duration) {
        self.services[number].service.signal("STOP");
        std::thread::sleep(time);
        self.services[number].service.signal("CONT");
    }

    /// SIGKILL, and a process of another name in its place. Whether a transaction was left open then.
    pub(crate) fn abandon(&mut self, number: usize, lane: &Lane) -> bool {
        self.visits += 1;
        let name = format!("successor-{}", self.visits);
        let service = self.launch(&name);
        let old = std::mem::replace(&mut self.services[number], Place { name, service, ended: 0 });
        old.service.kill();
        let is_open = |topic| topics::has_open_transaction(&lane.servers, topic).unwrap_or(false);
        is_open(&lane.output) || is_open(&lane.dead_letter)
    }

    /// A further instance for a while.
    pub(crate) fn visit(&mut self, time: Duration) {
        self.visits += 1;
        let instance = format!("visitor-{}", self.visits);
        let visitor = self.launch(&instance);
        std::thread::sleep(time);
        self.expect_success(visitor, &instance);
    }

    /// A second process with the same names. One of the two has to give way, and say so; the other stays.
    pub(crate) fn twin(&mut self, number: usize, patience: Duration) {
        let name = self.services[number].name.clone();
        let mut twin = self.launch(&name);
        let since = Instant::now();
        while since.elapsed() < patience {
            if !twin.runs() {
                self.note_end(&mut twin, &name, Some(FENCED));
                return;
            }
            if !self.services[number].service.runs() {
                let mut old = self.services[number].put(twin);
                self.note_end(&mut old, &name, Some(FENCED));
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.breaches.push(format!("two processes of instance {name} live side by side"));
        twin.kill();
    }

    /// Starts anew what has ended by itself; a code that says why is the service's right, but not again and again.
    pub(crate) fn revive(&mut self) {
        for number in 0..self.services.len() {
            if self.services[number].service.runs() {
                continue;
            }
            let name = self.services[number].name.clone();
            let next = self.launch(&name);
            let mut old = std::mem::replace(&mut self.services[number].service, next);
            self.note_end(&mut old, &name, None);
            self.services[number].ended += 1;
            if self.services[number].ended == CRASH_LOOP {
                self.breaches.push(format!("{name} ends again and again"));
            }
        }
    }

    /// Ends all; every one must end well.
    pub(crate) fn finish(&mut self) {
        for mut place in std::mem::take(&mut self.services) {
            place.service.signal("TERM");
            self.expect_end(&mut place);
        }
    }

    /// The metrics of all that answer.
    pub(crate) fn pages(&self) -> Vec<Page> {
        self.services.iter().filter_map(|place| place.service.try_page()).collect()
    }

    /// What the probes say.
    pub(crate) fn what_they_say(&self) -> String {
        let say = |place: &Place| format!("{} {}", place.name, place.service.probes());
        self.services.iter().map(say).collect::<Vec<_>>().join("; ")
    }

    /// Waits until all are ready at the same time; whether they are, within this time.
    pub(crate) fn await_ready(&mut self, within: Duration) -> bool {
        let since = Instant::now();
        while !self.services.iter().all(|place| place.service.is_ready()) {
            if since.elapsed() > within {
                return false;
            }
            self.revive();
            std::thread::sleep(Duration::from_millis(50));
        }
        true
    }

    fn expect_success(&mut self, service: Service, instance: &str) {
        service.signal("TERM");
        self.expect_end(&mut Place { name: instance.to_owned(), service, ended: 0 });
    }

    fn expect_end(&mut self, place: &mut Place) {
        let (status, _) = place.service.wait(PATIENCE);
        if !status.success() {
            self.breaches.push(format!("{} ended with {status} after SIGTERM", place.name));
        }
    }

    fn note_end(&mut self, service: &mut Service, instance: &str, wanted: Option<i32>) {
        let (status, log) = service.wait(Duration::from_secs(5));
        let line = log.lines().rev().find(|line| line.contains("\"ERROR\"")).unwrap_or_default();
        let message = line.split("\"message\":\"").nth(1).and_then(|rest| rest.split("\",").next());
        match (status.code(), message) {
            (Some(code), Some(message)) if (1..=8).contains(&code) && wanted.is_none_or(|wanted| wanted == code) => {
                self.ended.push(format!("{instance}: {code}, {message}"));
            }
            (Some(_), None) => self.breaches.push(format!("{instance} ended by itself with {status} and no line why")),
            _ => self.breaches.push(format!("{instance} ended by itself with {status}")),
        }
    }
}

impl Place {
    /// A new process; gives the old one.
    fn put(&mut self, next: Service) -> Service {
        self.ended = 0;
        std::mem::replace(&mut self.service, next)
    }
}
