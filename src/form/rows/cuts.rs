//! Where a stretch of text between two labels may be cut, the likeliest place first.

use std::ops::Range;

use smallvec::{SmallVec, smallvec};

use super::fit::is_clean_end;
use crate::form::labels::{Candidate, Layout};
use crate::form::model::Grammar;
use crate::form::text::{Cursor, SourceText, is_blank};
use crate::form::values::{date, measure};

/// A few values on the stack.
pub(crate) type Cuts<T = usize> = SmallVec<[T; 8]>;

/// Text between two labels, and where it may be cut.
pub(crate) struct Stretch<'s, 't> {
    pub(crate) source: &'s SourceText<'t>,
    pub(crate) layout: Layout,
    pub(crate) left: Option<&'s Candidate>,
    pub(crate) right: Option<&'s Candidate>,
    pub(crate) zone: Range<usize>,
    /// Whether text follows the label to the right.
    pub(crate) goes_on: bool,
}

impl Stretch<'_, '_> {
    /// The first of the [`Stretch::cuts`]. Nearly always a value stands right after its label, and nothing behind it.
    pub(crate) fn first_cut(&self) -> usize {
        let end = self.zone.end;
        if self.left.is_some_and(|left| self.zone.is_empty() || left.value_end == Some(end)) {
            return end;
        }
        self.cuts().first().copied().unwrap_or_default()
    }

    pub(crate) fn cuts(&self) -> Cuts {
        let end = self.zone.end;
        let Some(left) = self.left else {
            let takes = self.right.is_some_and(|right| right.label.takes_before());
            return smallvec![if takes { self.zone.start } else { end }];
        };
        let (Some(right), false) = (self.right, self.zone.is_empty()) else { return smallvec![end] };
        match left.label.grammar() {
            Grammar::OpenSection => smallvec![end],
            Grammar::Section => smallvec![self.zone.start],
            grammar if grammar.is_text() => self.cuts_after_text(left, right),
            _ => self.cuts_after_closed(left, right),
        }
    }

    /// What stands on a label's own line is that label's.
    fn least(&self, left: &Candidate) -> usize {
        match self.layout {
            Layout::Lines if !self.source.ends_line(left.end) => self.source.line_end(left.end).min(self.zone.end),
            _ => self.zone.start,
        }
    }

    fn cuts_after_text(&self, left: &Candidate, right: &Candidate) -> Cuts {
        let least = self.least(left);
        if right.label.grammar() == Grammar::Headline {
            if left.has_inner_value() {
                return smallvec![self.zone.start];
            }
            if !left.is_whole() {
                return smallvec![self.after_codes(least)];
            }
            let clean = left.value_end.filter(|end| *end <= self.zone.end);
            if let Some(end) = clean.filter(|end| {
                self.layout == Layout::Flow || is_clean_end(self.source, self.layout, *end, self.zone.end)
            }) {
                return smallvec![end];
            }
            if self.layout == Layout::Flow {
                return smallvec![self.zone.end, self.zone.start];
            }
            // Beside the label of row 4 stands its text; a title whose label is alone stands above it.
            if least > self.zone.start && self.source.ends_line(right.end) {
                return smallvec![least];
            }
            let lines = self.source.lines(self.zone.clone()).take(12).map(|line| line.end);
            let ends = std::iter::once(self.zone.start).chain(lines);
            let ends = ends.filter(|end| *end >= least && *end < self.zone.end);
            return std::iter::once(self.zone.end).chain(ends).collect();
        }
        let mut cuts = smallvec![self.zone.end];
        // On one line a text may end with a date: what follows the label is its value, readable or not.
        if self.layout != Layout::Flow || !self.goes_on {
            cuts.extend(self.value_of_right(right).filter(|cut| *cut >= least));
        }
        cuts
    }

    /// Further lines of row 4 begin with the code of a share, which has five digits; a title may begin with a year.
    fn after_codes(&self, from: usize) -> usize {
        let begins_with_code = |line: &Range<usize>| {
            let (code, _) = self.source.slice(line.clone()).split_once(is_blank).unwrap_or_default();
            code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit())
        };
        let lines = self.source.lines(from..self.zone.end).take_while(begins_with_code);
        if self.layout == Layout::Lines { lines.last().map_or(from, |line| line.end) } else { from }
    }

    fn cuts_after_closed(&self, left: &Candidate, right: &Candidate) -> Cuts {
        let Range { start, end } = self.zone;
        let least = self.least(left);
        if left.has_inner_value() {
            return smallvec![start];
        }
        let mut cuts = Cuts::new();
        match left.value_end.filter(|value_end| *value_end <= end) {
            Some(value_end) if value_end == end || is_clean_end(self.source, self.layout, value_end, end) => {
                if !right.label.takes_before() {
                    cuts.push(end);
                }
                cuts.push(value_end);
            }
            Some(value_end)
                if self.layout == Layout::Flow && right.label.takes_before() && self.begins_text(value_end, right) =>
            {
                cuts.push(value_end);
            }
            Some(value_end) if self.layout == Layout::Lines && self.shares_line(value_end, right) => {
                cuts.push(value_end)
            }
            Some(value_end) if self.layout == Layout::Lines => {
                // The first line of a reason may share the line of the status.
                let reason = right.label.grammar() == Grammar::Story && self.begins_text(value_end, right);
                cuts.extend(reason.then_some(value_end));
                cuts.push(self.source.line_end(value_end).min(end));
            }
            _ if self.layout == Layout::Flow => {
                cuts.push(end);
                if right.label.takes_before() && !self.speaks_of_the_date(left) {
                    cuts.push(start);
                }
            }
            _ if least > start => cuts.push(least),
            _ => {
                cuts.push(start);
                if !right.label.takes_before() || self.speaks_of_the_date(left) {
                    cuts.extend(self.source.lines(self.zone.clone()).next().map(|line| line.end));
                }
            }
        }
        if !right.label.takes_before() {
            cuts.push(end);
            if left.value_end != Some(end) {
                cuts.extend(self.value_of_right(right));
            }
            cuts.push(start);
        }
        let mut seen = Cuts::new();
        cuts.retain(|cut| {
            let fresh = !seen.contains(cut);
            seen.push(*cut);
            fresh && (*cut >= least || left.value_end == Some(*cut))
        });
        if cuts.is_empty() {
            cuts.push(least);
        }
        cuts
    }

    /// Whether a date is due, and the text speaks of one in whatever words.
    fn speaks_of_the_date(&self, left: &Candidate) -> bool {
        left.label.grammar().is_dated() && speaks_of_a_date(self.source.slice(self.zone.clone()))
    }

    /// In one-line texts a reason may open with a bracket or in small letters (the status before it is one of three), an address does not.
    fn begins_text(&self, at: usize, right: &Candidate) -> bool {
        let reason = right.label.grammar() == Grammar::Story;
        let first = Cursor::at(&self.source.text, at).peek();
        !first.is_some_and(|c| matches!(c, ',' | '.' | ';') || (!reason && (c == '(' || c.is_ascii_lowercase())))
    }

    /// The label to the right stands on the same line: what is between is the beginning of its text.
    fn shares_line(&self, value_end: usize, right: &Candidate) -> bool {
        self.source.line_end(value_end) > self.zone.end && right.label.takes_before()
    }

    /// Where a value of the right label begins that ends at it, or the first half of one.
    fn value_of_right(&self, right: &Candidate) -> impl Iterator<Item = usize> {
        let grammar = right.label.grammar();
        let wanted = grammar.is_closed() && !right.has_inner_value();
        let last_line = self.source.lines(self.source.window_within(&self.zone, 200)).last().map(|line| line.start);
        let last_line = last_line.filter(|_| self.layout == Layout::Lines && wanted && right.value_end.is_none());
        let last_value = || {
            let window = self.source.window_within(&self.zone, 80);
            let text = self.source.slice(window.clone());
            let begins = text.char_indices().map(|(at, _)| window.start + at);
            begins.into_iter().find(|at| {
                let tail = self.source.slice(*at..self.zone.end);
                !tail.starts_with(is_blank) && measure(grammar, tail, 0) == Some(tail.len())
            })
        };
        let value = if wanted && self.layout == Layout::Flow { last_value() } else { None };
        last_line.into_iter().chain(value)
    }
}

fn speaks_of_a_date(text: &str) -> bool {
    let year = text.split(|c: char| !c.is_ascii_digit()).any(|number| number.len() == 4);
    year && (text.contains(['年', '月']) || date::MONTHS.iter().any(|month| text.contains(month)))
}
