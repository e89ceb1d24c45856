//! Page headers and footers: `EF001`, `Page 1 of 3 v 1.1.1`, `第 1 頁 共 2 頁 v1.1.1`, whole, glued, displaced or on lines apart.
//!
//! They fall between any two lines, and in one-line texts into the middle of anything. They are overwritten with
//! blanks of the same length, so that no offset moves, and end with a line end, so that what follows begins a line.

use std::borrow::Cow;
use std::ops::Range;

use super::cursor::Cursor;
use super::symbol::is_blank;
use crate::needle::Needle;

/// What the furniture tells of a text.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The places of form codes that stand as page headers.
    pub(super) codes: Vec<Range<usize>>,
    /// Where the page line of the last page ends, unless page lines stand at the head of their pages.
    pub(super) last_page_end: Option<usize>,
}

/// Overwrites the furniture. `ascii` texts hold none in Chinese.
pub(super) fn blank_out(text: &str, ascii: bool) -> (Cow<'_, str>, Marks) {
    let mut blanks = footers(text, ascii);
    let last_page_end = last_page_end(text, &blanks);
    let codes = headers(text, &blanks);
    let versions: Vec<Range<usize>> = blanks.iter().flat_map(|footer| versions_beside(text, footer)).collect();
    blanks.extend(versions);
    if !blanks.is_empty() || !codes.is_empty() {
        blanks.extend(lone_versions(text, &blanks));
    }
    blanks.extend(codes.iter().cloned());
    if blanks.is_empty() {
        return (Cow::Borrowed(text), Marks { codes, last_page_end });
    }
    blanks.sort_unstable_by_key(|range| range.start);
    (Cow::Owned(overwritten(text, &blanks)), Marks { codes, last_page_end })
}

/// Fewer bytes stand above a page line that is a page's head.
const HEAD_BYTES: usize = 400;

fn last_page_end(text: &str, footers: &[Range<usize>]) -> Option<usize> {
    let (first, last) = (footers.first()?, footers.last()?);
    let numbers = text.get(last.clone())?.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    let numbers: Vec<&str> = numbers.take(2).collect();
    let is_last = matches!(numbers.as_slice(), [page, of] if page == of);
    (is_last && first.start > HEAD_BYTES).then_some(last.end)
}

/// The text with blanks in these ranges, in the order of their beginnings, and a line end at the end of each.
pub(super) fn overwritten(text: &str, ranges: &[Range<usize>]) -> String {
    let mut blanked = String::with_capacity(text.len());
    for range in ranges {
        blanked.push_str(text.get(blanked.len()..range.start).unwrap_or_default());
        let length = range.end.saturating_sub(blanked.len());
        blanked.extend(std::iter::repeat_n(' ', length.saturating_sub(1)));
        blanked.extend((length > 0).then_some('\n'));
    }
    blanked.push_str(text.get(blanked.len()..).unwrap_or_default());
    blanked
}

/// The form code at the beginning of a text, `EF001`: two capitals and three digits, no letter or digit after it.
///
/// A label or title may be glued to it (`EF001Disclaimer`): a capital followed by a small letter, or Chinese.
pub(crate) fn form_code(text: &str) -> Option<&str> {
    let code = text.get(..5)?;
    let (letters, digits) = code.split_at_checked(2)?;
    let is_code = letters.bytes().all(|b| b.is_ascii_uppercase()) && digits.bytes().all(|b| b.is_ascii_digit());
    let mut after = text.get(5..)?.chars();
    let ends = match after.next() {
        Some(c) if c.is_ascii_uppercase() => after.next().is_some_and(|c| c.is_ascii_lowercase()),
        next => !next.is_some_and(|c| c.is_ascii_alphanumeric()),
    };
    (is_code && ends).then_some(code)
}

fn footers(text: &str, ascii: bool) -> Vec<Range<usize>> {
    static ENGLISH: Needle = Needle::new("Page");
    static CHINESE: Needle = Needle::new("第");
    let english = ENGLISH.all_in(text).filter_map(|start| english_footer(text, start));
    let chinese = (!ascii).then(|| CHINESE.all_in(text)).into_iter().flatten();
    let chinese = chinese.filter_map(|start| chinese_footer(text, start));
    let mut found: Vec<Range<usize>> = english.chain(chinese).collect();
    found.sort_unstable_by_key(|footer| footer.start);
    found
}

/// `Page 1 of 3 v 1.1.1`, `Page 1 of 3`, `vPage 2 of 12 1.0.2`.
fn english_footer(text: &str, page: usize) -> Option<Range<usize>> {
    let before = text.get(..page)?;
    let displaced =
        before.ends_with('v') && !before.trim_end_matches('v').ends_with(|c: char| c.is_ascii_alphanumeric());
    let start = if displaced { page - 1 } else { page };
    let mut cursor = Cursor::at(text, page);
    let counted = cursor.eat("Page") && cursor.number(4).is_some() && cursor.eat("of") && cursor.number(4).is_some();
    counted.then(|| footer_end(text, start, cursor, displaced))?
}

const PAGE: [&str; 2] = ["頁", "页"];

/// `第 1 頁 共 2 頁 v1.1.1`.
fn chinese_footer(text: &str, start: usize) -> Option<Range<usize>> {
    let mut cursor = Cursor::at(text, start);
    let counted = cursor.eat("第")
        && cursor.number(4).is_some()
        && cursor.eat_any(&PAGE)
        && cursor.eat("共")
        && cursor.number(4).is_some()
        && cursor.eat_any(&PAGE);
    counted.then(|| footer_end(text, start, cursor, false))?
}

/// With a version, the words are a footer wherever they stand. Without one, only on a line of their own, before a form
/// code, at the end of the text, or where no sentence goes on around them: prose may speak of pages too.
fn footer_end(text: &str, start: usize, counted: Cursor<'_>, displaced: bool) -> Option<Range<usize>> {
    let mut versioned = counted;
    let beside = displaced || versioned.eat("v");
    if take_version(&mut versioned) {
        let start = if beside { start } else { version_before(text, start) };
        return Some(start..versioned.position());
    }
    let rest = counted.rest();
    let next = rest.trim_start_matches(is_blank);
    let own_line = begins_line(text, start) && ends_line(text, counted.position());
    let apart = own_line || next.is_empty() || form_code(next).is_some() || stands_apart(text, start, rest);
    apart.then(|| version_before(text, start)..counted.position())
}

/// Whether no sentence leads to the words, and none goes on behind them.
fn stands_apart(text: &str, start: usize, rest: &str) -> bool {
    let next = rest.trim_start_matches(is_blank);
    const LEADS: [&str; 16] =
        ["see", "on", "at", "in", "to", "from", "of", "and", "see also", "見", "閱", "於", "在", "載", "至", "及"];
    let before = text.get(..start).unwrap_or_default();
    // Chinese sentences have no blanks.
    let glued = before.ends_with(|c: char| !c.is_ascii())
        || next.len() == rest.len() && !next.starts_with(|c: char| c.is_ascii());
    let before = before.trim_end_matches(is_blank);
    let word = before.rsplit(is_blank).next().unwrap_or_default();
    let leads = LEADS.iter().any(|lead| word.eq_ignore_ascii_case(lead) || (!lead.is_ascii() && word.ends_with(lead)));
    let goes_on = next.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_punctuation())
        || next.starts_with(['的', '之', '及', '至', '，', '。', '、', '；', '內', '所', '上', '中']);
    !leads && !goes_on && !glued
}

/// Where a version begins that stands right before the page, or its `v` alone: `v 1.1.1 Page 1 of 3`, `v Page 1 of 3 1.1.1`.
fn version_before(text: &str, page: usize) -> usize {
    let before = text.get(..page).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let begins = line.rfind('v').filter(|at| is_version(line.get(*at..).unwrap_or_default()));
    let begins =
        begins.filter(|at| line.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with(is_blank)));
    begins.map_or(page, |at| before.len() - line.len() + at)
}

/// `1.1.1`: three numbers. The last has one digit; more are those of a value glued to the footer.
fn take_version(cursor: &mut Cursor<'_>) -> bool {
    let mut dotted = || cursor.number(2).is_some() && cursor.rest().starts_with('.') && cursor.eat(".");
    dotted() && dotted() && cursor.rest().starts_with(|c: char| c.is_ascii_digit()) && cursor.eat_any(&DIGITS)
}

const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// The version of a footer that has none, on lines of its own above and below: `v 1.1.1`, or `v` and `1.1.1` each alone.
fn versions_beside(text: &str, footer: &Range<usize>) -> Vec<Range<usize>> {
    let whole = text.get(footer.clone()).is_some_and(|footer| footer.contains('.') && footer.contains('v'));
    if whole || !(begins_line(text, footer.start) && ends_line(text, footer.end)) {
        return Vec::new();
    }
    let below = text.get(footer.end..).unwrap_or_default().split_inclusive('\n').skip(1).take(2);
    let above = text.get(..footer.start).unwrap_or_default();
    let above = above.rsplit_once('\n').map_or("", |(lines, _)| lines).rsplit('\n').take(2);
    let range = |line: &str| {
        let start = line.as_ptr().addr() - text.as_ptr().addr();
        start..start + line.trim_end_matches(is_blank).len()
    };
    let (above, below) = (above.take_while(|line| is_version(line)), below.take_while(|line| is_version(line)));
    above.chain(below).map(range).collect()
}

/// `v 1.1.1` on lines of their own, wherever their pages are.
fn lone_versions(text: &str, blanks: &[Range<usize>]) -> Vec<Range<usize>> {
    let starts = memchr::memchr_iter(b'v', text.as_bytes()).filter(|start| begins_line(text, *start));
    let line =
        |start: usize| start..text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| start + end);
    let version =
        |line: &Range<usize>| text.get(line.clone()).is_some_and(|line| line.contains('.') && is_version(line));
    let taken = |line: &Range<usize>| blanks.iter().any(|blank| blank.start < line.end && line.start < blank.end);
    starts.map(line).filter(|line| version(line) && !taken(line)).collect()
}

/// `v`, `1.1.1`, `v 1.1.1`, and nothing else.
fn is_version(line: &str) -> bool {
    let line = line.trim_matches(is_blank);
    let number = line.strip_prefix('v').unwrap_or(line).trim_start_matches(is_blank);
    let mut cursor = Cursor::at(number, 0);
    line == "v" || (take_version(&mut cursor) && cursor.rest().is_empty())
}

/// Form codes that stand as a page header: alone on a line, after a footer, or before what opens a form.
fn headers(text: &str, footers: &[Range<usize>]) -> Vec<Range<usize>> {
    static CODE: Needle = Needle::new("EF");
    let mut found: Vec<Range<usize>> = Vec::new();
    for start in CODE.all_in(text) {
        let Some(code) = text.get(start..).and_then(form_code) else { continue };
        let code = start..start + code.len();
        let after_header = found.last().is_some_and(|header| is_right_before(text, header, start));
        if alone(text, &code)
            || opens_text(text, &code)
            || after_header
            || follows_footer(text, start, footers)
            || opens_form(text, code.end)
        {
            found.push(code);
        }
    }
    found
}

fn alone(text: &str, code: &Range<usize>) -> bool {
    begins_line(text, code.start) && ends_line(text, code.end)
}

/// At the very beginning, unless a sentence goes on: `EF001 and EF002 are forms`.
fn opens_text(text: &str, code: &Range<usize>) -> bool {
    let first = text.get(..code.start).is_some_and(|before| before.len() < 200 && before.chars().all(is_blank));
    let next = Cursor::at(text, code.end).peek();
    first && next.is_none_or(|c| c.is_ascii_uppercase() || (!c.is_ascii() && c.is_alphabetic()))
}

fn follows_footer(text: &str, start: usize, footers: &[Range<usize>]) -> bool {
    let before = footers.partition_point(|footer| footer.end <= start);
    let last = before.checked_sub(1).and_then(|last| footers.get(last));
    last.is_some_and(|footer| is_right_before(text, footer, start))
}

fn is_right_before(text: &str, furniture: &Range<usize>, start: usize) -> bool {
    let between = text.get(furniture.end..start);
    between.is_some_and(|between| between.len() < 200 && between.chars().all(is_blank))
}

/// In one-line texts the code stands before the disclaimer, the title, or (whatever its title) the first row.
fn opens_form(text: &str, end: usize) -> bool {
    let next = text.get(end..).unwrap_or_default().trim_start_matches(is_blank);
    let opening: String = next.chars().take(120).collect();
    let begins = ["Disclaimer", "免責聲明", "Cash Dividend", "股票發行人"].iter().any(|word| opening.starts_with(word));
    begins || opening.contains("Issuer name") || opening.contains("發行人名稱")
}

fn begins_line(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.chars().rev().find(|c| *c == '\n' || !is_blank(*c)).is_none_or(|c| c == '\n')
}

fn ends_line(text: &str, at: usize) -> bool {
    let after = text.get(at..).unwrap_or_default();
    after.chars().find(|c| *c == '\n' || !is_blank(*c)).is_none_or(|c| c == '\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> String {
        let (blanked, _) = blank_out(text, text.is_ascii());
        assert_eq!(blanked.len(), text.len(), "{text}");
        blanked.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn footers_and_headers_disappear_wherever_they_stand() {
        for text in [
            "before\n第 1 頁 共 2 頁 v1.1.1\nEF001\nafter",
            "before\nPage 1 of 3 v 1.1.1\nEF003\nafter",
            "before\nPage 1 of 3\nafter",
            "before Page 1 of 3 v 1.1.1EF001 after",
            "before Page 1 of 3EF001 after",
            "before\nvPage 2 of 12 1.0.2\nafter",
            "before第1頁共2頁v1.1.1after",
            "before\n第 1 頁 共 2 頁\nv 1.1.1\nEF001\nafter",
            "before\nv\nPage 1 of 3\n1.1.1\nafter",
            "before\nv1.1.1\r\nPage 1 of 3\r\nafter",
            "EF001\nbefore\nv 1.1.1\nafter",
            "EF001 before\n第 2 頁 共 2 頁\nafter Issuer name",
        ] {
            assert_eq!(left(text).replace(" Issuer name", ""), "before after", "{text}");
        }
    }

    #[test]
    fn without_its_version_a_page_line_stands_apart_from_sentences() {
        for (text, expected) in [
            ("Not applicable Page 2 of 3 Information", "Not applicable Information"),
            ("不適用 第 2 頁 共 3 頁 發行人", "不適用 發行人"),
            ("不适用 第 2 页 共 3 页 发行人", "不适用 发行人"),
            ("Not applicable v 1.1.1 Page 2 of 3 Information", "Not applicable Information"),
            ("27 June 2025 Page 1 of 2 Kestrel", "27 June 2025 Kestrel"),
            ("Hong Kong v Page 1 of 2 1.1.1 Kestrel", "Hong Kong Kestrel"),
            ("Hong Kong\nv\nPage 1 of 2 1.1.1\nKestrel", "Hong Kong Kestrel"),
        ] {
            assert_eq!(left(text), expected);
        }
    }

    #[test]
    fn a_value_glued_to_a_footer_keeps_its_digits() {
        assert_eq!(left("paid on Page 1 of 3 v 1.1.104 June 2024"), "paid on 04 June 2024");
        assert_eq!(left("第 1 頁 共 2 頁 v1.1.12026年3月18日"), "2026年3月18日");
    }

    #[test]
    fn prose_about_pages_and_forms_stays() {
        for text in [
            "see Page 1 of 3 of the circular",
            "form EF001 was filed",
            "第 1 頁 共 2 頁 的表格",
            "Page 3",
            "v 1.1.1",
            "1.1.1 see Page 1 of 3 of v 1.1.1",
            "EF0011",
            "XEF001",
        ] {
            assert_eq!(left(text), text);
        }
    }

    #[test]
    fn codes_are_told_from_longer_words() {
        for (text, code) in [
            ("EF001", Some("EF001")),
            ("EF001Disclaimer", Some("EF001")),
            ("EF002免責聲明", Some("EF002")),
            ("EF001A", None),
            ("EF0010", None),
            ("ef001", None),
            ("FF301 x", Some("FF301")),
        ] {
            assert_eq!(form_code(text), code, "{text}");
        }
    }
}
