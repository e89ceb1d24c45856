//! Fonts as producers embed them: how characters become codes, and what the file says about that.

use std::cell::RefCell;

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};
use hayro_cmap::{CMap, CMapName, load_embedded};

use super::file::File;

/// How the text of a document is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// Single bytes of Windows.
    WinAnsi,
    /// The same in a TrueType font that names no encoding.
    NoEncoding,
    /// Single bytes of the old Macintosh.
    MacRoman,
    /// Single bytes of no known order, each named, in a font that counts 2,000 units to its size.
    Differences,
    /// As the exchange sets Chinese: numbers of Adobe's collection GB1, and no word about what they mean.
    Gb1,
    /// The same with the collection of Taiwan and Hong Kong.
    Cns1,
    /// The same with that of Japan.
    Japan1,
    /// Glyph numbers of a subset, with a table to Unicode.
    Mapped,
    /// UTF-16, by a name that every reader knows.
    Utf16,
    /// Glyph numbers without any table: nobody can tell what they mean.
    Unmapped,
}

/// A face in use: which characters got which codes.
pub(crate) struct Font {
    face: Face,
    /// From Unicode to the numbers of the face's collection.
    numbers: Option<CMap>,
    used: RefCell<Vec<char>>,
}

/// How far a character reaches, in the size of the font.
pub(crate) fn advance(c: char) -> f64 {
    if c.is_ascii() || matches!(c, '\u{2013}' | '\u{2018}'..='\u{201D}' | 'é') { 0.5 } else { 1.0 }
}

impl Font {
    pub(crate) fn new(face: Face) -> Font {
        let name = match face {
            Face::Cns1 => CMapName::UniCnsUtf16H,
            Face::Japan1 => CMapName::UniJisUtf16H,
            _ => CMapName::UniGbUtf16H,
        };
        let numbers = load_embedded(name).and_then(|table| CMap::parse(table, load_embedded));
        Font { face, numbers, used: RefCell::default() }
    }

    /// A shown text, in hexadecimal digits.
    pub(crate) fn codes(&self, text: &str) -> String {
        text.chars().map(|c| self.code(c)).collect()
    }

    fn code(&self, c: char) -> String {
        match self.face {
            Face::WinAnsi | Face::NoEncoding => byte(c, WINDOWS_1252),
            Face::MacRoman => byte(c, MACINTOSH),
            Face::Differences => format!("{:02x}", 128 + self.place(c)),
            Face::Gb1 | Face::Cns1 | Face::Japan1 => format!("{:04x}", self.cid(c)),
            Face::Mapped | Face::Unmapped => format!("{:04x}", 1 + self.place(c)),
            Face::Utf16 => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04x}")).collect(),
        }
    }

    fn cid(&self, c: char) -> u32 {
        let cid = self.numbers.as_ref().and_then(|table| table.lookup_cid_code(u32::from(c), 2));
        cid.unwrap_or_else(|| panic!("{c} is no character of {:?}", self.face))
    }

    /// In the order of first use, as subsets are numbered.
    fn place(&self, c: char) -> usize {
        let mut used = self.used.borrow_mut();
        used.iter().position(|known| *known == c).unwrap_or_else(|| {
            used.push(c);
            used.len() - 1
        })
    }

    /// Writes the font's objects, all text having been encoded.
    pub(crate) fn write(&self, file: &mut File) -> usize {
        match self.face {
            Face::WinAnsi => single_bytes(file, "/Encoding /WinAnsiEncoding"),
            Face::NoEncoding => single_bytes(file, ""),
            Face::MacRoman => single_bytes(file, "/Encoding /MacRomanEncoding"),
            Face::Differences => {
                let used = self.used.borrow();
                let names: String = used.iter().map(|c| format!("/uni{:04X} ", u32::from(*c))).collect();
                let widths: String = used.iter().map(|c| format!("{} ", advance(*c) * 2000.0)).collect();
                file.add(&format!("<< /Type /Font /Subtype /Type3 /FontMatrix [0.0005 0 0 0.0005 0 0] /CharProcs << >> /FontBBox [0 0 0 0] /Encoding << /Type /Encoding /Differences [128 {names}] >> /FirstChar 128 /LastChar 255 /Widths [{widths}] >>"))
            }
            Face::Gb1 => self.composite(file, "/Identity-H", "GB1", "/W [1 95 500]", ""),
            Face::Cns1 => self.composite(file, "/Identity-H", "CNS1", "/W [1 95 500]", ""),
            Face::Japan1 => self.composite(file, "/Identity-H", "Japan1", "/W [1 95 500]", ""),
            Face::Utf16 => self.composite(file, "/UniCNS-UTF16-H", "CNS1", "/W [1 95 500]", ""),
            Face::Mapped => {
                let table = file.packed("", self.to_unicode().as_bytes());
                self.composite(file, "/Identity-H", "Identity", &self.widths(), &format!("/ToUnicode {table} 0 R"))
            }
            Face::Unmapped => self.composite(file, "/Identity-H", "Identity", &self.widths(), ""),
        }
    }

    fn composite(&self, file: &mut File, encoding: &str, ordering: &str, widths: &str, further: &str) -> usize {
        let info = format!("<< /Registry (Adobe) /Ordering ({ordering}) /Supplement 5 >>");
        let descendant = file.add(&format!(
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /AdobeHeitiStd-Regular /CIDSystemInfo {info} /DW 1000 {widths} >>"
        ));
        file.add(&format!("<< /Type /Font /Subtype /Type0 /BaseFont /AdobeHeitiStd-Regular /Encoding {encoding} /DescendantFonts [{descendant} 0 R] {further} >>"))
    }

    fn widths(&self) -> String {
        let widths: String = self.used.borrow().iter().map(|c| format!("{} ", advance(*c) * 1000.0)).collect();
        format!("/W [1 [{widths}]]")
    }

    fn to_unicode(&self) -> String {
        let used = self.used.borrow();
        let pairs: Vec<String> = (1..)
            .zip(used.iter())
            .map(|(code, c)| {
                let units: String = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
                format!("<{code:04X}> <{units}>")
            })
            .collect();
        let blocks: String = pairs
            .chunks(100)
            .map(|block| format!("{} beginbfchar\n{}\nendbfchar\n", block.len(), block.join("\n")))
            .collect();
        format!(
            "/CIDInit /ProcSet findresource begin\nbegincmap\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{blocks}endcmap\nend\n"
        )
    }
}

fn byte(c: char, encoding: &'static Encoding) -> String {
    let text = c.to_string();
    let (bytes, _, lost) = encoding.encode(&text);
    assert!(!lost, "{c} is no character of {}", encoding.name());
    format!("{:02x}", bytes[0])
}

fn single_bytes(file: &mut File, encoding: &str) -> usize {
    let widths = "500 ".repeat(256);
    file.add(&format!("<< /Type /Font /Subtype /TrueType /BaseFont /LiberationSans {encoding} /FirstChar 0 /LastChar 255 /Widths [{widths}] >>"))
}
