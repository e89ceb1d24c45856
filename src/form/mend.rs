//! Labels that the vocabulary alone cannot find: halves lost by a converter, and English wordings nobody has seen yet.
//!
//! Only where a row is due and missing, between the labels that were found, is anything looked for here; each wording
//! accepted on trust is recorded.

use std::ops::Range;

use super::anchor::{Anchor, looked_for, measure};
use super::label::{Grammar, Label};
use super::layout::Layout;
use super::sheet::Sheet;
use super::template::Heading;
use super::tolerant;
use super::vocabulary::{Vocabulary, Wording};

/// A label found by looking for it.
#[derive(Clone, Debug)]
pub struct Mended {
    /// All labels of the form, in printed order.
    pub labels: Vec<Anchor>,
    /// Those of them whose wording is accepted on trust: label and wording.
    pub unconfirmed: Vec<(Label, Range<usize>)>,
}

/// Looks for missing rows between the labels that were found: the chosen ones of `anchors`.
pub fn mend(sheet: &Sheet<'_>, heading: &Heading, layout: Layout, anchors: &[Anchor], chosen: &[usize]) -> Mended {
    let mut mended = Mended { labels: Vec::with_capacity(chosen.len() + 4), unconfirmed: Vec::new() };
    let vocabulary = Vocabulary::of(heading.language);
    let mut right = None;
    for index in 0..=chosen.len() {
        let left = std::mem::replace(&mut right, chosen.get(index).and_then(|&chosen| anchors.get(chosen)));
        if let Some(left) = left {
            let mut left = left.clone();
            if left.label == Label::DividendSection && tolerant::lengthen_withdrawn_title(sheet, &mut left) {
                mended.unconfirmed.push((left.label, left.start..left.end));
            }
            mended.labels.push(left);
        }
        let due = due(left.map(|a| a.label), right.map(|a| a.label));
        if due.is_empty() || left.is_some_and(|a| matches!(a.label, Label::OtherSection | Label::DirectorsSection)) {
            continue;
        }
        // A tab shows where a label ends: none has lost a half.
        if layout == Layout::Tabbed && !tolerant::may_find(heading, due) {
            continue;
        }
        let from = left.map_or(heading.title.end, |left| left.measured(sheet).unwrap_or(left.end).max(left.end));
        let zone = sheet.trim(from..right.map_or(sheet.text.len(), |a| a.start).max(from));
        if zone.is_empty() {
            continue;
        }
        mended.labels.extend(lost_half(sheet, vocabulary, layout, zone.clone(), due));
        let trusted = tolerant::find(sheet, heading, layout, zone, due);
        let rows = trusted.iter().filter(|anchor| anchor.label != Label::ScripSection);
        mended.unconfirmed.extend(rows.map(|anchor| (anchor.label, anchor.start..anchor.end)));
        mended.labels.extend(trusted);
    }
    if mended.labels.len() > chosen.len() {
        mended.labels.sort_by_key(|anchor| anchor.start);
    }
    drop_homeless(&mut mended.labels);
    mended
}

/// Fewest rows that stand for a section whose title is lost.
const FEWEST_ROWS: usize = 3;

/// Rows of a section whose title is nowhere may be quotations in a text that was cut off before the section began.
fn drop_homeless(labels: &mut Vec<Anchor>) {
    use Label::{
        ApprovalDate, DefaultPayment, DirectorsSection, DividendSection, DividendType, PaymentDate, RegisterSection,
    };
    for (title, first, last) in
        [(DividendSection, DividendType, ApprovalDate), (RegisterSection, DefaultPayment, PaymentDate)]
    {
        let has = |label: Label| labels.iter().any(|anchor| anchor.label == label);
        if has(title) {
            continue;
        }
        let belongs = |anchor: &Anchor| (first..=last).contains(&anchor.label);
        let rows = labels.iter().filter(|anchor| belongs(anchor)).count();
        if rows < FEWEST_ROWS || !has(DirectorsSection) {
            labels.retain(|anchor| !belongs(anchor));
        }
    }
}

/// Labels that are printed between two others, and were not found.
fn due(left: Option<Label>, right: Option<Label>) -> &'static [Label] {
    let from = left.map_or(0, |label| label.order() + 1);
    let to = right.map_or(Label::ALL.len(), Label::order);
    let all: &'static [Label] = &Label::ALL;
    all.get(from..to).unwrap_or_default()
}

/// A row whose label lost its beginning or its end: what is left of it stands at the beginning of a line, or of the
/// whole stretch where lines mean nothing, next to a valid value.
fn lost_half(
    sheet: &Sheet<'_>,
    vocabulary: &Vocabulary,
    layout: Layout,
    zone: Range<usize>,
    due: &[Label],
) -> Option<Anchor> {
    let starts: Vec<usize> = match layout {
        Layout::Tabbed => return None,
        Layout::Lines => sheet.lines(zone.clone()).map(|line| line.start).take(40).collect(),
        Layout::Flow => vec![zone.start],
    };
    let labels = due.iter().filter(|label| label.grammar() != Grammar::Section);
    let wordings = labels.flat_map(|label| vocabulary.wordings_of(*label));
    let pieces = wordings.flat_map(|wording| starts.iter().map(move |at| (wording, *at)));
    pieces
        .filter_map(|(wording, at)| half_at(sheet, wording, at, zone.end))
        .max_by_key(|anchor| anchor.end - anchor.start)
}

fn half_at(sheet: &Sheet<'_>, wording: &Wording, at: usize, end: usize) -> Option<Anchor> {
    let least = if wording.is_latin() { 12 } else { 4 };
    let head = wording.run(&sheet.text, 0, at);
    let head_end = (head.exact && head.symbols >= least).then_some(head.end);
    let mut breaks = wording.inner_breaks().iter();
    let tail = || {
        let from = *breaks.find(|from| {
            let run = wording.run(&sheet.text, **from, at);
            wording.len() - **from >= least && run.symbols == wording.len() && run.exact
        })?;
        Some(wording.run(&sheet.text, from, at).end)
    };
    let label_end = head_end.or_else(tail).filter(|label_end| *label_end <= end)?;
    let grammar = wording.label.grammar();
    let value_end =
        measure(grammar, &sheet.text, label_end).filter(|value_end| *value_end <= end && fills(sheet, *value_end, end));
    let above = sheet.lines(sheet.window_before(at, 80)).last();
    let value_above = above.is_some_and(|line| measure(grammar, sheet.slice(line.clone()), 0) == Some(line.len()));
    let valued = value_end.is_some() || (grammar.is_closed() && value_above && sheet.begins_line(at));
    valued.then(|| looked_for(sheet, wording.label, at..label_end, value_end))
}

/// Whether the value ends its line, or the stretch.
fn fills(sheet: &Sheet<'_>, value_end: usize, end: usize) -> bool {
    sheet.ends_line(value_end) || sheet.is_blank(value_end..end)
}
