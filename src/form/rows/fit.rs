//! How the text around a label fits its row: a value, no value, a value and more, or something else.

use std::ops::Range;

use crate::form::labels::{Candidate, Layout};
use crate::form::model::Grammar;
use crate::form::text::{Cursor, SourceText, is_blank};
use crate::form::values::{fixed, measure};

/// How the text around a label fits its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// No text.
    Empty,
    /// All of it is the value, or the row takes any text.
    Whole,
    /// The value stands in or after the label and ends here; the rest is left over.
    Behind(usize),
    /// The value stands before the label; what follows is left over.
    InFront,
    /// A title, which has no value: all is left over.
    Title,
    /// Text outside the grammar.
    Outside,
}

/// How the text before and after a label fits its row.
pub(crate) fn fit(
    source: &SourceText<'_>,
    layout: Layout,
    candidate: &Candidate,
    before: &Range<usize>,
    after: &Range<usize>,
) -> Fit {
    let grammar = candidate.label.grammar();
    let nothing = before.is_empty() && after.is_empty();
    match grammar {
        Grammar::Section | Grammar::OpenSection if nothing => Fit::Empty,
        Grammar::OpenSection if before.is_empty() => Fit::Whole,
        Grammar::Section | Grammar::OpenSection => Fit::Title,
        grammar if grammar.is_text() && nothing && candidate.is_whole() => Fit::Empty,
        // Codes of securities are not "not applicable" too.
        Grammar::Codes if is_value(source, grammar, before) && !after.is_empty() => Fit::Outside,
        grammar if grammar.is_text() && (before.is_empty() || candidate.label.takes_before()) => Fit::Whole,
        grammar if grammar.is_text() => Fit::Behind(after.end),
        _ if nothing && candidate.is_whole() => Fit::Empty,
        _ => fit_closed(source, layout, candidate, before, after),
    }
}

fn fit_closed(
    source: &SourceText<'_>,
    layout: Layout,
    candidate: &Candidate,
    before: &Range<usize>,
    after: &Range<usize>,
) -> Fit {
    let grammar = candidate.label.grammar();
    // As the candidate was found: the value right after the label, or in it, and nothing else.
    let nothing_else = if candidate.is_whole() {
        !after.is_empty() && candidate.value_end == Some(after.end)
    } else {
        candidate.has_inner_value() && after.is_empty()
    };
    if before.is_empty() && nothing_else {
        return Fit::Whole;
    }
    // A type right after its label is the type; `其他` above the label takes whatever follows it, be it a type too.
    if grammar == Grammar::DividendType
        && !matches!(source.slice(before.clone()), "" | "其他" | "Other")
        && measure(grammar, source.slice(after.clone()), 0) == Some(after.len())
        && !after.is_empty()
    {
        return Fit::Behind(after.end);
    }
    let inside = source.trim(candidate.gap.clone());
    let pieces: Vec<&Range<usize>> = [before, &inside, after].into_iter().filter(|piece| !piece.is_empty()).collect();
    let whole = match pieces.as_slice() {
        [piece] => is_value(source, grammar, piece),
        pieces => is_text_value(
            grammar,
            &pieces.iter().map(|piece| source.slice((*piece).clone())).collect::<Vec<_>>().join(" "),
        ),
    };
    if whole {
        return Fit::Whole;
    }
    if candidate.has_inner_value() {
        return Fit::Behind(after.start);
    }
    if !after.is_empty() && inside.is_empty() {
        let end = candidate.value_end.filter(|end| *end <= after.end && is_clean_end(source, layout, *end, after.end));
        if let Some(end) = end {
            return Fit::Behind(end);
        }
    }
    // Where lines mean nothing, text after the label is the label's before anything in front of it is.
    let label_line_is_free = layout == Layout::Lines && source.ends_line(candidate.end);
    if inside.is_empty() && label_line_is_free && is_value(source, grammar, before) {
        return Fit::InFront;
    }
    Fit::Outside
}

/// Whether a range is a valid value and nothing else.
pub(crate) fn is_value(source: &SourceText<'_>, grammar: Grammar, range: &Range<usize>) -> bool {
    is_text_value(grammar, source.slice(range.clone()))
}

fn is_text_value(grammar: Grammar, text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    if grammar == Grammar::DividendType {
        let mut cursor = Cursor::new(text);
        return measure(grammar, text, 0) == Some(text.len())
            || (fixed::take_dividend_type(&mut cursor).is_some() && cursor.is_done());
    }
    measure(grammar, text, 0) == Some(text.len())
}

/// Whether a value that ends at `end` is all that its line holds; in one-line texts, whether what follows is another
/// matter, and not the same sentence going on.
pub(crate) fn is_clean_end(source: &SourceText<'_>, layout: Layout, end: usize, zone_end: usize) -> bool {
    let rest = source.slice(end..zone_end);
    let Some(next) = rest.chars().next() else { return true };
    if layout == Layout::Lines {
        return source.is_blank(end..source.line_end(end).min(zone_end));
    }
    let begins = Cursor::new(rest).peek();
    let goes_on = begins.is_none_or(|c| c.is_ascii_lowercase() || c.is_ascii_punctuation());
    !goes_on && (is_blank(next) || next.is_ascii_uppercase())
}

/// Whether text below a value goes on from it: in the middle of the value's line, or on a line that begins as neither a row
/// nor a sentence does.
pub(crate) fn goes_on(source: &SourceText<'_>, below: &Range<usize>) -> bool {
    begins_as_more(source.slice(below.clone())) || !source.begins_line(below.start)
}

/// Whether a text begins as neither a row nor a sentence does: with a word or mark that joins it to a value before it.
pub(crate) fn begins_as_more(text: &str) -> bool {
    const JOINTS: &str = "and or plus including note notes amended revised";
    const IN_A_SENTENCE: &str = "with together excluding of less being before after payable per subject";
    let Some(first) = Cursor::new(text).peek() else { return false };
    let opens = |words: &str| words.split_ascii_whitespace().any(|word| Cursor::new(text).eat_word(word));
    match first {
        '"' | '\'' | '.' => false,
        'A'..='Z' => opens(JOINTS),
        'a'..='z' => text.bytes().any(|byte| byte.is_ascii_digit()) || opens(JOINTS) || opens(IN_A_SENTENCE),
        // A page's number.
        '0'..='9' => text.len() > 3 || !text.bytes().all(|byte| byte.is_ascii_digit()),
        first => first.is_ascii() || "及和與另加或並連但附註經尚、".contains(first),
    }
}

/// Whether a text begins with a value, perhaps after a word or two that join it to another, or with the mark of a footnote.
pub(crate) fn opens_with_value(source: &SourceText<'_>, grammar: Grammar, range: &Range<usize>) -> bool {
    let text = source.slice(range.clone());
    let joint = text.chars().next().map_or(0, char::len_utf8);
    let words = text.char_indices().filter(|(_, c)| is_blank(*c)).map(|(at, _)| at).take(2);
    let marked = !text.starts_with(|c: char| c.is_alphabetic() || is_blank(c));
    marked || [0, joint].into_iter().chain(words).any(|at| measure(grammar, text, at).is_some())
}

/// Whether a value on a line of its own stands between two labels that both could have it.
pub(crate) fn may_be_either_ones(
    source: &SourceText<'_>,
    candidate: &Candidate,
    next: &Candidate,
    after: &Range<usize>,
) -> bool {
    let (own, other) = (candidate.label.grammar(), next.label.grammar());
    own.is_closed()
        && other.is_closed()
        && source.ends_line(candidate.end)
        && source.ends_line(next.end)
        && is_value(source, other, after)
        && is_value(source, own, after)
}

/// Whether a line holds a value behind some words.
pub(crate) fn holds_value(grammar: Grammar, line: &str) -> bool {
    let told = grammar.is_figure() || grammar == Grammar::Price;
    told && line.char_indices().any(|(at, c)| is_blank(c) && measure(grammar, line, at).is_some())
}
