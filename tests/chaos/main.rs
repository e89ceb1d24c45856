//! `make chaos`: exactly once under faults, on Apache Kafka.
//!
//! Each run starts a broker, feeds a numbered stream of filings to real `exdate run` processes, does what a seed
//! draws (kills, freezes, twins, outages) and reads the outcome, live and at the end. Any breach ends in a non-zero exit code, and stops
//! nothing; the same seed draws the same faults.
//!
//! `plan` says what is done and when, `round` does it, `aftermath` waits and counts, `verdict` judges, `table` tells.

#![expect(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a verifier for people at a terminal")]

mod aftermath;
mod feed;
mod fleet;
#[path = "../broker/harness/mod.rs"]
#[expect(dead_code, reason = "the harness serves the broker tests too")]
mod harness;
mod live;
mod machine;
mod plan;
mod round;
mod table;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use plan::{Mode, Plan};
use verdict::Report;

/// Exactly once under faults, on Apache Kafka.
#[derive(Parser)]
struct Arguments {
    /// The first seed; it draws circumstances and faults. Twenty in a row are the whole matrix.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of seeds, one run each.
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Filings in each run.
    #[arg(long, default_value_t = 10_000)]
    filings: usize,
    /// Faults in each run.
    #[arg(long, default_value_t = 8)]
    faults: usize,
    /// The promise to hold the service to; drawn when left out.
    #[arg(long, value_enum)]
    mode: Option<Promise>,
    /// Writes the runs into this file (Markdown), after each of them.
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// The day for the table; today when left out.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Promise {
    ExactlyOnce,
    AtLeastOnce,
}

/// The build beside this verifier.
const OWN_BUILD: &str = env!("CARGO_BIN_EXE_exdate");

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !harness::shared::may_own("the verifier") {
        return ExitCode::SUCCESS;
    }
    let all_well = run(&arguments);
    if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The runs of all seeds; whether all were clean.
fn run(arguments: &Arguments) -> bool {
    let mode = arguments.mode.map(|mode| match mode {
        Promise::ExactlyOnce => Mode::ExactlyOnce,
        Promise::AtLeastOnce => Mode::AtLeastOnce,
    });
    let Arguments { seed, seeds, filings, faults, .. } = *arguments;
    let command = format!("make chaos ARGS=\"--seed {seed} --seeds {seeds} --filings {filings} --faults {faults}\"");
    let mut reports: Vec<Report> = Vec::new();
    for seed in seed..seed + seeds {
        let mut plan = Plan::draw(seed, filings, faults, mode);
        // No build knows how to abort on purpose yet.
        plan.sabotage.clear();
        println!("{plan}");
        let report = round::run(plan.clone(), &format!("chaos-{seed}"), OWN_BUILD.as_ref(), &mut round::broker(&plan));
        table::tell(&report);
        reports.push(report);
        if let Some(file) = &arguments.table {
            let text = machine::describe(&command, arguments.date.as_deref()) + &table::runs(&reports);
            table::write(file, "Runs", &text);
        }
    }
    let failed: Vec<u64> = reports.iter().filter(|r| !r.breaches.is_empty()).map(|r| r.plan.seed).collect();
    println!("{} runs, {} with a breach {failed:?}", reports.len(), failed.len());
    failed.is_empty()
}
