//! Text taken from a page column by column: some labels one below the other, and below them their values in the same order.
//!
//! ```text
//! Record date
//! Payment date
//! Share registrar and its address
//! 7 June 2024
//! 28 June 2024
//! Harbour Registrars Limited
//! ```
//!
//! The order is certain when each value is one of its own row's grammar, and none is missing or left over. Section titles may
//! stand among the labels.

use std::ops::Range;

use super::fit::is_value;
use crate::form::labels::Candidate;
use crate::form::model::{Grammar, Label};
use crate::form::text::SourceText;

/// The values of such blocks: which label, and where its value stands.
pub(crate) fn values(
    source: &SourceText<'_>,
    labels: &[Candidate],
    zones: &[Range<usize>],
) -> Vec<(usize, Range<usize>)> {
    let mut values = Vec::new();
    let mut first = 0;
    for (index, zone) in zones.iter().skip(1).enumerate() {
        let label = labels.get(index);
        let opens = label.is_some_and(|candidate| stands_alone(source, candidate));
        let empty = || label.is_some_and(|candidate| is_empty(source, candidate, zone));
        match opens {
            true if empty() => {}
            true if index > first => {
                values.extend(block(source, labels, first..index + 1, zone).unwrap_or_default());
                first = index + 1;
            }
            _ => first = index + 1,
        }
    }
    values
}

/// A whole label or title with nothing beside it.
fn stands_alone(source: &SourceText<'_>, candidate: &Candidate) -> bool {
    candidate.is_whole() && candidate.begins_line && source.ends_line(candidate.end)
}

/// Whether nothing follows a label before the next; the section on other information may print its title again as a label.
fn is_empty(source: &SourceText<'_>, candidate: &Candidate, zone: &Range<usize>) -> bool {
    let title = || source.slice(candidate.start..candidate.end);
    zone.start >= zone.end || (candidate.label == Label::OtherSection && source.slice(zone.clone()) == title())
}

/// The values of these labels in the text below them.
fn block(
    source: &SourceText<'_>,
    labels: &[Candidate],
    run: Range<usize>,
    zone: &Range<usize>,
) -> Option<Vec<(usize, Range<usize>)>> {
    let grammar = |index: &usize| labels.get(*index).map(|candidate| candidate.label.grammar());
    let rows: Vec<(usize, Grammar)> = run.filter_map(|index| Some((index, grammar(&index)?))).collect();
    let rows: Vec<(usize, Grammar)> = rows.into_iter().filter(|(_, grammar)| *grammar != Grammar::Section).collect();
    if rows.len() < 2 {
        return None;
    }
    let values = paragraphs(source, zone, rows.len()).or_else(|| lines(source, zone, &rows))?;
    let closed_below = |place: usize| rows.iter().skip(place).any(|(_, grammar)| !is_text(*grammar));
    let fits = |(place, ((index, grammar), value)): (usize, (&(usize, Grammar), Range<usize>))| {
        // Two texts below each other show nothing of where one ends, unless the first is an absence.
        let text = is_text(*grammar) && (place + 1 == rows.len() || closed_below(place));
        let fits = text || is_value(source, *grammar, &value) || is_value(source, Grammar::Text, &value);
        fits.then_some((*index, value))
    };
    rows.iter().zip(values).enumerate().map(fits).collect()
}

fn is_text(grammar: Grammar) -> bool {
    grammar.is_text() || grammar == Grammar::OpenSection
}

/// As many paragraphs, with empty lines between them, as there are rows.
fn paragraphs(source: &SourceText<'_>, zone: &Range<usize>, rows: usize) -> Option<Vec<Range<usize>>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for line in source.lines(zone.clone()) {
        match found.last_mut() {
            Some(last) if source.slice(last.end..line.start).matches('\n').count() < 2 => last.end = line.end,
            _ => found.push(line),
        }
    }
    (found.len() == rows).then_some(found)
}

/// As many lines as there are rows, one of them a text at most; it may take more when it is the last.
fn lines(source: &SourceText<'_>, zone: &Range<usize>, rows: &[(usize, Grammar)]) -> Option<Vec<Range<usize>>> {
    let mut found: Vec<Range<usize>> = source.lines(zone.clone()).collect();
    let last = rows.last()?;
    let texts = rows.iter().filter(|(_, grammar)| is_text(*grammar)).count();
    let open = is_text(last.1) && texts == 1;
    if open && found.len() > rows.len() {
        found.truncate(rows.len());
        if let Some(last) = found.last_mut() {
            last.end = zone.end;
        }
    }
    (texts < 2 && found.len() == rows.len()).then_some(found)
}
