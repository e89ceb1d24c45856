//! Every place of a text that may be a label: whole, or in two pieces around its value.
//!
//! Nothing is decided here. A word of the vocabulary in the middle of a sentence is a candidate too; `select` weighs
//! the candidates against each other.

use std::ops::Range;

use super::prefilter::begins_word;
use super::vocabulary::{Run, Vocabulary, Wording};
use crate::form::model::Label;
use crate::form::text::{Cursor, SourceText, fold, is_blank};
use crate::form::values::measure;

/// A place that may be a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Which.
    pub(crate) label: Label,
    /// First byte of the first piece.
    pub(crate) start: usize,
    /// End of the last piece.
    pub(crate) end: usize,
    /// What stands between the pieces; empty when the label is whole.
    pub(crate) gap: Range<usize>,
    /// Whether the case is the form's own.
    pub(crate) exact: bool,
    /// Whether nothing stands before it on its line.
    pub(crate) begins_line: bool,
    /// What follows it.
    pub(crate) closes: Closes,
    /// A valid value in the gap or right after the label, closed grammars only: where it ends. Not looked for by [`at_line_starts`].
    pub(crate) value_end: Option<usize>,
}

/// What follows a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closes {
    /// A tab.
    Tab,
    /// The end of the line.
    Line,
    /// A blank and more text.
    Blank,
    /// More text at once.
    Glued,
}

impl Candidate {
    /// Whether the label stands in one piece.
    pub(crate) fn is_whole(&self) -> bool {
        self.gap.is_empty()
    }

    /// Whether the value stands in the gap.
    pub(crate) fn has_inner_value(&self) -> bool {
        !self.is_whole() && self.value_end == Some(self.gap.end)
    }

    /// Where a valid value ends, looked for if it was not yet.
    pub(crate) fn measured(&self, source: &SourceText<'_>) -> Option<usize> {
        self.value_end.or_else(|| measure(self.label.grammar(), &source.text, self.end))
    }

    /// End of label and valid value.
    pub(crate) fn reach(&self) -> usize {
        self.value_end.map_or(self.end, |end| end.max(self.end))
    }
}

/// Fewest symbols of a label's first half.
const SHORTEST_PIECE: usize = 4;

/// Longest piece of text between the two halves of a label.
const GAP_BYTES: usize = 600;

/// Finds the candidates that begin a line: in the tab-separated layout there are no others. Their values are not looked at
/// ([`measure_all`] does): nearly always the labels alone decide.
pub(crate) fn at_line_starts(source: &SourceText<'_>, vocabulary: &Vocabulary, from: usize) -> Vec<Candidate> {
    let mut found = Vec::with_capacity(64);
    for start in source.line_starts(from) {
        // Nearly always a label, to the letter, and its tab.
        match vocabulary.before_tab(&source.text, start) {
            Some((&Wording { label, .. }, end)) => found.push(Candidate {
                label,
                start,
                end,
                gap: end..end,
                exact: true,
                begins_line: source.begins_line(start),
                closes: closes(&source.text, label, end),
                value_end: None,
            }),
            None => found.extend(at(source, vocabulary, start, false)),
        }
    }
    found
}

/// Looks at the values of whole labels.
pub(crate) fn measure_all(source: &SourceText<'_>, candidates: &mut [Candidate]) {
    for candidate in candidates {
        candidate.value_end = candidate.measured(source);
    }
}

/// Finds the candidates anywhere.
pub(crate) fn everywhere(source: &SourceText<'_>, vocabulary: &Vocabulary, from: usize) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::with_capacity(64);
    let mut covered = from;
    for start in vocabulary.prefilter(&source.text, from) {
        let Some(candidate) = at(source, vocabulary, start, true) else { continue };
        // Inside a longer label: `Stock code` in `Multi-counter stock code and currency`.
        if candidate.end > covered {
            covered = if candidate.is_whole() { candidate.end } else { covered };
            found.push(candidate);
        }
    }
    found
}

/// The longest label that begins here: whole, or, in the `paged` layouts, in two pieces around its value.
fn at(source: &SourceText<'_>, vocabulary: &Vocabulary, start: usize, paged: bool) -> Option<Candidate> {
    let likely = vocabulary.beginning(&source.text, start)?;
    // Nearly always there is one, to the letter, or none at all.
    let whole = likely.clone().find_map(|wording| Some((wording, wording.as_printed(&source.text, start)?)));
    let (whole, broken) = match whole {
        Some((wording, _)) => longest(source, start, whole, vocabulary.longer_than(wording)),
        None => longest(source, start, None, likely.clone()),
    };
    let whole_symbols = whole.map_or(0, |(_, run)| run.symbols);
    let broken = if paged && broken { broken_at(source, likely, start, whole_symbols) } else { None };
    // A longer label in pieces counts when a value stands between them; around anything else the whole one does.
    match (broken, whole) {
        (Some(broken), None) => Some(broken),
        (Some(broken), Some(_)) if broken.has_inner_value() => Some(broken),
        (_, Some((wording, run))) => {
            let end = after_colon(&source.text, run.end);
            let value_end = if paged { measure(wording.label.grammar(), &source.text, end) } else { None };
            Some(candidate(source, wording.label, start..end, end..end, run.exact, value_end))
        }
        (None, None) => None,
    }
}

/// The longest of the wordings that stands whole at `start`, and whether a first piece of a longer one may stand there.
fn longest<'v>(
    source: &SourceText<'_>,
    start: usize,
    mut whole: Option<(&'v Wording, Run)>,
    others: impl Iterator<Item = &'v Wording>,
) -> (Option<(&'v Wording, Run)>, bool) {
    let mut broken = false;
    for wording in others {
        let run = wording.run(&source.text, 0, start);
        if run.symbols < wording.len() {
            broken |= whole.is_none_or(|(_, best)| run.symbols > best.symbols) && may_break(wording, run);
        } else if whole.is_none_or(|(_, best)| run.symbols > best.symbols) {
            whole = Some((wording, run));
        }
    }
    (whole, broken)
}

/// The label in two pieces of which the first, longer than `least` symbols, begins here.
fn broken_at<'v>(
    source: &SourceText<'_>,
    likely: impl Iterator<Item = &'v Wording>,
    start: usize,
    least: usize,
) -> Option<Candidate> {
    let mut best: Option<((bool, usize), Candidate)> = None;
    for wording in likely {
        let run = wording.run(&source.text, 0, start);
        if run.symbols <= least || run.symbols == wording.len() || !may_break(wording, run) {
            continue;
        }
        if let Some(candidate) = in_pieces(source, wording, start, run) {
            let rank = (candidate.has_inner_value(), run.symbols);
            if best.as_ref().is_none_or(|(best, _)| rank > *best) {
                best = Some((rank, candidate));
            }
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn in_pieces(source: &SourceText<'_>, wording: &Wording, start: usize, run: Run) -> Option<Candidate> {
    let grammar = wording.label.grammar();
    let (gap, tail) = second_piece(source, wording, run)?;
    let inner = (!gap.is_empty()).then(|| measure(grammar, &source.text, gap.start)).flatten();
    let value_end = match inner {
        Some(inner_end) if source.is_blank(inner_end..gap.end) => Some(gap.end),
        _ => measure(grammar, &source.text, tail.end),
    };
    Some(candidate(source, wording.label, start..tail.end, gap, run.exact && tail.exact, value_end))
}

fn candidate(
    source: &SourceText<'_>,
    label: Label,
    place: Range<usize>,
    gap: Range<usize>,
    exact: bool,
    value_end: Option<usize>,
) -> Candidate {
    let Range { start, end } = place;
    let (begins_line, closes) = (source.begins_line(start), closes(&source.text, label, end));
    Candidate { label, start, end, gap, exact, begins_line, closes, value_end }
}

/// The rest of a label that broke after `first`: directly after its value, or at a later word.
fn second_piece(source: &SourceText<'_>, wording: &Wording, first: Run) -> Option<(Range<usize>, Run)> {
    let grammar = wording.label.grammar();
    let rest_at = |at: usize| {
        let tail = wording.run(&source.text, first.symbols, at);
        (tail.symbols == wording.len() && (tail.exact || !first.exact)).then_some((first.end..at, tail))
    };
    if let Some(found) = measure(grammar, &source.text, first.end).and_then(rest_at) {
        return Some(found);
    }
    // A wrapped line leaves a blank behind; a word that goes on is no first half.
    if !source.slice(first.end..source.text.len()).starts_with(is_blank) {
        return None;
    }
    let window = if grammar.is_closed() { GAP_BYTES / 4 } else { GAP_BYTES };
    let text = source.slice(source.window_over(first.end, window));
    let next = wording.symbol(first.symbols)?;
    let left = wording.len() - first.symbols;
    places_of(next, text).find_map(|offset| {
        let (at, before) = (first.end + offset, text.get(..offset)?);
        // Where lines were wrapped, the second half begins one. Furniture is no wrapping.
        let wrapped = || {
            let mut line_ends = memchr::memchr_iter(b'\n', before.as_bytes()).map(|end| first.end + end);
            line_ends.any(|end| source.original(end..end + 1) == "\n")
        };
        let printed = *text.as_bytes().get(offset)?;
        let begins = begins_word(*before.as_bytes().last()?, printed)
            && (source.begins_line(at) || (left >= if printed.is_ascii() { 6 } else { 3 } && !wrapped()));
        if begins { rest_at(at) } else { None }
    })
}

/// Where a character stands that is read as this symbol, in whatever case.
fn places_of<'t>(symbol: char, text: &'t str) -> Box<dyn Iterator<Item = usize> + 't> {
    // Only symbols of ASCII are read from other characters too.
    if !symbol.is_ascii() {
        return Box::new(text.match_indices(symbol).map(|(at, _)| at));
    }
    let small = symbol.to_ascii_lowercase();
    let folds = move |c| fold(c).is_some_and(|c| c.to_ascii_lowercase() == small);
    match u8::try_from(small) {
        Ok(small) if text.is_ascii() && small.is_ascii_lowercase() => {
            Box::new(memchr::memchr2_iter(small, small.to_ascii_uppercase(), text.as_bytes()))
        }
        _ => Box::new(text.match_indices(folds).map(|(at, _)| at)),
    }
}

/// Only long labels are wrapped, and their first piece is more than a word or two.
fn may_break(wording: &Wording, first: Run) -> bool {
    let (least_whole, least_piece) = if wording.is_latin() { (22, 9) } else { (7, SHORTEST_PIECE) };
    !wording.label.grammar().is_section() && wording.len() >= least_whole && first.symbols >= least_piece
}

/// The form prints no colon after its labels; a copy typed by hand may.
fn after_colon(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    if rest.starts_with(['\t', '\n']) {
        return end;
    }
    let colon = rest.trim_start_matches(' ');
    match colon.chars().next() {
        Some(c @ (':' | '：')) => end + (rest.len() - colon.len()) + c.len_utf8(),
        _ => end,
    }
}

fn closes(text: &str, label: Label, end: usize) -> Closes {
    // A withdrawal's title may have a word more; `recover` reads it.
    if label == Label::DividendSection && after_withdrawn(text, end).is_some() {
        return Closes::Line;
    }
    let mut blank = false;
    for c in text.get(end..).unwrap_or_default().chars() {
        match c {
            '\t' => return Closes::Tab,
            '\n' | '\r' | '\u{c}' => return Closes::Line,
            c if is_blank(c) => blank = true,
            _ if blank => return Closes::Blank,
            _ => return Closes::Glued,
        }
    }
    Closes::Line
}

/// The word that a withdrawal may add to its title, `withdrawn` or `cancelled`, perhaps in brackets: where it ends.
pub(crate) fn after_withdrawn(text: &str, at: usize) -> Option<usize> {
    let mut cursor = Cursor::at(text, at);
    if !matches!(cursor.peek()?, '(' | 'W' | 'w' | 'C' | 'c') {
        return None;
    }
    let _bracket = cursor.eat_symbol('(');
    if !cursor.eat_word("withdrawn") && !cursor.eat_word("cancelled") {
        return None;
    }
    let _bracket = cursor.eat_symbol(')');
    Some(cursor.position())
}

/// A label that was looked for.
pub(crate) fn looked_for(
    source: &SourceText<'_>,
    label: Label,
    range: Range<usize>,
    value_end: Option<usize>,
) -> Candidate {
    let next = source.slice(range.end..source.text.len()).chars().next();
    let closes = match next {
        Some('\t') => Closes::Tab,
        Some(c) if is_blank(c) && !source.ends_line(range.end) => Closes::Blank,
        Some(c) if !is_blank(c) => Closes::Glued,
        _ => Closes::Line,
    };
    let Range { start, end } = range;
    Candidate {
        label,
        start,
        end,
        gap: end..end,
        exact: true,
        begins_line: source.begins_line(start),
        closes,
        value_end,
    }
}
