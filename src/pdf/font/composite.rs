//! Fonts of several bytes, as Chinese ones are: code → character identifier (CID) → Unicode.
//!
//! Without a table of its own (`ToUnicode`) such a font is read by Adobe's: the CIDs of its collection (GB1, CNS1,
//! Japan1) have known meanings.

use std::sync::LazyLock;

use hayro_cmap::{CMap, CMapName, CidFamily, load_embedded};
use lopdf::{Dictionary, Object};

use super::Glyph;
use crate::finding::Finding;
use crate::pdf::file::File;
use crate::pdf::limits::Budget;

/// A font of several bytes.
pub(in crate::pdf) struct Composite {
    to_unicode: Option<CMap>,
    coding: Coding,
    collection: Option<&'static CMap>,
    /// First CID, last CID, width; in order.
    widths: Vec<(u32, u32, f64)>,
    default_width: f64,
}

/// How a text is cut into codes, and what CID a code has.
enum Coding {
    /// Two bytes are the CID.
    Identity,
    /// Two bytes are UTF-16, and so what is meant; the table tells the CID.
    Unicode(Option<CMap>),
    /// One to four bytes by a table.
    Table(CMap),
}

impl Composite {
    pub(super) fn read(
        file: &File,
        font: &Dictionary,
        to_unicode: Option<CMap>,
        budget: &mut Budget<'_>,
    ) -> Result<Composite, Finding> {
        let descendant = file.array(font, "DescendantFonts").and_then(|fonts| file.resolve(fonts.first()?));
        let descendant = descendant.and_then(|font| font.as_dict().ok());
        let widths = descendant.and_then(|font| file.array(font, "W")).unwrap_or_default();
        let default_width = descendant.and_then(|font| file.number(font.get(b"DW").ok()?)).unwrap_or(1000.0);
        Ok(Composite {
            to_unicode,
            coding: Coding::read(file, font, budget)?,
            collection: descendant.and_then(|font| collection(file, font)),
            widths: read_widths(file, widths),
            default_width: default_width / 1000.0,
        })
    }

    pub(super) fn glyphs(&self, text: &[u8]) -> Vec<Glyph> {
        let mut glyphs = Vec::with_capacity(text.len() / 2);
        let mut rest = text;
        while !rest.is_empty() {
            let (code, length, cid) = self.next_code(rest);
            let (_, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = after;
            glyphs.push(Glyph {
                text: self.meaning(code, cid),
                width: cid.map_or(self.default_width, |cid| self.width(cid)),
                word_space: length == 1 && code == 32,
            });
        }
        glyphs
    }

    /// The next code, its length in bytes, and its CID.
    fn next_code(&self, text: &[u8]) -> (u32, usize, Option<u32>) {
        let code = |length: usize| text.iter().take(length).fold(0, |code, byte| code << 8 | u32::from(*byte));
        match &self.coding {
            Coding::Identity => (code(2), 2, Some(code(2))),
            Coding::Unicode(table) => {
                let length = if text.first().is_some_and(|byte| (0xD8..0xDC).contains(byte)) { 4 } else { 2 };
                let bytes = if length == 4 { 4 } else { 2 };
                (code(length), length, table.as_ref().and_then(|table| table.lookup_cid_code(code(length), bytes)))
            }
            Coding::Table(table) => (1_u8..=4)
                .filter(|length| usize::from(*length) <= text.len())
                .find_map(|length| {
                    let code = code(usize::from(length));
                    Some((code, usize::from(length), Some(table.lookup_cid_code(code, length)?)))
                })
                .unwrap_or((code(2), 2, None)),
        }
    }

    fn meaning(&self, code: u32, cid: Option<u32>) -> Option<String> {
        let said = self.to_unicode.as_ref().and_then(|table| super::looked_up(table, code));
        said.or_else(|| match self.coding {
            Coding::Unicode(_) => utf16(code),
            _ => super::looked_up(self.collection?, cid?),
        })
    }

    fn width(&self, cid: u32) -> f64 {
        let after = self.widths.partition_point(|(first, _, _)| *first <= cid);
        let entry = after.checked_sub(1).and_then(|place| self.widths.get(place));
        entry.filter(|(_, last, _)| cid <= *last).map_or(self.default_width, |(_, _, width)| *width)
    }
}

impl Coding {
    fn read(file: &File, font: &Dictionary, budget: &mut Budget<'_>) -> Result<Coding, Finding> {
        Ok(match file.get(font, "Encoding") {
            Some(Object::Name(name)) => Coding::named(name),
            Some(stream @ Object::Stream(_)) => {
                let table = super::table(&file.unpacked(stream, budget)?)?;
                table.map_or(Coding::Identity, Coding::Table)
            }
            _ => Coding::Identity,
        })
    }

    fn named(name: &[u8]) -> Coding {
        let table = load_embedded(CMapName::from_bytes(name)).and_then(|table| CMap::parse(table, load_embedded));
        let text = String::from_utf8_lossy(name);
        match table {
            _ if text.starts_with("Identity") => Coding::Identity,
            table if text.starts_with("Uni") => Coding::Unicode(table),
            Some(table) => Coding::Table(table),
            None => Coding::Identity,
        }
    }
}

/// One or two units of UTF-16.
fn utf16(code: u32) -> Option<String> {
    let [a, b, c, d] = code.to_be_bytes();
    let units = [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])];
    let units = if units.first() == Some(&0) { units.get(1..)? } else { units.as_slice() };
    String::from_utf16(units).ok().filter(|text| !text.chars().any(char::is_control))
}

/// Adobe's meanings of the CIDs of a font's collection.
fn collection(file: &File, font: &Dictionary) -> Option<&'static CMap> {
    static KNOWN: [(CidFamily, LazyLock<Option<CMap>>); 4] = [
        (CidFamily::AdobeGB1, LazyLock::new(|| meanings(CMapName::AdobeGb1Ucs2))),
        (CidFamily::AdobeCNS1, LazyLock::new(|| meanings(CMapName::AdobeCns1Ucs2))),
        (CidFamily::AdobeJapan1, LazyLock::new(|| meanings(CMapName::AdobeJapan1Ucs2))),
        (CidFamily::AdobeKorea1, LazyLock::new(|| meanings(CMapName::AdobeKorea1Ucs2))),
    ];
    let info = file.dictionary(font, "CIDSystemInfo")?;
    let text = |key| file.get(info, key).and_then(|text| text.as_str().ok());
    let family = CidFamily::from_registry_ordering(text("Registry")?, text("Ordering")?);
    KNOWN.iter().find(|(known, _)| *known == family).and_then(|(_, table)| table.as_ref())
}

fn meanings(name: CMapName<'_>) -> Option<CMap> {
    CMap::parse(load_embedded(name)?, load_embedded)
}

/// `/W`: `c [w w ...]` and `first last w`, in any order.
fn read_widths(file: &File, entries: &[Object]) -> Vec<(u32, u32, f64)> {
    let number = |object: &Object| file.number(object);
    let cid = |object: &Object| file.resolve(object)?.as_i64().ok().and_then(|cid| u32::try_from(cid).ok());
    let mut widths = Vec::new();
    let mut rest = entries;
    while let [first, second, after @ ..] = rest {
        let Some(first) = cid(first) else { break };
        match (file.resolve(second), after) {
            (Some(Object::Array(each)), _) => {
                let each = each.iter().filter_map(number);
                widths.extend((first..).zip(each).map(|(cid, width)| (cid, cid, width / 1000.0)));
                rest = after;
            }
            (_, [width, after @ ..]) => {
                let Some((last, width)) = cid(second).zip(number(width)) else { break };
                widths.push((first, last, width / 1000.0));
                rest = after;
            }
            _ => break,
        }
    }
    widths.sort_by_key(|(first, _, _)| *first);
    widths
}
