//! The comparison, in three passes: what stands, what the records give today, what of the events changes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::crew;
use super::filter::Filter;
use super::spool::Spool;
use crate::cli::Replay;
use crate::commands::trouble::Trouble;
use crate::config::{Config, Kafka};
use crate::kafka::client::CallError;
use crate::kafka::standalone::range::{Next, Range, Span, Stored};
use crate::kafka::standalone::selection::{self, Selection};
use crate::message::Rules;
use crate::pipeline::{self, Trace};
use crate::reader::Reader;
use crate::record::Origin;
use crate::replay::{Builder, Change, Class, Detail, Kind, Place, Standing, Summary, changes, judge};

/// Records that a thread takes at once.
const BATCH: usize = 256;
/// A broker that is silent for so long is gone: what was read until then is not told as if it were all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the details go: a line for each record that differs.
type Details = Option<BufWriter<File>>;

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
    change: Option<(Place, Vec<u8>)>,
}

/// Compares what the command line names.
pub(super) fn compare(args: &Replay, config: &Config) -> Result<Summary, Trouble> {
    let kafka = &config.kafka;
    let filter = Filter::of(args, &kafka.input_topic)?;
    let mut details: Details = match &args.details {
        Some(path) => Some(BufWriter::new(File::create(path).map_err(Trouble::with(path.display()))?)),
        None => None,
    };
    let spans = selection::spans(kafka, &kafka.input_topic, &selected(args, &filter))?;
    let committed = selection::committed(kafka, &kafka.input_topic)?;
    let standing = standing(kafka)?;
    let mut summary = Summary::default();
    let mut spool = Spool::new().map_err(Trouble::with("a file for events that change"))?;
    let judges = Judges { config, standing: &standing, filter: &filter, committed: &committed };
    judges.read(args, &spans, &mut summary, &mut details, &mut spool)?;
    summary.foreign = standing.foreign();
    if filter.is_open() && filter.places().is_none() {
        gone(kafka, &standing, &spans, &mut summary, &mut details)?;
    }
    spool.close().map_err(Trouble::with("the file for events that change"))?;
    fields(kafka, &spool, &mut summary, &mut details)?;
    details.map_or(Ok(()), |mut file| file.flush()).map_err(Trouble::with("the file of details"))?;
    Ok(summary)
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

/// First pass: what stands, as far as it is compared.
fn standing(kafka: &Kafka) -> Result<Standing, Trouble> {
    let mut builder = Builder::new(&kafka.input_topic, &kafka.output_topic);
    let progress = progress("reading what stands", None);
    for (topic, is_events) in [(&kafka.output_topic, true), (&kafka.dead_letter_topic, false)] {
        let mut range = Range::to_now(kafka, topic)?;
        while let Some(stored) = next(&mut range, topic)? {
            match is_events {
                true => builder.event(&stored.message()),
                false => builder.dead_letter(&stored.message()),
            }
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(builder.finish())
}

/// What is needed to judge a record.
struct Judges<'a> {
    config: &'a Config,
    standing: &'a Standing,
    filter: &'a Filter,
    committed: &'a BTreeMap<i32, i64>,
}

impl Judges<'_> {
    /// Second pass: each record of the range, judged; events that change go to the spool.
    fn read(
        &self,
        args: &Replay,
        spans: &BTreeMap<i32, Span>,
        summary: &mut Summary,
        details: &mut Details,
        spool: &mut Spool,
    ) -> Result<(), Trouble> {
        let topic = &self.config.kafka.input_topic;
        let mut range = Range::over(&self.config.kafka, topic, spans)?;
        let total = spans.values().map(|span| u64::try_from(span.end - span.start).unwrap_or(0)).sum();
        let progress = progress("replaying", Some(total));
        let mut pace = Pace::of(args.rate);
        let read = || {
            let mut batch = Vec::with_capacity(BATCH);
            while batch.len() < BATCH {
                let Some(stored) = next(&mut range, topic)? else { break };
                batch.push(stored);
            }
            pace.keep(batch.len());
            Ok((!batch.is_empty()).then_some(batch))
        };
        let work = |reader: &Reader, batch: Vec<Stored>| self.judge_all(reader, &batch);
        crew::in_order(read, work, |verdicts| {
            (0..verdicts.same).for_each(|_| summary.same());
            for differing in verdicts.differing {
                summary.differs(differing.class, &differing.detail);
                match differing.change {
                    Some((stands, value)) => spool
                        .add(stands, &differing.detail, &value)
                        .map_err(Trouble::with("the file for events that change"))?,
                    None => tell(details, &differing.detail, &[])?,
                }
            }
            progress.inc(verdicts.records);
            Ok(())
        })?;
        progress.finish_and_clear();
        Ok(())
    }

    fn judge_all(&self, reader: &Reader, batch: &[Stored]) -> Verdicts {
        let mut verdicts = Verdicts { records: batch.len() as u64, ..Verdicts::default() };
        for stored in batch {
            if self.filter.has_place(Place { partition: stored.partition, offset: stored.offset }) {
                self.judge(reader, &self.config.rules, stored, &mut verdicts);
            }
        }
        verdicts
    }

    fn judge(&self, reader: &Reader, rules: &Rules, stored: &Stored, verdicts: &mut Verdicts) {
        let message = stored.message();
        let is_processed = self.committed.get(&stored.partition).is_some_and(|next| stored.offset < *next);
        pipeline::trace_with(&message, rules, &|bytes| reader.read(bytes), |trace: Trace<'_>| {
            let document = trace.document.map(|document| document.checksum.hex());
            let judgement = judge(self.standing, &message, &trace.outcome, document.as_deref(), is_processed);
            if judgement.class == Class::Same && self.filter.is_open() {
                verdicts.same += 1;
                return;
            }
            let place = judgement.stood.map(|stood| self.place(stood));
            let detail = Detail::of(judgement.class, &message, &trace.outcome, (self.standing, judgement.stood, place));
            if !self.filter.admits(judgement.class, &detail) {
                return;
            }
            if judgement.class == Class::Same {
                verdicts.same += 1;
                return;
            }
            let event = judgement.stood.filter(|stood| stood.kind == Kind::Event).map(|stood| stood.at);
            verdicts.differing.push(Differing { class: judgement.class, detail, change: event.zip(judgement.value) });
        });
    }

    fn place(&self, stood: &crate::replay::Stood) -> Origin {
        stood.place(&self.config.kafka.output_topic, &self.config.kafka.dead_letter_topic)
    }
}

/// What stands for records that are not there any more.
fn gone(
    kafka: &Kafka,
    standing: &Standing,
    spans: &BTreeMap<i32, Span>,
    summary: &mut Summary,
    details: &mut Details,
) -> Result<(), Trouble> {
    let is_read = |place: Place| spans.get(&place.partition).is_some_and(|span| span.contains(&place.offset));
    for (stood, from) in standing.gone(is_read) {
        let record = Origin { topic: kafka.input_topic.clone(), partition: from.partition, offset: from.offset };
        let detail = Detail::gone(&record, &stood.place(&kafka.output_topic, &kafka.dead_letter_topic));
        summary.differs(Class::Gone, &detail);
        tell(details, &detail, &[])?;
    }
    Ok(())
}

/// Third pass: the events that change are read once more, and their fields named.
fn fields(kafka: &Kafka, spool: &Spool, summary: &mut Summary, details: &mut Details) -> Result<(), Trouble> {
    let mut spans: BTreeMap<i32, Span> = BTreeMap::new();
    for place in spool.places() {
        let span = spans.entry(place.partition).or_insert(place.offset..place.offset);
        span.end = place.offset + 1;
    }
    if spans.is_empty() {
        return Ok(());
    }
    let progress = progress("reading the events that change", None);
    let mut range = Range::over(kafka, &kafka.output_topic, &spans)?;
    while let Some(stored) = next(&mut range, &kafka.output_topic)? {
        let at = Place { partition: stored.partition, offset: stored.offset };
        for (detail, value) in spool.at(at).map_err(Trouble::with("the file for events that change"))? {
            let old = stored.value.as_deref().and_then(|value| serde_json::from_slice(value).ok()).unwrap_or_default();
            let new = serde_json::from_slice(&value).unwrap_or_default();
            let changes = changes(&old, &new);
            summary.fields(&detail.record, &changes);
            tell(details, &detail, &changes)?;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

/// The next record of a range, or its end.
fn next(range: &mut Range, topic: &str) -> Result<Option<Stored>, Trouble> {
    match range.next(PATIENCE)? {
        Next::Record(stored) => Ok(Some(*stored)),
        Next::Finished => Ok(None),
        Next::Nothing => {
            let why = format!("nothing came within {} s", PATIENCE.as_secs());
            Err(CallError { what: format!("read topic {topic}"), why }.into())
        }
    }
}

/// A line of the details.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    detail: &'a Detail,
    changes: &'a [Change],
}

fn tell(details: &mut Details, detail: &Detail, changes: &[Change]) -> Result<(), Trouble> {
    let Some(file) = details else { return Ok(()) };
    let mut write = || -> io::Result<()> {
        serde_json::to_writer(&mut *file, &Line { detail, changes })?;
        file.write_all(b"\n")
    };
    write().map_err(Trouble::with("the file of details"))
}

/// Holds a rate.
struct Pace {
    begun: Instant,
    per_second: Option<u32>,
    records: f64,
}

impl Pace {
    fn of(per_second: Option<u32>) -> Pace {
        Pace { begun: Instant::now(), per_second, records: 0.0 }
    }

    /// Waits until so many more records are due.
    #[expect(clippy::float_arithmetic, reason = "a pause, not an amount of money")]
    fn keep(&mut self, records: usize) {
        let Some(per_second) = self.per_second else { return };
        self.records += u32::try_from(records).map_or(0.0, f64::from);
        let due = Duration::from_secs_f64(self.records / f64::from(per_second));
        thread::sleep(due.saturating_sub(self.begun.elapsed()));
    }
}

/// What is being done, how fast, and, where the end is known, for how long still; on a terminal only.
fn progress(what: &'static str, total: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{msg} {wide_bar} {human_pos} of {human_len}, {per_sec}, {eta} left"),
        None => (ProgressBar::no_length(), "{msg} {spinner} {human_pos}, {per_sec}, {elapsed}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
