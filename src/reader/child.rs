//! The reading process: files in on the standard input, readings out on the standard output, until there are no more.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::wire;
use crate::pdf;

/// Makes this process the one that reads, under limits of the system; returns when that fails. The program begins anew
/// under them, because its allocator takes a gigabyte for itself before anything can be said about it.
pub fn begin_anew(memory_bytes: u64) -> io::Error {
    let limited = limit(Resource::Data, memory_bytes)
        // What it dies of is known; an image of its memory would only fill the disk.
        .and_then(|()| limit(Resource::Core, 0));
    match limited {
        Ok(()) => Command::new(super::this_program()).arg("read-pdf").exec(),
        Err(error) => error,
    }
}

/// Reads files for the service that started this process.
///
/// # Errors
///
/// When the service is gone.
pub fn serve() -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    while let Some(bytes) = wire::read(&mut input)? {
        wire::write(&mut output, &wire::answered(pdf::read_here(&bytes)))?;
    }
    Ok(())
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let maximum = getrlimit(resource).maximum;
    let most = maximum.map_or(most, |maximum| most.min(maximum));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum })?)
}
