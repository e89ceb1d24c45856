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

    /// A new one.
    pub(crate) fn make(&mut self) -> String {
        self.made += 1;
        format!("{} {}", self.worker, self.made)
    }
}
