//! A line of the table, and the rate that ends it.

use super::rate::Rate;
use crate::form::text::is_blank;

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

/// What ends or parts a sentence.
const STOPS: [char; 7] = ['。', '；', '，', ';', '：', '、', '!'];

/// A line of the table's body.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// `type 10%`, `10%`: what stands before the rate, and the rate.
    pub(super) rate: Option<(&'a str, Rate<'a>)>,
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
        self.whole_row().is_some_and(|(.., rest)| !rest.is_empty())
    }

    /// Type, rate and what stands behind it, all on this line.
    pub(super) fn whole_row(&self) -> Option<(&'a str, Rate<'a>, &'a str)> {
        places(self.text).find_map(|at| {
            let (before, text) = self.text.split_at_checked(at)?;
            let (rate, end) = Rate::leading(text).filter(|(rate, _)| !rate.is_words())?;
            let (kind, rest) = (before.trim_matches(is_blank), text.get(end..)?.trim_matches(is_blank));
            let goes_on = rest.starts_with(|c: char| c.is_ascii_lowercase());
            (!goes_on && !is_sentence(kind)).then_some((kind, rate, rest))
        })
    }

    pub(super) fn has_blank(&self) -> bool {
        self.text.trim().contains(is_blank)
    }

    pub(super) fn ends_sentence(&self) -> bool {
        self.text.ends_with(['。', '.', '；'])
    }

    /// Whether the line is a part of a sentence, and no type of shareholder.
    pub(super) fn speaks(&self) -> bool {
        self.ends_sentence() || self.text.contains(STOPS) || is_sentence(self.text)
    }
}

/// Where a rate may begin: at the beginning, and behind each blank.
fn places(text: &str) -> impl Iterator<Item = usize> {
    let blanks = text.char_indices().filter(|(_, c)| is_blank(*c)).map(|(at, c)| at + c.len_utf8());
    std::iter::once(0).chain(blanks)
}

/// A rate that ends a line, alone or after a blank: `簽訂20%` at the end of a line is text. Words alone are one only behind
/// a type of shareholder.
pub(super) fn ending_rate(text: &str) -> Option<(&str, Rate<'_>)> {
    let text = text.trim_end();
    // Nearly every line ends otherwise.
    if !text.ends_with(|c: char| !c.is_alphabetic()) && !text.ends_with(['用', '佈', '稅', '免', 'e', 't', 'l', 'd'])
    {
        return None;
    }
    let (before, rate) = places(text).find_map(|at| {
        let (before, rate) = text.split_at_checked(at)?;
        Some((before.trim_matches(is_blank), Rate::whole(rate)?))
    })?;
    let told = !rate.is_words() || !(before.is_empty() || before.contains(STOPS) || before.contains(['%', '％']));
    (told && !is_sentence(before)).then_some((before, rate))
}

/// Whether text before a rate is part of a sentence, and no type of shareholder.
fn is_sentence(before: &str) -> bool {
    let lower = before.to_ascii_lowercase();
    SPEAKS.iter().any(|word| lower.contains(word))
        || lower.rsplit(' ').next().is_some_and(|last| SENTENCE.contains(&last))
}
