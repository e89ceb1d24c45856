//! `exdate dlq resolve`: a person says that dead letters need no event, and why; the list then no longer shows them as open.

use super::acts;
use super::letters::{Letter, Reading, is_everything};
use crate::cli::DlqResolve;
use crate::commands::terminal::{print, tell};
use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::exit::Exit;
use crate::kafka::standalone::compacted;
use crate::kafka::standalone::transactions::Transactions;
use crate::record::Record;

/// Acts of a transaction.
const TRANSACTION: usize = 500;

/// Writes an act for each dead letter that is meant.
pub(super) fn resolve(args: &DlqResolve, config: &Config) -> Result<Exit, Trouble> {
    if is_everything(&args.letters) && !args.all {
        tell("name what is meant by a filter, or say --all");
        return Ok(Exit::Usage);
    }
    let topic = acts::topic(config);
    compacted::make(&config.kafka, &topic)?;
    let act = acts::now(args.reason.act(), args.by.as_deref(), args.note.as_deref());
    let mut records: Vec<Record> = Vec::new();
    let mut reading = Reading::of(&args.letters, config)?;
    while let Some(Letter { place, .. }) = reading.next()? {
        records.push(act.encode(&place));
    }
    let transactions = Transactions::begin_act(config, "resolve")?;
    for records in records.chunks(TRANSACTION) {
        transactions.write(records.iter().map(|record| (topic.as_str(), record)))?;
    }
    print(&format!("{} dead letters resolved by {}\n", records.len(), act.by));
    Ok(Exit::Success)
}
