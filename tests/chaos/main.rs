//! `make chaos`: exactly once under faults, on Apache Kafka.
//!
//! Each run starts a broker, feeds a numbered stream of filings to real `exdate run` processes, does what a seed
//! draws (kills, freezes, twins, outages) and reads the outcome, live and at the end. Any breach ends in a non-zero exit code; the same seed draws
//! the same faults.

#![expect(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a verifier for people at a terminal")]

mod fleet;
#[path = "../broker/harness/mod.rs"]
#[expect(dead_code, reason = "the harness serves the broker tests too")]
mod harness;
mod live;
mod plan;
mod round;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use plan::{Mode, Plan};

/// Exactly once under faults, on Apache Kafka.
#[derive(Parser)]
struct Arguments {
    /// The first seed; it draws circumstances and faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of seeds, one run each.
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Filings in each run.
    #[arg(long, default_value_t = 10_000)]
    filings: usize,
    /// Faults in each run.
    #[arg(long, default_value_t = 6)]
    faults: usize,
    /// The promise to hold the service to; drawn when left out.
    #[arg(long, value_enum)]
    mode: Option<Promise>,
    /// Writes the table of the runs there (Markdown).
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Promise {
    ExactlyOnce,
    AtLeastOnce,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !harness::shared::may_own("the verifier") {
        return ExitCode::SUCCESS;
    }
    let mode = arguments.mode.map(|mode| match mode {
        Promise::ExactlyOnce => Mode::ExactlyOnce,
        Promise::AtLeastOnce => Mode::AtLeastOnce,
    });
    let mut reports = Vec::new();
    for seed in arguments.seed..arguments.seed + arguments.seeds {
        let plan = Plan::draw(seed, arguments.filings, arguments.faults, mode);
        println!("{plan}");
        let report = round::run(plan);
        table::tell(&report);
        reports.push(report);
    }
    if let Some(file) = &arguments.table {
        std::fs::write(file, table::markdown(&reports)).expect("a table in the file that was named");
    }
    let failed: Vec<u64> = reports.iter().filter(|r| !r.breaches.is_empty()).map(|r| r.plan.seed).collect();
    println!("{} runs, {} with a breach {failed:?}", reports.len(), failed.len());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
