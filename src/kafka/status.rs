//! What a worker tells its supervisor: which call it is in and since when, whether it is ready, whether it gets on.
//!
//! Plain data behind a lock that is held for nanoseconds, so that the watchdog can read it while the worker hangs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::fault::Call;

/// A partition that has input must get on within this time while nothing else is reported as missing.
pub const PROGRESS_BUDGET: Duration = Duration::from_secs(60);

/// Shared between a worker and its supervisor; clones see the same.
#[derive(Clone)]
pub struct Status(Arc<Mutex<Inner>>);

struct Inner {
    /// The call that the worker is in, since when, and how long it may take.
    call: Option<(Call, Instant, Duration)>,
    /// When the loop last turned.
    turned: Instant,
    /// Whether the group has given an assignment, an empty one included.
    joined: bool,
    /// What the worker waits for, for people.
    waiting_for: Option<String>,
    /// Since when some partition has had input, and none has moved.
    behind_since: Option<Instant>,
}

impl Status {
    /// A worker that has just begun.
    pub fn new() -> Status {
        Status(Arc::new(Mutex::new(Inner {
            call: None,
            turned: Instant::now(),
            joined: false,
            waiting_for: Some("starting".into()),
            behind_since: None,
        })))
    }

    /// Says that a call begins which may take `budget`; it ends when the guard is dropped.
    pub fn enter(&self, call: Call, budget: Duration) -> InCall<'_> {
        self.lock().call = Some((call, Instant::now(), budget));
        InCall(self)
    }

    /// Says that the loop turns.
    pub fn turned(&self) {
        self.lock().turned = Instant::now();
    }

    /// Says whether the group has given an assignment.
    pub fn joined(&self, joined: bool) {
        self.lock().joined = joined;
    }

    /// Says what the worker waits for; `None` when nothing is missing.
    pub fn waiting_for(&self, what: Option<String>) {
        self.lock().waiting_for = what;
    }

    /// Says since when some partition has had input without getting on; `None` when all do.
    pub fn behind_since(&self, since: Option<Instant>) {
        self.lock().behind_since = since;
    }

    /// Begins all measured times anew: the whole process stood still, and none of it was the worker's or the client's doing.
    pub fn thawed(&self) {
        let (mut inner, now) = (self.lock(), Instant::now());
        if let Some((_, since, _)) = inner.call.as_mut() {
            *since = now;
        }
        inner.turned = now;
        inner.behind_since = inner.behind_since.map(|_| now);
    }

    /// Why the worker is not ready.
    pub fn unready(&self) -> Option<String> {
        let inner = self.lock();
        inner.waiting_for.clone().or_else(|| (!inner.joined).then(|| "waiting for the consumer group".into()))
    }

    /// The call that has outlived its budget, and its age.
    pub fn overdue(&self) -> Option<(Call, Duration)> {
        let (call, since, budget) = self.lock().call?;
        let age = since.elapsed();
        (age > budget).then_some((call, age))
    }

    /// Why the worker does not live: it got stuck, although nothing that it waits for is missing.
    pub fn stuck(&self) -> Option<String> {
        if let Some((call, age)) = self.overdue() {
            return Some(format!("the call {call} into the Kafka client has not returned for {} s", age.as_secs()));
        }
        let inner = self.lock();
        if inner.turned.elapsed() > PROGRESS_BUDGET && inner.call.is_none() {
            return Some(format!("the loop has not turned for {} s", inner.turned.elapsed().as_secs()));
        }
        let behind = inner.behind_since.filter(|_| inner.waiting_for.is_none())?.elapsed();
        (behind > PROGRESS_BUDGET).then(|| format!("there is input, and no progress for {} s", behind.as_secs()))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Status {
    fn default() -> Self {
        Status::new()
    }
}

/// While it lives, the worker is in a call.
pub struct InCall<'a>(&'a Status);

impl Drop for InCall<'_> {
    fn drop(&mut self) {
        self.0.lock().call = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_outlives_its_budget_is_overdue_unless_the_process_stood_still() {
        let status = Status::new();
        let budget = Duration::from_millis(20);
        let _call = status.enter(Call::BeginTransaction, budget);
        std::thread::sleep(budget * 2);
        assert!(status.overdue().is_some());
        status.thawed();
        assert_eq!(status.overdue(), None);
        std::thread::sleep(budget * 2);
        assert!(status.overdue().is_some());
    }
}
