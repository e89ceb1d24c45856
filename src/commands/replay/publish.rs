//! Publishing a plan: each event that it names, read again from its record, past the input topic, in transactions.
//!
//! First everything is checked, and nothing published when anything has moved. What stands already is left out, so that an act that
//! was killed goes on where its last transaction was committed.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use super::compare::{BATCH, around, records};
use super::crew;
use super::judges::{Judges, place};
use super::reading::{batch, progress, standing};
use super::report::grouped;
use super::spool::Spool;
use super::writing::{agreed, write};
use crate::cli::Replay;
use crate::commands::terminal::{print, tell};
use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::exit::Exit;
use crate::kafka::standalone::range::{Range, Stored};
use crate::kafka::standalone::selection;
use crate::kafka::standalone::transactions::Transactions;
use crate::pipeline::Outcome;
use crate::reader::Reader;
use crate::record::Origin;
use crate::record::event::PRODUCER;
use crate::replay::{Correction, Due, Place, Plan, Row, Topics};

/// Places that are named of what has moved.
const NAMED: usize = 10;

/// The topics that a plan of this configuration is about.
pub(super) fn topics(config: &Config) -> Topics {
    Topics {
        input: config.kafka.input_topic.clone(),
        output: config.kafka.output_topic.clone(),
        dead_letter: config.kafka.dead_letter_topic.clone(),
    }
}

/// Writes a plan to a file.
pub(super) fn keep(plan: &Plan, path: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    plan.lines().try_for_each(|line| writeln!(file, "{line}"))?;
    file.flush()?;
    tell(format_args!("{} is a plan of {} events", path.display(), grouped(plan.rows.len() as u64)));
    Ok(())
}

/// Publishes a plan.
pub(super) fn publish(path: &Path, args: &Replay, config: &Config) -> Result<Exit, Trouble> {
    let plan = read(path)?;
    if let Some(why) = refusal(&plan, config) {
        tell(format_args!("{} is not published: {why}", path.display()));
        return Ok(Exit::Negative);
    }
    // Before anything is read: it ends what an earlier process of this act has left open.
    let transactions = Transactions::begin_act(config, &format!("replay.{}", plan.id))?;
    let checked = check(&plan, config)?;
    if !checked.moved.is_empty() {
        refuse(path, &checked.moved, config);
        return Ok(Exit::Negative);
    }
    let due = plan.rows.len() - checked.done;
    if due > 0 && !args.yes && !agreed(due as u64, &config.kafka.output_topic)? {
        return Ok(Exit::Negative);
    }
    write(&transactions, &checked.due, args.rate, config, None)?;
    let (due, done) = (grouped(due as u64), grouped(checked.done as u64));
    print(&format!("{due} events published to {}, {done} stood there already\n", config.kafka.output_topic));
    Ok(Exit::Success)
}

fn read(path: &Path) -> Result<Plan, Trouble> {
    let trouble = || Trouble::with(path.display());
    let mut lines = BufReader::new(File::open(path).map_err(trouble())?).lines();
    let mut broken = None;
    let whole = std::iter::from_fn(|| lines.next()?.map_err(|error| broken = Some(error)).ok());
    let plan = Plan::read(whole);
    broken.map_or(Ok(()), Err).map_err(trouble())?;
    plan.map_err(|why| trouble()(io::Error::other(why)))
}

fn refusal(plan: &Plan, config: &Config) -> Option<String> {
    if plan.build != PRODUCER {
        return Some(format!("{} made it, and this is {PRODUCER}; make it anew", plan.build));
    }
    let Topics { input, output, dead_letter } = &plan.topics;
    (plan.topics != topics(config)).then(|| format!("it is about the topics {input}, {output} and {dead_letter}"))
}

/// What a check of a plan gives.
struct Checked {
    /// Events to publish, in the order of the plan.
    due: Spool<(i64, Place)>,
    /// How many stand already.
    done: usize,
    /// Records of which something is not as the plan says.
    moved: Vec<Place>,
}

/// What became of a row of the plan.
enum Found {
    Due(Box<Correction>),
    Done,
    Moved,
}

/// Holds every row of the plan against what stands, and against what its record gives now.
fn check(plan: &Plan, config: &Config) -> Result<Checked, Trouble> {
    let kafka = &config.kafka;
    let committed = selection::committed(kafka, &kafka.input_topic)?;
    let standing = standing(kafka)?;
    let judges = Judges { config, standing: &standing, committed: &committed };
    let mut rows: Vec<&Row> = plan.rows.iter().collect();
    rows.sort_unstable_by_key(|row| row.record);
    let row = |record: Place| rows.binary_search_by_key(&record, |row| row.record).ok().and_then(|at| rows.get(at));
    let spans = around(plan.rows.iter().map(|row| row.record));
    let mut range = Range::over(kafka, &kafka.input_topic, &spans)?;
    let progress = progress("checking the plan", Some(records(&spans)));
    let mut checked = Checked { due: Spool::new()?, done: 0, moved: Vec::new() };
    let mut seen = Vec::with_capacity(rows.len());
    let work = |reader: &Reader, batch: Vec<Stored>| {
        let planned = batch.iter().filter_map(|stored| Some((stored, *row(place(stored))?)));
        let found = planned.map(|(stored, row)| (*row, find(&judges, reader, stored, row, &plan.id)));
        (batch.len() as u64, found.collect::<Vec<_>>())
    };
    crew::in_order(
        || batch(&mut range, &kafka.input_topic, BATCH),
        work,
        |(read, found)| {
            progress.inc(read);
            for (row, found) in found {
                seen.push(row.record);
                match found {
                    Found::Due(correction) => checked.due.add((row.version_ms, row.record), &correction)?,
                    Found::Done => checked.done += 1,
                    Found::Moved => checked.moved.push(row.record),
                }
            }
            Ok(())
        },
    )?;
    progress.finish_and_clear();
    seen.sort_unstable();
    let gone = rows.iter().map(|row| row.record).filter(|record| seen.binary_search(record).is_err());
    checked.moved.extend(gone);
    checked.due.close()?;
    Ok(checked)
}

fn find(judges: &Judges<'_>, reader: &Reader, stored: &Stored, row: &Row, plan: &str) -> Found {
    judges.judge(reader, stored, |judgement, message, outcome| {
        let Outcome::Publish(event, _) = outcome else { return Found::Moved };
        if let Due::Event(now) = Due::of(judges.standing, message, outcome, &judgement) {
            let stands = judgement.stood.map(|stood| judges.origin(stood));
            let correction = || Box::new(Correction::new(event, message, plan, stands.as_ref()));
            return if now == *row { Found::Due(correction()) } else { Found::Moved };
        }
        match judgement.stood {
            Some(stood) if stood.content == row.to => Found::Done,
            _ => Found::Moved,
        }
    })
}

fn refuse(path: &Path, moved: &[Place], config: &Config) {
    let (count, topic) = (grouped(moved.len() as u64), &config.kafka.input_topic);
    tell(format_args!("{} is not published: of {count} records something has moved since it was made", path.display()));
    for place in moved.iter().take(NAMED) {
        tell(Origin { topic: topic.clone(), partition: place.partition, offset: place.offset });
    }
    tell("make the plan anew, and look at what changed");
}
