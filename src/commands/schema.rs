//! `exdate schema`: the JSON Schema of the event, as committed in `schema/`.

use std::io::{self, Write};

use super::terminal;
use crate::event;
use crate::exit::Exit;

/// Prints the JSON Schema of the event.
pub(super) fn execute() -> Exit {
    let mut out = io::stdout().lock();
    match out.write_all(event::json_schema().as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Exit::Success,
        Err(error) => terminal::unwritable(&error),
    }
}
