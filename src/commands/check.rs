//! `exdate check`: tells whether broker, topics, transactions and permissions are in order.

use crate::cli::Check;
use crate::exit::Exit;

/// Tells whether broker, topics, transactions and permissions are in order.
pub(super) fn execute(args: Check) -> Exit {
    let _ = args;
    Exit::Usage
}
