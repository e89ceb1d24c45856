//! A line of the table, and the rate that ends it.

use crate::form::text::is_blank;
use crate::money::Amount;

/// Words before a rate that say it belongs to a sentence.
const SENTENCE: [&str; 22] = [
    "of",
    "at",
    "by",
    "to",
    "is",
    "be",
    "rate",
    "than",
    "a",
    "the",
    "from",
    "and",
    "or",
    "about",
    "under",
    "over",
    "above",
    "below",
    "exceeding",
    "between",
    "pay",
    "up",
];

/// Words that a sentence on tax holds, and no type of shareholder.
const SPEAKS: [&str; 9] = ["withh", "deduct", "company", "subject to", "levied", " tax", "稅", "扣", "繳"];

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

    /// A rate between blanks that no sentence leads to or goes on from: perhaps a row whose cells stand side by side.
    pub(super) fn holds_a_rate(&self) -> bool {
        let mut pieces = self.text.split_inclusive(['%', '％']).peekable();
        while let (Some(piece), Some(rest)) = (pieces.next(), pieces.peek()) {
            let goes_on = rest.trim_start_matches(is_blank).starts_with(|c: char| c.is_ascii_lowercase());
            if !goes_on && rest.starts_with(is_blank) && ending_rate(piece).is_some() {
                return true;
            }
        }
        false
    }

    pub(super) fn has_blank(&self) -> bool {
        self.text.trim().contains(is_blank)
    }

    pub(super) fn ends_sentence(&self) -> bool {
        self.text.ends_with(['。', '.', '；'])
    }
}

/// A rate that ends a line, alone or after a blank: `簽訂20%` at the end of a line is text.
pub(super) fn ending_rate(text: &str) -> Option<(&str, Amount)> {
    let figure = text.trim_end().strip_suffix(['%', '％'])?.trim_end();
    let before = figure.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let digits = figure.get(before.len()..)?;
    let stands_alone = before.is_empty() || before.ends_with(is_blank);
    if !stands_alone {
        return None;
    }
    let before = before.trim_matches(is_blank);
    if is_sentence(before) { None } else { Some((before, Amount::from_printed(digits)?)) }
}

/// Whether text before a rate is part of a sentence, and no type of shareholder.
fn is_sentence(before: &str) -> bool {
    let lower = before.to_ascii_lowercase();
    SPEAKS.iter().any(|word| lower.contains(word))
        || lower.rsplit(' ').next().is_some_and(|last| SENTENCE.contains(&last))
}
