//! What the runs have shown, for a person: a few lines each on the terminal, and the tables that stand in the repository.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use super::plan::Fault;
use super::verdict::Report;

/// Prints a run.
pub(crate) fn tell(report: &Report) {
    let Report { events, dead_letters, skipped, duplicates, lost, aborted, left_open, .. } = report;
    println!(
        "  {events} events, {dead_letters} dead letters, {skipped} skipped; {duplicates} twice, {lost} lost; \
         {aborted} transactions aborted, {left_open} left open by a kill"
    );
    let recoveries = report.recoveries.iter().map(|(fault, time)| format!("{fault:?} {}", seconds(*time)));
    println!("  went on after: {}", recoveries.collect::<Vec<_>>().join(", "));
    report.ended.iter().for_each(|ended| println!("  ended by itself: {ended}"));
    for (kind, breach) in report.breaches.iter().take(20) {
        println!("  BREACH ({}) {breach}", kind.name());
    }
    println!("  {} in {:.0} s", verdict(report), report.wall.as_secs_f32());
}

/// Two tables: the runs, and recovery by the kind of fault.
pub(crate) fn runs(reports: &[Report]) -> String {
    let mut text = "Recovery is the time from the end of the fault (process started, broker serving) until every partition \
        that has input is committed further. Twice and lost are counted by an audit of the topics; at-least-once may repeat.\n\n\
        | seed | circumstances | faults | recoveries | slowest recovery | twice | lost | wall | verdict |\n\
        | ---: | --- | --- | ---: | --- | ---: | ---: | ---: | --- |\n"
        .to_owned();
    for report in reports {
        let slowest = report.slowest().map(|(fault, time)| format!("{} ({})", seconds(*time), fault.kind()));
        let _ = writeln!(
            text,
            "| {} | {} filings, {} | {} | {} | {} | {} | {} | {:.0} s | {} |",
            report.plan.seed,
            report.plan.filings,
            report.plan.circumstances(),
            faults(report),
            report.recoveries.len(),
            slowest.unwrap_or_default(),
            report.duplicates,
            report.lost,
            report.wall.as_secs_f32(),
            verdict(report),
        );
    }
    text.push('\n');
    text.push_str(&by_fault(reports));
    text
}

fn by_fault(reports: &[Report]) -> String {
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for (fault, time) in reports.iter().flat_map(|report| &report.recoveries) {
        times.entry(fault.kind()).or_default().push(*time);
    }
    let mut text = "| fault | times | median recovery | slowest |\n| --- | ---: | ---: | ---: |\n".to_owned();
    for (kind, mut times) in times {
        times.sort();
        let (middle, last) = (times[times.len() / 2], times[times.len() - 1]);
        let _ = writeln!(text, "| {kind} | {} | {} | {} |", times.len(), seconds(middle), seconds(last));
    }
    let ended: Vec<&String> = reports.iter().flat_map(|report| &report.ended).collect();
    let _ = write!(text, "\nProcesses that ended by themselves, with a code and a line that says why: {}", ended.len());
    text.push_str(if ended.is_empty() { ".\n" } else { ":\n\n" });
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    ended.iter().filter_map(|ended| ended.split_once(": ")).for_each(|(_, why)| *lines.entry(why).or_default() += 1);
    for (why, times) in lines {
        let _ = writeln!(text, "- {times} times {why}");
    }
    text
}

/// How many of each kind.
fn faults(report: &Report) -> String {
    let expiry = report.plan.expiry.then_some(Fault::Expire);
    let all = report.plan.steps.iter().map(|step| step.fault).chain(expiry);
    let counts = all.fold(BTreeMap::<&str, usize>::new(), |mut counts, fault| {
        *counts.entry(fault.kind()).or_default() += 1;
        counts
    });
    let words =
        counts.iter().map(|(kind, times)| if *times == 1 { (*kind).to_owned() } else { format!("{times} {kind}") });
    words.collect::<Vec<_>>().join(", ")
}

/// In a word, or what was breached.
pub(crate) fn verdict(report: &Report) -> String {
    if report.breaches.is_empty() {
        return "clean".to_owned();
    }
    let kinds = report.kinds();
    let kinds = kinds.iter().map(|(kind, times)| format!("{times} {}", kind.name()));
    format!("BREACHED: {}", kinds.collect::<Vec<_>>().join(", "))
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f32())
}

/// Puts a section into a Markdown file, in place of its predecessor; all others stay.
pub(crate) fn write(file: &Path, title: &str, text: &str) {
    let before = std::fs::read_to_string(file).unwrap_or_else(|_| OPENING.to_owned());
    let heading = format!("\n## {title}\n");
    let section = format!("{heading}\n{text}");
    let after = match before.split_once(&heading) {
        None => format!("{before}{section}"),
        Some((head, old)) => match old.find("\n## ") {
            None => format!("{head}{section}"),
            Some(next) => format!("{head}{section}{}", old.get(next..).unwrap_or_default()),
        },
    };
    std::fs::write(file, after).expect("the table in the file that was named");
}

const OPENING: &str = "# Exactly once under faults: what was run\n\n\
    Written by `make chaos` and `make mutants` (`tests/chaos`), each into its own section: real `exdate run` processes and a real Apache Kafka on one machine, \
    a numbered stream of filings of every kind (with aborted transactions among them), faults drawn from a seed, and an audit of all that stands in the topics, live \
    and at the end. The same seed draws the same run.\n";
