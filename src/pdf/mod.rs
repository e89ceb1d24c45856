//! PDF bytes → text: each row of a form as `label<TAB>value`, by the cells that are drawn on its pages. Pure.
//!
//! | step | file |
//! | --- | --- |
//! | the file's objects and pages | `load`, `file`, on top of `lopdf` |
//! | a page's content, cut into operators; the glyphs and ruling lines that they draw | `lexer`, `page`, `path`, `geometry` |
//! | what the glyphs stand for | `font` |
//! | the cells between the lines; lines that underlined rows lack | `cells`, `bands` |
//! | what stands in each cell, line by line; cells as rows; what every page repeats | `lines`, `rows`, `running` |
//! | what the document is, before any limit bites | `verdict`; for a file that is too much to read, `glance` |
//!
//! All that a document may cost is counted ([`Limits`]). The same bytes give the same text.

#![expect(clippy::float_arithmetic, reason = "places on paper; amounts are text here")]

mod bands;
mod cells;
mod file;
mod font;
mod geometry;
mod glance;
mod lexer;
mod limits;
mod lines;
mod load;
mod page;
mod path;
mod rows;
mod running;
mod verdict;

use cells::Cells;
use file::{File, Page};
use geometry::Area;
use limits::Budget;
pub use limits::Limits;
use page::{Drawing, Fonts};
pub use rows::Place;
use rows::{Row, Writer};
use verdict::Verdict;

use crate::finding::{Code, Finding};

/// The text of a PDF document, and how it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Lines, as those of an HTML document.
    pub text: String,
    /// Of each line, where it stands on paper.
    pub places: Vec<Place>,
    /// The same lines as they follow each other, where boxed rows and rows without boxes mix: what both readings say of a
    /// date or an amount should agree.
    pub in_order: Option<String>,
    /// How many pages were read.
    pub pages: usize,
    /// Whether a page has what only forms have; of anything else the first page is enough.
    pub is_form: bool,
    /// What is suspicious about the file.
    pub warnings: Vec<Finding>,
}

/// Who reads a PDF: [`read`], or another process that does so for this one.
pub type Read<'r> = &'r dyn Fn(&[u8]) -> Result<Reading, Finding>;

/// Reads a PDF document in this process, by the limits that are usual.
///
/// # Errors
///
/// As [`read`].
pub fn read_here(bytes: &[u8]) -> Result<Reading, Finding> {
    read(bytes, &Limits::default())
}

/// Reads a PDF document: all of a form, and of anything else enough to see that it is none.
///
/// # Errors
///
/// Why there is no text, or none that can be trusted.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, Finding> {
    let file = match File::open(bytes, limits) {
        Err(too_much) if too_much.code == Code::PdfTooComplex => return glance(bytes, limits).ok_or(too_much),
        file => file?,
    };
    let pages = file.pages(limits);
    let mut verdict = Verdict::new(&file, pages.len(), limits);
    let mut budget = Budget::new(limits);
    let mut fonts = Fonts::new();
    let mut drawings = Vec::new();
    for page in pages.iter().take(limits.pages) {
        let (drawing, stopped) = page::draw(&file, page, &mut fonts, &mut budget);
        verdict.see(&drawing);
        drawings.push(drawing);
        if verdict.stops(stopped)? {
            break;
        }
    }
    let is_form = verdict.is_form;
    let warnings = verdict.warnings(&drawings)?;
    let cells = drawings.iter().map(|drawing| if is_form { cells(drawing, limits) } else { Ok(Cells::default()) });
    let cells = cells.collect::<Result<Vec<_>, _>>()?;
    let (text, places) = lines_of(&pages, &drawings, &cells);
    let none: Vec<Cells> = drawings.iter().map(|_| Cells::default()).collect();
    let in_order = is_mixed(&drawings, &cells).then(|| lines_of(&pages, &drawings, &none).0);
    Ok(Reading { text, places, in_order, pages: drawings.len(), is_form, warnings })
}

/// The first page of a file that is too much to read, when it shows that the document is no form.
fn glance(bytes: &[u8], limits: &Limits) -> Option<Reading> {
    let file = File::of(glance::first_page(bytes, limits)?);
    let pages = file.pages(limits);
    let (drawing, _) = page::draw(&file, pages.first()?, &mut Fonts::new(), &mut Budget::new(limits));
    let mut verdict = Verdict::new(&file, pages.len(), limits);
    verdict.see(&drawing);
    if verdict.is_form {
        return None;
    }
    let drawings = [drawing];
    let warnings = verdict.warnings(&drawings).ok()?;
    let (text, places) = lines_of(&pages, &drawings, &[Cells::default()]);
    Some(Reading { text, places, in_order: None, pages: 1, is_form: false, warnings })
}

/// The cells of a page of a form, underlined rows among them.
fn cells(drawing: &Drawing, limits: &Limits) -> Result<Cells, Finding> {
    let mut rules = drawing.rules.clone();
    rules.extend(bands::missing(&drawing.rules, &drawing.glyphs));
    Cells::new(&rules, limits)
}

/// Whether some rows of a form have boxes and others none but an underline.
fn is_mixed(drawings: &[Drawing], cells: &[Cells]) -> bool {
    let underlined = |drawing: &Drawing| !bands::missing(&drawing.rules, &drawing.glyphs).is_empty();
    cells.iter().any(|cells| !cells.cells.is_empty()) && drawings.iter().any(underlined)
}

/// The lines of all pages: by their cells, or, where no page has any, as they follow each other.
fn lines_of(pages: &[Page<'_>], drawings: &[Drawing], cells: &[Cells]) -> (String, Vec<Place>) {
    let boxed = cells.iter().any(|cells| !cells.cells.is_empty());
    let papers: Vec<Area> = pages.iter().map(|page| page.shown.transformed(&page.upright)).collect();
    let margins =
        |page: usize| papers.get(page).map_or((0.0, 0.0), |paper| (paper.bottom + MARGIN, paper.top - MARGIN));
    let mut texts_begin = f64::INFINITY;
    let rows = drawings.iter().zip(cells).map(|(drawing, cells)| rows::rows(&drawing.glyphs, cells, &mut texts_begin));
    let mut rows: Vec<Vec<Row>> = rows.collect();
    let running = running::take(&mut rows, |page, row| {
        let (bottom, top) = margins(page);
        row.top() < bottom || row.top() > top
    });
    let mut writer = Writer::default();
    for (page, (paper, (drawing, rows))) in papers.iter().zip(drawings.iter().zip(&rows)).enumerate() {
        let number = u32::try_from(page).unwrap_or(u32::MAX).saturating_add(1);
        let place = |y: f64| Place { page: number, below_top_mm: millimetres(paper.top - y) };
        let furniture = if boxed { margins(page) } else { (paper.top, paper.bottom) };
        if page == 0 {
            writer.page(&running, place, furniture);
        }
        writer.page(rows, place, furniture);
        if !drawing.turned.is_empty() {
            writer.line(&drawing.turned, place(paper.bottom));
        }
    }
    writer.finish()
}

/// Headers and footers stand this near to the edge of the paper.
const MARGIN: f64 = 50.0;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a page may measure")]
fn millimetres(points: f64) -> u32 {
    (points * 25.4 / 72.0).clamp(0.0, 100_000.0).round() as u32
}
