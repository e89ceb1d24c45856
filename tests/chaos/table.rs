//! What the runs have shown, for a person: a few lines each, and one table.

use std::fmt::Write as _;

use super::plan::{Fault, Mode};
use super::round::Report;

/// Prints a run.
pub(crate) fn tell(report: &Report) {
    let Report { events, dead_letters, skipped, duplicates, lost, .. } = report;
    println!("  {events} events, {dead_letters} dead letters, {skipped} skipped; {duplicates} twice, {lost} lost");
    let recoveries = report.recoveries.iter().map(|(fault, time)| format!("{fault:?} {:.1}s", time.as_secs_f32()));
    println!("  went on after: {}", recoveries.collect::<Vec<_>>().join(", "));
    if !report.ended.is_empty() {
        println!("  ended by themselves with a code: {}", report.ended.join(", "));
    }
    for breach in report.breaches.iter().take(20) {
        println!("  BREACH {breach}");
    }
    let verdict = if report.breaches.is_empty() { "clean" } else { "BREACHED" };
    println!("  {verdict} in {:.0} s", report.wall.as_secs_f32());
}

/// The table that stands in the repository.
pub(crate) fn markdown(reports: &[Report]) -> String {
    let today = chrono::DateTime::from_timestamp(now(), 0).map(|now| now.date_naive().to_string()).unwrap_or_default();
    let mut text = format!(
        "Made by `make chaos` on {today}. Recovery: from the end of the fault (process started, broker serving) until the group commits again.\n\n\
         | seed | mode | filings | partitions | instances | batch | input | faults | slowest recovery | twice | lost | wall | verdict |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
    );
    for report in reports {
        let plan = &report.plan;
        let slowest = report.slowest().map(|(fault, time)| format!("{:.1} s ({})", time.as_secs_f32(), kind(*fault)));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.0} s | {} |",
            plan.seed,
            if plan.mode == Mode::ExactlyOnce { "exactly-once" } else { "at-least-once" },
            plan.filings,
            plan.partitions,
            plan.instances,
            plan.batch_records,
            if plan.backlog { "backlog" } else { "stream" },
            plan.steps.iter().map(|step| kind(step.fault)).collect::<Vec<_>>().join(", "),
            slowest.unwrap_or_default(),
            report.duplicates,
            report.lost,
            report.wall.as_secs_f32(),
            if report.breaches.is_empty() { "clean" } else { "BREACHED" },
        );
    }
    text
}

fn kind(fault: Fault) -> &'static str {
    match fault {
        Fault::Kill(_) => "kill",
        Fault::Terminate(_) => "terminate",
        Fault::Freeze(_) => "freeze",
        Fault::Visit => "join and leave",
        Fault::Twin(_) => "twin",
        Fault::StopBroker => "broker stop",
        Fault::KillBroker => "broker kill",
        Fault::FreezeBroker => "broker freeze",
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_secs()).expect("a date")
}
