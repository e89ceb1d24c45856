//! The watchdog: says on the probes how the workers are, and ends the process when a call into the client does not come back.
//!
//! librdkafka's time-outs are promises that it has broken before (a call after an outage that never returned, whatever its timeout). A plain
//! thread, so that it works while tokio or a worker hangs.

use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use super::Event;
use crate::exit::Exit;
use crate::kafka::client::fault::Fault;
use crate::kafka::worker::{Control, Status};
use crate::telemetry::health::Health;
use crate::telemetry::log;

/// How often it looks.
const PERIOD: Duration = Duration::from_millis(200);

/// When it wakes up so much too late, the whole process stood still (SIGSTOP, a suspended machine, no CPU at all): calls look as
/// if they hung, and do not.
const FROZEN: Duration = Duration::from_secs(5);

/// From the red probe to the end of the process: time for the supervisor to log and return, and for a scrape.
const GRACE: Duration = Duration::from_secs(2);

/// What to do when even the supervisor does not end the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastResort {
    /// Nothing: the process belongs to somebody else.
    None,
    /// End it.
    ExitProcess,
}

pub(super) fn spawn(
    control: &Control,
    health: &Health,
    last_resort: LastResort,
    events: Sender<Event>,
) -> std::io::Result<()> {
    let (control, health) = (control.clone(), health.clone());
    thread::Builder::new().name("watchdog".into()).spawn(move || {
        loop {
            if let Some(fault) = look(&control, &health) {
                // An error means that nobody supervises any more.
                let heard = events.send(Event::Stalled(fault)).is_ok();
                thread::sleep(GRACE);
                if last_resort == LastResort::ExitProcess {
                    log::flush();
                    std::process::exit(i32::from(Exit::Stalled as u8));
                }
                if !heard {
                    return;
                }
            }
            let asleep = Instant::now();
            thread::sleep(PERIOD);
            if asleep.elapsed() > FROZEN {
                tracing::warn!(
                    seconds = asleep.elapsed().as_secs(),
                    "the process stood still; calls get their time anew"
                );
                control.workers().iter().for_each(Status::thawed);
            }
        }
    })?;
    Ok(())
}

/// A worker's name on the probes.
pub(super) fn part(worker: usize) -> String {
    format!("worker {worker}")
}

/// Shows each worker on the probes; returns the fault of a call that has outlived its budget.
fn look(control: &Control, health: &Health) -> Option<Fault> {
    let mut fault = None;
    for (number, status) in control.workers().iter().enumerate() {
        let part = part(number);
        match status.unready() {
            Some(reason) => health.unready(&part, &reason),
            None => health.ready(&part),
        }
        match status.stuck() {
            Some(reason) => health.dead(&part, &reason),
            None => health.live(&part),
        }
        if let Some((call, age)) = status.overdue() {
            fault = Some(Fault::new(
                Exit::Stalled,
                format!(
                    "worker {number}: the call {call} into the Kafka client has not returned for {} s; the process ends, \
                     its open transaction is aborted by the broker or the next start",
                    age.as_secs()
                ),
            ));
        }
    }
    fault
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::worker::Call;
    use crate::kafka::worker::status::PROGRESS_BUDGET;

    #[test]
    fn a_call_that_outlives_its_budget_turns_livez_red_and_ends_the_service_with_its_name() {
        let (control, health) = (Control::new(2), Health::default());
        let stuck = control.status(1);
        let _call = stuck.enter(Call::SendOffsets, Duration::from_millis(20));
        assert_eq!(look(&control, &health), None, "within its budget");
        assert_eq!(health.liveness(), Ok(()));

        let (sender, events) = std::sync::mpsc::channel();
        assert!(spawn(&control, &health, LastResort::None, sender).is_ok());
        let event = events.recv_timeout(Duration::from_secs(30));
        let Ok(Event::Stalled(fault)) = event else { unreachable!("the watchdog reports the call") };
        assert_eq!(fault.exit, Exit::Stalled);
        assert!(fault.message.starts_with("worker 1: the call send_offsets_to_transaction"), "{fault}");
        assert!(health.liveness().is_err_and(|reason| reason.contains("send_offsets_to_transaction")));
    }

    #[test]
    fn a_call_that_returns_in_time_is_nobodys_business() {
        let (control, health) = (Control::new(1), Health::default());
        drop(control.status(0).enter(Call::CommitTransaction, Duration::ZERO));
        assert_eq!(look(&control, &health), None);
        assert_eq!(health.liveness(), Ok(()));
    }

    #[test]
    fn a_partition_that_has_input_and_stands_still_turns_livez_red() {
        let (control, health) = (Control::new(1), Health::default());
        let status = control.status(0);
        let just_now = Instant::now().checked_sub(PROGRESS_BUDGET / 2);
        let long_ago = Instant::now().checked_sub(PROGRESS_BUDGET + Duration::from_secs(1));
        status.waiting_for(None);
        for (since, is_live) in [(None, true), (just_now, true), (long_ago, false)] {
            status.behind_since(since);
            assert_eq!(look(&control, &health), None, "no call hangs, so the process goes on");
            assert_eq!(health.liveness().is_ok(), is_live, "{since:?}");
        }
        assert!(health.liveness().is_err_and(|reason| reason.contains("there is input, and no progress")));
        // What is missing is told on the other probe: a restart would not bring it.
        status.waiting_for(Some("a broker".into()));
        look(&control, &health);
        assert_eq!(health.liveness(), Ok(()));
    }

    #[test]
    fn readiness_is_what_the_workers_wait_for() {
        let (control, health) = (Control::new(1), Health::default());
        let status = control.status(0);
        look(&control, &health);
        assert!(health.readiness().is_err(), "starting");
        status.waiting_for(None);
        status.joined(true);
        look(&control, &health);
        assert_eq!(health.readiness(), Ok(()));
    }
}
