//! What reading a PDF may take, counted in things of the document: the same bytes reach the same limit everywhere.

use crate::finding::{Code, Finding};

/// How much of each a document may hold. A form of the exchange has 3 pages, 100 kB and some thousand operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pages of a form.
    pub pages: usize,
    /// Words of the file outside of its packed streams.
    pub words: usize,
    /// Values in all its objects: numbers, names, texts, and what holds them.
    pub values: usize,
    /// Nodes of its page tree.
    pub nodes: usize,
    /// Bytes that one stream becomes when it is unpacked.
    pub stream_bytes: usize,
    /// Bytes that all streams become.
    pub unpacked_bytes: usize,
    /// Operators of all content streams.
    pub operators: usize,
    /// Glyphs of all pages.
    pub glyphs: usize,
    /// Ruling lines of one page.
    pub rules: usize,
    /// Pieces of a page between its ruling lines.
    pub patches: usize,
    /// Cells of one page.
    pub cells: usize,
    /// How deep forms stand in forms, and arrays in arrays.
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            pages: 20,
            words: 500_000,
            values: 600_000,
            nodes: 20_000,
            stream_bytes: 1 << 20,
            unpacked_bytes: 8 << 20,
            operators: 200_000,
            glyphs: 100_000,
            rules: 5_000,
            patches: 250_000,
            cells: 2_000,
            nesting: 12,
        }
    }
}

/// What is left of the limits while a document is read.
#[derive(Debug)]
pub(super) struct Budget<'l> {
    pub(super) limits: &'l Limits,
    unpacked_bytes: usize,
    operators: usize,
    glyphs: usize,
}

impl<'l> Budget<'l> {
    pub(super) fn new(limits: &'l Limits) -> Budget<'l> {
        Budget { limits, unpacked_bytes: limits.unpacked_bytes, operators: limits.operators, glyphs: limits.glyphs }
    }

    /// How many bytes the next stream may become.
    pub(super) fn next_stream(&self) -> usize {
        self.limits.stream_bytes.min(self.unpacked_bytes)
    }

    pub(super) fn unpacked(&mut self, bytes: usize) -> Result<(), Finding> {
        take(&mut self.unpacked_bytes, bytes, "unpacked bytes", self.limits.unpacked_bytes)
    }

    pub(super) fn operator(&mut self) -> Result<(), Finding> {
        take(&mut self.operators, 1, "operators", self.limits.operators)
    }

    pub(super) fn glyph(&mut self) -> Result<(), Finding> {
        take(&mut self.glyphs, 1, "glyphs", self.limits.glyphs)
    }
}

fn take(left: &mut usize, count: usize, what: &str, limit: usize) -> Result<(), Finding> {
    *left = left.checked_sub(count).ok_or_else(|| exceeded(what, limit))?;
    Ok(())
}

/// The finding about a document that holds more of something than any form does.
pub(super) fn exceeded(what: &str, limit: usize) -> Finding {
    Finding::new(Code::PdfTooComplex, "")
        .found(format_args!("more than {limit} {what}"))
        .expected(format_args!("at most {limit} {what}"))
}

/// Refuses a count beyond its limit.
pub(super) fn within(count: usize, what: &str, limit: usize) -> Result<(), Finding> {
    if count > limit { Err(exceeded(what, limit)) } else { Ok(()) }
}
