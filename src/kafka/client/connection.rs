//! What a client says about its connections: the latest failure, and refusals, counted.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::auth_failure::AuthFailure;

/// A client reconnects by itself; a refusal counts once it was repeated, so that one odd handshake ends nothing.
const REFUSALS: u32 = 3;

/// Or once it has stood for so long: the client tells what stays the same only twice in half a minute. By then it has tried again several times.
const REFUSED_FOR: Duration = Duration::from_secs(5);

/// Without a connection for so long, a client is cut off: no error event tells when its last broker was taken off its list.
const SILENT_FOR: Duration = Duration::from_secs(5);

/// A broker that turns the client away.
struct Refusal {
    entry: AuthFailure,
    /// In the client's words.
    reason: String,
    times: u32,
    since: Instant,
}

/// The connections of one client.
#[derive(Default)]
pub(crate) struct Connection(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    refusal: Option<Refusal>,
    /// The latest failure to connect, in the client's words.
    failure: Option<String>,
    /// The latest connection that was closed; the client only logs it.
    closed: Option<String>,
    /// Since when no broker is connected, by an error.
    down_since: Option<Instant>,
    /// And by the client's statistics, in which a connection that is only being made anew is none, either.
    silent_since: Option<Instant>,
    /// When none was, for the last time that it was reported.
    last_down: Option<Instant>,
}

impl Connection {
    /// The client reports an error of its own (not of a call).
    pub(crate) fn error(&self, error: &KafkaError, reason: &str) {
        let Some(code) = error.rdkafka_error_code() else { return };
        let mut inner = self.lock();
        inner.note_refusal(code, reason);
        match code {
            Code::AllBrokersDown => {
                inner.down_since.get_or_insert_with(Instant::now);
                inner.last_down = Some(Instant::now());
            }
            _ => inner.failure = Some(reason.to_owned()),
        }
        // The worker tells what it waits for, and repeats it with growing pauses; the client would repeat itself every second.
        tracing::debug!(target: "librdkafka", code = ?code, reason, "the client reports an error, and goes on by itself");
    }

    /// The client logs something.
    pub(crate) fn log(&self, facility: &str, line: &str) {
        if let Some(reason) = failure_of(facility, line) {
            self.lock().closed = Some(reason.to_owned());
        }
    }

    /// The broker refuses the client, repeatedly or for long, and without any success in between: why, also in the client's words.
    pub(crate) fn refusal(&self) -> Option<(AuthFailure, String)> {
        let inner = self.lock();
        let refusal = inner.refusal.as_ref()?;
        let lasts = refusal.times >= REFUSALS || refusal.since.elapsed() >= REFUSED_FOR;
        lasts.then(|| (refusal.entry, refusal.reason.clone()))
    }

    /// No broker is connected: why the last attempt failed, and for how long.
    pub(crate) fn down(&self) -> Option<(String, Duration)> {
        let inner = self.lock();
        let closed = || Some(format!("{} (does security.protocol fit the listener?)", inner.closed.as_ref()?));
        let why = inner.failure.clone().or_else(closed).unwrap_or_else(|| "no connection".into());
        let silent_since = inner.silent_since.filter(|since| since.elapsed() > SILENT_FOR);
        Some((why, inner.down_since.or(silent_since)?.elapsed()))
    }

    /// The client's statistics show no connection.
    pub(crate) fn silent(&self) {
        self.lock().silent_since.get_or_insert_with(Instant::now);
    }

    /// A broker answered.
    pub(crate) fn works(&self) {
        let mut inner = self.lock();
        *inner = Inner { last_down: inner.last_down, ..Inner::default() };
    }

    /// Whether no broker was connected, at some moment of this past time.
    pub(crate) fn was_down_within(&self, past: Duration) -> bool {
        self.lock().last_down.is_some_and(|at| at.elapsed() < past)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Other trouble with the same broker puts an end to its refusal: it may be starting or stopping.
    fn note_refusal(&mut self, code: Code, reason: &str) {
        let earlier = self.refusal.take();
        let Some(entry) = AuthFailure::of(code, reason) else {
            self.refusal =
                earlier.filter(|earlier| code == Code::AllBrokersDown || broker(&earlier.reason) != broker(reason));
            return;
        };
        let (times, since) = earlier.map_or_else(|| (0, Instant::now()), |earlier| (earlier.times, earlier.since));
        self.refusal = Some(Refusal { entry, reason: reason.to_owned(), times: times + 1, since });
    }
}

/// `ssl://host:9093/bootstrap: Receive failed: ...`: the words begin with the client's name for the broker.
fn broker(reason: &str) -> &str {
    reason.split(": ").next().unwrap_or(reason)
}

/// `[thrd:host:9092/bootstrap]: host:9092/bootstrap: Disconnected: ...` → what follows the thread: no error event tells of these.
pub(crate) fn failure_of<'a>(facility: &str, line: &'a str) -> Option<&'a str> {
    line.split_once("]: ").filter(|_| facility == "FAIL").map(|(_, reason)| reason)
}

/// Says when to repeat a message that stays true: at once, then after 5 s, 10 s, and so on up to a minute.
#[derive(Default)]
pub(crate) struct Pace {
    last: Option<Instant>,
    pause: Duration,
}

impl Pace {
    /// Whether it is time, and if so, that it was said.
    pub(crate) fn due(&mut self) -> bool {
        if self.last.is_some_and(|last| last.elapsed() < self.pause) {
            return false;
        }
        self.last = Some(Instant::now());
        self.pause = (self.pause * 2).clamp(Duration::from_secs(5), Duration::from_secs(60));
        true
    }
}

/// The client's log lines: what matters in them reaches the worker as an error too (one that is fatal to the client is none to the service),
/// so they are for the curious.
pub(crate) fn client_log(level: RDKafkaLogLevel, facility: &str, line: &str) {
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Critical if facility == "FATAL" => {
            tracing::debug!(target: "librdkafka", facility, "{line}");
        }
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Critical => {
            tracing::error!(target: "librdkafka", facility, "{line}");
        }
        RDKafkaLogLevel::Debug => tracing::trace!(target: "librdkafka", facility, "{line}"),
        _ => tracing::debug!(target: "librdkafka", facility, "{line}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALERT: &str =
        "ssl://a:1/bootstrap: Receive failed: SSL alert number 42 (after 0ms in state APIVERSION_QUERY)";
    const DOWN: &str =
        "ssl://a:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused (after 0ms in state CONNECT)";
    const OTHER_DOWN: &str = "ssl://b:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused";

    fn link(reasons: &[&str]) -> Connection {
        let link = Connection::default();
        for reason in reasons {
            link.error(&KafkaError::Global(Code::BrokerTransportFailure), reason);
        }
        link
    }

    #[test]
    fn a_refusal_counts_when_it_was_repeated() {
        assert_eq!(link(&[ALERT, ALERT]).refusal(), None);
        assert_eq!(link(&[ALERT, ALERT, ALERT]).refusal(), Some((AuthFailure::OwnCertificate, ALERT.to_owned())));
        assert_eq!(
            link(&[ALERT, OTHER_DOWN, ALERT, OTHER_DOWN, ALERT]).refusal().map(|(entry, _)| entry),
            Some(AuthFailure::OwnCertificate)
        );
    }

    #[test]
    fn a_broker_that_is_down_refuses_nobody() {
        assert_eq!(link(&[DOWN; 5]).refusal(), None);
        assert_eq!(link(&[ALERT, ALERT, DOWN, ALERT, ALERT]).refusal(), None);
        let restarted = link(&[ALERT, ALERT]);
        restarted.works();
        restarted.error(&KafkaError::Global(Code::BrokerTransportFailure), ALERT);
        assert_eq!(restarted.refusal(), None);
    }

    #[test]
    fn a_client_without_a_connection_is_down_after_a_while_though_no_error_says_so() {
        let link = Connection::default();
        link.silent();
        assert_eq!(link.down(), None, "it may be connecting");
        link.lock().silent_since = Instant::now().checked_sub(Duration::from_secs(12));
        assert!(link.down().is_some_and(|(_, down)| down >= Duration::from_secs(12)));
        link.works();
        link.silent();
        assert_eq!(link.down(), None);
    }

    #[test]
    fn a_refusal_counts_when_it_has_stood_for_some_time() {
        let link = link(&[ALERT]);
        link.error(&KafkaError::Global(Code::AllBrokersDown), "1/1 brokers are down");
        let since = Instant::now().checked_sub(REFUSED_FOR);
        if let (Some(refusal), Some(since)) = (&mut link.lock().refusal, since) {
            refusal.since = since;
        }
        assert_eq!(link.refusal().map(|(entry, _)| entry), Some(AuthFailure::OwnCertificate));
    }
}
