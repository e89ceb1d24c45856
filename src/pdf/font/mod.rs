//! Fonts: from the bytes of a shown text to characters and how far each one reaches.

mod composite;
mod simple;

use std::borrow::Cow;

use hayro_cmap::{BfString, CMap, load_embedded};
use lopdf::Dictionary;
use memchr::memmem;

use super::file::File;
use super::limits::{Budget, within};
use crate::finding::Finding;
use crate::letters::unified;

/// A font, as far as reading needs it.
pub(super) enum Font {
    Simple(Box<simple::Simple>),
    Composite(Box<composite::Composite>),
}

/// One code of a shown text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    /// What it stands for; `None` when the font does not say.
    pub(super) text: Option<String>,
    /// How far it reaches, in the size of the font.
    pub(super) width: f64,
    /// A single byte 32, which word spacing widens.
    pub(super) word_space: bool,
}

impl Font {
    /// Reads a font dictionary.
    pub(super) fn read(file: &File, font: &Dictionary, budget: &mut Budget<'_>) -> Result<Font, Finding> {
        let to_unicode = match file.get(font, "ToUnicode") {
            Some(stream @ lopdf::Object::Stream(_)) => table(&file.unpacked(stream, budget)?)?,
            _ => None,
        };
        Ok(match file.name(font, "Subtype") {
            Some(b"Type0") => Font::Composite(Box::new(composite::Composite::read(file, font, to_unicode, budget)?)),
            _ => Font::Simple(Box::new(simple::Simple::read(file, font, to_unicode))),
        })
    }

    /// The glyphs of a shown text.
    pub(super) fn glyphs(&self, text: &[u8]) -> Vec<Glyph> {
        let mut glyphs = match self {
            Font::Simple(font) => text.iter().map(|byte| font.glyph(*byte)).collect(),
            Font::Composite(font) => font.glyphs(text),
        };
        for glyph in &mut glyphs {
            glyph.text = glyph.text.take().map(|text| unified(Cow::Owned(text)).into_owned());
        }
        glyphs
    }
}

/// A table of the file's own. Each one that it uses in turn is read anew, and so few may be.
fn table(content: &[u8]) -> Result<Option<CMap>, Finding> {
    const USED_TABLES: usize = 4;
    within(memmem::find_iter(content, b"usecmap").count(), "tables used by a table", USED_TABLES)?;
    Ok(CMap::parse(content, load_embedded))
}

/// What a table says a code stands for: at least one character, and none that says nothing.
fn looked_up(table: &CMap, code: u32) -> Option<String> {
    let text = match table.lookup_bf_string(code)? {
        BfString::Char(c) => c.to_string(),
        BfString::String(text) => text,
    };
    let says_something = |c: char| !c.is_control() && c != '\u{FFFD}';
    (!text.is_empty() && text.chars().all(says_something)).then_some(text)
}
