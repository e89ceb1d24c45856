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
