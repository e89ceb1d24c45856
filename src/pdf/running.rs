//! Running headers and footers: what stands in the margins of several pages alike, but for its numbers. Between the pages it would
//! be taken for the rest of a row that the end of a page has cut.

use std::collections::HashMap;

use super::rows::{Row, joined};
use super::verdict::page_number;

/// The line, when it may be one: the forms' own, `Page 1 of 3  v 1.1.1` in one line or two, is known by its words and stays.
fn candidate(row: &Row) -> Option<String> {
    let Row::Loose(parts) = row else { return None };
    let line = joined(parts, " ");
    let of_form =
        page_number(&line).is_some() || line.chars().filter(|c| !c.is_whitespace()).count() <= LONGEST_VERSION;
    (!of_form).then(|| line.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect())
}

/// `v 1.1.1`, and a digit or two more.
const LONGEST_VERSION: usize = 8;

/// Takes them from the pages. Those of the first page are returned, to stand before the text: nothing is dropped that stands there once.
pub(super) fn take(pages: &mut [Vec<Row>], in_margin: impl Fn(usize, &Row) -> bool) -> Vec<Row> {
    let mut pages_with: HashMap<String, usize> = HashMap::new();
    for (number, rows) in pages.iter().enumerate() {
        let lines = rows.iter().filter(|row| in_margin(number, row)).filter_map(candidate);
        lines.for_each(|line| *pages_with.entry(line).or_default() += 1);
    }
    let mut first = Vec::new();
    for (number, rows) in pages.iter_mut().enumerate() {
        let running = |row: &mut Row| {
            in_margin(number, row)
                && candidate(row).is_some_and(|line| pages_with.get(&line).is_some_and(|count| *count > 1))
        };
        let taken = rows.extract_if(.., running);
        if number == 0 { first.extend(taken) } else { taken.for_each(drop) }
    }
    first
}
