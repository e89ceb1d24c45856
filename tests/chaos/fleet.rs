//! The instances of a run: each has a place by its number, in which one process follows another.

use std::time::{Duration, Instant};

use super::harness::lane::Lane;
use super::harness::page::Page;
use super::harness::service::Service;
use super::plan::{Mode, Plan};

/// The exit code that says: fenced by another instance.
const FENCED: i32 = 6;

/// The running instances.
pub(crate) struct Fleet<'a> {
    lane: &'a Lane,
    settings: Vec<(&'static str, String)>,
    services: Vec<Service>,
    visits: usize,
    /// Processes that ended by themselves with a code, as they may after some faults, and were started anew.
    pub(crate) ended: Vec<String>,
    /// What must never happen.
    pub(crate) breaches: Vec<String>,
}

impl<'a> Fleet<'a> {
    /// Starts all instances of a plan.
    pub(crate) fn start(lane: &'a Lane, plan: &Plan) -> Fleet<'a> {
        let mode = match plan.mode {
            Mode::ExactlyOnce => "exactly-once",
            Mode::AtLeastOnce => "at-least-once",
        };
        let settings = vec![
            ("delivery.mode", mode.to_owned()),
            ("delivery.batch_records", plan.batch_records.to_string()),
            // The stream's dead letters are meant.
            ("dead_letters.breaker.ratio_percent", "0".to_owned()),
            ("dead_letters.breaker.consecutive", "0".to_owned()),
        ];
        let mut fleet = Fleet { lane, settings, services: vec![], visits: 0, ended: vec![], breaches: vec![] };
        fleet.services = (0..plan.instances).map(|number| fleet.launch(&name(number))).collect();
        fleet
    }

    fn launch(&self, instance: &str) -> Service {
        let settings: Vec<(&str, &str)> = self.settings.iter().map(|(path, value)| (*path, value.as_str())).collect();
        Service::start(self.lane, instance, &settings)
    }

    /// SIGKILL, and a new process in its place.
    pub(crate) fn kill(&mut self, number: usize) {
        let next = self.launch(&name(number));
        std::mem::replace(&mut self.services[number], next).kill();
    }

    /// SIGTERM, a look at how it ends, and a new process in its place.
    pub(crate) fn terminate(&mut self, number: usize) {
        let old = self.services.remove(number);
        self.expect_success(old, &name(number));
        let next = self.launch(&name(number));
        self.services.insert(number, next);
    }

    /// An instance sleeps without knowing it.
    pub(crate) fn freeze(&mut self, number: usize, time: Duration) {
        self.services[number].signal("STOP");
        std::thread::sleep(time);
        self.services[number].signal("CONT");
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
        let mut twin = self.launch(&name(number));
        let since = Instant::now();
        while since.elapsed() < patience {
            if !twin.runs() {
                self.note_end(&mut twin, &name(number), Some(FENCED));
                return;
            }
            if !self.services[number].runs() {
                let mut old = std::mem::replace(&mut self.services[number], twin);
                self.note_end(&mut old, &name(number), Some(FENCED));
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.breaches.push(format!("two processes of instance {} live side by side", name(number)));
        twin.kill();
    }

    /// Starts anew what has ended by itself; a code that says why is the service's right.
    pub(crate) fn revive(&mut self) {
        for number in 0..self.services.len() {
            if !self.services[number].runs() {
                let next = self.launch(&name(number));
                let mut old = std::mem::replace(&mut self.services[number], next);
                self.note_end(&mut old, &name(number), None);
            }
        }
    }

    /// Ends all; every one must end well.
    pub(crate) fn finish(&mut self) {
        for (number, service) in std::mem::take(&mut self.services).into_iter().enumerate() {
            self.expect_success(service, &name(number));
        }
    }

    /// The metrics of all that answer.
    pub(crate) fn pages(&self) -> Vec<Page> {
        self.services.iter().filter(|service| service.is_live()).map(Service::page).collect()
    }

    /// Waits until all are ready.
    pub(crate) fn await_ready(&mut self) {
        self.services.iter_mut().for_each(Service::await_ready);
    }

    fn expect_success(&mut self, service: Service, instance: &str) {
        let (status, _) = service.terminate();
        if !status.success() {
            self.breaches.push(format!("{instance} ended with {status} after SIGTERM"));
        }
    }

    fn note_end(&mut self, service: &mut Service, instance: &str, wanted: Option<i32>) {
        let (status, _) = service.wait(Duration::from_secs(5));
        match status.code() {
            Some(code) if (1..=8).contains(&code) && wanted.is_none_or(|wanted| wanted == code) => {
                self.ended.push(format!("{instance}: {code}"));
            }
            _ => self.breaches.push(format!("{instance} ended by itself with {status}")),
        }
    }
}

fn name(number: usize) -> String {
    format!("instance-{number}")
}
