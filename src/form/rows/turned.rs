//! Text whose order control characters turn: a person reads another value than the characters hold.

use std::ops::Range;

use super::assign::AssignedRows;
use crate::finding::Code;
use crate::form::model::{Finding, Label, Subject};
use crate::form::text::SourceText;

/// An error for each value that is read from turned text; a warning where only other text is turned.
pub(crate) fn turned(source: &SourceText<'_>, rows: &AssignedRows) -> Vec<Finding> {
    let turned = ranges(&source.text);
    let Some(first) = turned.first() else { return Vec::new() };
    let in_turned = |piece: &Range<usize>| {
        let overlaps = |turned: &Range<usize>| piece.start < turned.end && turned.start < piece.end;
        piece.start < piece.end && turned.iter().any(overlaps)
    };
    let is_read = |label: &&Label| label.grammar().is_closed() && rows.slot(**label).pieces().iter().any(in_turned);
    let finding = |code, subject, at| Finding::about(code, subject).at(source.line(at));
    let value = |label: &Label| {
        let at = rows.slot(*label).pieces().into_iter().find(|piece| in_turned(piece)).map_or(0, |piece| piece.start);
        finding(Code::TurnedValue, Subject::Row(*label), at)
    };
    let values: Vec<Finding> = Label::ALL.iter().filter(is_read).map(value).collect();
    if values.is_empty() { vec![finding(Code::TurnedText, Subject::Document, first.start)] } else { values }
}

/// From each embedding, override or isolate to its end: the character that ends it, or the line.
fn ranges(text: &str) -> Vec<Range<usize>> {
    let starts = memchr::memchr_iter(0xe2, text.as_bytes()).filter(|at| opens(text, *at));
    let end = |start: usize| {
        let rest = text.get(start..).unwrap_or_default();
        let ends = rest.char_indices().find(|(_, c)| matches!(c, '\n' | '\r' | '\u{202c}' | '\u{2069}'));
        start..ends.map_or(text.len(), |(at, _)| start + at)
    };
    starts.map(end).collect()
}

/// U+202A, U+202B, U+202D, U+202E and U+2066 to U+2068, by their last two bytes in UTF-8.
const OPENING: [[u8; 2]; 7] =
    [[0x80, 0xaa], [0x80, 0xab], [0x80, 0xad], [0x80, 0xae], [0x81, 0xa6], [0x81, 0xa7], [0x81, 0xa8]];

fn opens(text: &str, at: usize) -> bool {
    let next = text.as_bytes().get(at + 1..at + 3);
    next.is_some_and(|next| OPENING.iter().any(|control| next == control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turned_text_ends_with_its_mark_or_its_line() {
        let text = "a \u{202e}53.0\u{202c} b \u{2067}x\ny “quoted” –";
        let found: Vec<&str> = ranges(text).into_iter().filter_map(|range| text.get(range)).collect();
        assert_eq!(found, ["\u{202e}53.0", "\u{2067}x"]);
    }
}
