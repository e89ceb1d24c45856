//! `exdate dlq redrive`: this build run over dead letters; those that give an event by now are published, past the input topic.
//!
//! Nothing is published unless that is asked for. Whether a dead letter is done with is told by the event that stands for its
//! document, so an act that was killed is begun again and doubles nothing; two acts at once fence each other.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::letters::{Letter, Reading, is_everything};
use super::show::original;
use crate::cli::DlqRedrive;
use crate::commands::replay::reading::{progress, standing};
use crate::commands::replay::spool::Spool;
use crate::commands::replay::writing::{agreed, write};
use crate::commands::terminal::{print, tell};
use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::exit::Exit;
use crate::kafka::standalone::transactions::Transactions;
use crate::pipeline::{self, Outcome};
use crate::reader::{self, Bounds, Reader};
use crate::replay::{Correction, Place, Standing, State, version_ms};

/// What has become of the dead letters that are meant.
#[derive(Default)]
struct Found {
    /// That are not open, by their state; and those that are, and give no event.
    left_out: BTreeMap<&'static str, u64>,
    still_failing: BTreeMap<String, u64>,
    due: u64,
}

/// Publishes, or says what would be published.
pub(super) fn redrive(args: &DlqRedrive, config: &Config) -> Result<Exit, Trouble> {
    if is_everything(&args.letters) && !args.all {
        tell("name what is meant by a filter, or say --all");
        return Ok(Exit::Usage);
    }
    // Before anything is read: it ends what an earlier act has left open.
    let transactions = args.publish.then(|| Transactions::begin_act(config, "redrive")).transpose()?;
    let standing = standing(&config.kafka)?;
    let mut due = Spool::new()?;
    let found = find(args, config, &standing, &mut due)?;
    print(&found.told(args.publish));
    let Some(transactions) = transactions.filter(|_| found.due > 0) else { return Ok(Exit::Success) };
    if !args.yes && !agreed(found.due, &config.kafka.output_topic)? {
        return Ok(Exit::Negative);
    }
    write(&transactions, &due, args.rate, config)?;
    print(&format!("{} events published to {}\n", found.due, config.kafka.output_topic));
    Ok(Exit::Success)
}

/// Runs this build over the dead letters that are meant.
fn find(
    args: &DlqRedrive,
    config: &Config,
    standing: &Standing,
    due: &mut Spool<(i64, Place)>,
) -> Result<Found, Trouble> {
    let act = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{:?}", std::time::SystemTime::now()).as_bytes()).to_string();
    let pdfs = Reader::new(reader::this_program(), Bounds::default());
    let mut found = Found::default();
    let mut reading = Reading::of(&args.letters, config)?;
    let progress = progress("reading dead letters", None);
    while let Some(Letter { place, letter }) = reading.next()? {
        progress.inc(1);
        let at = Place { partition: place.partition, offset: place.offset };
        let state = standing.state(&letter, at, args.max_redrives);
        if state != State::Open {
            *found.left_out.entry(state.as_str()).or_default() += 1;
            continue;
        }
        if !letter.provenance.cut.is_empty() {
            *found.left_out.entry("not whole").or_default() += 1;
            continue;
        }
        let message = original(&letter);
        match pipeline::process_with(&message, &config.rules, &|bytes| pdfs.read(bytes)) {
            Outcome::Publish(event, _) => {
                let version_ms = version_ms(event.source.published_at.as_deref(), message.timestamp_ms);
                if standing.has_later(&event.corporate_action_id, version_ms) {
                    *found.left_out.entry("behind a later filing of the dividend").or_default() += 1;
                } else if args.first.is_none_or(|first| found.due < first) {
                    due.add((version_ms, at), &Correction::new(&event, &message, &act, Some(&place)))?;
                    found.due += 1;
                } else {
                    *found.left_out.entry("beyond the first ones").or_default() += 1;
                }
            }
            Outcome::DeadLetter(_, findings, _) => {
                let code = findings.iter().find(|finding| finding.code.severity().as_str() == "error");
                let code = code.map_or("", |finding| finding.code.as_str());
                *found.still_failing.entry(code.to_owned()).or_default() += 1;
            }
            Outcome::Skip(_) => *found.left_out.entry("skipped by now").or_default() += 1,
        }
    }
    progress.finish_and_clear();
    due.close()?;
    Ok(found)
}

impl Found {
    fn told(&self, publish: bool) -> String {
        let mut text = format!("{} dead letters give an event by now", self.due);
        text.push_str(if publish || self.due == 0 { "\n" } else { "; --publish would publish them\n" });
        for (code, count) in &self.still_failing {
            text.push_str(&format!("  {count} still fail: {code}\n"));
        }
        for (why, count) in &self.left_out {
            text.push_str(&format!("  {count} left out: {why}\n"));
        }
        text
    }
}
