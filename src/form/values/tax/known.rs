//! The types of shareholder that the form offers, so that their pieces can be told from the text between them.
//!
//! The Chinese names are seen in real forms; of the English ones only the ideas are known, so the likely wordings are
//! all here.

use std::sync::LazyLock;

use super::line::Line;
use crate::form::model::Language;
use crate::form::text::fold;

const CHINESE: [&str; 3] =
    ["非居民企業（非中國內地登記地址）", "非個人居民（非中國內地登記地址）", "個人居民（中國內地登記地址）"];

const STEMS: [&str; 6] = [
    "Enterprise - non-resident",
    "Individual - non-resident",
    "Individual - resident",
    "Non-resident enterprise",
    "Non-resident individual",
    "Resident individual",
];

const PLACES: [&str; 10] = [
    "outside China",
    "within China",
    "outside PRC",
    "within PRC",
    "outside the PRC",
    "within the PRC",
    "outside mainland China",
    "within mainland China",
    "outside the mainland",
    "in mainland China",
];

/// Every name in Chinese, letters and digits only.
static CHINESE_NAMES: LazyLock<Vec<String>> = LazyLock::new(|| CHINESE.iter().map(|name| letters(name)).collect());

/// Every name, letters and digits only, capitals as small letters.
static ALL_NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names = CHINESE_NAMES.clone();
    for stem in STEMS {
        names.push(letters(stem));
        for place in PLACES {
            names.push(letters(&format!("{stem} registered address {place}")));
            names.push(letters(&format!("{stem} i.e. registered address {place}")));
        }
    }
    names
});

/// A type of shareholder put together from lines, and the lines that stand between its pieces.
pub(super) struct Known<'a> {
    /// Index of the line with the first piece.
    pub(super) first: usize,
    pub(super) kind: Vec<&'a str>,
    pub(super) details: Vec<&'a str>,
}

impl Known<'_> {
    /// Whether the last of the lines is a piece of the name.
    fn ends_with(&self, lines: &[Line<'_>]) -> bool {
        let last = lines.last().map(|line| line.text.as_ptr());
        self.kind.last().map(|piece| piece.as_ptr()) == last
    }
}

/// Most lines that a name and the text between its pieces take.
const LINES: usize = 9;

/// Puts a known name together that ends with `tail` (which may be empty) right below `lines`.
pub(super) fn ending_with<'a>(lines: &[Line<'a>], tail: &'a str, language: Language) -> Option<Known<'a>> {
    let base = lines.len().saturating_sub(LINES);
    let lines = lines.get(base..)?;
    let last = letters(tail);
    let names = match language {
        Language::En => &ALL_NAMES,
        Language::ZhHant | Language::ZhHans => &CHINESE_NAMES,
    };
    let mut starts = (0..lines.len()).rev().chain([lines.len()]);
    let mut known = starts.find_map(|first| {
        let heads = names.iter().filter_map(|name| name.strip_suffix(&last));
        let fitting = heads.filter_map(|head| Some((head.len(), assemble(head, lines, first)?)));
        // Right above a rate that is alone stands the end of its type, and nobody else's.
        let fitting = fitting.filter(|(_, known)| !tail.is_empty() || known.ends_with(lines));
        // Of two names that fit the longer one: what follows the shorter is its own rest, and no information.
        fitting.max_by_key(|(length, _)| *length).map(|(_, known)| known)
    })?;
    known.kind.extend((!tail.is_empty()).then_some(tail));
    known.first += base;
    Some(known)
}

/// Puts the head of a name together from line `first` on.
fn assemble<'a>(head: &str, lines: &[Line<'a>], first: usize) -> Option<Known<'a>> {
    let mut known = Known { first, kind: Vec::new(), details: Vec::new() };
    let mut left = head;
    for line in lines.get(first..)? {
        match after_letters(left, line.text) {
            Some(rest) => {
                left = rest;
                known.kind.push(line.text);
            }
            None if known.kind.is_empty() => return None,
            None => known.details.push(line.text),
        }
    }
    left.is_empty().then_some(known)
}

/// What is left of a name after the letters of a line that has any.
fn after_letters<'n>(name: &'n str, line: &str) -> Option<&'n str> {
    let mut left = name.chars();
    let begins = letters_of(line).all(|letter| left.next() == Some(letter));
    (begins && left.as_str().len() < name.len()).then_some(left.as_str())
}

/// How many names begin in a text.
pub(super) fn count(text: &str) -> usize {
    let text = letters(text);
    STEMS.iter().chain(&CHINESE).map(|name| text.matches(letters(name).as_str()).count()).sum()
}

/// The known name that begins a text of words: how many of them.
pub(super) fn leading(words: &[&str]) -> Option<usize> {
    let lengths = (1..=words.len().min(14)).rev();
    lengths
        .into_iter()
        .find(|length| words.get(..*length).is_some_and(|words| ALL_NAMES.contains(&letters(&words.concat()))))
}

/// Whether a text is a known name, and nothing else.
pub(super) fn is_name(text: &str) -> bool {
    let letters = letters(text);
    ALL_NAMES.contains(&letters) || CHINESE_STEMS.iter().any(|stem| letters == *stem)
}

/// The types without the places that follow them.
const CHINESE_STEMS: [&str; 4] = ["非居民企業", "非個人居民", "個人居民", "居民企業"];

fn letters(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    letters.extend(letters_of(text));
    letters
}

fn letters_of(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter_map(|c| match c {
        // Most of all; the standard library would look them up in a table.
        '\u{4e00}'..='\u{9fff}' => Some(c),
        _ => fold(c).filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()),
    })
}
