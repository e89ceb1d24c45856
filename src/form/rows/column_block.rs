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
//! The order is certain when each value is one of its own row's grammar, and none is missing or left over.

use std::ops::Range;

use super::fit::is_value;
use crate::form::labels::Candidate;
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
        let opens = labels.get(index).is_some_and(|candidate| stands_alone(source, candidate));
        match (opens, zone.is_empty()) {
            (true, true) => {}
            (true, false) if index > first => {
                values.extend(block(source, labels, first..index + 1, zone).unwrap_or_default());
                first = index + 1;
            }
            _ => first = index + 1,
        }
    }
    values
}

/// A row's whole label with nothing beside it.
fn stands_alone(source: &SourceText<'_>, candidate: &Candidate) -> bool {
    let row = !candidate.label.grammar().is_section();
    row && candidate.is_whole() && candidate.begins_line && source.ends_line(candidate.end)
}

/// The values of these labels in the text below them. Only the last label may be one of free text, which takes the rest.
fn block(
    source: &SourceText<'_>,
    labels: &[Candidate],
    run: Range<usize>,
    zone: &Range<usize>,
) -> Option<Vec<(usize, Range<usize>)>> {
    let mut lines = source.lines(zone.clone());
    let mut values = Vec::with_capacity(run.len());
    let last = run.end.checked_sub(1)?;
    for index in run {
        let grammar = labels.get(index)?.label.grammar();
        let line = lines.next()?;
        let value = match grammar {
            grammar if grammar.is_text() && index == last => line.start..zone.end,
            grammar if grammar.is_text() => return None,
            _ if index == last && lines.next().is_some() => return None,
            _ => Some(line).filter(|line| is_value(source, grammar, line))?,
        };
        values.push((index, value));
    }
    Some(values)
}
