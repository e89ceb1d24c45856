//! Whether a worker's transactional ids are another's as well.
//!
//! Being fenced once may mean that the broker timed the transaction out, or came back from an outage with a lapsed membership. Twice in
//! a short time means that another process has the same id.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Fenced twice within this time: somebody else is using the transactional id.
pub(crate) const FENCED_AGAIN: Duration = Duration::from_secs(60);

/// When each producer was fenced last, by its place.
#[derive(Debug, Default)]
pub(crate) struct Fencing {
    last: BTreeMap<usize, Instant>,
}

impl Fencing {
    /// A producer is fenced, with no other excuse; true when it was a short time ago too.
    pub(crate) fn is_repeated(&mut self, place: usize, now: Instant) -> bool {
        let last = self.last.insert(place, now);
        last.is_some_and(|last| now.saturating_duration_since(last) < FENCED_AGAIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fenced_twice_within_a_minute_is_fenced_by_another() {
        let (mut fencing, begun) = (Fencing::default(), Instant::now());
        let cases = [(0, 0, false), (0, 61, false), (1, 62, false), (0, 120, true), (1, 122, false), (1, 123, true)];
        for (place, second, is_repeated) in cases {
            let now = begun + Duration::from_secs(second);
            assert_eq!(fencing.is_repeated(place, now), is_repeated, "producer {place} after {second} s");
        }
    }
}
