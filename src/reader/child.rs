//! The reading process: files in on the standard input, readings out on the standard output, until there are no more.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use super::wire;
use crate::pdf;

/// Makes this process the one that reads, under limits of the system; returns when that fails. The program begins anew
/// under them, because its allocator takes a gigabyte for itself before anything can be said about it.
pub fn begin_anew(memory_bytes: u64, cpu_seconds: u64) -> io::Error {
    let limited = limit(Resource::Data, memory_bytes)
        // What it dies of is known; an image of its memory would only fill the disk.
        .and_then(|()| limit(Resource::Core, 0));
    match limited {
        Ok(()) => {
            Command::new(super::this_program()).args(["read-pdf", "--cpu-seconds", &cpu_seconds.to_string()]).exec()
        }
        Err(error) => error,
    }
}

/// Reads files for the service that started this process, each within so many seconds of a processor.
///
/// # Errors
///
/// When the service is gone.
pub fn serve(cpu_seconds: u64) -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    while let Some(bytes) = wire::read(&mut input)? {
        limit_time(cpu_seconds)?;
        wire::write(&mut output, &wire::answered(pdf::read_here(&bytes)))?;
    }
    Ok(())
}

/// The system counts from the start of the process, in whole seconds.
fn limit_time(seconds: u64) -> io::Result<()> {
    let spent = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or_default();
    limit(Resource::Cpu, spent + 1 + seconds)
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let maximum = getrlimit(resource).maximum;
    let most = maximum.map_or(most, |maximum| most.min(maximum));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum })?)
}
