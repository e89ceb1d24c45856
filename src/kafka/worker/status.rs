//! What a worker tells its supervisor: which calls it is in and since when, whether it is ready, whether it gets on.
//!
//! Plain data behind a lock that is held for nanoseconds, so that the watchdog can read it while the worker hangs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::call::Call;

/// A partition that has input must get on within this time while nothing else is reported as missing.
pub(crate) const PROGRESS_BUDGET: Duration = Duration::from_secs(60);

/// Shared between a worker and its supervisor; clones see the same.
#[derive(Clone)]
pub(crate) struct Status(Arc<Mutex<Inner>>);

struct Inner {
    /// The calls that the worker's threads are in: a commit hides nothing of what the consumer is at meanwhile, nor the other way round.
    calls: Vec<Running>,
    /// How many calls there have been.
    entered: u64,
    /// When the loop last turned.
    turned: Instant,
    /// Whether the group has given an assignment, an empty one included.
    joined: bool,
    /// What the worker waits for, for people.
    waiting_for: Option<String>,
    /// Since when some partition has had input, and none has moved.
    behind_since: Option<Instant>,
}

/// A call that has not returned yet.
struct Running {
    number: u64,
    call: Call,
    since: Instant,
    budget: Duration,
}

impl Status {
    /// A worker that has just begun.
    pub(crate) fn new() -> Status {
        Status(Arc::new(Mutex::new(Inner {
            calls: Vec::new(),
            entered: 0,
            turned: Instant::now(),
            joined: false,
            waiting_for: Some("starting".into()),
            behind_since: None,
        })))
    }

    /// Says that a call begins which may take `budget`; it ends when the guard is dropped.
    pub(crate) fn enter(&self, call: Call, budget: Duration) -> InCall<'_> {
        let mut inner = self.lock();
        let number = inner.entered;
        inner.entered += 1;
        inner.calls.push(Running { number, call, since: Instant::now(), budget });
        InCall { status: self, number }
    }

    /// Says that the loop turns.
    pub(crate) fn turned(&self) {
        self.lock().turned = Instant::now();
    }

    /// Says whether the group has given an assignment.
    pub(crate) fn joined(&self, joined: bool) {
        self.lock().joined = joined;
    }

    /// Whether the group has given an assignment.
    pub(crate) fn has_joined(&self) -> bool {
        self.lock().joined
    }

    /// Says what the worker waits for; `None` when nothing is missing.
    pub(crate) fn waiting_for(&self, what: Option<String>) {
        self.lock().waiting_for = what;
    }

    /// Says since when some partition has had input without getting on; `None` when all do.
    pub(crate) fn behind_since(&self, since: Option<Instant>) {
        self.lock().behind_since = since;
    }

    /// Begins all measured times anew: the whole process stood still, and none of it was the worker's or the client's doing.
    pub(crate) fn thawed(&self) {
        let (mut inner, now) = (self.lock(), Instant::now());
        inner.calls.iter_mut().for_each(|running| running.since = now);
        inner.turned = now;
        inner.behind_since = inner.behind_since.map(|_| now);
    }

    /// Why the worker is not ready.
    pub(crate) fn unready(&self) -> Option<String> {
        let inner = self.lock();
        inner.waiting_for.clone().or_else(|| (!inner.joined).then(|| "waiting for the consumer group".into()))
    }

    /// The call that has outlived its budget by the most, and its age.
    pub(crate) fn overdue(&self) -> Option<(Call, Duration)> {
        let inner = self.lock();
        let ages = inner.calls.iter().map(|running| (running, running.since.elapsed()));
        let overdue = ages.filter(|(running, age)| *age > running.budget);
        let (running, age) = overdue.max_by_key(|(running, age)| age.saturating_sub(running.budget))?;
        Some((running.call, age))
    }

    /// Why the worker does not live: it got stuck, although nothing that it waits for is missing.
    pub(crate) fn stuck(&self) -> Option<String> {
        if let Some((call, age)) = self.overdue() {
            return Some(format!("the call {call} into the Kafka client has not returned for {} s", age.as_secs()));
        }
        let inner = self.lock();
        if inner.turned.elapsed() > PROGRESS_BUDGET && inner.calls.is_empty() {
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
pub(crate) struct InCall<'a> {
    status: &'a Status,
    number: u64,
}

impl Drop for InCall<'_> {
    fn drop(&mut self) {
        self.status.lock().calls.retain(|running| running.number != self.number);
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

    #[test]
    fn a_call_that_hangs_is_seen_while_another_thread_makes_call_after_call() {
        let status = Status::new();
        let budget = Duration::from_millis(20);
        let hung = status.enter(Call::CommitTransaction, budget);
        std::thread::scope(|scope| {
            scope.spawn(|| (0..3).for_each(|_| drop(status.enter(Call::Seek, Duration::from_secs(3600)))));
        });
        let _other = status.enter(Call::Assign, Duration::from_secs(3600));
        std::thread::sleep(budget * 2);
        assert_eq!(status.overdue().map(|(call, _)| call), Some(Call::CommitTransaction));
        assert!(status.stuck().is_some_and(|reason| reason.contains("commit_transaction")));
        drop(hung);
        assert_eq!(status.overdue(), None, "the other call is within its budget");
    }
}
