//! 2. Text → [`Form`]: what the document says, nothing inferred. Pure; never fails: a form and its findings.
//!
//! One reading for all layouts. Below is the path of a text; each folder uses those above it only, and `tests/suite/tidy.rs` holds them to it.
//!
//! | folder | what it knows |
//! | --- | --- |
//! | [`model`] | what a form can say: the rows (`table`), the values printed in them ([`Form`]) |
//! | [`text`] | the text itself: page furniture blanked out, lines numbered, a cursor to read it with |
//! | [`values`] | what stands in a row: one small grammar per kind of value |
//! | [`template`] | which form this is, from code and title; whether another one stands in the text |
//! | [`labels`] | which places are the form's own labels: every `candidate`, their `score`, the best sequence (`select`), those still missing (`recover`) |
//! | [`rows`] | rows that nobody knows (`unknown`), who gets the other text between the labels (`split`, `assign`), and what nobody took (`unassigned`) |
//! | [`build`] | each row's text, read by its grammar: the [`Form`] |

mod build;
mod labels;
mod model;
mod rows;
mod template;
mod text;
mod values;

pub use model::*;
pub use text::SourceText;
pub(crate) use values::fixed::{Absence, absence};

use template::{Head, Heading};

/// A title alone, without form code, disclaimer or first row, makes no form unless so many rows follow.
const FEWEST_ROWS: usize = 6;

/// Reads a text.
pub fn read(text: &str) -> Reading<'_> {
    let (source, head) = headed(text);
    match head {
        Head::Form(heading) => read_rows(source, &heading),
        Head::Unsupported(finding) => Reading::Unsupported(finding),
        Head::Foreign => Reading::Foreign,
    }
}

/// A text and its head. One without a title that is known may be in simplified Chinese.
fn headed(text: &str) -> (SourceText<'_>, Head) {
    let source = SourceText::new(text);
    let head = template::read(&source);
    if matches!(head, Head::Form(_)) || !template::is_simplified(&source) {
        return (source, head);
    }
    let source = source.in_traditional();
    let head = template::read(&source);
    (source, head)
}

fn read_rows<'t>(mut source: SourceText<'t>, heading: &Heading) -> Reading<'t> {
    let (mut candidates, layout) = labels::find(&source, heading);
    let selection = labels::select(&source, &mut candidates, layout);
    if !heading.certain && selection.chosen.len() < FEWEST_ROWS {
        return Reading::Foreign;
    }
    let another = template::another_form(&source, heading).or_else(|| labels::another_form(&candidates, &selection));
    if let Some(another) = another {
        return Reading::Unsupported(rows::two_forms(&source, heading, another));
    }
    let recovered = labels::recover(&source, heading, layout, &candidates, &selection.chosen);
    let mut zones = rows::zones(&source, &recovered.labels, heading.title.end);
    let unknown = rows::unknown_rows(&source, heading, layout, &candidates, &recovered.labels, &zones);
    if !unknown.is_empty() {
        source = source.without(unknown.iter().filter(|row| row.bounded).map(|row| row.range.clone()));
        zones = rows::zones(&source, &recovered.labels, heading.title.end);
    }
    let rows = rows::assign(&source, &recovered.labels, layout, zones, unknown);
    let (form, mut findings) = build::build(&source, heading, layout, &rows);
    findings.extend(rows::unconfirmed(&source, heading, &recovered));
    findings.extend(rows::turned(&source, &rows));
    findings.extend(rows::findings(&source, &candidates, &selection, &rows, layout));
    Reading::Form(form, findings)
}

#[cfg(test)]
mod tests;
