//! `exdate run`: runs the service until a signal ends it.

use crate::cli::Run;
use crate::exit::Exit;

/// Runs the service until a signal ends it.
pub(super) fn execute(args: Run) -> Exit {
    let _ = args;
    Exit::Usage
}
