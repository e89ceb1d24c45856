//! The column of rates: `10%`, or what is printed instead of one figure: `10% or 20%`, `5%至15%`, `最高10%`, `不適用`.

use crate::form::text::{Cursor, is_blank};
use crate::money::Amount;

/// What is printed as a row's rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate<'a> {
    /// The figure, when it is one and nothing else.
    pub(super) percent: Option<Amount>,
    /// As printed, percent sign included.
    pub(super) words: &'a str,
}

const JOINTS: [&str; 9] = ["或", "至", "及", "和", "、", "/", "-", "~", ","];
const JOINING_WORDS: [&str; 3] = ["or", "to", "and"];
const BOUNDS: [&str; 14] = [
    "最高",
    "最多",
    "至多",
    "高達",
    "不超過",
    "不多於",
    "最低",
    "約",
    "up to",
    "maximum",
    "max.",
    "at most",
    "not more than",
    "about",
];
const NONE: [&str; 8] = ["不適用", "Not applicable", "有待公佈", "To be announced", "免稅", "豁免", "Exempt", "Nil"];

impl<'a> Rate<'a> {
    /// What a cell of the column holds, whatever it is.
    pub(super) fn of_cell(cell: &'a str) -> Rate<'a> {
        let words = cell.trim_matches(is_blank);
        Rate::whole(words).unwrap_or(Rate { percent: None, words })
    }

    /// A text that is a rate, or what may stand for one, and nothing else.
    pub(super) fn whole(text: &'a str) -> Option<Rate<'a>> {
        let (rate, end) = Rate::leading(text)?;
        (end == text.len()).then_some(rate)
    }

    /// The rate that begins a text, and where it ends: before a blank, or with the text.
    pub(super) fn leading(text: &'a str) -> Option<(Rate<'a>, usize)> {
        if !may_begin(text) {
            return None;
        }
        let mut cursor = Cursor::new(text);
        let percent = if cursor.eat_any(&NONE) { None } else { take_figures(&mut cursor)? };
        let end = cursor.position();
        let (words, rest) = text.split_at_checked(end)?;
        (rest.is_empty() || rest.starts_with(is_blank)).then_some((Rate { percent, words }, end))
    }

    /// Whether the words name no figure at all.
    pub(super) fn is_words(&self) -> bool {
        !self.words.chars().any(|c| c.is_ascii_digit())
    }
}

/// Whether a text begins as a rate may: with a digit, or as one of the words for none or for a bound.
fn may_begin(text: &str) -> bool {
    let first = text.trim_start_matches(is_blank).chars().next();
    first.is_some_and(|c| c.is_numeric() || "不有免豁最至高約".contains(c) || "nteuma".contains(c.to_ascii_lowercase()))
}

/// One figure and a percent sign, or several with what joins, bounds or marks them.
fn take_figures(cursor: &mut Cursor<'_>) -> Option<Option<Amount>> {
    let bounded = cursor.eat_any(&BOUNDS);
    let mut percents = 0;
    let mut figures = Vec::new();
    loop {
        let before = *cursor;
        let joined = !figures.is_empty() && take_joint(cursor);
        let Some(figure) = cursor.amount() else {
            *cursor = before;
            break;
        };
        let percent = cursor.eat_symbol('%');
        // Two figures that nothing joins are two only where each has its sign.
        if !(percent || joined || figures.is_empty()) {
            *cursor = before;
            break;
        }
        percents += usize::from(percent);
        figures.push(figure);
    }
    if percents == 0 {
        return None;
    }
    let marked = take_mark(cursor);
    match figures.as_slice() {
        [figure] if !bounded && !marked => Some(Some(*figure)),
        _ => Some(None),
    }
}

fn take_joint(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat_any(&JOINTS) || JOINING_WORDS.iter().any(|word| cursor.eat_word(word))
}

/// `*`, `¹`, `(1)`, `（註1）`: the mark of a footnote right behind a figure.
fn take_mark(cursor: &mut Cursor<'_>) -> bool {
    const MARKS: [&str; 12] = ["*", "#", "†", "‡", "^", "¹", "²", "³", "⁴", "⁵", "①", "②"];
    let start = cursor.position();
    while cursor.eat_any(&MARKS) {}
    let mut bracket = *cursor;
    if bracket.eat_symbol('(') {
        let _word = bracket.eat_any(&["註", "注"]) || bracket.eat_word("note");
        if bracket.number(2).is_some() && bracket.eat_symbol(')') {
            *cursor = bracket;
        }
    }
    cursor.position() > start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_figure_is_a_rate_and_everything_else_its_words() {
        for (text, percent) in [
            ("10%", Some("10")),
            ("7.5 %", Some("7.5")),
            ("10％", Some("10")),
            ("10% or 20%", None),
            ("10%或20%", None),
            ("10 或 20%", None),
            ("5%至15%", None),
            ("5% - 15%", None),
            ("5–15%", None),
            ("10%/20%", None),
            ("10% 20%", None),
            ("up to 10%", None),
            ("最高10%", None),
            ("10%*", None),
            ("10%¹", None),
            ("10%（註1）", None),
            ("不適用", None),
            ("Not applicable", None),
        ] {
            let rate = Rate::whole(text);
            assert_eq!(rate.map(|rate| rate.words), Some(text), "{text}");
            let figure = rate.and_then(|rate| rate.percent).map(|percent| percent.to_string());
            assert_eq!(figure.as_deref(), percent, "{text}");
        }
        for words in NONE.iter().chain(&BOUNDS) {
            assert!(may_begin(words), "{words}");
        }
        for text in ["10", "10 20", "10% of", "按10%", "10%的", "10%代扣", "或10%", "%", "", "10% resident"] {
            assert_eq!(Rate::whole(text), None, "{text}");
        }
    }
}
