//! Unknown rows of a text in one line: words since the last sentence or value, and a value behind them.

use std::ops::Range;

use super::wording::{self, Kind, Split, value_at, value_starts};
use super::{Ground, Place, UnknownRow};
use crate::form::labels::Candidate;
use crate::form::model::{Grammar, Label};
use crate::form::text::is_blank;
use crate::form::values::registrar;
use crate::letters::is_wide;

pub(super) fn find(place: &Place<'_, '_>) -> Vec<UnknownRow> {
    let Place { source, zone, .. } = place;
    // Above the type of the dividend its further words may stand.
    let above_type = place.right.is_some_and(|right| right.label == Label::DividendType);
    let ground = if above_type { Ground::Text } else { place.ground() };
    let from = place.left.and_then(|left| left.value_end).filter(|end| zone.contains(end)).unwrap_or(zone.start);
    if ground == Ground::Rows {
        return place.renamed(source.trim(from..zone.end)).into_iter().collect();
    }
    let text = source.slice(from..zone.end);
    let (mut begins, mut rows): (usize, Vec<UnknownRow>) = (0, Vec::new());
    for at in value_starts(text) {
        if at < begins {
            continue;
        }
        let Some((kind, end)) = value_at(text, at).filter(|(_, end)| ends_word(text, *end, ground)) else { continue };
        let name = text.get(begins..at).filter(|_| ground == Ground::Names).and_then(registrar::after_name);
        let opens = begins.max(sentence(text, at)).max(name.map_or(0, |name| begins + name));
        let opens = opens + label_start(text.get(opens..at).unwrap_or_default());
        let row = source.trim(from + opens..from + end);
        begins = end;
        if row.start >= from + at || !place.runs_on(ground, &row, from + at, kind) {
            continue;
        }
        let clear = opens > 0 && wording::is_label_like(source.slice(source.trim(row.start..from + at)));
        rows.push(place.unknown(row, clear, end < text.len()));
    }
    if ground == Ground::Names && place.right.is_some_and(|right| right.label == Label::Registrar) {
        // Above a registrar stands nothing but rows: what is above an unknown one begins it.
        let end = rows.last().map(|row| row.range.end);
        return end.map(|end| UnknownRow::at(source.trim(from..end))).into_iter().collect();
    }
    rows
}

impl Place<'_, '_> {
    fn runs_on(&self, ground: Ground, row: &Range<usize>, value: usize, kind: Kind) -> bool {
        let words = self.source.slice(self.source.trim(row.start..value));
        let certain = || match kind {
            Kind::Absence => !wording::may_go_on_to_absence(words),
            Kind::Day | Kind::Money => wording::ends_with_label(words, kind),
            Kind::Word => false,
        };
        let is_label = self.is_label(ground, words, kind) || (ground == Ground::Text && certain());
        is_label && (ground == Ground::Names || !self.is_quoted(row, value))
    }

    /// Text behind a closed value, when it is a row of the form under another name: the one that is missing there.
    fn renamed(&self, row: Range<usize>) -> Option<UnknownRow> {
        self.left?.value_end?;
        let Split { words, kind } = wording::split(self.source.slice(row.clone()))?;
        let is_label = self.is_label(Ground::Text, words, kind) && !self.is_quoted(&row, row.start + words.len());
        (is_label && self.missing(&row).is_some()).then(|| UnknownRow::at(row))
    }

    /// Where the text of a label begins right behind it, nothing tells it from the row that it runs on into.
    fn unknown(&self, range: Range<usize>, behind: bool, goes_on: bool) -> UnknownRow {
        let has_text = |left: &&Candidate| {
            let grammar = left.label.grammar();
            let open = grammar == Grammar::OpenSection && !goes_on;
            !left.has_inner_value() && left.value_end.is_none() && (grammar.is_text() || open)
        };
        let own = self.left.filter(|left| !behind && has_text(left)).map(|left| left.label);
        UnknownRow { bounded: own.is_none(), beside: own, ..UnknownRow::at(range) }
    }
}

/// Whether a value stands in a text, and anything else.
pub(super) fn holds_value(text: &str) -> bool {
    let mut values = value_starts(text).filter_map(|at| Some((at, value_at(text, at)?.1)));
    values.any(|(at, end)| ends_word(text, end, Ground::Names) && (at > 0 || end < text.len()))
}

/// Where the sentence begins that a place stands in.
fn sentence(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let ends = |c: char| matches!(c, '.' | ';' | '。' | '；' | '!' | '！');
    before
        .rfind(ends)
        .map_or(0, |end| end + before.get(end..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8))
}

/// Where the label begins that words end with: a Chinese one has no blank in it.
fn label_start(words: &str) -> usize {
    let label = words.trim_end_matches(is_blank);
    let chinese = label.ends_with(|c: char| !c.is_ascii());
    let last = label.rfind(is_blank).filter(|_| chinese);
    last.map_or(0, |last| last + label.get(last..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8))
}

/// Whether a value may end here: in `applicables` none does, and a Chinese sentence goes on without a blank.
fn ends_word(text: &str, at: usize, ground: Ground) -> bool {
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    next.is_none_or(|c| c.is_whitespace() || c.is_ascii_uppercase() || (ground == Ground::Names && is_wide(c)))
}
