//! Counts the acknowledgements of a batch, without a future or an allocation for each record.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::Message as _;
use rdkafka::producer::{DeliveryResult, ProducerContext};

use super::link::{Link, client_log};

/// A record that the client gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// Which record of the batch, counted from 0 as they were produced.
    pub(super) index: usize,
    pub(super) code: Code,
    pub(super) topic: String,
}

/// The producer's context: the client calls it from its polling thread for each record.
#[derive(Clone, Default)]
pub(super) struct Acks(Arc<Inner>);

#[derive(Default)]
struct Inner {
    count: Mutex<Count>,
    settled: Condvar,
    link: Link,
}

#[derive(Default)]
struct Count {
    outstanding: usize,
    failures: Vec<Failure>,
    failed_at: Option<Instant>,
    denied: Option<String>,
}

impl Acks {
    pub(super) fn link(&self) -> &Link {
        &self.0.link
    }

    /// One more record is under way. To be called before it is queued: the acknowledgement may be quicker than the return of the call.
    pub(super) fn expect(&self) {
        self.lock().outstanding += 1;
    }

    /// The record was not queued after all.
    pub(super) fn forget(&self) {
        self.lock().outstanding -= 1;
    }

    /// Records that are under way.
    pub(super) fn outstanding(&self) -> usize {
        self.lock().outstanding
    }

    /// Whether some record has failed already, so that the batch is lost whatever follows.
    pub(super) fn failed(&self) -> bool {
        !self.lock().failures.is_empty()
    }

    /// Waits until fewer than `fewer_than` records are under way; false when that took longer than `timeout`.
    pub(super) fn wait(&self, fewer_than: usize, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let mut count = self.lock();
        while count.outstanding >= fewer_than {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            count = self.0.settled.wait_timeout(count, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Waits until no record is under way, for at most `patience`, and no longer than `once_failed` after the first failure: the batch is lost
    /// by then, and records behind a gap in the sequence only run into their timeout.
    pub(super) fn wait_for_all(&self, patience: Duration, once_failed: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut count = self.lock();
        while count.outstanding > 0 {
            let deadline = count.failed_at.map_or(deadline, |failed| deadline.min(failed + once_failed));
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            count = self.0.settled.wait_timeout(count, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// The topic that the broker does not let into a transaction. The client says so a moment after the transaction has failed.
    pub(super) fn denied_topic(&self) -> Option<String> {
        let deadline = Instant::now() + Duration::from_secs(1);
        let mut count = self.lock();
        while count.denied.is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            count = self.0.settled.wait_timeout(count, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        count.denied.clone()
    }

    /// The failures since the last call.
    pub(super) fn take_failures(&self) -> Vec<Failure> {
        let mut count = self.lock();
        count.failed_at = None;
        std::mem::take(&mut count.failures)
    }

    fn lock(&self) -> MutexGuard<'_, Count> {
        self.0.count.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.0.link.log(facility, line);
        client_log(level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.0.link.error(&error, reason);
    }
}

impl ProducerContext for Acks {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, index: usize) {
        let mut count = self.lock();
        count.outstanding = count.outstanding.saturating_sub(1);
        if let Err((error, message)) = result {
            let code = error.rdkafka_error_code().unwrap_or(Code::Fail);
            count.failed_at.get_or_insert_with(Instant::now);
            count.failures.push(Failure { index, code, topic: message.topic().to_owned() });
        }
        if count.outstanding == 0 || result.is_err() || count.outstanding.is_multiple_of(256) {
            self.0.settled.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
