//! Events published by an act of a person: agreed to, in their order, in transactions, at a rate.

use std::io::{self, IsTerminal as _, Write as _};

use super::reading::{Pace, progress};
use super::report::grouped;
use super::spool::Spool;
use crate::commands::terminal::tell;
use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::kafka::standalone::transactions::Transactions;
use crate::record::Record;
use crate::record::resolution::Resolution;
use crate::replay::{Correction, Place};

/// Events of a transaction; no more than a second may have, where a rate is held.
const TRANSACTION: usize = 500;

/// Asks a person; without one, nothing is agreed.
pub(in crate::commands) fn agreed(events: u64, topic: &str) -> Result<bool, Trouble> {
    let what = format!("publish {} events to {topic}", grouped(events));
    if !io::stdin().is_terminal() {
        tell(format_args!("nobody is there to be asked: --yes would {what}"));
        return Ok(false);
    }
    write!(io::stderr().lock(), "{what}? [y/N] ")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Writes the events in their order, so many to a transaction; with an audit, the act on each dead letter beside its event.
pub(in crate::commands) fn write(
    transactions: &Transactions,
    due: &Spool<(i64, Place)>,
    rate: Option<u32>,
    config: &Config,
    audit: Option<(&str, &Resolution)>,
) -> Result<(), Trouble> {
    let size = rate.and_then(|rate| usize::try_from(rate).ok()).map_or(TRANSACTION, |rate| rate.min(TRANSACTION));
    let progress = progress("publishing", Some(due.keys().count() as u64));
    let mut pace = Pace::of(rate);
    let mut corrections = due.values::<Correction>();
    loop {
        let batch = corrections.by_ref().take(size).collect::<Result<Vec<_>, _>>()?;
        if batch.is_empty() {
            return Ok(());
        }
        let acts: Vec<_> = batch.iter().filter_map(|event| Some((audit?, event.replaces()?))).collect();
        let acts: Vec<_> = acts.iter().map(|((topic, act), letter)| (*topic, act.encode(letter))).collect();
        let events: Vec<Record> = batch.into_iter().map(Correction::into_record).collect();
        let events = events.iter().map(|event| (config.kafka.output_topic.as_str(), event));
        let written = events.len();
        transactions.write(events.chain(acts.iter().map(|(topic, act)| (*topic, act))))?;
        progress.inc(written as u64);
        pace.keep(written);
    }
}
