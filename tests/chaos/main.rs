//! `make chaos`: exactly once under faults, on Apache Kafka; `make mutants`: proof that this can fail.
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
mod mutants;
mod plan;
mod round;
mod table;
mod verdict;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use plan::{Mode, Plan};
use verdict::{Breach, Report};

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
    /// Runs the verifier against mutants of the delivery instead, each of which it must catch; these, or all.
    #[arg(long, value_name = "NAME", num_args = 0..)]
    mutants: Option<Vec<String>>,
    /// Writes the runs into this file (Markdown), after each of them.
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// The day for the table; today when left out.
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<String>,
    /// The program for runs in which nothing is sabotaged: the one that ships. The verifier's own build when left out.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Promise {
    ExactlyOnce,
    AtLeastOnce,
}

/// The build beside this verifier, which knows sabotage when this one does.
const OWN_BUILD: &str = env!("CARGO_BIN_EXE_exdate");

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !harness::shared::may_own("the verifier") {
        return ExitCode::SUCCESS;
    }
    let all_well = match &arguments.mutants {
        Some(names) => catch(&arguments, names),
        None => run(&arguments),
    };
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
        if !cfg!(feature = "sabotage") {
            plan.sabotage.clear();
        }
        println!("{plan}");
        let own = OWN_BUILD.into();
        let program = if plan.sabotage.is_empty() { arguments.program.as_ref().unwrap_or(&own) } else { &own };
        let report = whole_or_broken(&plan, || {
            round::run(plan.clone(), &format!("chaos-{seed}"), program, &mut round::broker(&plan))
        });
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

/// A run in which the verifier itself gives up is a breach like any other, and stops nothing.
fn whole_or_broken(plan: &Plan, run: impl FnOnce() -> Report) -> Report {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let why =
            panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|why| (*why).into()));
        let mut report = Report::new(plan.clone());
        report.breach(Breach::Nothing, format!("the run broke off: {}", why.unwrap_or_default()));
        report
    })
}

/// The mutants; whether each was caught.
fn catch(arguments: &Arguments, names: &[String]) -> bool {
    let trials = mutants::run(names, |trials| {
        if let Some(file) = &arguments.table {
            let text = machine::describe("make mutants", arguments.date.as_deref()) + &mutants::markdown(trials);
            table::write(file, "Mutants", &text);
        }
    });
    trials.iter().all(mutants::Trial::is_right)
}
