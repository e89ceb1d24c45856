//! What the supervisor and the workers share: stop, the circuit breaker, and each worker's status.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::status::Status;

/// Shared between the supervisor and all workers; clones see the same.
#[derive(Clone)]
pub(crate) struct Control(Arc<Inner>);

struct Inner {
    stop: AtomicBool,
    tripped: OnceLock<String>,
    workers: Vec<Status>,
}

impl Control {
    /// For so many workers.
    pub(crate) fn new(workers: usize) -> Control {
        let workers = (0..workers).map(|_| Status::new()).collect();
        Control(Arc::new(Inner { stop: AtomicBool::new(false), tripped: OnceLock::new(), workers }))
    }

    /// Asks every worker to finish its batch and end.
    pub(crate) fn stop(&self) {
        self.0.stop.store(true, Ordering::SeqCst);
    }

    /// Whether the workers are asked to end.
    pub(crate) fn stopping(&self) -> bool {
        self.0.stop.load(Ordering::SeqCst)
    }

    /// Opens the circuit breaker, for all workers and until the process ends.
    pub(crate) fn trip(&self, why: &str) {
        // Only the first reason is kept: the others follow from the same cause.
        let _ = self.0.tripped.set(why.to_owned());
    }

    /// Why the circuit breaker is open.
    pub(crate) fn tripped(&self) -> Option<&str> {
        self.0.tripped.get().map(String::as_str)
    }

    /// The status of one worker.
    pub(crate) fn status(&self, worker: usize) -> Status {
        self.0.workers.get(worker).cloned().unwrap_or_default()
    }

    /// The status of every worker.
    pub(crate) fn workers(&self) -> &[Status] {
        &self.0.workers
    }
}
