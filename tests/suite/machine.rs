//! What a test needs that not every machine has. A test without it passes, and says NOT RUN.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder of real forms: `../shared/forms` beside the checkout, or where `EXDATE_SHARED_FORMS` points.
pub(crate) fn shared_forms() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/forms");
    let folder = std::env::var_os("EXDATE_SHARED_FORMS").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    not_run(&format!("no real forms in {} (EXDATE_SHARED_FORMS names their folder)", folder.display()));
    None
}

/// Says that the test at hand cannot be run on this machine. The harness hides what passing tests print, but not this:
/// it goes to the standard error of the process.
pub(crate) fn not_run(reason: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = std::io::stderr().write_all(format!("NOT RUN: {test}: {reason}\n").as_bytes());
}
