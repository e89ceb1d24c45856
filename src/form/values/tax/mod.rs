//! Section "withholding tax": free text, then perhaps a table of shareholder type, rate and further information.
//!
//! Extraction from pages cuts the table's cells into lines and interleaves them. What cannot be told apart for certain
//! is not read at all: a rate under the wrong shareholder would be worse than none.

mod columns;
mod header;
mod known;
mod line;

use line::Line;

use crate::form::model::{Language, Shown, Withholding, WithholdingRow};
use crate::form::text::join_lines;
use crate::money::Amount;

/// In words, for findings.
pub(crate) const EXPECTED: &str = "free text, or a table of shareholder type, tax rate and further information";

/// Reads the printed lines, label removed. `None` when there is a table that cannot be told apart.
///
/// Where line ends mean nothing, `wrapped` is false: then the blanks between Chinese pieces stand for the line ends.
pub(crate) fn read(lines: &[&str], language: Language, wrapped: bool) -> Option<Withholding> {
    let pieces: Vec<&str> = match (wrapped, language) {
        (false, Language::ZhHant) => lines.iter().flat_map(|line| line.split_whitespace()).collect(),
        _ => lines.to_vec(),
    };
    if !wrapped && language == Language::En {
        return one_line(&pieces.join(" "));
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
    let tabbed = lines.iter().any(|line| memchr::memchr(b'\t', line.as_bytes()).is_some());
    let rates = if tabbed { columns::tabbed(&body, language) } else { columns::interleaved(&body, language, wrapped) }?;
    Some(Withholding { summary: joined(pieces.get(..header.start)?, language), rates })
}

/// English on one line: no cell can be seen, so a row is a known type and its rate, and nothing else is one.
fn one_line(text: &str) -> Option<Withholding> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let summary = |words: &[&str]| (!words.is_empty()).then(|| words.join(" "));
    let Some(header) = header::find(&words, Language::En) else {
        return Some(Withholding { summary: summary(&words), rates: Vec::new() });
    };
    let body = words.get(header.end..)?;
    let mut rates: Vec<(String, Amount, Vec<&str>)> = Vec::new();
    let mut at = 0;
    while let Some(word) = body.get(at) {
        let kind = known::leading(body.get(at..)?);
        let rate = kind
            .and_then(|length| body.get(at + length))
            .and_then(|rate| rate.strip_suffix('%'))
            .and_then(Amount::from_printed);
        match (kind, rate) {
            (Some(length), Some(rate)) => {
                rates.push((body.get(at..at + length)?.join(" "), rate, Vec::new()));
                at += length + 1;
            }
            _ => {
                rates.last_mut()?.2.push(word);
                at += 1;
            }
        }
    }
    let certain = !rates.is_empty() && rates.len() == known::count(&body.join(" "));
    let rows = rates.iter().map(|(kind, rate, details)| row(&[kind], *rate, &[&details.join(" ")], Language::En));
    let rates: Option<Vec<WithholdingRow>> = rows.collect();
    Some(Withholding { summary: summary(words.get(..header.start)?), rates: rates.filter(|_| certain)? })
}

fn joined(lines: &[&str], language: Language) -> Option<String> {
    Some(join_lines(lines, language)).filter(|text| !text.is_empty())
}

/// A table row from the pieces of its cells, in printed order.
fn row(kind: &[&str], rate: Amount, details: &[&str], language: Language) -> Option<WithholdingRow> {
    Some(WithholdingRow {
        shareholder_type: joined(kind, language)?,
        rate_percent: rate,
        details: joined(details, language),
    })
}

impl Shown for Withholding {
    fn shown(&self) -> String {
        let rates = self.rates.iter().map(|rate| format!("{} {} %", rate.shareholder_type, rate.rate_percent));
        self.summary.iter().cloned().chain(rates).collect::<Vec<_>>().join(" | ")
    }
}

#[cfg(test)]
mod tests;
