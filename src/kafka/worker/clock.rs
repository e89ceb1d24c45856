//! The time by which a worker waits. Tests hand one in that they move on themselves.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells the time, and lets it pass.
pub(super) trait Clock: Send + Sync {
    /// For how long something has lasted.
    fn now(&self) -> Instant;

    /// For people: milliseconds since the epoch.
    fn now_ms(&self) -> i64;

    /// Lets time pass.
    fn sleep(&self, time: Duration);
}

/// The machine's own.
pub(super) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn sleep(&self, time: Duration) {
        thread::sleep(time);
    }
}
