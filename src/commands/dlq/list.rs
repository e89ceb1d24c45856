//! `exdate dlq list`: who waits for an event, since when, and why; and how many, by code, form and day.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::letters::{Letter, Reading};
use super::{acts, is_human};
use crate::cli::DlqList;
use crate::commands::replay::reading::standing;
use crate::commands::terminal::{Tone, has_colours, print};
use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::exit::Exit;
use crate::record::dead_letter::DeadLetter;
use crate::record::resolution::Resolution;
use crate::replay::{Place, State};

/// One dead letter. The shape is part of the command's contract.
#[derive(Serialize)]
struct Line {
    record: String,
    state: State,
    /// The latest act on it: by whom, when and why.
    act: Option<Resolution>,
    failed_at: String,
    stage: String,
    codes: Vec<String>,
    message: String,
    stock_code: Option<String>,
    issuer: Option<String>,
    form: Option<String>,
    language: Option<String>,
    filing_id: Option<String>,
    first_read: String,
    redrives: u32,
    bytes: Option<usize>,
    service_version: String,
}

/// How many.
#[derive(Default, Serialize)]
struct Counts {
    states: BTreeMap<&'static str, u64>,
    codes: BTreeMap<String, u64>,
    forms: BTreeMap<String, u64>,
    days: BTreeMap<String, u64>,
    /// Records of the topic that are no dead letters of ours.
    foreign: u64,
}

#[derive(Serialize)]
struct Listing {
    counts: Counts,
    dead_letters: Vec<Line>,
}

/// Lists dead letters, the newest first.
pub(super) fn list(args: &DlqList, config: &Config) -> Result<Exit, Trouble> {
    let standing = standing(&config.kafka)?;
    let acts = acts::acts(config)?;
    let mut reading = Reading::of(&args.letters, config)?;
    let mut listing = Listing { counts: Counts::default(), dead_letters: Vec::new() };
    while let Some(Letter { place, letter }) = reading.next()? {
        let at = Place { partition: place.partition, offset: place.offset };
        let act = acts.get(&place);
        let state = standing.state(&letter, at, act, args.max_redrives);
        if args.state.is_empty() || args.state.iter().any(|wanted| wanted == state.as_str()) {
            let line = Line::of(place.to_string(), state, act.cloned(), letter);
            listing.counts.add(&line);
            listing.dead_letters.push(line);
        }
    }
    listing.counts.foreign = reading.foreign;
    listing.dead_letters.sort_by(|one, other| (&other.failed_at, &other.record).cmp(&(&one.failed_at, &one.record)));
    listing.dead_letters.truncate(args.limit.unwrap_or(usize::MAX));
    if is_human(args.format) {
        print(&text(&listing, has_colours()));
    } else {
        print(&format!("{}\n", serde_json::to_string(&listing).map_err(std::io::Error::from)?));
    }
    Ok(Exit::Success)
}

impl Line {
    fn of(record: String, state: State, act: Option<Resolution>, letter: DeadLetter) -> Line {
        let facts = letter.provenance;
        Line {
            record,
            state,
            act,
            failed_at: facts.failed_at,
            stage: facts.stage,
            codes: facts.error_codes,
            message: facts.message,
            stock_code: facts.filing.stock_code,
            issuer: facts.filing.issuer,
            form: facts.filing.form,
            language: facts.filing.language,
            filing_id: facts.filing.filing_id,
            first_read: facts.origin.to_string(),
            redrives: facts.redrive_count,
            bytes: facts.payload.map(|payload| payload.bytes),
            service_version: facts.service_version,
        }
    }
}

impl Counts {
    fn add(&mut self, line: &Line) {
        let day = line.failed_at.get(..10).unwrap_or_default();
        *self.states.entry(line.state.as_str()).or_default() += 1;
        *self.forms.entry(line.form.clone().unwrap_or_else(|| "unknown".into())).or_default() += 1;
        *self.days.entry(day.to_owned()).or_default() += 1;
        for code in &line.codes {
            *self.codes.entry(code.clone()).or_default() += 1;
        }
    }
}

fn text(listing: &Listing, colours: bool) -> String {
    let mut text = String::new();
    for line in &listing.dead_letters {
        let tone = match line.state {
            State::Open => Tone::Bad,
            State::Parked => Tone::Doubtful,
            State::Redriven | State::Resolved | State::Superseded => Tone::Good,
        };
        let state = tone.paint(&format!("{:<10}", line.state.as_str()), colours);
        let unknown = || "?".to_owned();
        let who = [&line.stock_code, &line.form, &line.language].map(|known| known.clone().unwrap_or_else(unknown));
        let issuer = line.issuer.clone().unwrap_or_else(unknown);
        let when = line.failed_at.get(..19).unwrap_or_default().replace('T', " ");
        let _ = writeln!(text, "{state} {when}  {}  {issuer}", who.join(" "));
        let _ = writeln!(text, "           {}  {}", line.record, line.message);
        if let Some(act) = &line.act {
            let note = act.note.as_deref().unwrap_or_default();
            let _ = writeln!(text, "           by {} on {} {note}", act.by, act.at);
        }
    }
    let counts = &listing.counts;
    let _ = writeln!(text, "\n  {:<8} {}", "state", many(counts.states.iter().map(|(name, count)| (*name, *count))));
    for (title, counts) in [("code", &counts.codes), ("form", &counts.forms), ("day", &counts.days)] {
        let _ = writeln!(text, "  {title:<8} {}", many(counts.iter().map(|(name, count)| (name.as_str(), *count))));
    }
    if counts.foreign > 0 {
        let _ = writeln!(text, "  {:<8} {}", "foreign", counts.foreign);
    }
    text
}

/// `invalid-amount 12, unsupported-template 3`: the most frequent first.
fn many<'c>(counts: impl Iterator<Item = (&'c str, u64)>) -> String {
    let mut counts: Vec<_> = counts.collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    counts.join(", ")
}
