//! Labels that the vocabulary alone cannot find: halves lost by a converter, and English wordings nobody has seen yet.
//!
//! Only where a row is due and missing, between the labels that were found, is anything looked for here; each wording
//! accepted on trust is recorded.

use std::ops::Range;

use super::candidate::{Candidate, looked_for};
use super::layout::Layout;
use super::tolerant;
use super::vocabulary::{Vocabulary, Wording};
use crate::form::model::{Grammar, Label};
use crate::form::template::Heading;
use crate::form::text::SourceText;
use crate::form::values::measure;

/// A label found by looking for it.
#[derive(Clone, Debug)]
pub(crate) struct Recovered {
    /// All labels of the form, in printed order.
    pub(crate) labels: Vec<Candidate>,
    /// Those of them whose wording is accepted on trust: label and wording.
    pub(crate) unconfirmed: Vec<(Label, Range<usize>)>,
}

/// Looks for missing rows between the labels that were found: the chosen ones of `candidates`.
pub(crate) fn recover(
    source: &SourceText<'_>,
    heading: &Heading,
    layout: Layout,
    candidates: &[Candidate],
    chosen: &[usize],
) -> Recovered {
    let mut recovered = Recovered { labels: Vec::with_capacity(chosen.len() + 4), unconfirmed: Vec::new() };
    let vocabulary = Vocabulary::of(heading.language);
    let mut right = None;
    for index in 0..=chosen.len() {
        let left = std::mem::replace(&mut right, chosen.get(index).and_then(|&chosen| candidates.get(chosen)));
        if let Some(left) = left {
            let mut left = left.clone();
            if left.label == Label::DividendSection && tolerant::lengthen_withdrawn_title(source, &mut left) {
                recovered.unconfirmed.push((left.label, left.start..left.end));
            }
            recovered.labels.push(left);
        }
        let due = due(left.map(|a| a.label), right.map(|a| a.label));
        if due.is_empty() || left.is_some_and(|a| a.label.grammar() == Grammar::OpenSection) {
            continue;
        }
        // A tab shows where a label ends: none has lost a half.
        if layout == Layout::Tabbed && !tolerant::may_find(heading, due) {
            continue;
        }
        let from = left.map_or(heading.title.end, |left| left.measured(source).unwrap_or(left.end).max(left.end));
        let zone = source.trim(from..right.map_or(source.text.len(), |a| a.start).max(from));
        if zone.is_empty() {
            continue;
        }
        recovered.labels.extend(lost_half(source, vocabulary, layout, zone.clone(), due));
        let trusted = tolerant::find(source, heading, layout, zone, due);
        let rows = trusted.iter().filter(|candidate| candidate.label != Label::ScripSection);
        recovered.unconfirmed.extend(rows.map(|candidate| (candidate.label, candidate.start..candidate.end)));
        recovered.labels.extend(trusted);
    }
    if recovered.labels.len() > chosen.len() {
        recovered.labels.sort_by_key(|candidate| candidate.start);
    }
    drop_homeless(&mut recovered.labels);
    recovered
}

/// Fewest rows that stand for a section whose title is lost.
const FEWEST_ROWS: usize = 3;

/// Rows of a section whose title is nowhere may be quotations in a text that was cut off before the section began.
fn drop_homeless(labels: &mut Vec<Candidate>) {
    for title in Label::SECTIONS.iter().flatten() {
        let has = |label: Label| labels.iter().any(|candidate| candidate.label == label);
        if has(*title) {
            continue;
        }
        let belongs = |candidate: &Candidate| belongs_to(candidate.label, *title);
        let rows = labels.iter().filter(|candidate| belongs(candidate)).count();
        if rows < FEWEST_ROWS || !has(Label::DirectorsSection) {
            labels.retain(|candidate| !belongs(candidate));
        }
    }
}

/// Free text is no quotation of a row: a registrar may stand without its section.
fn belongs_to(label: Label, title: Label) -> bool {
    label.section() == Some(title) && !label.grammar().is_section() && !label.grammar().is_text()
}

/// Labels that are printed between two others, and were not found.
fn due(left: Option<Label>, right: Option<Label>) -> &'static [Label] {
    let from = left.map_or(0, |label| label.order() + 1);
    let to = right.map_or(Label::ALL.len(), Label::order);
    Label::ALL.get(from..to).unwrap_or_default()
}

/// A row whose label lost its beginning or its end: what is left of it stands at the beginning of a line, or of the
/// whole stretch where lines mean nothing, next to a valid value.
fn lost_half(
    source: &SourceText<'_>,
    vocabulary: &Vocabulary,
    layout: Layout,
    zone: Range<usize>,
    due: &[Label],
) -> Option<Candidate> {
    let starts: Vec<usize> = match layout {
        Layout::Tabbed => return None,
        Layout::Lines => source.lines(zone.clone()).map(|line| line.start).take(40).collect(),
        Layout::Flow => vec![zone.start],
    };
    let labels = due.iter().filter(|label| !label.grammar().is_section());
    let wordings = labels.flat_map(|label| vocabulary.wordings_of(*label));
    let pieces = wordings.flat_map(|wording| starts.iter().map(move |at| (wording, *at)));
    pieces
        .filter_map(|(wording, at)| half_at(source, wording, at, zone.end))
        .max_by_key(|candidate| candidate.end - candidate.start)
}

fn half_at(source: &SourceText<'_>, wording: &Wording, at: usize, end: usize) -> Option<Candidate> {
    let least = if wording.is_latin() { 12 } else { 4 };
    let head = wording.run(&source.text, 0, at);
    let head_end = (head.exact && head.symbols >= least).then_some(head.end);
    let mut breaks = wording.inner_breaks().iter();
    let tail = || {
        let from = *breaks.find(|from| {
            let run = wording.run(&source.text, **from, at);
            wording.len() - **from >= least && run.symbols == wording.len() && run.exact
        })?;
        Some(wording.run(&source.text, from, at).end)
    };
    let label_end = head_end.or_else(tail).filter(|label_end| *label_end <= end)?;
    let grammar = wording.label.grammar();
    let value_end = measure(grammar, &source.text, label_end)
        .filter(|value_end| *value_end <= end && fills(source, *value_end, end));
    let above = source.lines(source.window_before(at, 80)).last();
    let value_above = above.is_some_and(|line| measure(grammar, source.slice(line.clone()), 0) == Some(line.len()));
    let valued = value_end.is_some() || (grammar.is_closed() && value_above && source.begins_line(at));
    valued.then(|| looked_for(source, wording.label, at..label_end, value_end))
}

/// Whether the value ends its line, or the stretch.
fn fills(source: &SourceText<'_>, value_end: usize, end: usize) -> bool {
    source.ends_line(value_end) || source.is_blank(value_end..end)
}
