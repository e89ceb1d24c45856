//! What a client says about its connections: the latest failure, and refusals, counted.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

/// A client reconnects by itself; a refusal counts once it was repeated, so that one odd handshake ends nothing.
const REFUSALS: u32 = 3;

/// The connections of one client.
#[derive(Default)]
pub(super) struct Link(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    refusal: Option<(Code, String)>,
    refusals: u32,
    /// The latest failure to connect, in the client's words.
    failure: Option<String>,
    /// Since when no broker is connected.
    down_since: Option<Instant>,
    /// When none was, for the last time that it was reported.
    last_down: Option<Instant>,
}

impl Link {
    /// The client reports an error of its own (not of a call).
    pub(super) fn error(&self, error: &KafkaError, reason: &str) {
        let Some(code) = error.rdkafka_error_code() else { return };
        let mut inner = self.lock();
        if matches!(code, Code::Authentication | Code::SaslAuthenticationFailed | Code::SSL) {
            inner.refusals += 1;
            inner.refusal = Some((code, reason.to_owned()));
        }
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

    /// The broker refuses the client, repeatedly and without any success in between.
    pub(super) fn refusal(&self) -> Option<(Code, String)> {
        let inner = self.lock();
        inner.refusal.clone().filter(|_| inner.refusals >= REFUSALS)
    }

    /// No broker is connected: why the last attempt failed, and for how long.
    pub(super) fn down(&self) -> Option<(String, Duration)> {
        let inner = self.lock();
        let why = inner.failure.clone().unwrap_or_else(|| "no connection".into());
        Some((why, inner.down_since?.elapsed()))
    }

    /// A broker answered.
    pub(super) fn works(&self) {
        let mut inner = self.lock();
        *inner = Inner { last_down: inner.last_down, ..Inner::default() };
    }

    /// Whether no broker was connected, at some moment of this past time.
    pub(super) fn was_down_within(&self, past: Duration) -> bool {
        self.lock().last_down.is_some_and(|at| at.elapsed() < past)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says when to repeat a message that stays true: at once, then after 5 s, 10 s, and so on up to a minute.
#[derive(Default)]
pub(super) struct Pace {
    last: Option<Instant>,
    pause: Duration,
}

impl Pace {
    /// Whether it is time, and if so, that it was said.
    pub(super) fn due(&mut self) -> bool {
        if self.last.is_some_and(|last| last.elapsed() < self.pause) {
            return false;
        }
        self.last = Some(Instant::now());
        self.pause = (self.pause * 2).clamp(Duration::from_secs(5), Duration::from_secs(60));
        true
    }
}

/// The client's log lines: what matters in them reaches the worker as an error too, so they are for the curious.
pub(super) fn client_log(level: RDKafkaLogLevel, facility: &str, line: &str) {
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Critical => {
            tracing::error!(target: "librdkafka", facility, "{line}");
        }
        RDKafkaLogLevel::Debug => tracing::trace!(target: "librdkafka", facility, "{line}"),
        _ => tracing::debug!(target: "librdkafka", facility, "{line}"),
    }
}
