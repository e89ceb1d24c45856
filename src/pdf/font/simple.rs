//! Fonts of single bytes: Type 1, TrueType, Type 3.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use hayro_cmap::CMap;
use lopdf::{Dictionary, Document, Object};

use super::Glyph;
use crate::pdf::file::File;

/// A font of single bytes.
pub(in crate::pdf) struct Simple {
    to_unicode: Option<CMap>,
    /// What each byte stands for.
    characters: Vec<Option<String>>,
    first: usize,
    widths: Vec<f64>,
    missing_width: f64,
}

impl Simple {
    pub(super) fn read(file: &File, font: &Dictionary, to_unicode: Option<CMap>) -> Simple {
        let descriptor = file.dictionary(font, "FontDescriptor");
        let missing_width = descriptor.and_then(|descriptor| file.number(descriptor.get(b"MissingWidth").ok()?));
        let scale = width_scale(file, font);
        let widths = file.array(font, "Widths").unwrap_or_default();
        let first = file.get(font, "FirstChar").and_then(|first| first.as_i64().ok()).unwrap_or_default();
        Simple {
            to_unicode,
            characters: characters(file, font),
            first: usize::try_from(first).unwrap_or_default(),
            widths: widths.iter().take(256).map(|width| file.number(width).unwrap_or_default() * scale).collect(),
            missing_width: missing_width.map_or(DEFAULT_WIDTH, |width| width * scale),
        }
    }

    pub(super) fn glyph(&self, byte: u8) -> Glyph {
        let code = usize::from(byte);
        let said = self.to_unicode.as_ref().and_then(|table| super::looked_up(table, u32::from(byte)));
        let width = code.checked_sub(self.first).and_then(|place| self.widths.get(place)).copied();
        Glyph {
            text: said.or_else(|| self.characters.get(code).cloned().flatten()),
            width: width.unwrap_or_else(|| self.standard_width(code)),
            word_space: byte == b' ',
        }
    }

    /// The fourteen standard fonts come without widths; Helvetica's are near enough to tell words and lines apart.
    fn standard_width(&self, code: usize) -> f64 {
        match code.checked_sub(32).and_then(|place| HELVETICA.get(place)) {
            Some(width) if self.widths.is_empty() => f64::from(*width) * 0.001,
            _ => self.missing_width,
        }
    }
}

/// Of the characters from space to tilde, in thousandths (Adobe's font metrics).
#[rustfmt::skip]
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
    556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const DEFAULT_WIDTH: f64 = 0.5;

/// Widths are thousandths, but of a Type 3 font they are in units of its own.
fn width_scale(file: &File, font: &Dictionary) -> f64 {
    match file.numbers::<6>(font, "FontMatrix") {
        Some([scale, ..]) if file.name(font, "Subtype") == Some(b"Type3") => scale.abs(),
        _ => 0.001,
    }
}

/// What the bytes stand for by the font's encoding.
fn characters(file: &File, font: &Dictionary) -> Vec<Option<String>> {
    let true_type = file.name(font, "Subtype") == Some(b"TrueType");
    let unnamed = if true_type { Base::WinAnsi } else { Base::Standard };
    let (base, differences) = match file.get(font, "Encoding") {
        Some(Object::Name(name)) => (Base::named(name).unwrap_or(unnamed), None),
        Some(Object::Dictionary(encoding)) => {
            let base = file.name(encoding, "BaseEncoding").and_then(Base::named);
            (base.unwrap_or(unnamed), file.array(encoding, "Differences"))
        }
        _ => (unnamed, None),
    };
    let mut characters: Vec<Option<String>> = (0..=255).map(|byte| base.character(byte).map(String::from)).collect();
    let mut code = 0_usize;
    for difference in differences.unwrap_or_default() {
        match file.resolve(difference) {
            Some(Object::Integer(next)) => code = usize::try_from(*next).unwrap_or(usize::MAX),
            Some(Object::Name(name)) => {
                if let Some(place) = characters.get_mut(code) {
                    *place = named_glyph(name);
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    characters
}

/// The encodings that a font may start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Standard,
    WinAnsi,
    MacRoman,
}

impl Base {
    fn named(name: &[u8]) -> Option<Base> {
        match name {
            b"WinAnsiEncoding" => Some(Base::WinAnsi),
            b"MacRomanEncoding" => Some(Base::MacRoman),
            b"StandardEncoding" => Some(Base::Standard),
            _ => None,
        }
    }

    fn character(self, byte: u8) -> Option<char> {
        match (self, byte) {
            (_, 0..=31 | 127) => None,
            (Base::Standard, b'\'') => Some('\u{2019}'),
            (Base::Standard, b'`') => Some('\u{2018}'),
            (_, 32..=126) => Some(char::from(byte)),
            (Base::Standard, _) => STANDARD.iter().find(|(code, _)| *code == byte).map(|(_, c)| *c),
            // The specification: a bullet for every code of WinAnsi that nothing else uses.
            (Base::WinAnsi, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D) => Some('\u{2022}'),
            (Base::WinAnsi, _) => decoded(WINDOWS_1252, byte),
            (Base::MacRoman, _) => decoded(MACINTOSH, byte),
        }
    }
}

fn decoded(encoding: &'static Encoding, byte: u8) -> Option<char> {
    encoding.decode_without_bom_handling(&[byte]).0.chars().next().filter(|c| !c.is_control())
}

/// Adobe's StandardEncoding beyond ASCII (PDF 32000, annex D.2).
const STANDARD: [(u8, char); 54] = [
    (0xA1, '¡'),
    (0xA2, '¢'),
    (0xA3, '£'),
    (0xA4, '\u{2044}'),
    (0xA5, '¥'),
    (0xA6, 'ƒ'),
    (0xA7, '§'),
    (0xA8, '¤'),
    (0xA9, '\''),
    (0xAA, '“'),
    (0xAB, '«'),
    (0xAC, '‹'),
    (0xAD, '›'),
    (0xAE, '\u{FB01}'),
    (0xAF, '\u{FB02}'),
    (0xB1, '–'),
    (0xB2, '†'),
    (0xB3, '‡'),
    (0xB4, '·'),
    (0xB6, '¶'),
    (0xB7, '•'),
    (0xB8, '‚'),
    (0xB9, '„'),
    (0xBA, '”'),
    (0xBB, '»'),
    (0xBC, '…'),
    (0xBD, '‰'),
    (0xBF, '¿'),
    (0xC1, '`'),
    (0xC2, '´'),
    (0xC3, 'ˆ'),
    (0xC4, '˜'),
    (0xC5, '¯'),
    (0xC6, '˘'),
    (0xC7, '˙'),
    (0xC8, '¨'),
    (0xCA, '˚'),
    (0xCB, '¸'),
    (0xCD, '˝'),
    (0xCE, '˛'),
    (0xCF, 'ˇ'),
    (0xD0, '—'),
    (0xE1, 'Æ'),
    (0xE3, 'ª'),
    (0xE8, 'Ł'),
    (0xE9, 'Ø'),
    (0xEA, 'Œ'),
    (0xEB, 'º'),
    (0xF1, 'æ'),
    (0xF5, 'ı'),
    (0xF8, 'ł'),
    (0xF9, 'ø'),
    (0xFA, 'œ'),
    (0xFB, 'ß'),
];

/// What a glyph's name stands for: `eacute`, `uni516C`, `u1F600`, `f_i`, `one.oldstyle`.
fn named_glyph(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let name = name.split_once('.').map_or(name, |(stem, _)| stem);
    name.split('_').map(glyph_part).collect()
}

fn glyph_part(name: &str) -> Option<String> {
    if let Some(units) = name.strip_prefix("uni").filter(|units| !units.is_empty() && units.len() % 4 == 0) {
        let units: Option<Vec<u16>> =
            units.as_bytes().chunks(4).map(|unit| hexadecimal(unit)?.try_into().ok()).collect();
        if let Some(text) = units.and_then(|units| String::from_utf16(&units).ok()) {
            return Some(text);
        }
    }
    let code = name.strip_prefix('u').filter(|code| (4..=6).contains(&code.len()));
    let c = code.and_then(|code| hexadecimal(code.as_bytes())).and_then(char::from_u32);
    c.map(String::from).or_else(|| in_glyph_list(name))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Adobe's glyph list, which `lopdf` has and shows only as the encoding of a font: one whose first byte is this glyph.
fn in_glyph_list(name: &str) -> Option<String> {
    let differences = vec![Object::Integer(1), Object::Name(name.as_bytes().to_vec())];
    let encoding = lopdf::dictionary! { "Differences" => differences };
    let font = lopdf::dictionary! { "Type" => "Font", "Encoding" => encoding };
    let document = Document::new();
    let text = font.get_font_encoding(&document).ok()?.bytes_to_string(&[1]).ok()?;
    (!text.is_empty()).then_some(text)
}
