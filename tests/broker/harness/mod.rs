//! What the broker tests and the delivery benchmark stand on: brokers and services that start, stop and are killed, and what the topics hold.

pub(crate) mod audit;
pub(crate) mod copier;
pub(crate) mod filings;
pub(crate) mod front;
pub(crate) mod grants;
pub(crate) mod kafka;
pub(crate) mod lane;
pub(crate) mod leash;
pub(crate) mod page;
pub(crate) mod secure;
pub(crate) mod service;
pub(crate) mod shared;
pub(crate) mod topics;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Long enough for any single step on a machine that does other things besides.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// Waits until `ask` has an answer, and gives it.
///
/// # Panics
///
/// When there is none within [`PATIENCE`]; the message names what was awaited.
pub(crate) fn await_some<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    await_within(PATIENCE, what, ask)
}

/// The same, with an own limit.
pub(crate) fn await_within<T>(limit: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(since.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A folder below `target/tmp`, made anew. It is left behind on purpose: the logs of a failed run are in it.
pub(crate) fn fresh_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the folder of an earlier run, to be removed");
    }
    std::fs::create_dir_all(&folder).expect("a folder below the target folder");
    folder
}
