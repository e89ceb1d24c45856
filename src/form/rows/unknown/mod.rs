//! Rows that no table knows: told, and kept out of the free text beside which they stand.
//!
//! A form of another year may have a row more, or another wording for one. Between two closed values such a row shows by
//! itself; a free text would take it, and the registrar would be called `Distribution date 27 June 2025`. What goes on from
//! the value above is no such row: it makes that value unreadable.

mod flow;
mod lines;
mod tabbed;
mod wording;

use std::ops::Range;

use super::{column_block, fit};
use crate::finding::Code;
use crate::form::labels::{Candidate, Layout};
use crate::form::model::{Finding, Grammar, Label, Need, Subject};
use crate::form::template::Heading;
use crate::form::text::{SourceText, is_blank};
use crate::form::values::{measure, tax};
use wording::{Kind, Split};

/// A row with a label that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownRow {
    /// Label and value.
    pub(crate) range: Range<usize>,
    /// Whether it can be seen where the row begins: only such a one is kept out of the text that it stands in.
    pub(crate) bounded: bool,
    /// The row that is missing where this one stands, or, when it is not bounded, the one whose text it stands in.
    pub(crate) beside: Option<Label>,
    /// As printed, on one line.
    pub(crate) text: String,
}

impl UnknownRow {
    fn at(range: Range<usize>) -> UnknownRow {
        UnknownRow { range, bounded: true, beside: None, text: String::new() }
    }
}

/// The unknown rows in the stretches of text between the labels, from the top.
pub(crate) fn find(
    source: &SourceText<'_>,
    heading: &Heading,
    layout: Layout,
    candidates: &[Candidate],
    labels: &[Candidate],
    zones: &[Range<usize>],
) -> Vec<UnknownRow> {
    let mut found = Vec::new();
    let blocks = if layout == Layout::Lines { column_block::values(source, labels, zones) } else { Vec::new() };
    let in_block = |zone: &Range<usize>| blocks.iter().any(|(_, value)| zone.contains(&value.start));
    for (index, zone) in zones.iter().enumerate() {
        let left = index.checked_sub(1).and_then(|index| labels.get(index));
        // Nearly always a label's value is all there is before the next.
        if zone.is_empty() || left.is_some_and(|left| left.value_end == Some(zone.end)) || in_block(zone) {
            continue;
        }
        let place = Place { source, heading, layout, candidates, left, right: labels.get(index), zone: zone.clone() };
        found.extend(place.unknown_rows());
    }
    let broken = labels.iter().filter(|label| !label.is_whole() && label.label.grammar().is_text());
    let in_labels = |label: &Candidate| {
        let zone = source.trim(label.gap.clone());
        Place { source, heading, layout, candidates, left: None, right: Some(label), zone }.rows()
    };
    found.extend(broken.flat_map(in_labels));
    found.sort_by_key(|row| row.range.start);
    for row in &mut found {
        row.text = on_one_line(source.printed(row.range.clone()));
    }
    found
}

/// A text of one line as it stands, the tab in it too.
fn on_one_line(text: &str) -> String {
    if !text.contains(['\n', '\r']) {
        return text.to_owned();
    }
    text.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An unknown row as a finding, about the row that is missing in its place where that can be told.
pub(crate) fn finding(source: &SourceText<'_>, row: &UnknownRow) -> Finding {
    let subject = row.beside.map_or(Subject::Document, Subject::Row);
    Finding::about(Code::UnknownLabel, subject).at(source.line(row.range.start)).found(&row.text)
}

/// Whether a value stands in a name and address, of which it is a part only.
pub(crate) fn holds_value(source: &SourceText<'_>, layout: Layout, pieces: &[Range<usize>; 3]) -> bool {
    let all = pieces.iter().flat_map(|piece| source.lines(piece.clone()));
    if layout == Layout::Flow {
        return all.into_iter().any(|line| flow::holds_value(source.slice(line)));
    }
    let mut lines = all.map(|line| source.slice(line)).peekable();
    let is_value = |line: &str| wording::may_end_with_value(line) && wording::split(line).is_some();
    let first = lines.next().is_some_and(is_value);
    lines.peek().is_some() && (first || lines.any(is_value))
}

/// What a reason says right before the label of a row that it corrects.
const CORRECTED: [&str; 4] = ["更新", "更正", "修訂", "修改"];

/// A stretch of text between two labels.
struct Place<'s, 't> {
    source: &'s SourceText<'t>,
    heading: &'s Heading,
    layout: Layout,
    candidates: &'s [Candidate],
    left: Option<&'s Candidate>,
    right: Option<&'s Candidate>,
    zone: Range<usize>,
}

/// What stands in a stretch, as far as a row may hide in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// Names and addresses: none holds a date, a figure or the words for an absence.
    Names,
    /// Closed values and section titles.
    Rows,
    /// Titles and sentences, which may hold anything.
    Text,
}

impl Place<'_, '_> {
    /// The unknown rows, each with the row that is missing in its place: one that no other takes too.
    fn unknown_rows(&self) -> Vec<UnknownRow> {
        let mut rows = self.rows();
        let missing: Vec<Option<Label>> = rows.iter().map(|row| self.missing(&row.range)).collect();
        for (row, label) in rows.iter_mut().zip(&missing) {
            let alone = missing.iter().filter(|other| *other == label).count() == 1;
            row.beside = row.beside.or(label.filter(|_| alone));
        }
        rows
    }

    fn rows(&self) -> Vec<UnknownRow> {
        let mut rows = self.rows_of_layout();
        rows.retain(|row| !self.goes_on(&row.range) && !self.is_cell(&row.range));
        rows
    }

    /// Whether text goes on from the value of the row above.
    fn goes_on(&self, row: &Range<usize>) -> bool {
        let value = self.left.filter(|left| left.label.grammar().is_closed()).and_then(|left| left.value_end);
        let below = value.is_some_and(|end| end <= row.start && self.source.is_blank(end..row.start));
        below && fit::begins_as_more(self.source.slice(row.clone()))
    }

    /// Whether words and an absence are a type of shareholder and its rate, below the head of their table.
    fn is_cell(&self, row: &Range<usize>) -> bool {
        if self.left.is_none_or(|left| left.label.grammar() != Grammar::Table) {
            return false;
        }
        let Some(Split { words, kind: Kind::Absence }) = wording::split(self.source.slice(row.clone())) else {
            return false;
        };
        if [Kind::Day, Kind::Money].into_iter().any(|kind| wording::names(words, kind)) {
            return false;
        }
        let above = self.source.lines(self.zone.start..row.start).map(|line| self.source.slice(line));
        tax::has_head(&above.collect::<Vec<_>>(), self.heading.language, self.layout != Layout::Flow)
    }

    fn rows_of_layout(&self) -> Vec<UnknownRow> {
        match self.layout {
            Layout::Tabbed => tabbed::find(self),
            Layout::Lines => lines::find(self),
            Layout::Flow => flow::find(self),
        }
    }

    fn ground(&self) -> Ground {
        let text = |label: Label| {
            let names = matches!(label, Label::IssuerName | Label::Registrar);
            let grammar = label.grammar();
            !names && (grammar.is_text() || matches!(grammar, Grammar::OpenSection | Grammar::DividendType))
        };
        let left = self.left.map(|left| left.label);
        let right = self.right.map(|right| right.label);
        let begins_above = right.filter(|right| right.takes_before() && *right != Label::DividendType);
        if left.is_some_and(text) || begins_above.is_some_and(text) {
            Ground::Text
        } else if [left, right].iter().flatten().any(|label| matches!(label, Label::IssuerName | Label::Registrar)) {
            Ground::Names
        } else {
            Ground::Rows
        }
    }

    /// Whether words before a value are a label, given what else stands here.
    fn is_label(&self, ground: Ground, words: &str, kind: Kind) -> bool {
        match ground {
            Ground::Names => words.chars().any(char::is_alphabetic),
            Ground::Rows => wording::is_label_like(words),
            Ground::Text => kind != Kind::Word && wording::is_label_like(words) && wording::names(words, kind),
        }
    }

    /// Whether a row is one of the form's own that a text quotes: its label begins it, or ends right before the value.
    fn is_quoted(&self, row: &Range<usize>, value: usize) -> bool {
        let from = self.candidates.partition_point(|candidate| candidate.start < row.start);
        let here = self.candidates.iter().skip(from).take_while(|candidate| candidate.start < row.end);
        let mut own = here.filter(|candidate| candidate.exact);
        let value = self.source.trim(value..row.end).start;
        own.any(|candidate| {
            let whole = candidate.value_end == Some(row.end) || candidate.label.grammar().is_text();
            let begins_word = || {
                let before = self.source.slice(row.start..candidate.start);
                !before.ends_with(char::is_alphanumeric) || CORRECTED.iter().any(|word| before.ends_with(word))
            };
            let right_before = || self.source.trim(candidate.end..row.end).start == value;
            (candidate.start == row.start && whole) || (begins_word() && right_before())
        })
    }

    /// The one row that is due here, is missing, and would have the value that the row ends with, the longest such value.
    fn missing(&self, row: &Range<usize>) -> Option<Label> {
        let from = self.left.map_or(0, |left| left.label.order() + 1);
        let to = self.right.map_or(Label::ALL.len(), |right| right.label.order());
        let is_due = |label: &&Label| {
            label.templates().contains(&self.heading.template)
                && matches!(label.need(), Need::Required | Need::EitherAmount | Need::Due | Need::Usual)
        };
        let due = Label::ALL.get(from..to).unwrap_or_default().iter().filter(is_due);
        let text = self.source.slice(row.clone());
        wording::value_starts(text).find_map(|at| {
            let mut fits = due.clone().filter(|label| measure(label.grammar(), text, at) == Some(text.len()));
            let (first, another) = (fits.next()?, fits.next());
            Some(another.is_none().then_some(*first))
        })?
    }
}
