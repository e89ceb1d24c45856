//! The facts of a form, drawn: a row of cells for each that it prints.

use exdate::event::schema::Language;

use super::face::{Face, Font};
use super::sheet::{LEFT, RIGHT, Sheet, Style};
use crate::render::facts::Facts;
use crate::render::layout::{disclaimer, table_rows};
use crate::render::sheet::{Entry, entries, form_title};

/// The form's PDF.
pub(crate) fn draw(facts: &Facts, language: Language, style: &Style) -> Vec<u8> {
    let font = Font::new(style.face);
    let mut sheet = Sheet::new(&font, style);
    let title = form_title(facts.template(), language);
    for text in disclaimer(language) {
        sheet.loose(text);
    }
    sheet.loose(title);
    for entry in entries(facts, language) {
        match entry {
            Entry::Title(title) if style.titles_boxed => sheet.row(&[(LEFT, RIGHT, vec![title.to_owned()])]),
            Entry::Title(title) => sheet.loose(title),
            Entry::Labelled(row, value) => {
                let label = vec![row.label(language).to_owned()];
                sheet.row(&[(LEFT, style.middle, label), (style.middle, RIGHT, value)]);
            }
            Entry::Bare(text) => sheet.row(&[(LEFT, RIGHT, text)]),
            Entry::Table(rows) => {
                let (first, second) = (style.middle + 130.0, style.middle + 180.0);
                for [holder, rate, details] in table_rows(&rows, language) {
                    sheet.row(&[
                        (LEFT, style.middle, Vec::new()),
                        (style.middle, first, vec![holder]),
                        (first, second, vec![rate]),
                        (second, RIGHT, vec![details]),
                    ]);
                }
            }
        }
    }
    sheet.furnished(facts.template(), language)
}

/// The faces that a language can be set in.
pub(crate) fn faces(language: Language) -> &'static [Face] {
    match language {
        Language::En => &[Face::WinAnsi, Face::Differences, Face::Gb1, Face::Mapped, Face::Utf16],
        Language::ZhHant | Language::ZhHans => &[Face::Gb1, Face::Mapped, Face::Utf16],
    }
}
