//! Section "withholding tax": free text, then perhaps a table of shareholder type, rate and further information.
//!
//! Extraction from pages cuts the table's cells into lines and interleaves them. What cannot be told apart for certain
//! is not read at all: a rate under the wrong shareholder would be worse than none.

mod cells;
mod columns;
mod header;
mod known;
mod line;
mod one_line;
mod rate;

use line::Line;
use rate::Rate;

use crate::form::model::{Language, Shown, Withholding, WithholdingRow};
use crate::form::text::join_lines;

/// In words, for findings.
pub(crate) const EXPECTED: &str = "free text, or a table of shareholder type, tax rate and further information";

/// Reads the printed lines, label removed. `None` when there is a table that cannot be told apart.
///
/// Where line ends mean nothing, `wrapped` is false: then the blanks between Chinese pieces stand for the line ends.
pub(crate) fn read(lines: &[&str], language: Language, wrapped: bool) -> Option<Withholding> {
    if lines.iter().any(|line| memchr::memchr(b'\t', line.as_bytes()).is_some()) {
        return cells::read(lines, language);
    }
    let pieces: Vec<&str> = match (wrapped, language) {
        (false, Language::En) => return one_line::read(&lines.join(" ")),
        (false, Language::ZhHant | Language::ZhHans) => lines.iter().flat_map(|line| one_line::pieces(line)).collect(),
        (true, _) => lines.to_vec(),
    };
    let Some(header) = header::find(&pieces, language) else { return text_alone(lines, language) };
    let body: Vec<Line<'_>> = pieces
        .get(header.end..)?
        .iter()
        .filter(|line| !header::is_repeated(line, language))
        .map(|line| Line::read(line))
        .collect();
    // Without a third column nothing but types stands between the rates.
    let rates = match header::informs(pieces.get(header.clone())?, language) {
        false => columns::rows_of_two(&body, language).or_else(|| columns::rows_on_lines(&body, language)),
        true => columns::rows_on_lines(&body, language).or_else(|| columns::interleaved(&body, language, wrapped)),
    };
    Some(Withholding { summary: joined(pieces.get(..header.start)?, language), rates: rates? })
}

/// Whether lines hold the head of a table.
pub(crate) fn has_head(lines: &[&str], language: Language, wrapped: bool) -> bool {
    let pieces: Vec<&str> = match wrapped {
        true => lines.to_vec(),
        false => lines.iter().flat_map(|line| line.split_whitespace()).collect(),
    };
    header::find(&pieces, language).is_some()
}

/// Text without a head of a table: the summary, unless several of its lines end with a rate as rows do.
fn text_alone(lines: &[&str], language: Language) -> Option<Withholding> {
    let rows = lines.iter().filter(|line| Line::read(line).rate.is_some_and(|(kind, _)| kind.chars().count() < 40));
    (rows.count() < 2).then(|| Withholding { summary: joined(lines, language), rates: Vec::new() })
}

fn joined(lines: &[&str], language: Language) -> Option<String> {
    Some(join_lines(lines, language)).filter(|text| !text.is_empty())
}

/// A table row from the pieces of its cells, in printed order.
fn row(kind: &[&str], rate: Rate<'_>, details: &[&str], language: Language) -> Option<WithholdingRow> {
    Some(WithholdingRow {
        shareholder_type: joined(kind, language)?,
        rate_percent: rate.percent,
        rate_text: rate.percent.is_none().then(|| rate.words.to_owned()).filter(|words| !words.is_empty()),
        details: joined(details, language),
    })
}

impl Shown for Withholding {
    fn shown(&self) -> String {
        let rates = self.rates.iter().map(|row| match (&row.rate_percent, &row.rate_text) {
            (Some(percent), _) => format!("{} {percent} %", row.shareholder_type),
            (None, words) => format!("{} {}", row.shareholder_type, words.as_deref().unwrap_or("-")),
        });
        self.summary.iter().cloned().chain(rates).collect::<Vec<_>>().join(" | ")
    }
}

#[cfg(test)]
mod tests;
