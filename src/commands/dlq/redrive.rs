//! `exdate dlq redrive`: this build run over dead letters; those that give an event by now are published, past the input topic.
//!
//! Nothing is published unless that is asked for. Whether a dead letter is done with is told by the event that stands for its
//! document, so an act that was killed is begun again and doubles nothing; two acts at once fence each other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::SystemTime;

use uuid::Uuid;

use super::acts;
use super::letters::{Letter, Reading, is_everything};
use super::show::original;
use crate::cli::DlqRedrive;
use crate::commands::patient::read_pdf;
use crate::commands::replay::reading::{progress, standing};
use crate::commands::replay::spool::Spool;
use crate::commands::replay::writing::{agreed, write};
use crate::commands::terminal::{print, tell};
use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::event::DividendEvent;
use crate::exit::Exit;
use crate::finding::Severity;
use crate::kafka::standalone::compacted;
use crate::kafka::standalone::transactions::Transactions;
use crate::message::Message;
use crate::pipeline::{self, Outcome};
use crate::reader::{self, Bounds, Reader};
use crate::record::resolution::Act;
use crate::replay::{Correction, Place, Standing, State, version_ms};

/// What has become of the dead letters that are meant.
#[derive(Default)]
struct Found {
    /// Those that are not sent on, by the reason.
    left_out: BTreeMap<String, u64>,
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
    let mut due = Spool::new()?;
    let found = find(args, config, &mut due)?;
    print(&found.told(args.publish));
    let Some(transactions) = transactions.filter(|_| found.due > 0) else { return Ok(Exit::Success) };
    if !args.yes && !agreed(found.due, &config.kafka.output_topic)? {
        return Ok(Exit::Negative);
    }
    let topic = acts::topic(config);
    compacted::make(&config.kafka, &topic)?;
    let act = acts::now(Act::Redriven, args.by.as_deref(), None);
    write(&transactions, &due, args.rate, config, Some((&topic, &act)))?;
    print(&format!("{} events published to {}\n", found.due, config.kafka.output_topic));
    Ok(Exit::Success)
}

/// Runs this build over the dead letters that are meant.
fn find(args: &DlqRedrive, config: &Config, due: &mut Spool<(i64, Place)>) -> Result<Found, Trouble> {
    let (standing, acts) = (standing(&config.kafka)?, acts::acts(config)?);
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{:?}", SystemTime::now()).as_bytes()).to_string();
    let pdfs = Reader::new(reader::this_program(), Bounds::default());
    let mut found = Found::default();
    let mut reading = Reading::of(&args.letters, config)?;
    let progress = progress("reading dead letters", None);
    while let Some(Letter { place, letter }) = reading.next()? {
        progress.inc(1);
        let at = Place { partition: place.partition, offset: place.offset };
        let why_not = match standing.state(&letter, at, acts.get(&place), args.max_redrives) {
            State::Open if !letter.provenance.cut.is_empty() => Some("not whole"),
            State::Open => None,
            state => Some(state.as_str()),
        };
        let message = original(&letter);
        let today = || pipeline::process_with(&message, &config.rules, &|bytes| read_pdf(&pdfs, bytes));
        let event = why_not.map_or_else(|| event_of(today(), &message, &standing), |why| Err(why.to_owned()));
        match event {
            Ok((event, version_ms)) if args.first.is_none_or(|first| found.due < first) => {
                due.add((version_ms, at), &Correction::new(&event, &message, &id, Some(&place)))?;
                found.due += 1;
            }
            Ok(_) => found.leave_out("beyond the first ones".to_owned()),
            Err(why) => found.leave_out(why),
        }
    }
    progress.finish_and_clear();
    due.close()?;
    Ok(found)
}

/// The event of today, and when its version of the dividend was published; else why there is none to publish.
fn event_of(outcome: Outcome, message: &Message<'_>, standing: &Standing) -> Result<(Box<DividendEvent>, i64), String> {
    match outcome {
        Outcome::Publish(event, _) => {
            let version_ms = version_ms(event.source.published_at.as_deref(), message.timestamp_ms);
            match standing.has_later(&event.corporate_action_id, version_ms) {
                true => Err("behind a later filing of the dividend".to_owned()),
                false => Ok((event, version_ms)),
            }
        }
        Outcome::DeadLetter(_, findings, _) => {
            let error = findings.iter().find(|finding| finding.code.severity() == Severity::Error);
            Err(format!("still failing: {}", error.map_or("", |error| error.code.as_str())))
        }
        Outcome::Skip(reason) => Err(format!("skipped by now: {}", reason.as_str())),
    }
}

impl Found {
    fn leave_out(&mut self, why: String) {
        *self.left_out.entry(why).or_default() += 1;
    }

    fn told(&self, publish: bool) -> String {
        let mut text = format!("{} dead letters give an event by now", self.due);
        text.push_str(if publish || self.due == 0 { "\n" } else { "; --publish would publish them\n" });
        for (why, count) in &self.left_out {
            let _ = writeln!(text, "  {count} left out: {why}");
        }
        text
    }
}
