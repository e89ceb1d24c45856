//! Whether the process lives and whether it serves: set by the parts that know, read by the probes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state of the process. Clones share it; it is live and ready while no part says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<State>>);

/// The complaints of each part ("worker 0", "breaker"), one line of text each.
#[derive(Debug, Default)]
struct State {
    dead: BTreeMap<String, String>,
    unready: BTreeMap<String, String>,
}

impl Health {
    /// The part works as it should.
    pub fn ready(&self, part: &str) {
        self.state().unready.remove(part);
    }

    /// The part does not serve for now, and why: "waiting for topic hkex.announcements.raw".
    pub fn unready(&self, part: &str, reason: &str) {
        self.state().unready.insert(part.to_owned(), one_line(reason));
    }

    /// The part turns again.
    pub fn live(&self, part: &str) {
        self.state().dead.remove(part);
    }

    /// The part is stuck for good and only a restart will help: "send_offsets_to_transaction has not returned for 30s".
    pub fn dead(&self, part: &str, reason: &str) {
        self.state().dead.insert(part.to_owned(), one_line(reason));
    }

    /// Whether the process should go on.
    ///
    /// # Errors
    ///
    /// A line for each part that is dead.
    pub fn liveness(&self) -> Result<(), String> {
        verdict(&self.state().dead)
    }

    /// Whether it serves: nothing is dead, and nothing is unready.
    ///
    /// # Errors
    ///
    /// A line for each part that is dead or unready.
    pub fn readiness(&self) -> Result<(), String> {
        let state = self.state();
        match (verdict(&state.dead), verdict(&state.unready)) {
            (Err(dead), Err(unready)) => Err(format!("{dead}{unready}")),
            (dead, unready) => dead.and(unready),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn verdict(complaints: &BTreeMap<String, String>) -> Result<(), String> {
    if complaints.is_empty() {
        return Ok(());
    }
    Err(complaints.iter().map(|(part, reason)| format!("{part}: {reason}\n")).collect())
}

fn one_line(reason: &str) -> String {
    reason.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_must_be_ready() {
        let health = Health::default();
        assert_eq!(health.readiness(), Ok(()));
        health.unready("worker 0", "waiting for topic\n  raw");
        health.unready("worker 1", "starting");
        health.clone().ready("worker 1");
        assert_eq!(health.readiness(), Err("worker 0: waiting for topic raw\n".into()));
        assert_eq!(health.liveness(), Ok(()), "an instance that waits is not restarted");
        health.ready("worker 0");
        assert_eq!(health.readiness(), Ok(()));
    }

    #[test]
    fn a_dead_part_is_not_ready_either() {
        let health = Health::default();
        health.unready("breaker", "open since 12:00");
        health.dead("worker 0", "commit has not returned for 30s");
        assert_eq!(health.liveness(), Err("worker 0: commit has not returned for 30s\n".into()));
        assert_eq!(
            health.readiness(),
            Err("worker 0: commit has not returned for 30s\nbreaker: open since 12:00\n".into())
        );
        health.live("worker 0");
        assert_eq!(health.liveness(), Ok(()));
    }
}
