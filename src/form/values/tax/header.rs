//! The head of the table: type of shareholder, tax rate, further information if applicable, its pieces in any order.

use std::ops::Range;

use crate::form::model::Language;
use crate::form::text::is_blank;

/// Characters of the three Chinese column titles.
const CHINESE: [char; 39] = [
    '股', '東', '類', '型', '稅', '率', '有', '關', '代', '預', '扣', '所', '得', '之', '更', '多', '補', '充', '如',
    '適', '用', '(', ')', '（', '）', '税', '類', '別', '備', '註', '注', '附', '說', '明', '資', '料', '其', '他',
    '詳',
];

/// Words of the three English column titles, which nobody has seen yet.
const ENGLISH: [&str; 41] = [
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
    "remark",
    "remarks",
    "note",
    "notes",
    "comment",
    "comments",
    "particulars",
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

/// Whether the head has a third column, for further information.
pub(super) fn informs(head: &[&str], language: Language) -> bool {
    const MORE: [&str; 11] = ["充", "如", "備", "註", "注", "明", "資", "他", "詳", "有", "附"];
    const TITLES: [&str; 12] =
        ["type", "types", "of", "tax", "rate", "rates", "the", "withholding", "category", "class", "and", "on"];
    let mut words = head.iter().flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || c == '\'')));
    match language {
        Language::ZhHant | Language::ZhHans => head.iter().any(|line| MORE.iter().any(|word| line.contains(word))),
        Language::En => words.any(|word| {
            let word = word.to_ascii_lowercase();
            !(word.is_empty() || word.contains("holder") || TITLES.contains(&word.as_str()))
        }),
    }
}

/// Which columns of a line of cells are those of types and rates, when it is the head.
pub(super) fn columns(cells: &[&str]) -> Option<(usize, usize)> {
    const TYPES: [&str; 5] = ["股東", "類型", "類別", "holder", "category"];
    const RATES: [&str; 4] = ["稅率", "税率", "rate", "百分比"];
    let column = |titles: &[&str]| {
        let is_titled = |cell: &&str| titles.iter().any(|title| cell.to_lowercase().contains(title));
        cells.iter().position(|cell| is_titled(cell) && !cell.chars().any(|c| c.is_ascii_digit()))
    };
    let (types, rates) = (column(&TYPES)?, column(&RATES)?);
    (types != rates).then_some((types, rates))
}

/// Whether a line below is the head again, printed at the top of a page.
pub(super) fn is_repeated(line: &str, language: Language) -> bool {
    let repeats = match language {
        Language::ZhHant | Language::ZhHans => {
            line.chars().count() > 3 && ["股東類型", "更多補充", "如適用"].iter().any(|piece| line.contains(piece))
        }
        Language::En => is_whole(&[line], language),
    };
    repeats && is_title(line, language)
}

fn is_title(line: &str, language: Language) -> bool {
    match language {
        Language::ZhHant | Language::ZhHans => line.chars().all(|c| CHINESE.contains(&c) || is_blank(c)),
        Language::En => {
            let mut words =
                line.split(|c: char| c.is_whitespace() || "()/,".contains(c)).filter(|word| !word.is_empty());
            words.all(|word| ENGLISH.iter().any(|title| title.eq_ignore_ascii_case(word)))
        }
    }
}

fn is_whole(lines: &[&str], language: Language) -> bool {
    match language {
        Language::ZhHant | Language::ZhHans => {
            let has = |words: [&str; 2]| lines.iter().any(|line| words.iter().any(|word| line.contains(word)));
            has(["股東類型", "股東類別"]) && has(["稅率", "税率"])
        }
        Language::En => {
            let has = |word: &str| lines.iter().any(|line| line.to_lowercase().contains(word));
            has("holder") && has("rate")
        }
    }
}
