//! What a document is, as far as its pages show it: a form is read whole or not at all; of anything else, too large or
//! too strange as it may be, the pages read so far are enough.

use super::file::File;
use super::limits::{Limits, within};
use super::lines;
use super::load::damaged;
use super::page::Drawing;
use super::rows::joined;
use crate::finding::{Code, Finding};

/// What has been seen of a document.
pub(super) struct Verdict<'l> {
    limits: &'l Limits,
    pages: usize,
    repaired: bool,
    fields: Option<Finding>,
    has_text: bool,
    /// Whether a page has what only forms have.
    pub(super) is_form: bool,
}

impl<'l> Verdict<'l> {
    pub(super) fn new(file: &File, pages: usize, limits: &'l Limits) -> Verdict<'l> {
        let fields = file.refuse_fields().err();
        Verdict { limits, pages, repaired: file.repaired, fields, has_text: false, is_form: false }
    }

    /// Looks at one more page.
    pub(super) fn see(&mut self, drawing: &Drawing) {
        self.has_text |= !drawing.glyphs.is_empty();
        self.is_form = self.is_form || lines_of(drawing).iter().any(|line| is_of_form(line));
    }

    /// Whether no further page need be read, given what stopped the reading of this one.
    ///
    /// # Errors
    ///
    /// When it was stopped by a limit, or would be, and is a form, or nothing that could be told from one.
    pub(super) fn stops(&self, stopped: Option<Finding>) -> Result<bool, Finding> {
        let foreign = self.has_text && !self.is_form;
        match stopped {
            Some(finding) if !foreign => Err(finding),
            Some(_) => Ok(true),
            None if foreign => Ok(self.pages > self.limits.pages),
            None => Ok(false),
        }
    }

    /// What is suspicious about a document that has been read.
    ///
    /// # Errors
    ///
    /// What makes its text useless.
    pub(super) fn warnings(self, drawings: &[Drawing]) -> Result<Vec<Finding>, Finding> {
        if self.pages == 0 {
            return Err(damaged("no page"));
        }
        let fields = self.fields.filter(|fields| fields.code == Code::XfaForm || self.is_form || !self.has_text);
        if let Some(fields) = fields {
            return Err(fields);
        }
        if self.is_form {
            within(self.pages, "pages", self.limits.pages)?;
        }
        let unmapped: usize = drawings.iter().map(|drawing| drawing.unmapped).sum();
        let mapped: usize = drawings.iter().map(|drawing| drawing.glyphs.len()).sum();
        if unmapped > 0 && (self.is_form || unmapped > mapped) {
            return Err(unmapped_glyphs(unmapped, drawings));
        }
        let scanned = |drawing: &Drawing| drawing.glyphs.is_empty() && drawing.pictures > 0;
        if !self.has_text || (self.is_form && drawings.iter().any(scanned)) {
            return Err(without_text(drawings));
        }
        let repaired = self.repaired || drawings.iter().any(|drawing| drawing.stumbled);
        let repaired = repaired.then(|| Finding::new(Code::RepairedPdf, "").expected("a file as published"));
        Ok(repaired.into_iter().chain(missing_page(drawings)).collect())
    }
}

fn unmapped_glyphs(count: usize, drawings: &[Drawing]) -> Finding {
    let mut fonts: Vec<&str> =
        drawings.iter().flat_map(|drawing| &drawing.unmapped_fonts).map(String::as_str).collect();
    fonts.dedup();
    Finding::new(Code::UnmappedGlyphs, "")
        .found(format_args!("{count} glyphs of fonts {}", fonts.join(", ")))
        .expected("fonts that say what their glyphs stand for")
}

fn without_text(drawings: &[Drawing]) -> Finding {
    let pictures: usize = drawings.iter().map(|drawing| drawing.pictures).sum();
    Finding::new(Code::ScannedPdf, "").found(format_args!("{pictures} pictures")).expected("text on each page")
}

fn lines_of(drawing: &Drawing) -> Vec<String> {
    lines::lines(drawing.glyphs.clone()).iter().map(|parts| joined(parts, "\t")).collect()
}

/// A form's code alone, or words of its title.
fn is_of_form(line: &str) -> bool {
    let code = |part: &str| {
        part.trim()
            .strip_prefix("EF")
            .is_some_and(|digits| digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    line.split('\t').any(code) || ["Cash Dividend", "現金股息"].iter().any(|title| line.contains(title))
}

/// Pages are numbered at their foot, `Page 1 of 3`: a number that is not there is a page that is missing.
fn missing_page(drawings: &[Drawing]) -> Option<Finding> {
    let numbers: Vec<(usize, usize)> =
        drawings.iter().filter_map(|drawing| lines_of(drawing).iter().find_map(|line| page_number(line))).collect();
    let total = numbers.iter().map(|(_, total)| *total).max()?;
    let missing = (1..=total.min(MOST_PAGES)).find(|wanted| numbers.iter().all(|(number, _)| number != wanted))?;
    let found = format!("page {missing} of {total} is not there");
    Some(Finding::new(Code::PageMissing, "").found(found).expected("all pages"))
}

/// A footer that promises more is none.
const MOST_PAGES: usize = 99;

/// `Page 1 of 3` → 1, 3; `第 1 頁 共 3 頁` the same.
pub(super) fn page_number(line: &str) -> Option<(usize, usize)> {
    let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let (number, total) = match line.split_once("Page") {
        Some((_, after)) => after.split_once("of")?,
        None => line.split_once('第')?.1.split_once("頁共")?,
    };
    let digits: String = total.chars().take_while(char::is_ascii_digit).collect();
    Some((number.parse().ok()?, digits.parse().ok()?))
}
