//! Start here for the program: arguments in, one command, exit code out.

use std::process::ExitCode;

use clap::Parser;
use exdate::cli::Cli;

/// Reading a form is some hundred small allocations, which this takes less time for than the allocator of most systems.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    exdate::commands::execute(Cli::parse().command).into()
}
