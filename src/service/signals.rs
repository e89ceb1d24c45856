//! The signals that ask for the end: the first one for a drain, another one, later, for an end at once.

use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use rustix::process::Signal as Number;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Event, io};
use crate::kafka::client::fault::Fault;

/// Signals within this time of the first are one wish: systemd sends SIGTERM with SIGHUP, a closing terminal SIGHUP and SIGINT.
const ONE_WISH: Duration = Duration::from_secs(1);

/// Those that have come.
#[derive(Debug, Default)]
pub(super) struct Signals {
    first: Option<Instant>,
}

impl Signals {
    /// A signal has come; whether it belongs to the first one.
    pub(super) fn is_an_echo(&mut self, now: Instant) -> bool {
        match self.first {
            Some(first) => now.saturating_duration_since(first) < ONE_WISH,
            None => {
                self.first = Some(now);
                false
            }
        }
    }
}

/// Makes events of signals from now on.
///
/// SIGHUP is left alone where whoever started the process has it ignored, as `nohup` does. And a log file at its size limit (SIGXFSZ)
/// is an error of that write, not the end of the process.
pub(super) fn listen(runtime: &Runtime, events: &Sender<Event>, budget: Duration) -> Result<(), Fault> {
    let _entered = runtime.enter();
    let listen = |kind| signal(kind).map_err(|error| io("signal handling", &error));
    let _ = listen(SignalKind::from_raw(Number::XFSZ.as_raw()))?;
    let mut signals = vec![(SignalKind::terminate(), "SIGTERM"), (SignalKind::interrupt(), "SIGINT")];
    if !is_ignored(Number::HUP) {
        signals.push((SignalKind::hangup(), "SIGHUP"));
    }
    for (kind, name) in signals {
        runtime.spawn(forward(listen(kind)?, name, events.clone()));
    }
    tracing::debug!(budget_ms = budget.as_millis(), "SIGTERM, SIGINT and SIGHUP drain, a later one aborts");
    Ok(())
}

async fn forward(mut signal: Signal, name: &'static str, events: Sender<Event>) {
    while signal.recv().await.is_some() {
        if events.send(Event::Signal(name)).is_err() {
            return;
        }
    }
}

/// Whether the process was started with this signal ignored; `false` where the system does not tell.
fn is_ignored(signal: Number) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask >> (signal.as_raw() - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_within_a_second_are_one() {
        let (mut signals, start) = (Signals::default(), Instant::now());
        let cases = [(0, false), (0, true), (999, true), (1_000, false), (1_001, false)];
        for (ms, is_an_echo) in cases {
            assert_eq!(signals.is_an_echo(start + Duration::from_millis(ms)), is_an_echo, "after {ms} ms");
        }
    }

    #[test]
    fn the_runtime_has_a_broken_pipe_ignored_and_nobody_a_kill() {
        assert!(is_ignored(Number::PIPE));
        assert!(!is_ignored(Number::KILL));
    }
}
