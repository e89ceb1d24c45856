//! The table where line ends mean nothing. English shows no cells there, so that a row is a known type and its rate, and
//! nothing else is one; of two columns alone, what stands before each rate is its type. Chinese is cut at its blanks.

use super::columns::rows_of_two;
use super::line::{Line, ending_rate};
use super::rate::Rate;
use super::{header, joined, known, row};
use crate::form::model::{Language, Withholding, WithholdingRow};

/// English on one line.
pub(super) fn read(text: &str) -> Option<Withholding> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let Some(header) = header::find(&words, Language::En) else {
        return Some(Withholding { summary: joined(&words, Language::En), rates: Vec::new() });
    };
    let informs = header::informs(words.get(header.clone())?, Language::En);
    let body = words.get(header.end..)?;
    let summary = joined(words.get(..header.start)?, Language::En);
    let text = body.join(" ");
    let pieces: Vec<&str> = rows(&text);
    let lines: Vec<Line<'_>> = pieces.iter().map(|piece| Line::read(piece)).collect();
    let rates = rows_of_two(&lines, Language::En).filter(|_| !informs).or_else(|| rows_of_known_types(body))?;
    Some(Withholding { summary, rates })
}

/// A text cut behind each of its rates.
fn rows(text: &str) -> Vec<&str> {
    let mut rows = Vec::new();
    let mut left = text;
    while let Some((at, end)) = first_rate(left) {
        let (row, rest) = left.split_at_checked(at + end).unwrap_or((left, ""));
        rows.push(row.trim());
        left = rest;
    }
    rows.extend(Some(left.trim()).filter(|rest| !rest.is_empty()));
    rows
}

/// Where the first rate of a text begins, and how long it is.
fn first_rate(text: &str) -> Option<(usize, usize)> {
    let places = std::iter::once(0).chain(text.match_indices(' ').map(|(at, _)| at + 1));
    places.into_iter().find_map(|at| {
        let (rate, end) = Rate::leading(text.get(at..)?)?;
        (!rate.is_words()).then_some((at, end))
    })
}

/// Rows that begin with a known type and its rate; the words up to the next one are information, unless they hold a rate
/// as a row of an unknown type does.
fn rows_of_known_types(body: &[&str]) -> Option<Vec<WithholdingRow>> {
    let text = body.join(" ");
    let mut rows: Vec<(String, Rate<'_>, Vec<&str>)> = Vec::new();
    let (mut at, mut offset) = (0, 0);
    while let Some(word) = body.get(at) {
        match known_row(body.get(at..)?, text.get(offset..)?) {
            Some((kind, rate, words)) => {
                rows.push((kind, rate, Vec::new()));
                offset += body.get(at..at + words)?.iter().map(|word| word.len() + 1).sum::<usize>();
                at += words;
            }
            None => {
                rows.last_mut()?.2.push(word);
                (at, offset) = (at + 1, offset + word.len() + 1);
            }
        }
    }
    let certain = !rows.is_empty() && rows.len() == known::count(&text);
    let rows = rows.iter().map(|(kind, rate, details)| {
        let details = details.join(" ");
        let alone = !Line::read(&details).holds_a_rate() && ending_rate(&details).is_none();
        row(&[kind], *rate, &[&details], Language::En).filter(|_| alone)
    });
    rows.collect::<Option<Vec<WithholdingRow>>>().filter(|_| certain)
}

/// A known type and its rate that begin these words, which are those of the text: and how many words they are.
fn known_row<'t>(words: &[&str], text: &'t str) -> Option<(String, Rate<'t>, usize)> {
    let length = known::leading(words)?;
    let kind = words.get(..length)?.join(" ");
    let (rate, end) = Rate::leading(text.get(kind.len() + 1..)?)?;
    let rate_words = rate.words.get(..end)?.split_whitespace().count();
    Some((kind, rate, length + rate_words))
}

/// A Chinese line cut at its blanks, but not within a rate: `10% 或 20%`.
pub(super) fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut left = line.trim_start();
    while !left.is_empty() {
        let end = match Rate::leading(left) {
            Some((_, end)) => end,
            None => left.find(char::is_whitespace).unwrap_or(left.len()),
        };
        let (piece, rest) = left.split_at_checked(end).unwrap_or((left, ""));
        pieces.push(piece);
        left = rest.trim_start();
    }
    pieces
}
