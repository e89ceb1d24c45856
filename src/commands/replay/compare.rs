//! The comparison, in three passes: what stands, what the records give today, what of the events changes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::Value;

use super::crew;
use super::filter::Filter;
use super::judges::{Judges, place};
use super::reading::{Pace, batch, next, progress, standing};
use super::spool::Spool;
use crate::cli::Replay;
use crate::commands::trouble::Trouble;
use crate::config::{Config, Kafka};
use crate::kafka::standalone::range::{Range, Span, Stored};
use crate::kafka::standalone::selection::{self, Selection};
use crate::message::Message;
use crate::pipeline::Outcome;
use crate::reader::Reader;
use crate::record::Origin;
use crate::replay::{Change, Class, Detail, Due, Judgement, Kind, Place, Row, Standing, Summary, changes};

/// Records that a thread takes at once.
pub(super) const BATCH: usize = 256;

/// What a comparison has found so far.
struct Comparison<'a> {
    kafka: &'a Kafka,
    summary: Summary,
    /// A line for each record that differs.
    details: Option<BufWriter<File>>,
    /// Events that change, by where the present one stands: each with its detail.
    spool: Spool<Place>,
    /// Events that could be published.
    rows: Vec<Row>,
}

/// What a batch of records gives today.
#[derive(Default)]
struct Verdicts {
    records: u64,
    same: u64,
    differing: Vec<Differing>,
}

/// One record whose outcome is another one.
struct Differing {
    class: Class,
    detail: Detail,
    /// Of an event that changes: where it stands, and its value of today.
    change: Option<(Place, Value)>,
    due: Due,
}

/// Compares what the command line names; gives what was found, and which events could be published for it.
pub(super) fn compare(args: &Replay, config: &Config) -> Result<(Summary, Vec<Row>), Trouble> {
    let kafka = &config.kafka;
    let filter = Filter::of(args, &kafka.input_topic)?;
    let create = |path: &PathBuf| File::create(path).map(BufWriter::new).map_err(Trouble::with(path.display()));
    let details = args.details.as_ref().map(create).transpose()?;
    let spans = selection::spans(kafka, &kafka.input_topic, &selected(args, &filter))?;
    let committed = selection::committed(kafka, &kafka.input_topic)?;
    let standing = standing(kafka)?;
    let judges = Judges { config, standing: &standing, committed: &committed };
    let mut found = Comparison { kafka, summary: Summary::default(), details, spool: Spool::new()?, rows: Vec::new() };
    found.read(args, &judges, &filter, &spans)?;
    found.summary.foreign = standing.foreign();
    if filter.is_open() && filter.places().is_none() {
        found.gone(&standing, &spans)?;
    }
    found.fields()?;
    let Comparison { summary, details, rows, .. } = found;
    details.map_or(Ok(()), |mut file| file.flush()).map_err(Trouble::with("the file of details"))?;
    Ok((summary, rows))
}

/// The selection of the command line.
fn selected(args: &Replay, filter: &Filter) -> Selection {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let ago = |last: humantime::Duration| i64::try_from(now.saturating_sub(*last).as_millis()).ok();
    let mut selection = Selection {
        partitions: args.partition.clone(),
        offsets: args.offsets.clone(),
        since_ms: args.last.and_then(ago).or(args.since),
        until_ms: args.until,
    };
    if let Some(places) = filter.places() {
        let first = places.iter().map(|place| place.offset).min().unwrap_or(0);
        let end = places.iter().map(|place| place.offset + 1).max().unwrap_or(0);
        selection.partitions = places.iter().map(|place| place.partition).collect();
        selection.partitions.dedup();
        selection.offsets = Some(first..end);
    }
    selection
}

impl Comparison<'_> {
    /// Each record of the range, judged; events that change wait for the last pass.
    fn read(
        &mut self,
        args: &Replay,
        judges: &Judges<'_>,
        filter: &Filter,
        spans: &BTreeMap<i32, Span>,
    ) -> Result<(), Trouble> {
        let mut range = Range::over(self.kafka, &self.kafka.input_topic, spans)?;
        let progress = progress("replaying", Some(records(spans)));
        let mut pace = Pace::of(args.rate);
        let read = || {
            let batch = batch(&mut range, &judges.config.kafka.input_topic, BATCH)?;
            pace.keep(batch.as_ref().map_or(0, Vec::len));
            Ok(batch)
        };
        let work = |reader: &Reader, batch: Vec<Stored>| judge_all(judges, filter, reader, &batch);
        crew::in_order(read, work, |verdicts| {
            (0..verdicts.same).for_each(|_| self.summary.same());
            progress.inc(verdicts.records);
            verdicts.differing.into_iter().try_for_each(|differing| self.differs(differing))
        })?;
        progress.finish_and_clear();
        Ok(())
    }

    fn differs(&mut self, differing: Differing) -> Result<(), Trouble> {
        let Differing { class, detail, change, due } = differing;
        self.summary.differs(class, &detail);
        match due {
            Due::Nothing => {}
            Due::TooLate => self.summary.too_late += 1,
            Due::Event(row) => self.rows.push(row),
        }
        match change {
            Some((stands, value)) => self.spool.add(stands, &(detail, value)),
            None => self.tell(&detail, &[]),
        }
    }

    /// What stands for records that are not there any more.
    fn gone(&mut self, standing: &Standing, spans: &BTreeMap<i32, Span>) -> Result<(), Trouble> {
        let is_read = |place: Place| spans.get(&place.partition).is_some_and(|span| span.contains(&place.offset));
        for (stood, from) in standing.gone(is_read) {
            let topic = self.kafka.input_topic.clone();
            let record = Origin { topic, partition: from.partition, offset: from.offset };
            let detail = Detail::gone(&record, &stood.place(&self.kafka.output_topic, &self.kafka.dead_letter_topic));
            self.summary.differs(Class::Gone, &detail);
            self.tell(&detail, &[])?;
        }
        Ok(())
    }

    /// The events that change are read once more, and their fields named.
    fn fields(&mut self) -> Result<(), Trouble> {
        self.spool.close()?;
        let spans = around(self.spool.keys());
        if spans.is_empty() {
            return Ok(());
        }
        let progress = progress("reading the events that change", Some(records(&spans)));
        let mut range = Range::over(self.kafka, &self.kafka.output_topic, &spans)?;
        while let Some(stored) = next(&mut range, &self.kafka.output_topic)? {
            for (detail, new) in self.spool.at::<(Detail, Value)>(place(&stored))? {
                let old = stored.value.as_deref().and_then(|value| serde_json::from_slice(value).ok());
                let changes = changes(&old.unwrap_or_default(), &new);
                self.summary.fields(&detail.record, &changes);
                self.tell(&detail, &changes)?;
            }
            progress.inc(1);
        }
        progress.finish_and_clear();
        Ok(())
    }

    fn tell(&mut self, detail: &Detail, changes: &[Change]) -> Result<(), Trouble> {
        let Some(file) = &mut self.details else { return Ok(()) };
        let mut write = || -> io::Result<()> {
            serde_json::to_writer(&mut *file, &Line { detail, changes })?;
            file.write_all(b"\n")
        };
        write().map_err(Trouble::with("the file of details"))
    }
}

/// A line of the details.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    detail: &'a Detail,
    changes: &'a [Change],
}

fn judge_all(judges: &Judges<'_>, filter: &Filter, reader: &Reader, batch: &[Stored]) -> Verdicts {
    let mut verdicts = Verdicts { records: batch.len() as u64, ..Verdicts::default() };
    for stored in batch.iter().filter(|stored| filter.has_place(place(stored))) {
        judges.judge(reader, stored, |judgement, message, outcome| {
            if judgement.class == Class::Same && filter.is_open() {
                verdicts.same += 1;
                return;
            }
            let stands = judgement.stood.map(|stood| judges.origin(stood));
            let detail = Detail::of(judgement.class, message, outcome, (judges.standing, judgement.stood, stands));
            match judgement.class {
                class if !filter.admits(class, &detail) => {}
                Class::Same => verdicts.same += 1,
                _ => verdicts.differing.push(differing(judges, judgement, message, outcome, detail)),
            }
        });
    }
    verdicts
}

fn differing(
    judges: &Judges<'_>,
    judgement: Judgement<'_>,
    message: &Message<'_>,
    outcome: &Outcome,
    detail: Detail,
) -> Differing {
    let due = Due::of(judges.standing, message, outcome, &judgement);
    let Judgement { class, stood, value } = judgement;
    let event = stood.filter(|stood| stood.kind == Kind::Event).map(|stood| stood.at);
    let value = value.and_then(|value| serde_json::from_slice(&value).ok());
    Differing { class, detail, change: event.zip(value), due }
}

/// The offsets that these places lie in.
pub(super) fn around(places: impl Iterator<Item = Place>) -> BTreeMap<i32, Span> {
    let mut spans: BTreeMap<i32, Span> = BTreeMap::new();
    for Place { partition, offset } in places {
        let span = spans.entry(partition).or_insert(offset..offset);
        *span = span.start.min(offset)..span.end.max(offset + 1);
    }
    spans
}

/// How many offsets these are.
pub(super) fn records(spans: &BTreeMap<i32, Span>) -> u64 {
    spans.values().map(|span| u64::try_from(span.end - span.start).unwrap_or(0)).sum()
}
