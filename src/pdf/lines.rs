//! Glyphs → lines of text: what stands on one base line, from left to right, with blanks where words end.

use super::geometry::Area;
use super::page::Glyph;
use crate::letters::is_wide;

/// A line of text, or what of it stands apart from the rest.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// With a blank at its end where one was drawn.
    pub(super) text: String,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) base: f64,
    pub(super) size: f64,
    /// How wide its first word is, and one blank.
    first_word: f64,
}

/// A gap of so many times the size stands between columns, not between words.
const COLUMN_GAP: f64 = 1.8;

/// The lines of some glyphs, from top to bottom; a line with wide gaps in its parts, from left to right.
pub(super) fn lines(mut glyphs: Vec<Glyph>) -> Vec<Vec<Line>> {
    glyphs.sort_by(|one, other| other.base.total_cmp(&one.base));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| same_line(first, &glyph)) => row.push(glyph),
            _ => rows.push(vec![glyph]),
        }
    }
    rows.into_iter().map(parts).filter(|parts| !parts.is_empty()).collect()
}

/// Base lines may differ by a fraction of the size: a raised mark, another font.
fn same_line(first: &Glyph, glyph: &Glyph) -> bool {
    (first.base - glyph.base).abs() < first.size.max(glyph.size) * 0.35
}

/// Cuts the glyphs of a line where a column ends.
fn parts(mut glyphs: Vec<Glyph>) -> Vec<Line> {
    glyphs.sort_by(|one, other| one.left.total_cmp(&other.left));
    glyphs.dedup_by(|next, kept| drawn_again(next, kept));
    let mut parts: Vec<Vec<Glyph>> = Vec::new();
    let mut ink_ends = f64::NEG_INFINITY;
    for glyph in glyphs {
        if glyph.c.is_whitespace() {
            if let Some(part) = parts.last_mut() {
                part.push(glyph);
            }
            continue;
        }
        match parts.last_mut() {
            Some(part) if glyph.left - ink_ends < glyph.size * COLUMN_GAP => part.push(glyph),
            _ => parts.push(vec![glyph]),
        }
        ink_ends = glyph.right;
    }
    parts.iter().filter_map(|part| line(part)).collect()
}

/// Letters are drawn twice to look bold, the second time a little aside; digits of one text never are.
fn drawn_again(glyph: &Glyph, before: &Glyph) -> bool {
    glyph.c == before.c && glyph.showing != before.showing && glyph.left - before.left < before.size * 0.1
}

fn line(glyphs: &[Glyph]) -> Option<Line> {
    let inked = || glyphs.iter().filter(|glyph| !glyph.c.is_whitespace());
    let (first, last) = (inked().next()?, inked().next_back()?);
    let mut text = String::new();
    let mut first_word_ends = None;
    let mut before: Option<&Glyph> = None;
    for glyph in glyphs {
        let blank = glyph.c.is_whitespace();
        let gap = before.is_some_and(|before| words_apart(before, glyph));
        if (blank || gap) && !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
        let word_ends = blank || gap || before.is_some_and(|before| is_wide(before.c) && !closes(glyph.c));
        if let (true, None, Some(before)) = (word_ends, first_word_ends, before) {
            first_word_ends = Some(before.right);
        }
        if !blank {
            text.push(glyph.c);
        }
        before = Some(glyph);
    }
    let size = first.size;
    let blank = if is_wide(first.c) { 0.0 } else { size * 0.25 };
    let first_word = first_word_ends.unwrap_or(last.right) - first.left + blank;
    Some(Line { text, left: first.left, right: last.right, base: first.base, size, first_word })
}

fn words_apart(before: &Glyph, glyph: &Glyph) -> bool {
    let needed = if is_wide(before.c) || is_wide(glyph.c) { 0.5 } else { 0.18 };
    glyph.left - before.right > before.size.max(glyph.size) * needed
}

/// The lines of one cell as they were written: two are joined where the next word would not have fitted on the first.
pub(super) fn unwrapped(lines: &[Line], cell: Area) -> Vec<String> {
    let inset = lines.iter().map(|line| line.left - cell.left).fold(MAX_INSET, f64::min).max(0.0);
    let mut written: Vec<String> = Vec::new();
    let mut above: Option<&Line> = None;
    for line in lines {
        let full = above.is_some_and(|above| above.right + line.first_word > cell.right - inset + FITTING);
        match written.last_mut() {
            Some(text) if full => join(text, &line.text),
            _ => written.push(line.text.clone()),
        }
        above = Some(line);
    }
    written.iter_mut().for_each(|text| text.truncate(text.trim_end().len()));
    written
}

/// No cell keeps its text farther from its line.
const MAX_INSET: f64 = 8.0;
/// What fits, fits exactly; producers round.
const FITTING: f64 = 0.5;

/// Puts a line behind another, with a blank between them where words end: not before or after a Chinese character (`8` and `樓`), nor after the
/// hyphen of a word. A blank that was drawn at the end of the line stays.
pub(super) fn join(text: &mut String, next: &str) {
    let mut end = text.chars().rev();
    let (last, before) = (end.next(), end.next());
    let wide = last.is_some_and(is_wide) || next.chars().next().is_some_and(is_wide);
    let hyphen = last == Some('-') && before.is_some_and(char::is_alphanumeric);
    if !text.is_empty() && !text.ends_with(' ') && !wide && !hyphen {
        text.push(' ');
    }
    text.push_str(next);
}

/// Punctuation that does not begin a line.
fn closes(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '）'
            | '」'
            | '』'
            | '》'
            | '！'
            | '？'
            | ')'
            | ','
            | '.'
            | ';'
            | ':'
            | '%'
    )
}
