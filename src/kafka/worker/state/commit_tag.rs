//! The tag that the committed offsets of a batch carry, as their metadata: it tells whose commit they are.
//!
//! After a commit that nobody answered the offsets alone do not tell. A worker that was cut off may have lost its partitions without having
//! heard of it, and the group answers anybody: the offset that it names may be the work of another, who counts it.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::kafka::client::identity::Identity;

/// Makes the tags of one worker, no two of them the same.
pub(crate) struct CommitTags {
    /// Instance, worker, and the nanosecond of its start: another process may have the same name.
    worker: String,
    made: u64,
}

impl CommitTags {
    pub(crate) fn of(identity: &Identity) -> CommitTags {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        CommitTags { worker: format!("{}.{} {}", identity.instance, identity.worker, started.as_nanos()), made: 0 }
    }

    /// A new one, for a commit at this time (milliseconds since the epoch).
    pub(crate) fn make(&mut self, now_ms: i64) -> String {
        self.made += 1;
        format!("{} {} {now_ms}", self.worker, self.made)
    }

    /// When the commit was made that carries this tag; `None` for a tag that is not ours.
    pub(crate) fn made_at_ms(tag: &str) -> Option<i64> {
        tag.split(' ').nth(3)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn no_two_are_the_same_and_each_tells_its_time() {
        let mut tags = CommitTags::of(&Identity::new(&Config::default(), 0));
        let (first, second) = (tags.make(1_700_000_000_000), tags.make(1_700_000_000_000));
        assert_ne!(first, second);
        assert_eq!(CommitTags::made_at_ms(&second), Some(1_700_000_000_000));
        for other in ["", "a.0 17 1", "someone else's own words", "a b c d"] {
            assert_eq!(CommitTags::made_at_ms(other), None, "{other}");
        }
    }
}
