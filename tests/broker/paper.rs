//! Forms as PDFs, drawn by the writer of the suite's own.

#![expect(clippy::float_arithmetic, reason = "places on paper")]

#[path = "../suite/paper/document.rs"]
mod document;
#[path = "../suite/paper/face.rs"]
mod face;
#[path = "../suite/paper/file.rs"]
mod file;
#[path = "../suite/paper/sheet.rs"]
mod sheet;

use face::Face;
use sheet::{Lines, Style};

/// The PDF of a form in the tab-separated layout.
pub(crate) fn drawn(form: &str) -> Vec<u8> {
    let style = Style {
        face: Face::WinAnsi,
        lines: Lines::Boxes,
        middle: 200.0,
        titles_boxed: false,
        furniture_first: true,
        foot: 60.0,
    };
    sheet::draw_tabs(form, 1, &style)
}
