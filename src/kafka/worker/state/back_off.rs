//! The pause after a failure, and what people are told meanwhile.

use std::time::{Duration, Instant};

/// Between attempts: doubled each time, from the first to the last of these.
const FIRST: Duration = Duration::from_millis(50);
const LAST: Duration = Duration::from_secs(5);

/// Failures in a row, and until when nothing is tried.
#[derive(Debug, Default)]
pub(crate) struct BackOff {
    in_a_row: u32,
    hold_until: Option<Instant>,
    /// Why the last batch, or the making of a producer, failed; until the next success.
    failure: Option<String>,
}

impl BackOff {
    /// A failure: another attempt after a pause, and not ready until one succeeds.
    pub(crate) fn failed(&mut self, reason: &str, now: Instant) {
        self.failure = Some(reason.to_owned());
        // A batch that is given up with the one before it is no second failure: the pause has only just begun.
        if !self.holds(now) {
            self.hold_until = Some(now + (FIRST * 2_u32.pow(self.in_a_row.min(10))).min(LAST));
            self.in_a_row += 1;
        }
    }

    /// Something is missing that is asked for again at once.
    pub(crate) fn lacks(&mut self, what: String) {
        self.failure = Some(what);
    }

    /// What was missing is there; the next batch will tell whether all is well.
    pub(crate) fn nothing_lacks(&mut self) {
        self.failure = None;
    }

    /// Nothing is tried for this time.
    pub(crate) fn hold_for(&mut self, time: Duration, now: Instant) {
        self.hold_until = Some(now + time);
    }

    /// A batch is committed.
    pub(crate) fn succeeded(&mut self) {
        *self = BackOff::default();
    }

    /// Whether it is too early for another attempt.
    pub(crate) fn holds(&self, now: Instant) -> bool {
        self.hold_until.is_some_and(|until| now < until)
    }

    /// How long until the next attempt, if there is one to wait for.
    pub(crate) fn left(&self, now: Instant) -> Option<Duration> {
        self.hold_until.map(|until| until.saturating_duration_since(now))
    }

    /// What failed, until something succeeds.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_last_and_begin_again_after_a_success() {
        let (mut back_off, mut now) = (BackOff::default(), Instant::now());
        let mut pauses = Vec::new();
        for _ in 0..9 {
            back_off.failed("no broker", now);
            let pause = back_off.left(now).unwrap_or_default();
            pauses.push(pause.as_millis());
            assert!(back_off.holds(now) && !back_off.holds(now + pause));
            now += pause;
        }
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        back_off.succeeded();
        assert_eq!((back_off.left(now), back_off.failure()), (None, None));
        back_off.failed("no broker", now);
        assert_eq!(back_off.left(now), Some(FIRST));
    }

    #[test]
    fn a_failure_during_the_pause_changes_what_is_told_and_nothing_else() {
        let (mut back_off, now) = (BackOff::default(), Instant::now());
        back_off.failed("the next batch", now);
        back_off.failed("the batch before it", now + FIRST / 2);
        assert_eq!(back_off.left(now), Some(FIRST));
        assert_eq!(back_off.failure(), Some("the batch before it"));
    }

    #[test]
    fn what_is_missing_is_told_without_a_pause() {
        let (mut back_off, now) = (BackOff::default(), Instant::now());
        back_off.lacks("the topic `t` does not exist".into());
        assert!(!back_off.holds(now) && back_off.failure().is_some());
        back_off.nothing_lacks();
        assert_eq!(back_off.failure(), None);
        back_off.hold_for(LAST, now);
        assert!(back_off.holds(now) && back_off.failure().is_none());
    }
}
