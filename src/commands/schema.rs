//! `exdate schema`: the JSON Schema of the event.

use crate::exit::Exit;

/// Prints the JSON Schema of the event.
pub(super) fn execute() -> Exit {
    Exit::Usage
}
