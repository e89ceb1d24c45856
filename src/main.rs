//! Start here for the program: arguments in, one command, exit code out.

use std::process::ExitCode;

use clap::Parser;
use exdate::cli::Cli;

fn main() -> ExitCode {
    exdate::commands::execute(Cli::parse().command).into()
}
