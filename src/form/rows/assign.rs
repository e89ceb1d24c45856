//! Who gets the text between the labels: the rows with their pieces, and what is left over.
//!
//! `split` decides where each stretch of text between two labels is cut; here the pieces are handed to the rows.

use std::ops::Range;

use super::column_block;
use super::fit::{self, Fit};
use super::unknown::{self, UnknownRow};
use super::{split, tail};
use crate::form::labels::{Candidate, Layout};
use crate::form::model::{Grammar, LABELS, Label};
use crate::form::text::SourceText;

/// Where a row's label and the pieces of its value stand. Empty ranges are pieces that are not there.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// First byte of the label; `None` when the row is not on the form.
    pub(crate) label_at: Option<usize>,
    /// Text before the label.
    pub(crate) before: Range<usize>,
    /// Text between the two halves of the label.
    pub(crate) inside: Range<usize>,
    /// Text after the label.
    pub(crate) after: Range<usize>,
    /// A neighbour may have taken text that belongs here, or the other way round: the row cannot be trusted.
    pub(crate) doubtful: bool,
}

impl Slot {
    /// That of a row that is not on the form.
    const NOWHERE: Slot = Slot { label_at: None, before: 0..0, inside: 0..0, after: 0..0, doubtful: false };

    /// The only piece, when there is one and no other.
    pub(crate) fn lone_piece(&self) -> Option<&Range<usize>> {
        match (self.before.is_empty(), self.inside.is_empty(), self.after.is_empty()) {
            (true, true, false) => Some(&self.after),
            (false, true, true) => Some(&self.before),
            (true, false, true) => Some(&self.inside),
            _ => None,
        }
    }

    /// The pieces in printed order, without the blanks around them.
    pub(crate) fn pieces(&self) -> [Range<usize>; 3] {
        [self.before.clone(), self.inside.clone(), self.after.clone()]
    }
}

/// All rows, and what no row took.
#[derive(Debug)]
pub(crate) struct AssignedRows {
    slots: [Slot; LABELS],
    /// Stretches of text, in printed order.
    pub(crate) leftovers: Vec<Range<usize>>,
    /// Rows that nobody knows.
    pub(crate) unknown: Vec<UnknownRow>,
    /// What went on from the value of a row, and makes the row unreadable.
    pub(crate) unread: Vec<Range<usize>>,
    /// Closed rows with two valid values: the one taken, the one not.
    pub(crate) contested: Vec<(Label, Range<usize>, Range<usize>)>,
}

impl AssignedRows {
    /// The places of a row.
    pub(crate) fn slot(&self, label: Label) -> &Slot {
        static NOWHERE: Slot = Slot::NOWHERE;
        self.slots.get(label.order()).unwrap_or(&NOWHERE)
    }

    /// Whether the row is on the form.
    pub(crate) fn has(&self, label: Label) -> bool {
        self.slots.get(label.order()).is_some_and(|slot| slot.label_at.is_some())
    }

    /// What stands where a row is due that was not found: an unknown row, or a line of other text, that holds a value of its
    /// grammar. Its words, and where they begin.
    pub(crate) fn in_place_of(&self, source: &SourceText<'_>, label: Label) -> Option<(String, usize)> {
        if let Some(row) = self.unknown.iter().find(|row| row.beside == Some(label)) {
            return Some((row.text.clone(), row.range.start));
        }
        let place = |label: &Label| self.slot(*label).label_at;
        let above = Label::ALL.iter().take(label.order()).rev().find_map(place)?;
        let below = Label::ALL.iter().skip(label.order()).find_map(place).unwrap_or(usize::MAX);
        let others = self.leftovers.iter().chain(&self.unread);
        let others = others.filter(|range| above < range.start && range.end <= below);
        let mut lines = others.flat_map(|range| source.lines(range.clone()));
        let line = lines.find(|line| fit::holds_value(label.grammar(), source.slice(line.clone())))?;
        Some((source.printed(line.clone()).to_owned(), line.start))
    }

    fn slot_mut(&mut self, label: Label) -> Option<&mut Slot> {
        self.slots.get_mut(label.order())
    }
}

/// Gives out the text between the labels.
pub(crate) fn assign(
    source: &SourceText<'_>,
    labels: &[Candidate],
    layout: Layout,
    mut zones: Vec<Range<usize>>,
    unknown: Vec<UnknownRow>,
) -> AssignedRows {
    let mut rows = AssignedRows {
        slots: [const { Slot::NOWHERE }; LABELS],
        leftovers: Vec::new(),
        unknown,
        unread: Vec::new(),
        contested: Vec::new(),
    };
    for candidate in labels {
        if let Some(slot) = rows.slot_mut(candidate.label) {
            slot.label_at = Some(candidate.start);
            slot.inside = if candidate.is_whole() { 0..0 } else { source.trim(candidate.gap.clone()) };
        }
    }
    rows.leftovers.extend(tail::cut(source, labels, &mut zones));
    match layout {
        Layout::Tabbed => rows.give_tabbed(source, labels, &zones),
        Layout::Lines | Layout::Flow => rows.give_shares(source, labels, layout, &zones),
    }
    rows.doubt_registrar(source, layout);
    rows.leftovers.retain(|range| !range.is_empty());
    rows.take_back(source, labels, layout);
    rows.leftovers.sort_by_key(|range| range.start);
    rows
}

impl AssignedRows {
    /// Label, tab, value: the value is in the label's line and in the lines below that have no label of their own.
    fn give_tabbed(&mut self, source: &SourceText<'_>, labels: &[Candidate], zones: &[Range<usize>]) {
        self.leftovers.extend(zones.first().filter(|zone| !zone.is_empty()).cloned());
        for (candidate, zone) in labels.iter().zip(zones.iter().skip(1)) {
            let end = tabbed_end(source, candidate, zone);
            if let Some(slot) = self.slot_mut(candidate.label) {
                slot.after = zone.start..end;
            }
            if end < zone.end {
                self.leftovers.push(source.trim(end..zone.end));
            }
        }
    }

    /// Layouts made from pages: the value stands before, in or after its label.
    fn give_shares(&mut self, source: &SourceText<'_>, labels: &[Candidate], layout: Layout, zones: &[Range<usize>]) {
        let cuts = split::cut(source, labels, layout, zones);
        let mut parts = zones.iter().zip(cuts).map(|(zone, cut)| split::parted(source, zone, cut));
        let (top, mut before) = parts.next().unwrap_or_default();
        self.leftovers.push(top);
        for (index, (candidate, (after, next_before))) in labels.iter().zip(parts).enumerate() {
            let before = std::mem::replace(&mut before, next_before);
            self.give(source, layout, candidate, labels.get(index + 1), before, after);
        }
        self.leftovers.push(before);
        self.doubt_second_values(source, labels);
        if layout == Layout::Lines {
            self.doubt_lone_values(source, labels);
            self.give_blocks(source, labels, zones);
            self.doubt_values_in_texts(source, labels);
            self.part_absences(source, labels);
        }
    }

    /// Dates or figures that begin a free text, below rows that have no values: no registrar is called `28 June 2024`. Whose they are cannot be seen.
    fn doubt_values_in_texts(&mut self, source: &SourceText<'_>, labels: &[Candidate]) {
        let mut bare: Vec<Label> = Vec::new();
        for candidate in labels {
            let grammar = candidate.label.grammar();
            if grammar.is_text() && !bare.is_empty() {
                self.give_doubtful(source, candidate.label, &bare);
            }
            match self.slot(candidate.label).pieces().iter().all(Range::is_empty) {
                true if grammar.is_closed() => bare.push(candidate.label),
                true => {}
                false => bare.clear(),
            }
        }
    }

    /// The figures that a text begins with, to the last of the rows above that have none.
    fn give_doubtful(&mut self, source: &SourceText<'_>, text: Label, bare: &[Label]) {
        let after = self.slot(text).after.clone();
        let lines = source.lines(after.clone()).take_while(|line| is_figure(source, line));
        let values: Vec<Range<usize>> = lines.take(bare.len()).collect();
        let Some(last) = values.last() else { return };
        if let Some(slot) = self.slot_mut(text) {
            slot.after = source.trim(last.end..after.end);
        }
        for (label, value) in bare.iter().skip(bare.len() - values.len()).zip(values) {
            if let Some(slot) = self.slot_mut(*label) {
                (slot.after, slot.doubtful) = (value, true);
            }
        }
    }

    /// The text of a free row begins with a second value of the closed row above it: `27 June 2025 or 30 June 2025` and the
    /// registrar. Neither row can be trusted.
    fn doubt_second_values(&mut self, source: &SourceText<'_>, labels: &[Candidate]) {
        for (candidate, next) in labels.iter().zip(labels.iter().skip(1)) {
            let (grammar, before) = (candidate.label.grammar(), self.slot(next.label).before.clone());
            let text = next.label.takes_before() && !before.is_empty();
            if !text || !grammar.is_figure() || !fit::opens_with_value(source, grammar, &before) {
                continue;
            }
            for label in [candidate.label, next.label] {
                if let Some(slot) = self.slot_mut(label) {
                    slot.doubtful = true;
                }
            }
        }
    }

    /// `Not applicable` twice below one label: the second is another row's.
    fn part_absences(&mut self, source: &SourceText<'_>, labels: &[Candidate]) {
        for candidate in labels.iter().filter(|candidate| candidate.label.grammar().is_text()) {
            let after = self.slot(candidate.label).after.clone();
            let mut lines = source.lines(after.clone());
            let is_absence = |line: &Range<usize>| fit::is_value(source, Grammar::Text, line);
            let Some(first) = lines.next().filter(is_absence) else { continue };
            if lines.next().is_some_and(|second| is_absence(&second)) {
                self.leftovers.push(source.trim(first.end..after.end));
                if let Some(slot) = self.slot_mut(candidate.label) {
                    slot.after = first;
                }
            }
        }
    }

    /// Values in a block below a block of labels: no neighbour's value, whatever the cuts made of them.
    fn give_blocks(&mut self, source: &SourceText<'_>, labels: &[Candidate], zones: &[Range<usize>]) {
        for (index, value) in column_block::values(source, labels, zones) {
            let Some(candidate) = labels.get(index) else { continue };
            let elsewhere = |other: &Range<usize>| other.end <= value.start || value.end <= other.start;
            self.leftovers.retain(elsewhere);
            self.contested.retain(|(label, ..)| *label != candidate.label);
            let next = labels.get(index + 1).and_then(|next| self.slot_mut(next.label));
            if let Some(next) = next.filter(|next| !elsewhere(&next.before)) {
                next.before = 0..0;
            }
            if let Some(slot) = self.slot_mut(candidate.label) {
                (slot.before, slot.after, slot.doubtful) = (0..0, value, false);
            }
        }
    }

    /// A date, a figure or `Not applicable` within a name and address: a row is in it, and where that begins cannot be seen.
    fn doubt_registrar(&mut self, source: &SourceText<'_>, layout: Layout) {
        if let Some(slot) = self.slot_mut(Label::Registrar)
            && unknown::holds_value(source, layout, &slot.pieces())
        {
            slot.doubtful = true;
        }
    }

    /// One value on a line of its own between two labels, and none for the second: it may be either one's.
    fn doubt_lone_values(&mut self, source: &SourceText<'_>, labels: &[Candidate]) {
        for (candidate, next) in labels.iter().zip(labels.iter().skip(1)) {
            let (own, other) = (self.slot(candidate.label), self.slot(next.label));
            let lone = own.before.is_empty() && own.inside.is_empty() && other.pieces().iter().all(Range::is_empty);
            if lone
                && fit::may_be_either_ones(source, candidate, next, &own.after)
                && let Some(slot) = self.slot_mut(candidate.label)
            {
                slot.doubtful = true;
            }
        }
    }

    /// A value is never taken from a text of which a part is left over: what goes on from a value is given back to its row,
    /// which then cannot be read.
    fn take_back(&mut self, source: &SourceText<'_>, labels: &[Candidate], layout: Layout) {
        for leftover in std::mem::take(&mut self.leftovers) {
            let above = labels.partition_point(|candidate| candidate.start < leftover.start).checked_sub(1);
            let label = above.and_then(|above| labels.get(above)).map(|candidate| candidate.label);
            let owner = label.filter(|label| self.goes_on(source, layout, *label, &leftover));
            match owner.and_then(|label| self.slot_mut(label)) {
                Some(slot) if slot.after.is_empty() => slot.after = leftover.clone(),
                Some(slot) => slot.after.end = leftover.end,
                None => self.leftovers.push(leftover.clone()),
            }
            self.unread.extend(owner.map(|_| leftover));
        }
    }

    /// Whether text left over below a row goes on from the row's value. Two whole values are told as competing ones.
    fn goes_on(&self, source: &SourceText<'_>, layout: Layout, label: Label, leftover: &Range<usize>) -> bool {
        let slot = self.slot(label);
        let has_value = slot.pieces().iter().any(|piece| !piece.is_empty() && piece.end <= leftover.start);
        let contested = self.contested.iter().any(|(.., other)| other.start == leftover.start);
        let closed = !label.grammar().is_section() && !label.grammar().is_text();
        closed && has_value && !contested && (layout == Layout::Flow || fit::goes_on(source, leftover))
    }

    fn give(
        &mut self,
        source: &SourceText<'_>,
        layout: Layout,
        candidate: &Candidate,
        next: Option<&Candidate>,
        before: Range<usize>,
        after: Range<usize>,
    ) {
        let fit = fit::fit(source, layout, candidate, &before, &after);
        let (mut kept_before, mut kept_after) = (before.clone(), after.clone());
        match fit {
            Fit::Empty | Fit::Whole | Fit::Outside => {}
            Fit::Title => {
                (kept_before, kept_after) = (0..0, 0..0);
                self.leftovers.extend([before, after]);
            }
            Fit::Behind(end) => {
                kept_before = 0..0;
                kept_after = after.start..end.min(after.end).max(after.start);
                let rest = source.trim(kept_after.end..after.end);
                let value = if kept_after.is_empty() { candidate.gap.clone() } else { kept_after.clone() };
                self.contest(source, candidate, &value, [before.clone(), rest.clone()]);
                self.leftovers.extend([before, rest]);
            }
            Fit::InFront => {
                kept_after = 0..0;
                self.contest(source, candidate, &before, [after.clone(), 0..0]);
                self.leftovers.push(after);
            }
        }
        // Where lines mean nothing, text outside the grammar may run on into the neighbour's.
        let runs_on = fit == Fit::Outside && layout == Layout::Flow;
        if let Some(slot) =
            next.filter(|next| runs_on && next.label.takes_before()).and_then(|next| self.slot_mut(next.label))
        {
            slot.doubtful = true;
        }
        if let Some(slot) = self.slot_mut(candidate.label) {
            slot.before = kept_before;
            slot.after = kept_after;
        }
    }

    /// A second valid value beside the one that the row took.
    fn contest(
        &mut self,
        source: &SourceText<'_>,
        candidate: &Candidate,
        value: &Range<usize>,
        others: [Range<usize>; 2],
    ) {
        let differs = |other: &Range<usize>| {
            fit::is_value(source, candidate.label.grammar(), other)
                && source.slice(other.clone()) != source.slice(source.trim(value.clone()))
        };
        if let Some(other) = others.into_iter().find(differs) {
            self.contested.push((candidate.label, value.clone(), other));
        }
    }
}

/// Whether a line is a date or a figure, and nothing else.
fn is_figure(source: &SourceText<'_>, line: &Range<usize>) -> bool {
    let mut figures = Grammar::ALL.iter().filter(|grammar| grammar.is_figure());
    figures.any(|grammar| fit::is_value(source, *grammar, line))
}

fn tabbed_end(source: &SourceText<'_>, candidate: &Candidate, zone: &Range<usize>) -> usize {
    // Nearly always the value is the rest of the label's line.
    if source.line_end(candidate.end) >= zone.end {
        return zone.end;
    }
    let label = candidate.label;
    // A table has tabs of its own, and nothing but the form's end follows the last sections.
    if matches!(label.grammar(), Grammar::Table | Grammar::OpenSection) {
        return zone.end;
    }
    let mut end = zone.start;
    for line in source.lines(zone.clone()) {
        let start = source.line_start(line.start);
        let own_line = start <= candidate.end;
        let continues = source.is_tabbed(line.start) && !label.grammar().is_section();
        let row_of_its_own = !own_line && !continues && source.slice(line.clone()).contains('\t');
        let bare = !source.slice(start..source.line_end(line.end)).contains('\t') && label.grammar().is_text();
        let any = label.grammar().takes_anything() && !row_of_its_own;
        if !(own_line || continues || bare || any) {
            break;
        }
        end = line.end;
    }
    end
}
