//! Files made to hurt: each is small and asks for far more than a form takes. Each must end in a finding, soon.

use std::sync::LazyLock;

use super::file::File;

/// A file by what it does.
pub(crate) type Hostile = (&'static str, Vec<u8>);

/// All of them, made once: some are packed from many megabytes.
pub(crate) fn hostile() -> &'static [Hostile] {
    static ALL: LazyLock<Vec<Hostile>> =
        LazyLock::new(|| [packed(), nested(), looped(), too_much(), fonts(), broken()].concat());
    &ALL
}

/// A document of one page, whose content and further objects the caller adds; the first of them is object 4.
fn page(content: impl FnOnce(&mut File) -> usize, resources: &str, catalog: &str) -> Vec<u8> {
    let mut file = File::default();
    let (root, tree, leaf) = (file.reserve(), file.reserve(), file.reserve());
    let content = content(&mut file);
    file.set(root, &format!("<< /Type /Catalog /Pages {tree} 0 R {catalog} >>"));
    file.set(tree, &format!("<< /Type /Pages /Kids [{leaf} 0 R] /Count 1 /MediaBox [0 0 595 842] >>"));
    file.set(
        leaf,
        &format!("<< /Type /Page /Parent {tree} 0 R /Contents {content} 0 R /Resources << {resources} >> >>"),
    );
    file.finish(root, "")
}

/// One page that draws this.
fn draws(content: &str) -> Vec<u8> {
    page(|file| file.stream("", content.as_bytes()), FONT, "")
}

/// One page that draws this with a font of this dictionary.
fn with_font(font: &str) -> Vec<u8> {
    page(|file| file.stream("", b"BT /F 9 Tf (EF001) Tj ET"), &format!("/Font << /F {font} >>"), "")
}

const FONT: &str = "/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";

fn packed_bytes(bytes: Vec<u8>) -> Vec<u8> {
    let mut stream = lopdf::Stream::new(lopdf::Dictionary::new(), bytes);
    stream.compress().expect("a stream that can be packed");
    stream.content
}

fn zeros(bytes: usize) -> Vec<u8> {
    packed_bytes(vec![b' '; bytes])
}

fn packed() -> Vec<Hostile> {
    const BOMB: usize = 40 << 20;
    let flate = "/Filter /FlateDecode";
    let run = [0x81, b' '].repeat(500_000);
    vec![
        ("content that inflates", page(|file| file.stream(flate, &zeros(BOMB)), FONT, "")),
        (
            "content that inflates twice",
            page(|file| file.stream("/Filter [/FlateDecode /FlateDecode]", &packed_bytes(zeros(BOMB))), FONT, ""),
        ),
        (
            "a thousand filters",
            page(|file| file.stream(&format!("/Filter [{}]", "/FlateDecode ".repeat(1000)), &zeros(1 << 20)), FONT, ""),
        ),
        ("runs of blanks", page(|file| file.stream("/Filter /RunLengthDecode", &run), FONT, "")),
        ("digits in base 85", page(|file| file.stream("/Filter /ASCII85Decode", &[b'z'; 2_000_000]), FONT, "")),
        (
            "rows without end",
            page(
                |file| {
                    let parameters =
                        "/DecodeParms << /Predictor 12 /Columns 2147483647 /Colors 32 /BitsPerComponent 32 >>";
                    file.stream(&format!("{flate} {parameters}"), &zeros(1 << 20))
                },
                FONT,
                "",
            ),
        ),
        (
            "a packed stream of objects that inflates",
            page(
                |file| {
                    file.stream(&format!("/Type /ObjStm /N 1000000 /First 10 {flate}"), &zeros(BOMB));
                    file.stream("", b"")
                },
                FONT,
                "",
            ),
        ),
        (
            "many packed streams of objects",
            page(
                |file| {
                    let objects = "[0 0 0 0 0 0 0 0] ".repeat(50_000);
                    let text = format!("9000 0 {objects}");
                    for _ in 0..60 {
                        file.packed("/Type /ObjStm /N 1 /First 7", text.as_bytes());
                    }
                    file.stream("", b"")
                },
                FONT,
                "",
            ),
        ),
        ("a packed table of objects", table_of_objects("[1 1 1]", 40 << 20)),
        ("a packed table with fields of eight bytes", table_of_objects("[8 8 8]", 1 << 20)),
        ("a packed table of which every entry is one object", table_of_objects("[0 1 0]", 900_000)),
    ]
}

/// A file whose table of objects is a stream of so many blank bytes.
fn table_of_objects(widths: &str, bytes: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    out.extend(format!("1 0 obj\n<< /Type /Catalog /Pages 1 0 R /A [{}] >>\nendobj\n", "0 ".repeat(20_000)).as_bytes());
    let start = out.len();
    // With one byte an entry is nothing but a place: that of object 1.
    let content = if widths == "[0 1 0]" { packed_bytes(vec![9; bytes]) } else { zeros(bytes) };
    let dictionary =
        format!("/Type /XRef /Root 1 0 R /Size 100000000 /W {widths} /Filter /FlateDecode /Length {}", content.len());
    out.extend(format!("2 0 obj\n<< {dictionary} >>\nstream\n").as_bytes());
    out.extend(content);
    out.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").as_bytes());
    out
}

fn nested() -> Vec<Hostile> {
    const DEPTH: usize = 300_000;
    let object = |object: String| {
        page(
            |file| {
                file.add(&object);
                file.stream("", b"")
            },
            FONT,
            "",
        )
    };
    let (open, close) = ("[".repeat(DEPTH), "]".repeat(DEPTH));
    vec![
        ("arrays in arrays", object(format!("{open}{close}"))),
        ("dictionaries in dictionaries", object("<< /A ".repeat(DEPTH))),
        ("parentheses in parentheses", object(format!("{}{}", "(".repeat(DEPTH), ")".repeat(DEPTH)))),
        ("arrays in the content", draws(&format!("{open}{close} TJ"))),
        ("dictionaries in the content", draws(&"<< /A ".repeat(DEPTH))),
        ("parentheses in the content", draws(&"(".repeat(DEPTH))),
        ("states in states", draws(&"q ".repeat(DEPTH))),
        (
            "arrays in a table of characters",
            with_font(&format!("<< /Type /Font /Subtype /Type0 /ToUnicode {open}{close} >>")),
        ),
    ]
}

fn looped() -> Vec<Hostile> {
    let form = |content: &str, further: &str| {
        page(
            |file| {
                let own = "/Type /XObject /Subtype /Form /Resources << /XObject << /X 4 0 R /Y 5 0 R >> >>";
                file.stream(own, content.as_bytes());
                file.stream(own, further.as_bytes());
                file.stream("", b"/X Do")
            },
            "/XObject << /X 4 0 R >>",
            "",
        )
    };
    let fan: String = "/Y Do ".repeat(50);
    let tree = |kids: &str| {
        let mut file = File::default();
        file.add("<< /Type /Catalog /Pages 2 0 R >>");
        file.add(&format!("<< /Type /Pages /Kids [{kids}] /Count 1000000 >>"));
        file.add("<< /Type /Pages /Kids [2 0 R 3 0 R] >>");
        file.finish(1, "")
    };
    let mut deep = File::default();
    deep.add("<< /Type /Catalog /Pages 2 0 R >>");
    for number in 3..20_003 {
        deep.add(&format!("<< /Type /Pages /Kids [{number} 0 R] >>"));
    }
    let mut chain = File::default();
    chain.add("2 0 R");
    for number in 3..20_003 {
        chain.add(&format!("{number} 0 R"));
    }
    let previous = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 2 /Prev 46 >>\nstartxref\n46\n%%EOF\n";
    vec![
        ("a form that draws itself", form("/X Do", "")),
        ("forms that draw each other", form("/Y Do", "/X Do")),
        ("forms that fan out", form(&fan, &fan)),
        ("a page tree in a circle", tree("2 0 R 3 0 R")),
        ("a page tree twenty thousand deep", deep.finish(1, "")),
        ("a chain of references", chain.finish(1, "")),
        ("a table that comes after itself", previous.to_vec()),
        (
            "a length that is its own stream",
            page(
                |file| {
                    file.add("<< /Length 4 0 R >>\nstream\nx\nendstream");
                    4
                },
                FONT,
                "",
            ),
        ),
        (
            "a font that descends from itself",
            page(
                |file| {
                    file.add(
                        "<< /Type /Font /Subtype /Type0 /DescendantFonts [4 0 R] /Encoding 4 0 R /ToUnicode 4 0 R >>",
                    );
                    file.stream("", b"BT /F 9 Tf (EF001) Tj ET")
                },
                "/Font << /F 4 0 R >>",
                "",
            ),
        ),
    ]
}

fn too_much() -> Vec<Hostile> {
    let mut pages = File::default();
    pages.add("<< /Type /Catalog /Pages 2 0 R >>");
    pages.add(&format!("<< /Type /Pages /Kids [{}] /Count 300000 >>", "3 0 R ".repeat(300_000)));
    pages.add("<< /Type /Page >>");
    let grid: String = (0..2400).map(|place| format!("{0} 0 m {0} 800 l 0 {0} m 800 {0} l S ", place * 3)).collect();
    let boxes: String = (0..2400).map(|place| format!("{} {} 10 10 re S ", place % 60 * 10, place / 60 * 10)).collect();
    vec![
        ("pages", pages.finish(1, "")),
        ("operators", draws(&"0 g ".repeat(250_000))),
        ("operands", draws(&"0 ".repeat(500_000))),
        ("glyphs", draws(&format!("BT /F 9 Tf (EF001) Tj 90 0 Td ({}) Tj ET", "EF001 ".repeat(100_000)))),
        ("glyphs of one array", draws(&format!("BT /F 9 Tf (EF001) Tj 90 0 Td [{}] TJ ET", "(a) 1 ".repeat(150_000)))),
        ("ruling lines", draws(&"0 0 9 9 re S ".repeat(70_000))),
        ("lines of one path", draws(&"0 0 m 9 0 l ".repeat(80_000))),
        ("a grid of lines", draws(&format!("BT /F 9 Tf (EF001) Tj ET {grid}"))),
        ("cells", draws(&format!("BT /F 9 Tf (EF001) Tj ET {boxes}"))),
        (
            "objects in one array",
            page(
                |file| {
                    file.add(&format!("[{}]", "0 ".repeat(3_000_000)));
                    file.stream("", b"")
                },
                FONT,
                "",
            ),
        ),
        (
            "parts of a page",
            page(
                |file| {
                    let part = file.stream("", b"0 g");
                    file.add(&format!("[{}]", format!("{part} 0 R ").repeat(300_000)))
                },
                FONT,
                "",
            ),
        ),
        ("numbers beyond all numbers", draws(&"1e308 0 0 99999999999999999999999999 9 9 cm ".repeat(1000))),
    ]
}

fn fonts() -> Vec<Hostile> {
    let many = "0 ".repeat(400_000);
    let table = |table: String| {
        page(
            |file| {
                file.packed("", table.as_bytes());
                file.stream("", b"BT /F 9 Tf <00010002> Tj ET")
            },
            "/Font << /F << /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 4 0 R >> >>",
            "",
        )
    };
    vec![
        ("widths", with_font(&format!("<< /Type /Font /Subtype /TrueType /FirstChar -5 /Widths [{many}] >>"))),
        (
            "widths of a Chinese font",
            with_font(&format!(
                "<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<< /W [{}] >>] >>",
                "0 65535 9 ".repeat(100_000)
            )),
        ),
        (
            "names of glyphs",
            with_font(&format!("<< /Type /Font /Encoding << /Differences [0 {}] >> >>", "/eacute ".repeat(100_000))),
        ),
        ("characters of a table", table("1 beginbfchar <0001> <0041> endbfchar ".repeat(25_000))),
        ("a table that uses itself", table("/Identity-H usecmap /Adobe-GB1-UCS2 usecmap ".repeat(10_000))),
    ]
}

fn broken() -> Vec<Hostile> {
    let whole = draws("BT /F 9 Tf 30 700 Td (EF001) Tj ET");
    let mut same = b"%PDF-1.7\n1 0 obj\n".to_vec();
    same.extend(format!("[{}]\nendobj\n", "0 ".repeat(50_000)).as_bytes());
    let start = same.len();
    let entries = "0000000009 00000 n \n".repeat(20_000);
    same.extend(
        format!("xref\n0 20000\n{entries}trailer\n<< /Root 1 0 R /Size 20000 >>\nstartxref\n{start}\n%%EOF").as_bytes(),
    );
    vec![
        ("cut in half", whole[..whole.len() / 2].to_vec()),
        ("objects without a table", [b"%PDF-1.7\n".to_vec(), b"1 0 obj << >> endobj\n".repeat(200_000)].concat()),
        ("a table of which every entry is one object", same),
        ("nothing but a comment", [b"%PDF-1.7\n%".to_vec(), vec![b'%'; 2_000_000]].concat()),
        ("a picture without an end", draws(&format!("BI /W 9 ID {}", "EI".repeat(200_000)))),
        ("encrypted, its key cut short", page(|file| file.stream("", b""), FONT, "").into_iter().chain(
            b"trailer << /Root 1 0 R /Size 9 /Encrypt << /Filter /Standard /V 5 /R 6 /Length 99999999 /O () /U () /OE () /UE () >> /ID [()()] >>".iter().copied()).collect()),
        ("a length beyond the file", page(|file| file.add("<< /Length 99999999999 >>\nstream\nx\nendstream"), FONT, "")),
    ]
}
