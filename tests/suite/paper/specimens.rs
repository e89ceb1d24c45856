//! One drawn page each for what real files do to their readers, and what each must become: lines, or a finding.

use std::sync::LazyLock;

use exdate::finding::{Code, Finding};
use exdate::pdf::{self, Limits};

use super::document::{Page, document, document_with};
use super::face::{Face, Font};

/// A document and what is expected of it.
pub(crate) struct Specimen {
    name: &'static str,
    bytes: Vec<u8>,
    expected: Expected,
}

enum Expected {
    /// The text holds these lines in this order; `→` is a tab.
    Lines(&'static [&'static str]),
    /// A warning beside the text.
    Warning(Code),
    Error(Code),
}

use Expected::{Error, Lines, Warning};

impl Specimen {
    pub(crate) fn read(&self) -> Result<pdf::Reading, Finding> {
        pdf::read(&self.bytes, &Limits::default())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// The codes of all that is found about it.
    pub(crate) fn codes(&self) -> Vec<Code> {
        match self.read() {
            Ok(read) => read.warnings.iter().map(|warning| warning.code).collect(),
            Err(error) => vec![error.code],
        }
    }

    /// What is otherwise than expected.
    pub(crate) fn disagreement(&self) -> Option<String> {
        let read = self.read();
        let right = match (&self.expected, &read) {
            (Lines(expected), Ok(read)) => {
                let text = read.text.replace('\t', "→");
                let mut lines = text.lines();
                read.places.len() == text.lines().count()
                    && expected.iter().all(|wanted| lines.any(|line| line == *wanted))
            }
            (Warning(code), Ok(read)) => read.warnings.iter().any(|warning| warning.code == *code),
            (Error(code), Err(finding)) => finding.code == *code,
            _ => false,
        };
        (!right).then(|| format!("{}: {read:?}", self.name))
    }
}

/// All of them, made once: some have as many objects as a report.
pub(crate) fn specimens() -> &'static [Specimen] {
    static ALL: LazyLock<Vec<Specimen>> = LazyLock::new(|| {
        let mut all = tables();
        all.push(with_running_lines());
        all.extend(characters());
        all.extend(kinds());
        all
    });
    &ALL
}

fn specimen(name: &'static str, expected: Expected, draw: impl Fn(&mut Page, &Font)) -> Specimen {
    set_in(Face::Gb1, name, expected, draw)
}

/// The same on a page that says that it is a form: only those are cut into cells.
fn on_form(name: &'static str, expected: Expected, draw: impl Fn(&mut Page, &Font)) -> Specimen {
    specimen(name, expected, |page, font| {
        page.text(font, 540.0, 814.0, SIZE, "EF001");
        draw(page, font);
    })
}

fn set_in(face: Face, name: &'static str, expected: Expected, draw: impl Fn(&mut Page, &Font)) -> Specimen {
    let (font, mut page) = (Font::new(face), Page::default());
    draw(&mut page, &font);
    Specimen { name, bytes: document(&[page], &font), expected }
}

const SIZE: f64 = 9.0;

/// A cell with lines of text in it.
fn cell(page: &mut Page, font: &Font, (left, top): (f64, f64), (width, height): (f64, f64), text: &[&str]) {
    page.boxed(left, top - height, width, height);
    write(page, font, (left + 3.0, top), text);
}

fn write(page: &mut Page, font: &Font, (left, top): (f64, f64), text: &[&str]) {
    for (place, line) in (1_u32..).zip(text) {
        page.text(font, left, top - f64::from(place) * 11.0, SIZE, line);
    }
}

/// Cells, and what is between them.
fn tables() -> Vec<Specimen> {
    vec![
        on_form(
            "a label over several rows",
            Lines(&["Registrar→Tricor", "→17/F", "→Hong Kong"]),
            |page, font| {
                cell(page, font, (28.0, 700.0), (150.0, 60.0), &["Registrar"]);
                for (place, line) in (0_u32..).zip(["Tricor", "17/F", "Hong Kong"]) {
                    cell(page, font, (178.0, 700.0 - 20.0 * f64::from(place)), (300.0, 20.0), &[line]);
                }
            },
        ),
        on_form(
            "a table set in by an empty column",
            Lines(&["Dividend information→", "Dividend type→Final", "→Ordinary", "Record date→05 June 2025"]),
            |page, font| {
                page.boxed(28.0, 600.0, 20.0, 100.0);
                page.boxed(28.0, 560.0, 20.0, 40.0);
                cell(page, font, (48.0, 700.0), (400.0, 20.0), &["Dividend information"]);
                cell(page, font, (48.0, 680.0), (100.0, 40.0), &["Dividend type"]);
                cell(page, font, (148.0, 680.0), (300.0, 20.0), &["Final"]);
                cell(page, font, (148.0, 660.0), (300.0, 20.0), &["Ordinary"]);
                cell(page, font, (48.0, 640.0), (100.0, 20.0), &["Record date"]);
                cell(page, font, (148.0, 640.0), (300.0, 20.0), &["05 June 2025"]);
            },
        ),
        on_form(
            "a table inside a cell, in a frame",
            Lines(&["Tax→As follows:", "Type→Rate→Details", "Enterprise→10%→none"]),
            |page, font| {
                page.boxed(20.0, 500.0, 520.0, 220.0);
                cell(page, font, (28.0, 700.0), (120.0, 100.0), &["Tax"]);
                cell(page, font, (148.0, 700.0), (380.0, 100.0), &["As follows:"]);
                for (row, cells) in (0_u32..).zip([["Type", "Rate", "Details"], ["Enterprise", "10%", "none"]]) {
                    for (column, text) in (0_u32..).zip(cells) {
                        let corner = (160.0 + 110.0 * f64::from(column), 670.0 - 20.0 * f64::from(row));
                        cell(page, font, corner, (110.0, 20.0), &[text]);
                    }
                }
            },
        ),
        on_form(
            "underlined rows beside boxed ones",
            Lines(&["Stock code→00001", "Other stock codes and names→none", "Status→New"]),
            |page, font| {
                for (y, label, value) in
                    [(700.0, &["Stock code"][..], "00001"), (660.0, &["Other stock codes", "and names"], "none")]
                {
                    write(
                        page,
                        font,
                        (30.0, y + 11.0 * f64::from(u32::try_from(label.len()).expect("few")) + 1.0),
                        label,
                    );
                    page.text(font, 200.0, y + 4.0, SIZE, value);
                    page.line((197.0, y), (560.0, y));
                }
                cell(page, font, (28.0, 640.0), (170.0, 18.0), &["Status"]);
                cell(page, font, (198.0, 640.0), (360.0, 18.0), &["New"]);
            },
        ),
        on_form(
            "lines of one value, wrapped and written",
            Lines(&["Reason→aaaaaaaaaa bbbbbbbbbb cccccccccc dddd", "→Two"]),
            |page, font| {
                cell(page, font, (28.0, 700.0), (80.0, 60.0), &["Reason"]);
                cell(page, font, (108.0, 700.0), (160.0, 60.0), &["aaaaaaaaaa bbbbbbbbbb cccccccccc", "dddd", "Two"]);
            },
        ),
        on_form("letters drawn twice to look bold", Lines(&["Stock code→00001"]), |page, font| {
            cell(page, font, (28.0, 700.0), (100.0, 20.0), &["Stock code"]);
            write(page, font, (31.3, 700.0), &["Stock code"]);
            cell(page, font, (128.0, 700.0), (100.0, 20.0), &["00001"]);
        }),
        on_form("words set apart, not spaced", Lines(&["Stock code→09 998"]), |page, font| {
            cell(page, font, (28.0, 700.0), (100.0, 20.0), &[]);
            cell(page, font, (128.0, 700.0), (100.0, 20.0), &[]);
            for (left, one, other) in [(31.0, "Stock", "code"), (131.0, "09", "998")] {
                let (one, other) = (font.codes(one), font.codes(other));
                page.content.push_str(&format!("BT /F 9 Tf {left} 689 Td [<{one}> -260 <{other}>] TJ ET "));
            }
        }),
        on_form("digits that do not advance", Lines(&["Declared→HKD 100 per share"]), |page, font| {
            cell(page, font, (28.0, 700.0), (100.0, 20.0), &["Declared"]);
            cell(page, font, (128.0, 700.0), (300.0, 20.0), &["HKD 1"]);
            page.content.push_str("-4.5 Tc ");
            page.text(font, 153.5, 689.0, SIZE, "00");
            page.content.push_str("0 Tc ");
            page.text(font, 158.0, 689.0, SIZE, " per share");
        }),
        on_form("no lines at all", Lines(&["Stock code 00001", "Status New announcement"]), |page, font| {
            for (y, label, value) in [(700.0, "Stock code", "00001"), (680.0, "Status", "New announcement")] {
                page.text(font, 30.0, y, SIZE, label);
                page.text(font, 200.0, y, SIZE, value);
            }
        }),
        cut_by_a_page(),
    ]
}

/// A row whose frame is open where its page ends, and goes on at the top of the next one.
fn cut_by_a_page() -> Specimen {
    let font = Font::new(Face::Gb1);
    let mut pages = [Page::default(), Page::default()];
    let rows = [
        (120.0, 70.0, ["Share registrar"], ["Tricor", "17/F"]),
        (790.0, 740.0, ["and its address"], ["Hong Kong", "China"]),
    ];
    for (page, (top, bottom, label, value)) in pages.iter_mut().zip(rows) {
        let closed = if top > 500.0 { bottom } else { top };
        page.line((28.0, closed), (500.0, closed));
        for x in [28.0, 200.0, 500.0] {
            page.line((x, bottom), (x, top));
        }
        page.text(&font, 540.0, 814.0, SIZE, "EF001");
        write(page, &font, (31.0, top), &label);
        write(page, &font, (203.0, top), &value);
    }
    let expected = Lines(&["Share registrar and its address→Tricor", "→17/F", "→Hong Kong", "→China"]);
    Specimen { name: "a row cut by the end of a page", bytes: document(&pages, &font), expected }
}

/// A browser's own header and footer on both pages, the value of a row going on behind them.
fn with_running_lines() -> Specimen {
    let font = Font::new(Face::WinAnsi);
    let mut pages = [Page::default(), Page::default()];
    for (number, page) in (1..).zip(&mut pages) {
        page.text(&font, 20.0, 830.0, SIZE, "12/1/26, 5:16 PM EF001");
        page.text(&font, 20.0, 10.0, SIZE, &format!("https://forms.example/form.html {number}/2"));
        page.text(&font, 20.0, 20.0, SIZE, &format!("Page {number} of 2 v 1.1.1"));
    }
    write(&mut pages[0], &font, (30.0, 80.0), &["Title of announcement Final dividend for"]);
    write(&mut pages[1], &font, (30.0, 780.0), &["the year 2025"]);
    let expected = Lines(&[
        "12/1/26, 5:16 PM EF001",
        "https://forms.example/form.html 1/2",
        "Title of announcement Final dividend for",
        "Page 1 of 2 v 1.1.1",
        "the year 2025",
        "Page 2 of 2 v 1.1.1",
    ]);
    Specimen { name: "lines that every page repeats", bytes: document(&pages, &font), expected }
}

/// What glyphs stand for, and which of them are read.
fn characters() -> Vec<Specimen> {
    let text = |page: &mut Page, font: &Font| page.text(font, 30.0, 700.0, SIZE, "EF001 Cash Dividend");
    let mut all = vec![
        set_in(Face::Unmapped, "glyphs without meaning", Error(Code::UnmappedGlyphs), text),
        specimen("invisible text", Lines(&["seen"]), |page, font| {
            page.text(font, 30.0, 700.0, SIZE, "seen");
            page.content.push_str("3 Tr ");
            page.text(font, 60.0, 700.0, SIZE, "hidden");
        }),
        specimen("text outside the crop box", Lines(&["seen"]), |page, font| {
            page.entries = "/CropBox [0 100 595 742]".into();
            page.text(font, 30.0, 700.0, SIZE, "seen");
            page.text(font, 60.0, 780.0, SIZE, "cut off");
        }),
        specimen("a page laid on its side", Lines(&["Stock code→00001"]), |page, font| {
            page.entries = "/Rotate 90".into();
            page.content.push_str("q 0 1 -1 0 595 0 cm ");
            page.text(font, 700.0, 560.0, SIZE, "EF001");
            cell(page, font, (28.0, 500.0), (100.0, 20.0), &["Stock code"]);
            cell(page, font, (128.0, 500.0), (100.0, 20.0), &["00001"]);
            page.content.push_str(" Q");
        }),
    ];
    let accents = |page: &mut Page, font: &Font| page.text(font, 30.0, 700.0, SIZE, "EF001 “Café” – Dividend");
    let western = [Face::WinAnsi, Face::NoEncoding, Face::MacRoman, Face::Differences];
    all.extend(western.map(|face| set_in(face, "a western face", Lines(&["EF001 “Café” – Dividend"]), accents)));
    let ideographs = |page: &mut Page, font: &Font| page.text(font, 30.0, 700.0, SIZE, "EF001 現金股息");
    // Browsers print tables to Unicode that lead to radicals, the first that a glyph of such a font is known by.
    all.push(set_in(
        Face::Mapped,
        "a title in radicals",
        Lines(&["現金股息", "股份代號→00001"]),
        |page, font| {
            page.text(font, 30.0, 750.0, SIZE, "現\u{2FA6}股息");
            cell(page, font, (28.0, 700.0), (100.0, 20.0), &["股份代號"]);
            cell(page, font, (128.0, 700.0), (100.0, 20.0), &["00001"]);
        },
    ));
    let eastern = [Face::Gb1, Face::Cns1, Face::Japan1, Face::Mapped, Face::Utf16];
    all.extend(eastern.map(|face| set_in(face, "an eastern face", Lines(&["EF001 現金股息"]), ideographs)));
    all
}

/// What is no form, or none that can be read.
fn kinds() -> Vec<Specimen> {
    let font = Font::new(Face::Gb1);
    let with = |name, expected, text: &str, catalog: &str, trailer: &str| {
        let mut page = Page::default();
        page.text(&font, 30.0, 700.0, SIZE, text);
        Specimen { name, bytes: document_with(&[page], &font, catalog, trailer), expected }
    };
    let fields = "/AcroForm << /Fields [<< /T (a) /V (b) >>] >>";
    let xfa = "/AcroForm << /XFA (x) /Fields [] >>";
    let id = "/ID [<00> <00>]";
    let mut repaired = with("cut off", Warning(Code::RepairedPdf), "EF001", "", "");
    repaired.bytes.truncate(repaired.bytes.len() - 150);
    let pages = |text: &str, count: usize| {
        let mut page = Page::default();
        page.text(&font, 30.0, 700.0, SIZE, text);
        document(&vec![page; count], &font)
    };
    vec![
        with("form fields in a form", Error(Code::UnflattenedFormFields), "EF001", fields, ""),
        with("form fields elsewhere", Lines(&["Annual report"]), "Annual report", fields, ""),
        with("an XFA form", Error(Code::XfaForm), "Please wait...", xfa, ""),
        locked(with("a password", Error(Code::EncryptedPdf), "EF001", "", id), "secret"),
        locked(with("no password to open it", Lines(&["EF001"]), "EF001", "", id), ""),
        with("a page missing", Warning(Code::PageMissing), "EF001 Page 1 of 2", "", ""),
        with("all pages there", Lines(&["EF001 Page 1 of 1"]), "EF001 Page 1 of 1", "", ""),
        repaired,
        specimen("a scanned page", Error(Code::ScannedPdf), |page, _| {
            page.content.push_str("BI /W 1 /H 1 /BPC 8 /CS /G ID x EI\n");
        }),
        Specimen {
            name: "an annual report",
            bytes: pages("Annual report 2025", 300),
            expected: Lines(&["Annual report 2025"]),
        },
        tagged("a tagged report", Lines(&["Annual report 2025"]), "Annual report 2025", false),
        tagged("a tagged report, packed", Lines(&["Annual report 2025"]), "Annual report 2025", true),
        tagged("a form with as many tags", Error(Code::PdfTooComplex), "EF001", false),
        Specimen { name: "too long a form", bytes: pages("EF001", 300), expected: Error(Code::PdfTooComplex) },
        Specimen { name: "no PDF", bytes: b"%PDF-1.7 and nothing more".to_vec(), expected: Error(Code::DamagedPdf) },
    ]
}

/// What a document holds to describe it, in 45,000 objects: a report with a tag for each paragraph. In streams of objects where `packed`.
fn tagged(name: &'static str, expected: Expected, text: &str, packed: bool) -> Specimen {
    let font = Font::new(Face::Gb1);
    let mut page = Page::default();
    page.text(&font, 30.0, 700.0, SIZE, text);
    let mut document = lopdf::Document::load_mem(&document(&vec![page; 300], &font)).expect("a document");
    let tag = lopdf::dictionary! { "Type" => "StructElem", "S" => "P", "K" => 1, "Alt" => lopdf::Object::string_literal("a paragraph") };
    let tags: Vec<lopdf::Object> = (0..45_000).map(|_| document.add_object(tag.clone()).into()).collect();
    let groups = tags
        .chunks(1_000)
        .map(|tags| lopdf::dictionary! { "Type" => "StructElem", "S" => "Sect", "K" => tags.to_vec() });
    let groups: Vec<lopdf::Object> =
        groups.collect::<Vec<_>>().into_iter().map(|group| document.add_object(group).into()).collect();
    let root = document.add_object(lopdf::dictionary! { "Type" => "StructTreeRoot", "K" => groups });
    document.catalog_mut().expect("a catalog").set("StructTreeRoot", root);
    let options = lopdf::SaveOptions::builder().use_object_streams(packed).use_xref_streams(packed).build();
    let mut bytes = Vec::new();
    document.save_with_options(&mut bytes, options).expect("its bytes");
    Specimen { name, bytes, expected }
}

/// The same, encrypted: `password` opens it, and another one is needed to change it.
fn locked(specimen: Specimen, password: &str) -> Specimen {
    let mut document = lopdf::Document::load_mem(&specimen.bytes).expect("a document");
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: password,
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).expect("a key");
    document.encrypt(&state).expect("an encrypted document");
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("its bytes");
    Specimen { bytes, ..specimen }
}
