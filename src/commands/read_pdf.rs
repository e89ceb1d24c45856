//! `exdate read-pdf`: the process that reads PDFs for the service. Nobody types this.

use crate::cli;
use crate::exit::Exit;
use crate::reader;

pub(super) fn execute(arguments: cli::ReadPdf) -> Exit {
    let ended = match arguments.memory_bytes {
        Some(memory_bytes) => Err(reader::begin_anew(memory_bytes, arguments.cpu_seconds)),
        None => reader::serve(arguments.cpu_seconds),
    };
    if ended.is_ok() { Exit::Success } else { Exit::Io }
}
