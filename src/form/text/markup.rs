//! Markdown and quoted CSV: emphasis, headings, table bars and quotes are furniture; between two cells stands a tab.
//!
//! Each mark gives way to as many blanks, so that no offset moves. A text without such marks is passed over at a glance.

use std::borrow::Cow;
use std::ops::Range;

use crate::needle::Needle;

/// Fewest lines that begin with a bar in a table without a line of dashes, or that are quoted cells.
const FEWEST_LINES: usize = 3;

/// The text without its marks.
pub(super) fn blank_out(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    static CELLS: Needle = Needle::new("\",\"");
    static UNDERSCORES: Needle = Needle::new("__");
    let quoted = || CELLS.is_in(text);
    if memchr::memchr3(b'|', b'*', b'#', bytes).is_none() && !UNDERSCORES.is_in(text) && !quoted() {
        return Cow::Borrowed(text);
    }
    let lines: Vec<Range<usize>> = lines(bytes);
    let begin_with =
        |mark: u8| lines.iter().filter(|line| first(bytes, line).is_some_and(|(_, byte)| byte == mark)).count();
    let ruled = |line: &&Range<usize>| is_rule(bytes.get((*line).clone()).unwrap_or_default());
    let bars = begin_with(b'|') >= FEWEST_LINES || lines.iter().any(|line| ruled(&line));
    let quotes = begin_with(b'"') >= FEWEST_LINES && quoted();
    let mut blanked = bytes.to_vec();
    for line in lines {
        let Some(cells) = blanked.get_mut(line) else { continue };
        heading(cells);
        emphasis(cells);
        if bars {
            table_row(cells);
        }
        if quotes {
            quoted_row(cells);
        }
    }
    String::from_utf8(blanked).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).chain([bytes.len()]);
    let mut start = 0;
    ends.map(|end| std::mem::replace(&mut start, end + 1)..end).collect()
}

fn first(bytes: &[u8], line: &Range<usize>) -> Option<(usize, u8)> {
    let line = bytes.get(line.clone())?;
    line.iter().copied().enumerate().find(|(_, byte)| !is_blank(*byte))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `|---|:---:|`: the line between the head of a table and its rows.
fn is_rule(line: &[u8]) -> bool {
    let dashes = line.iter().filter(|byte| **byte == b'-').count();
    dashes >= 3 && line.contains(&b'|') && line.iter().all(|byte| matches!(byte, b'-' | b':' | b'|' | b' '))
}

/// `## Title`, and the mark of a list before a word in bold.
fn heading(line: &mut [u8]) {
    let Some(start) = line.iter().position(|byte| !is_blank(*byte)) else { return };
    let rest = line.get(start..).unwrap_or_default();
    let marks = rest.iter().take_while(|byte| **byte == b'#').count();
    let marks = match rest {
        [b'-' | b'*' | b'+', b' ', b'*', ..] => 1,
        _ => marks,
    };
    if marks > 0 && rest.get(marks) == Some(&b' ') {
        blank(line, start..start + marks);
    }
}

/// `**Stock code**`, `*Final*`, `__Status__`: marks around words, and none that stands at one end only.
fn emphasis(line: &mut [u8]) {
    let mut at = 0;
    while let Some(open) = run(line, at) {
        at = open.end;
        let before = open.start.checked_sub(1).and_then(|before| line.get(before));
        let opens = before.is_none_or(|byte| is_blank(*byte) || matches!(byte, b'|' | b'(' | b'"'))
            && line.get(open.end).is_some_and(|byte| !is_blank(*byte));
        if let Some(close) = opens.then(|| closing(line, &open)).flatten() {
            at = close.end;
            blank(line, open);
            blank(line, close);
        }
    }
}

/// The next run of one mark: stars, or two underscores.
fn run(line: &[u8], from: usize) -> Option<Range<usize>> {
    let marks = |at: usize, mark: u8| line.iter().skip(at).take_while(|byte| **byte == mark).count();
    (from..line.len()).find_map(|at| match line.get(at)? {
        b'*' => Some(at..at + marks(at, b'*')),
        b'_' if marks(at, b'_') == 2 => Some(at..at + 2),
        _ => None,
    })
}

fn closing(line: &[u8], open: &Range<usize>) -> Option<Range<usize>> {
    let mut at = open.end;
    while let Some(close) = run(line, at) {
        at = close.end;
        let ends = line.get(close.end).is_none_or(|byte| is_blank(*byte) || matches!(byte, b'|' | b':' | b')' | b'"'));
        let behind_word = line.get(close.start - 1).is_some_and(|byte| !is_blank(*byte));
        if close.len() == open.len() && line.get(close.start) == line.get(open.start) && ends && behind_word {
            return Some(close);
        }
    }
    None
}

/// `| Stock code | 01987 |`: a tab for each bar between two cells.
fn table_row(line: &mut [u8]) {
    if is_rule(line) {
        return line.fill(b' ');
    }
    let is_edge = |byte: &u8| is_blank(*byte) || *byte == b'|';
    if !line.contains(&b'|') {
        return;
    }
    // An empty first cell goes on from the row above, so that its bar stays a tab.
    let start =
        line.iter().position(|byte| *byte == b'|').filter(|at| line.iter().take(*at).all(|byte| is_blank(*byte)));
    if let Some(mark) = start.and_then(|start| line.get_mut(start)) {
        *mark = b' ';
    }
    let end = line.iter().rposition(|byte| !is_edge(byte)).map_or(0, |end| end + 1);
    for (at, byte) in line.iter_mut().enumerate().filter(|(_, byte)| **byte == b'|') {
        *byte = if at < end { b'\t' } else { b' ' };
    }
}

/// `"Stock code","01987"`.
fn quoted_row(line: &mut [u8]) {
    let (Some(start), Some(end)) =
        (line.iter().position(|byte| !is_blank(*byte)), line.iter().rposition(|byte| !is_blank(*byte)))
    else {
        return;
    };
    if line.get(start) != Some(&b'"') || line.get(end) != Some(&b'"') || start == end {
        return;
    }
    let places: Vec<usize> = memchr::memmem::find_iter(line, b"\",\"").collect();
    for at in places {
        if let Some(between) = line.get_mut(at..at + 3) {
            between.copy_from_slice(b" \t ");
        }
    }
    blank(line, start..start + 1);
    blank(line, end..end + 1);
}

fn blank(line: &mut [u8], marks: Range<usize>) {
    if let Some(marks) = line.get_mut(marks) {
        marks.fill(b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_blanks_and_bars_between_cells_are_tabs() {
        for (text, expected) in [
            ("## Directors of the issuer", "   Directors of the issuer"),
            ("**Stock code** 01987", "  Stock code   01987"),
            ("- **Stock code:** 01987", "    Stock code:   01987"),
            ("*Final* __Status__", " Final    Status  "),
            ("| a | b |\n|---|:-:|\n| | c |", "  a \t b  \n         \n  \t c  "),
            ("\"a\",\"b\"\n\"c\",\"d\"\n\"e\",\"\"", " a \t b \n c \t d \n e \t  "),
        ] {
            assert_eq!(blank_out(text), expected, "{text}");
            assert_eq!(blank_out(text).len(), text.len());
        }
    }

    #[test]
    fn what_is_no_mark_stays() {
        for text in ["HKD 0.35* per share", "0.35**", "2 * 3 * 4", "a|b", "#1 Signal Street", "\"a\",\"b\"", "a__b__c"]
        {
            assert_eq!(blank_out(text), text);
        }
    }
}
