//! Counts the acknowledgements of a batch, without a future, an allocation or a lock for each record.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::Message as _;
use rdkafka::producer::{DeliveryResult, ProducerContext};

use crate::kafka::client::connection::{Connection, client_log};

/// A record that the client gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Which record of the batch, counted from 0 as they were produced.
    pub(crate) index: usize,
    pub(crate) code: Code,
    pub(crate) topic: String,
}

/// The producer's context: the client calls it from its polling thread for each record.
#[derive(Clone, Default)]
pub(super) struct Acks(Arc<Inner>);

/// The worker's thread adds to `outstanding`, the client's takes away, and neither takes the lock for it.
///
/// No wake-up is lost: who waits says for which count, looks at the count and goes to sleep without letting go of the lock in between; who
/// takes the count there takes the lock afterwards, and only then wakes ([`Acks::wake`]). So the waiter has either seen that count
/// or is asleep already. (Each of them writes one of the two numbers and then reads the other: that needs sequential consistency.)
#[derive(Default)]
struct Inner {
    /// Records under way.
    outstanding: AtomicUsize,
    /// How many of them are to be left when the one who waits is woken.
    awaited: AtomicUsize,
    /// Whether there are failures: asked for each record.
    failed: AtomicBool,
    failures: Mutex<Failures>,
    settled: Condvar,
    connection: Connection,
}

#[derive(Default)]
struct Failures {
    failures: Vec<Failure>,
    failed_at: Option<Instant>,
    denied: Option<String>,
}

impl Acks {
    pub(super) fn connection(&self) -> &Connection {
        &self.0.connection
    }

    /// One more record is under way. To be called before it is queued: the acknowledgement may be quicker than the return of the call.
    pub(super) fn expect(&self) {
        self.0.outstanding.fetch_add(1, Ordering::SeqCst);
    }

    /// The record was not queued after all.
    pub(super) fn forget(&self) {
        self.0.outstanding.fetch_sub(1, Ordering::SeqCst);
    }

    /// Records that are under way.
    pub(super) fn outstanding(&self) -> usize {
        self.0.outstanding.load(Ordering::SeqCst)
    }

    /// Whether some record has failed already, so that the batch is lost whatever follows.
    pub(super) fn failed(&self) -> bool {
        self.0.failed.load(Ordering::Acquire)
    }

    /// Waits until at most `most` records are under way, or one has failed; false when that took longer than `timeout`.
    pub(super) fn wait(&self, most: usize, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let mut failures = self.lock();
        self.0.awaited.store(most, Ordering::SeqCst);
        let mut in_time = true;
        while in_time && self.outstanding() > most && !self.failed() {
            let left = deadline.saturating_duration_since(Instant::now());
            in_time = !left.is_zero();
            failures = self.0.settled.wait_timeout(failures, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        self.0.awaited.store(0, Ordering::SeqCst);
        in_time
    }

    /// Waits until no record is under way, for at most `patience`, and no longer than `once_failed` after the first failure: the batch is lost
    /// by then, and records behind a gap in the sequence only run into their timeout.
    pub(super) fn wait_for_all(&self, patience: Duration, once_failed: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut failures = self.lock();
        while self.outstanding() > 0 {
            let deadline = failures.failed_at.map_or(deadline, |failed| deadline.min(failed + once_failed));
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            failures = self.0.settled.wait_timeout(failures, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// The topic that the broker does not let into a transaction. The client says so a moment after the transaction has failed.
    pub(super) fn denied_topic(&self) -> Option<String> {
        let deadline = Instant::now() + Duration::from_secs(1);
        let mut failures = self.lock();
        while failures.denied.is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            failures = self.0.settled.wait_timeout(failures, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        failures.denied.clone()
    }

    /// The failures since the last call.
    pub(super) fn take_failures(&self) -> Vec<Failure> {
        let mut failures = self.lock();
        self.0.failed.store(false, Ordering::Release);
        failures.failed_at = None;
        std::mem::take(&mut failures.failures)
    }

    /// Notes a failure, while its record still counts as under way: who finds none under way finds all failures.
    fn fail(&self, failure: Failure) {
        let mut failures = self.lock();
        failures.failed_at.get_or_insert_with(Instant::now);
        failures.failures.push(failure);
        self.0.failed.store(true, Ordering::Release);
    }

    /// A record is no longer under way: it has arrived, or failed and is noted.
    fn settle(&self, failed: bool) {
        let left = self.0.outstanding.fetch_sub(1, Ordering::SeqCst).saturating_sub(1);
        if failed || left == self.0.awaited.load(Ordering::SeqCst) {
            self.wake();
        }
    }

    /// Wakes whoever waits. The lock is taken and let go, so that nobody stands between looking and sleeping.
    fn wake(&self) {
        drop(self.lock());
        self.0.settled.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Failures> {
        self.0.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The topic that the broker does not let into the transaction: the one place where the client names it.
/// `...: Failed to add partition "hkex.dividends" [0] to transaction: Broker: Topic authorization failed`
fn denied<'a>(facility: &str, line: &'a str) -> Option<&'a str> {
    let named = facility == "ADDPARTS" && line.ends_with("Topic authorization failed");
    line.split_once("Failed to add partition \"").filter(|_| named)?.1.split('"').next()
}

impl ClientContext for Acks {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        if let Some(topic) = denied(facility, line) {
            self.lock().denied = Some(topic.to_owned());
            self.0.settled.notify_all();
        }
        self.0.connection.log(facility, line);
        client_log(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.0.connection.error(&error, reason);
    }
}

impl ProducerContext for Acks {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, index: usize) {
        if let Err((error, message)) = result {
            let code = error.rdkafka_error_code().unwrap_or(Code::Fail);
            self.fail(Failure { index, code, topic: message.topic().to_owned() });
        }
        self.settle(result.is_err());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wake-up that is lost would let the wait run into its timeout.
    #[test]
    fn who_waits_is_woken_by_the_last_acknowledgement() {
        let acks = Acks::default();
        let (queued, to_settle) = std::sync::mpsc::channel();
        let client = acks.clone();
        let client = std::thread::spawn(move || to_settle.into_iter().for_each(|failed| client.settle(failed)));
        for round in 0..5_000 {
            for _ in 0..round % 5 {
                acks.expect();
                assert_eq!(queued.send(false), Ok(()));
            }
            assert!(acks.wait_for_all(Duration::from_secs(60), Duration::ZERO), "round {round}");
            assert_eq!(acks.outstanding(), 0);
        }
        drop(queued);
        assert!(client.join().is_ok());
    }

    #[test]
    fn who_waits_for_room_is_woken_as_soon_as_there_is_some() {
        let acks = Acks::default();
        (0..1_000).for_each(|_| acks.expect());
        assert!(!acks.wait(999, Duration::from_millis(1)), "nothing has arrived yet");
        for most in [999, 700, 1, 0] {
            let client = acks.clone();
            let arriving = std::thread::spawn(move || (most..client.outstanding()).for_each(|_| client.settle(false)));
            assert!(acks.wait(most, Duration::from_secs(60)), "{most}");
            assert_eq!(acks.outstanding(), most);
            assert!(arriving.join().is_ok());
        }
    }

    #[test]
    fn a_failure_is_told_once_and_ends_the_wait_for_the_others() {
        let acks = Acks::default();
        (0..3).for_each(|_| acks.expect());
        let failure = Failure { index: 1, code: Code::MessageTimedOut, topic: "t".into() };
        acks.fail(failure.clone());
        acks.settle(true);
        assert!(acks.failed());
        assert!(!acks.wait_for_all(Duration::from_secs(60), Duration::ZERO), "two are under way");
        assert!(acks.wait(0, Duration::from_secs(60)), "nor is there room to wait for");
        assert_eq!(acks.take_failures(), [failure]);
        assert!(!acks.failed() && acks.take_failures().is_empty());
        acks.forget();
        acks.settle(false);
        assert!(acks.wait_for_all(Duration::ZERO, Duration::ZERO));
    }

    #[test]
    fn the_denied_topic_is_read_from_the_one_line_that_names_it() {
        let line = |why: &str| {
            format!("[thrd:main]: a:1/1: Failed to add partition \"hkex.dividends\" [0] to transaction: Broker: {why}")
        };
        assert_eq!(denied("ADDPARTS", &line("Topic authorization failed")), Some("hkex.dividends"));
        assert_eq!(denied("ADDPARTS", &line("Operation not attempted")), None);
        assert_eq!(denied("FAIL", "a:1/1: Topic authorization failed"), None);
    }
}
