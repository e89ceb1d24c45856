//! The text of a document as the reader sees it: page furniture blanked out, lines numbered, offsets unchanged.

use std::borrow::Cow;
use std::ops::Range;

use super::furniture::{self, Marks};
use super::line_index::LineIndex;
use super::markup;
use super::simplified;
use super::symbol::{is_blank, is_plain, is_unseen, leads_chinese};
use crate::form::model::Language;

/// The text, with what is needed to find a place in it again.
#[derive(Debug)]
pub struct SourceText<'a> {
    /// As given, page furniture overwritten by blanks of the same length.
    pub text: Cow<'a, str>,
    /// Form codes found where a page header stands: byte offsets in the text as given.
    pub codes: Vec<Range<usize>>,
    /// Whether the text is all ASCII: nothing Chinese need be looked for.
    pub ascii: bool,
    original: &'a str,
    /// Where the page line of the last page ends.
    last_page_end: Option<usize>,
    /// In simplified Chinese, where `text` is traditional: the same with the characters as given.
    printed: Option<Cow<'a, str>>,
    /// Where lines end in the text without furniture.
    line_index: LineIndex,
    /// Where lines end in the text as given, if not there too.
    line_ends: Option<LineIndex>,
}

impl<'a> SourceText<'a> {
    /// Blanks out the furniture and numbers the lines.
    pub fn new(original: &'a str) -> SourceText<'a> {
        let ascii = original.is_ascii();
        let (text, Marks { codes, last_page_end }) = match markup::blank_out(original) {
            Cow::Borrowed(text) => furniture::blank_out(text, ascii),
            Cow::Owned(text) => {
                let (text, marks) = furniture::blank_out(&text, ascii);
                (Cow::Owned(text.into_owned()), marks)
            }
        };
        let (bytes, given) = (text.as_bytes(), original.as_bytes());
        if matches!(text, Cow::Borrowed(_)) && memchr::memchr2(b'\r', 0x0c, bytes).is_none() {
            let line_index = LineIndex::new(memchr::memchr_iter(b'\n', bytes), bytes.len());
            return SourceText {
                codes,
                ascii,
                original,
                last_page_end,
                printed: None,
                line_index,
                line_ends: None,
                text,
            };
        }
        let line_index = LineIndex::new(memchr::memchr3_iter(b'\n', b'\r', 0x0c, bytes), bytes.len());
        let line_end = if memchr::memchr(b'\n', given).is_some() { b'\n' } else { b'\r' };
        let line_ends = Some(LineIndex::new(memchr::memchr_iter(line_end, given), given.len()));
        SourceText { text, codes, ascii, original, last_page_end, printed: None, line_index, line_ends }
    }

    /// The same without these ranges, in their order: blank as furniture is.
    pub(crate) fn without(self, ranges: impl Iterator<Item = Range<usize>>) -> SourceText<'a> {
        let ranges: Vec<Range<usize>> = ranges.collect();
        let text: Cow<'a, str> = Cow::Owned(furniture::overwritten(&self.text, &ranges));
        let bytes = text.as_bytes();
        let line_index = LineIndex::new(memchr::memchr3_iter(b'\n', b'\r', 0x0c, bytes), bytes.len());
        let line_ends = Some(self.line_ends.unwrap_or(self.line_index));
        let printed = self.printed.map(|printed| Cow::Owned(furniture::overwritten(&printed, &ranges)));
        SourceText { text, printed, line_index, line_ends, ..self }
    }

    /// The same, matched as traditional Chinese what is written in simplified characters.
    pub(crate) fn in_traditional(self) -> SourceText<'a> {
        SourceText { text: Cow::Owned(simplified::in_traditional(&self.text)), printed: Some(self.text), ..self }
    }

    /// Where the page line of the last page ends, where page lines stand at the foot of their pages.
    pub(crate) fn last_page_end(&self) -> Option<usize> {
        self.last_page_end
    }

    /// Whether the text is in simplified Chinese, and `text` is not.
    pub(crate) fn is_simplified(&self) -> bool {
        self.printed.is_some()
    }

    /// The text without furniture, in the characters as given.
    pub(crate) fn printed(&self, range: Range<usize>) -> &str {
        self.printed.as_ref().unwrap_or(&self.text).get(range).unwrap_or_default()
    }

    /// Number of the line that a byte stands on, from 1.
    pub fn line(&self, at: usize) -> u32 {
        let line_ends = self.line_ends.as_ref().unwrap_or(&self.line_index);
        u32::try_from(line_ends.before(at) + 1).unwrap_or(u32::MAX)
    }

    /// The text as given.
    pub fn original(&self, range: Range<usize>) -> &'a str {
        self.original.get(range).unwrap_or_default()
    }

    /// A piece without the blanks around it, when it is text as given: printed in one line, nothing to collapse in it. Then
    /// no furniture stands in it either, for the blanks over that end with a line end.
    #[inline]
    pub fn as_given(&self, piece: &Range<usize>) -> Option<&'a str> {
        is_plain(self.slice(piece.clone())).then(|| self.original(piece.clone()))
    }

    /// The text without furniture.
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// The next `bytes` bytes, or a few less, so as not to cut a character.
    pub fn window(&self, at: usize, bytes: usize) -> Range<usize> {
        let mut end = self.text.len().min(at + bytes);
        while end > at && !self.text.is_char_boundary(end) {
            end -= 1;
        }
        at..end.max(at)
    }

    /// The next `bytes` bytes, or a few more, so as not to cut a character.
    pub fn window_over(&self, at: usize, bytes: usize) -> Range<usize> {
        let mut end = self.text.len().min(at + bytes);
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        at..end.max(at)
    }

    /// The `bytes` bytes before a place, or a few less, so as not to cut a character.
    pub fn window_before(&self, at: usize, bytes: usize) -> Range<usize> {
        let mut start = at.saturating_sub(bytes);
        while start < at && !self.text.is_char_boundary(start) {
            start += 1;
        }
        start..at
    }

    /// The last `bytes` bytes of a range, or a few less, so as not to cut a character.
    pub fn window_within(&self, range: &Range<usize>, bytes: usize) -> Range<usize> {
        self.window_before(range.end, bytes.min(range.len()))
    }

    /// The range without the blanks around it.
    pub fn trim(&self, range: Range<usize>) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let blank = |at: usize| bytes.get(at).is_some_and(|byte| *byte <= b' ');
        let Range { mut start, mut end } = range;
        while start < end && blank(start) {
            start += 1;
        }
        if start >= end {
            return range.start..range.start;
        }
        while blank(end - 1) {
            end -= 1;
        }
        // Nearly always graphic ASCII, or Chinese characters of three bytes each.
        let ascii = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_graphic);
        let chinese = |at: usize| bytes.get(at).is_some_and(|byte| leads_chinese(*byte));
        if (ascii(start) || chinese(start)) && (ascii(end - 1) || (start + 3 <= end && chinese(end - 3))) {
            return start..end;
        }
        let text = self.slice(start..end);
        if !text.starts_with(is_blank) && !text.ends_with(is_blank) {
            return start..end;
        }
        let start = start + (text.len() - text.trim_start_matches(is_blank).len());
        start..start + text.trim_matches(is_blank).len()
    }

    /// Whether nothing is printed in the range.
    pub fn is_blank(&self, range: Range<usize>) -> bool {
        self.slice(range).chars().all(is_blank)
    }

    /// The printed lines of a range, each without the blanks around it; empty ones left out.
    pub fn lines(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let mut start = range.start;
        self.line_index.since(start).take_while(move |&end| end < range.end).chain([range.end]).filter_map(move |end| {
            let line = self.trim(start..end);
            start = end + 1;
            (!line.is_empty()).then_some(line)
        })
    }

    /// Where the lines begin that hold text, without the blanks before it, from a place within a line on; those that begin
    /// with a tab left out.
    pub fn line_starts(&self, from: usize) -> impl Iterator<Item = usize> {
        let rest = (!self.is_tabbed(from)).then_some(from);
        rest.into_iter().chain(self.line_index.since(from).map(|end| end + 1)).filter_map(|start| {
            // Nearly always the text begins at once.
            if self.text.as_bytes().get(start).is_some_and(u8::is_ascii_graphic) {
                return Some(start);
            }
            let line = self.trim(start..self.line_end(start));
            (!line.is_empty() && !self.slice(start..line.start).contains('\t')).then_some(line.start)
        })
    }

    /// The end of the line that a byte stands on.
    pub fn line_end(&self, at: usize) -> usize {
        self.line_index.get(self.line_index.before(at)).unwrap_or(self.text.len())
    }

    /// The beginning of the line that a byte stands on.
    pub fn line_start(&self, at: usize) -> usize {
        let last = self.line_index.before(at).checked_sub(1);
        last.and_then(|last| self.line_index.get(last)).map_or(0, |end| end + 1)
    }

    /// Whether a tab stands right before a byte on its line, or with blanks between.
    pub fn is_tabbed(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        let blanks = before.chars().rev().take_while(|c| !is_line_break(*c) && is_blank(*c));
        blanks.into_iter().any(|c| c == '\t')
    }

    /// Whether only blanks stand before a byte on its line.
    pub fn begins_line(&self, at: usize) -> bool {
        match at.checked_sub(1).and_then(|last| self.text.as_bytes().get(last)) {
            None | Some(b'\n') => return true,
            Some(byte) if byte.is_ascii_graphic() => return false,
            _ => {}
        }
        let before = self.text.get(..at).unwrap_or_default();
        let last = before.chars().rev().find(|c| is_line_break(*c) || !is_blank(*c));
        last.is_none_or(is_line_break)
    }

    /// Whether only blanks stand after a byte on its line.
    pub fn ends_line(&self, at: usize) -> bool {
        let after = self.text.get(at..).unwrap_or_default();
        let next = after.chars().find(|c| is_line_break(*c) || !is_blank(*c));
        next.is_none_or(is_line_break)
    }

    /// Printed pieces as one text: blanks collapsed, line ends joined as the language joins them.
    pub fn join(&self, pieces: &[Range<usize>], language: Language) -> String {
        let mut joined = String::with_capacity(pieces.iter().map(Range::len).sum());
        for piece in pieces {
            for line in self.lines(piece.clone()) {
                push_line(&mut joined, self.printed(line), language);
            }
        }
        joined
    }
}

/// Printed lines as one text, joined as the language joins them.
pub(crate) fn join_lines(lines: &[&str], language: Language) -> String {
    let mut joined = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    for line in lines {
        push_line(&mut joined, line, language);
    }
    joined
}

/// Appends a printed line to a text that was wrapped.
pub(crate) fn push_line(text: &mut String, line: &str, language: Language) {
    if let (Some(before), Some(after)) = (text.chars().next_back(), line.chars().next())
        && (language == Language::En || (before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric()))
    {
        text.push(' ');
    }
    if is_plain(line) {
        text.push_str(line);
        return;
    }
    let words = line.split(|c| is_blank(c) && !is_unseen(c)).map(|word| word.trim_matches(is_unseen));
    for (index, word) in words.filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            text.push(' ');
        }
        text.extend(word.split(is_unseen));
    }
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_in_the_text_as_given() {
        let source = SourceText::new("a\r\nPage 1 of 2 v 1.1.1\r\nb");
        assert_eq!(source.line(0), 1);
        assert_eq!(
            source.lines(0..source.text.len()).map(|l| (source.line(l.start), source.slice(l))).last(),
            Some((3, "b"))
        );
        assert_eq!(source.text.len(), source.original(0..100).len().max(source.text.len()));
    }

    #[test]
    fn a_piece_is_text_as_given_when_nothing_in_it_collapses() {
        let text = "New announcement\nFinal  dividend\nPaid\tin cash\nPaid on Page 1 of 3 v 1.1.104 June 2024\n匯率 1";
        let source = SourceText::new(text);
        let as_given = |printed: &str| {
            let start = text.find(printed).unwrap_or_default();
            source.as_given(&(start..start + printed.len()))
        };
        for printed in ["New announcement", "dividend", "04 June 2024", "匯率 1"] {
            assert_eq!(as_given(printed), Some(printed));
        }
        for printed in ["Final  dividend", "Paid\tin cash", "cash\nPaid", "Paid on Page 1 of 3 v 1.1.104 June 2024"] {
            assert_eq!(as_given(printed), None, "{printed}");
        }
    }

    #[test]
    fn wrapped_text_is_joined_as_its_language_joins_it() {
        let text = "如H\n股個人\n2026年4\n月27日 Charles\nStone";
        let source = SourceText::new(text);
        assert_eq!(source.join(&[0..5, 5..text.len()], Language::ZhHant), "如H股個人2026年4月27日 Charles Stone");
        assert_eq!(source.join(&[0..3, 3..text.len()], Language::En), "如 H 股個人 2026年4 月27日 Charles Stone");
    }
}
