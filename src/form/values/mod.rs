//! What stands in a row: one small grammar per kind of value, each with its parser, in both languages.

pub(crate) mod amount;
pub(crate) mod code;
pub(crate) mod date;
pub(crate) mod fixed;
pub(crate) mod list;
pub(crate) mod rate;
pub(crate) mod registrar;
pub(crate) mod tax;
mod time_of_day;

use super::model::{Grammar, Shown, Text};
use super::text::Cursor;

/// A type whose values a grammar reads from a text.
pub(crate) trait Parse: Sized {
    /// What the grammar takes, in words, for findings.
    const EXPECTED: &'static str;

    /// Takes the value that comes next.
    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>>;

    /// The value that a whole text outside the grammar means all the same, taken on trust.
    fn in_other_words(_text: &str) -> Option<Self> {
        None
    }
}

/// What a grammar takes from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken<T> {
    /// A value.
    Known(T),
    /// A value, by a wording that no real form has shown yet.
    OnTrust(T),
    /// A value printed in hundredths of its currency.
    InCents(T),
    /// A day that the calendar does not have.
    Impossible,
}

impl Shown for Text<'_> {
    fn shown(&self) -> String {
        self.to_string()
    }
}

/// Where a valid value that begins at `at` ends. Free text has none, except the two words for its absence.
pub(crate) fn measure(grammar: Grammar, text: &str, at: usize) -> Option<usize> {
    let mut cursor = Cursor::at(text, at);
    if grammar.is_section() {
        return None;
    }
    // Figures begin with a digit, and words for an absence do not: nearly always one look decides.
    let is_figure = cursor.peek()?.is_ascii_digit();
    if !is_figure && fixed::take_absence(&mut cursor).is_some() {
        return Some(cursor.position());
    }
    let taken = match grammar {
        Grammar::Code | Grammar::Counters | Grammar::Date | Grammar::Moment if !is_figure => false,
        Grammar::Section | Grammar::OpenSection => false,
        Grammar::Text | Grammar::Codes | Grammar::Headline | Grammar::Story | Grammar::Table => false,
        Grammar::DividendType => fixed::take_type_word(&mut cursor),
        Grammar::Code => code::take(&mut cursor).is_some(),
        Grammar::Counters => code::take_counters(&mut cursor).is_some(),
        Grammar::Date => date::take(&mut cursor).is_some(),
        Grammar::Moment => date::take_moment(&mut cursor).is_some(),
        Grammar::Period => date::take_period(&mut cursor).is_some(),
        Grammar::Amount => amount::take(&mut cursor).is_some(),
        Grammar::Rate => rate::take(&mut cursor).is_some(),
        Grammar::Price => amount::take_price(&mut cursor).is_some(),
        Grammar::Status => fixed::take_status(&mut cursor).is_some(),
        Grammar::Nature => fixed::take_nature(&mut cursor).is_some(),
        Grammar::YesNo => fixed::take_yes_no(&mut cursor).is_some(),
        Grammar::DefaultOption => fixed::take_default_option(&mut cursor).is_some(),
    };
    taken.then(|| cursor.position())
}
