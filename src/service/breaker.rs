//! The circuit breaker: a bad release must not pour the stream into the dead-letter topic.
//!
//! The batch that opens it is aborted, so that it is poured nowhere; everything stays in the input topic. The worker then keeps its partitions
//! and reads nothing. It does not leave the group: the others run the same release, and would trip one after the other while partitions
//! move about. It stays open until a restart: only a person can tell a bad release from a bad day upstream.
//!
//! Each worker counts for itself; one that opens stops all workers of the process.

use std::collections::VecDeque;

use crate::config;

/// The latest documents of one worker, true for a dead letter. Skips are not counted: a tombstone says nothing about the parser.
#[derive(Clone, Debug)]
pub(super) struct Breaker {
    limits: config::Breaker,
    latest: VecDeque<bool>,
    dead_in_window: usize,
    dead_in_a_row: usize,
}

impl Breaker {
    pub(super) fn new(limits: &config::Breaker) -> Breaker {
        Breaker {
            limits: limits.clone(),
            latest: VecDeque::with_capacity(limits.window),
            dead_in_window: 0,
            dead_in_a_row: 0,
        }
    }

    /// Counts a document; returns why the breaker opens, if it does.
    pub(super) fn count(&mut self, dead: bool) -> Option<String> {
        self.dead_in_a_row = if dead { self.dead_in_a_row + 1 } else { 0 };
        self.dead_in_window += usize::from(dead);
        self.latest.push_back(dead);
        if self.latest.len() > self.limits.window {
            self.dead_in_window -= usize::from(self.latest.pop_front() == Some(true));
        }
        self.verdict()
    }

    fn verdict(&self) -> Option<String> {
        let config::Breaker { window, ratio_percent, consecutive } = self.limits;
        if consecutive > 0 && self.dead_in_a_row >= consecutive {
            return Some(format!("{consecutive} dead letters in a row (dead_letters.breaker.consecutive)"));
        }
        let full = window > 0 && self.latest.len() >= window;
        if full && ratio_percent > 0 && self.dead_in_window * 100 >= window * usize::from(ratio_percent) {
            let dead = self.dead_in_window;
            return Some(format!(
                "{dead} dead letters among the latest {window} documents (dead_letters.breaker.ratio)"
            ));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Documents until the breaker opens: `.` for an event, `x` for a dead letter.
    fn opens_at(window: usize, ratio_percent: u8, consecutive: usize, documents: &str) -> Option<usize> {
        let mut breaker = Breaker::new(&config::Breaker { window, ratio_percent, consecutive });
        documents.chars().position(|document| breaker.count(document == 'x').is_some())
    }

    #[test]
    fn the_ratio_is_taken_over_a_full_window_only() {
        assert_eq!(opens_at(4, 50, 0, "xxx"), None);
        assert_eq!(opens_at(4, 50, 0, "xxx."), Some(3));
        assert_eq!(opens_at(4, 50, 0, "x...x..x.x"), Some(7));
        assert_eq!(opens_at(4, 50, 0, "x...x...x..."), None);
    }

    #[test]
    fn dead_letters_in_a_row_open_it_at_any_time() {
        assert_eq!(opens_at(1000, 50, 3, "..xx.xx.xxx"), Some(10));
    }

    #[test]
    fn zero_switches_each_limit_off() {
        assert_eq!(opens_at(2, 0, 0, "xxxxxxxxxx"), None);
        assert_eq!(opens_at(0, 50, 0, "xxxxxxxxxx"), None);
    }
}
