//! Section "withholding tax": free text, then perhaps a table of shareholder type, rate and further information.
//!
//! Extraction from pages cuts the table's cells into lines and interleaves them. What cannot be told apart for certain
//! is not read at all: a rate under the wrong shareholder would be worse than none.

mod columns;
mod header;
mod prose;

use columns::Line;

use super::sheet::push_line;
use super::words::Language;
use super::{Withholding, WithholdingRow};

/// In words, for findings.
pub const EXPECTED: &str = "free text, or a table of shareholder type, tax rate and further information";

/// Reads the printed lines, label removed. `None` when there is a table that cannot be told apart.
///
/// Where line ends mean nothing, `wrapped` is false: then the blanks between Chinese pieces stand for the line ends.
pub fn read(lines: &[&str], language: Language, wrapped: bool) -> Option<Withholding> {
    let pieces: Vec<&str> = match (wrapped, language) {
        (false, Language::ZhHant) => lines.iter().flat_map(|line| line.split_whitespace()).collect(),
        _ => lines.to_vec(),
    };
    let tabbed = lines.iter().any(|line| line.contains('\t'));
    if !wrapped && language == Language::En {
        return prose::read(&pieces.join(" "));
    }
    let Some(header) = header::find(&pieces, language) else {
        return Some(Withholding { summary: joined(lines, language), rates: Vec::new() });
    };
    let body: Vec<Line<'_>> = pieces
        .get(header.end..)?
        .iter()
        .filter(|line| !header::is_repeated(line, language))
        .map(|line| Line::read(line))
        .collect();
    let rates = if tabbed { columns::tabbed(&body, language) } else { columns::interleaved(&body, language) }?;
    Some(Withholding { summary: joined(pieces.get(..header.start)?, language), rates })
}

fn joined(lines: &[&str], language: Language) -> Option<String> {
    let mut text = String::new();
    for line in lines {
        push_line(&mut text, line, language);
    }
    (!text.is_empty()).then_some(text)
}

/// A table row from the pieces of its cells, in printed order.
fn row(kind: &[&str], rate: crate::money::Amount, details: &[&str], language: Language) -> Option<WithholdingRow> {
    Some(WithholdingRow {
        shareholder_type: joined(kind, language)?,
        rate_percent: rate,
        details: joined(details, language),
    })
}

#[cfg(test)]
mod tests;
