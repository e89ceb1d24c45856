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

/// Writes the events in their order, so many to a transaction.
pub(in crate::commands) fn write(
    transactions: &Transactions,
    due: &Spool<(i64, Place)>,
    rate: Option<u32>,
    config: &Config,
) -> Result<(), Trouble> {
    let progress = progress("publishing", Some(due.keys().count() as u64));
    let size = rate.and_then(|rate| usize::try_from(rate).ok()).map_or(TRANSACTION, |rate| rate.min(TRANSACTION));
    let mut pace = Pace::of(rate);
    let mut records: Vec<Record> = Vec::with_capacity(size);
    let mut commit = |records: &mut Vec<Record>| -> Result<(), Trouble> {
        if !records.is_empty() {
            transactions.write(&config.kafka.output_topic, records.iter())?;
            progress.inc(records.len() as u64);
            pace.keep(records.len());
            records.clear();
        }
        Ok(())
    };
    for correction in due.values::<Correction>() {
        records.push(correction?.into_record());
        if records.len() == size {
            commit(&mut records)?;
        }
    }
    commit(&mut records)
}
