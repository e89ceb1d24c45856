//! The head of the table: type of shareholder, tax rate, further information if applicable, its pieces in any order.

use std::ops::Range;

use crate::form::model::Language;
use crate::form::text::is_blank;

/// Characters of the three Chinese column titles.
const CHINESE: [char; 25] = [
    '股', '東', '類', '型', '稅', '率', '有', '關', '代', '預', '扣', '所', '得', '之', '更', '多', '補', '充', '如',
    '適', '用', '(', ')', '（', '）',
];

/// Words of the three English column titles, which nobody has seen yet.
const ENGLISH: [&str; 35] = [
    "type",
    "types",
    "of",
    "shareholder",
    "shareholders",
    "shareholder's",
    "category",
    "class",
    "holder",
    "holders",
    "tax",
    "rate",
    "rates",
    "further",
    "additional",
    "more",
    "other",
    "relevant",
    "supplementary",
    "information",
    "details",
    "remarks",
    "on",
    "about",
    "relating",
    "regarding",
    "to",
    "the",
    "withholding",
    "withheld",
    "if",
    "any",
    "applicable",
    "and",
    "for",
];

/// Lines of the table's head: all of them title words, a shareholder's type and a rate among them.
pub(super) fn find(lines: &[&str], language: Language) -> Option<Range<usize>> {
    let mut start = 0;
    while start < lines.len() {
        let length = lines.iter().skip(start).take_while(|line| is_title(line, language)).count();
        let end = start + length;
        if length > 0 && is_whole(lines.get(start..end)?, language) {
            return Some(start..end);
        }
        start = end + 1;
    }
    None
}

/// Whether a line below is the head again, printed at the top of a page.
pub(super) fn is_repeated(line: &str, language: Language) -> bool {
    let repeats = match language {
        Language::ZhHant => {
            line.chars().count() > 3 && ["股東類型", "更多補充", "如適用"].iter().any(|piece| line.contains(piece))
        }
        Language::En => is_whole(&[line], language),
    };
    repeats && is_title(line, language)
}

fn is_title(line: &str, language: Language) -> bool {
    match language {
        Language::ZhHant => line.chars().all(|c| CHINESE.contains(&c) || is_blank(c)),
        Language::En => {
            let mut words =
                line.split(|c: char| c.is_whitespace() || "()/,".contains(c)).filter(|word| !word.is_empty());
            words.all(|word| ENGLISH.iter().any(|title| title.eq_ignore_ascii_case(word)))
        }
    }
}

fn is_whole(lines: &[&str], language: Language) -> bool {
    match language {
        Language::ZhHant => ["股東類型", "稅率"].iter().all(|word| lines.iter().any(|line| line.contains(word))),
        Language::En => {
            let has = |word: &str| lines.iter().any(|line| line.to_lowercase().contains(word));
            has("holder") && has("rate")
        }
    }
}
