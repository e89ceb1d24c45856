//! A line of the table, and the rate that ends it.

use crate::money::Amount;

/// Words before a rate that say it belongs to a sentence.
const SENTENCE: [&str; 14] =
    ["of", "at", "by", "to", "is", "rate", "than", "a", "the", "from", "and", "or", "about", "under"];

/// Words that a sentence on tax holds, and no type of shareholder.
const SPEAKS: [&str; 6] = ["withh", "deduct", "company", "subject to", "levied", " tax"];

/// A line of the table's body.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// `type 10%`, `10%`: what stands before the rate, and the rate.
    pub(super) rate: Option<(&'a str, Amount)>,
}

impl<'a> Line<'a> {
    /// Looks for the rate.
    pub(super) fn read(text: &'a str) -> Line<'a> {
        Line { text, rate: ending_rate(text) }
    }

    pub(super) fn opens_bracket(&self) -> bool {
        self.rate.is_some_and(|(before, _)| before.starts_with(['（', '(']))
    }

    /// The rate stands alone on the line.
    pub(super) fn is_rate_alone(&self) -> bool {
        self.rate.is_some_and(|(before, _)| before.is_empty())
    }

    /// The two columns of a line, told apart by its only blank.
    pub(super) fn columns(&self) -> Option<(&'a str, &'a str)> {
        let (left, right) = self.text.split_once(' ')?;
        let right = right.trim_start();
        (!right.contains(' ') && !left.is_empty() && !right.is_empty()).then_some((left, right))
    }

    pub(super) fn ends_sentence(&self) -> bool {
        self.text.ends_with(['。', '.', '；'])
    }
}

/// A rate that ends a line, alone or after a blank: `簽訂20%` at the end of a line is text.
pub(super) fn ending_rate(text: &str) -> Option<(&str, Amount)> {
    let figure = text.trim_end().strip_suffix(['%', '％'])?.trim_end();
    let start = figure.rfind(|c: char| !(c.is_ascii_digit() || c == '.')).map_or(0, |at| at + 1);
    let (before, digits) = match figure.get(start..) {
        Some(digits) => (figure.get(..start)?, digits),
        // The character before the figure is Chinese: no blank between.
        None => return None,
    };
    let stands_alone = before.is_empty() || before.ends_with([' ', '\t', '\u{3000}']);
    if !stands_alone {
        return None;
    }
    let before = before.trim();
    if is_sentence(before) { None } else { Some((before, Amount::from_printed(digits)?)) }
}

/// Whether text before a rate is part of a sentence, and no type of shareholder. Only English is told by its words.
fn is_sentence(before: &str) -> bool {
    if !before.contains(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    let lower = before.to_ascii_lowercase();
    SPEAKS.iter().any(|word| lower.contains(word))
        || lower.rsplit(' ').next().is_some_and(|last| SENTENCE.contains(&last))
        || before.starts_with(|c: char| c.is_ascii_lowercase()) && !speaks_of_place(before)
}

/// The end of a type's name, though it begins small: `i.e. registered address outside PRC`, `within PRC`.
fn speaks_of_place(text: &str) -> bool {
    ["i.e.", "registered", "address", "outside", "within"].iter().any(|word| text.starts_with(word))
}
