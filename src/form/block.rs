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

use super::anchor::Anchor;
use super::label::Grammar;
use super::share::is_value;
use super::sheet::Sheet;

/// The values of such blocks: which label, and where its value stands.
pub fn values(sheet: &Sheet<'_>, labels: &[Anchor], zones: &[Range<usize>]) -> Vec<(usize, Range<usize>)> {
    let mut values = Vec::new();
    let mut first = 0;
    for (index, zone) in zones.iter().skip(1).enumerate() {
        let opens = labels.get(index).is_some_and(|anchor| stands_alone(sheet, anchor));
        match (opens, zone.is_empty()) {
            (true, true) => {}
            (true, false) if index > first => {
                values.extend(block(sheet, labels, first..index + 1, zone).unwrap_or_default());
                first = index + 1;
            }
            _ => first = index + 1,
        }
    }
    values
}

/// A row's whole label with nothing beside it.
fn stands_alone(sheet: &Sheet<'_>, anchor: &Anchor) -> bool {
    let row = anchor.label.grammar() != Grammar::Section;
    row && anchor.is_whole() && anchor.begins_line && sheet.ends_line(anchor.end)
}

/// The values of these labels in the text below them. Only the last label may be one of free text, which takes the rest.
fn block(
    sheet: &Sheet<'_>,
    labels: &[Anchor],
    run: Range<usize>,
    zone: &Range<usize>,
) -> Option<Vec<(usize, Range<usize>)>> {
    let mut lines = sheet.lines(zone.clone());
    let mut values = Vec::with_capacity(run.len());
    let last = run.end.checked_sub(1)?;
    for index in run {
        let grammar = labels.get(index)?.label.grammar();
        let line = lines.next()?;
        let value = match grammar {
            Grammar::Text if index == last => line.start..zone.end,
            Grammar::Text => return None,
            _ if index == last && lines.next().is_some() => return None,
            _ => Some(line).filter(|line| is_value(sheet, grammar, line))?,
        };
        values.push((index, value));
    }
    Some(values)
}
