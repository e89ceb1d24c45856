//! What kind of content the bytes are: from the declared content type, and from signatures that leave no doubt.

use memchr::memmem;

use super::line_at;
use crate::finding::{Code, Finding};

/// A content type, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContentType<'a> {
    /// `text/plain`, as written.
    pub(super) media: &'a str,
    /// The charset parameter, without quotes.
    pub(super) charset: Option<&'a str>,
}

impl<'a> ContentType<'a> {
    /// `text/plain; charset="Big5"` → `text/plain`, `Big5`; `None` when there is no `type/subtype`.
    pub(super) fn parse(text: &'a str) -> Option<ContentType<'a>> {
        let mut parts = text.split(';');
        let media = parts.next()?.trim();
        let (kind, subtype) = media.split_once('/')?;
        if kind.is_empty() || subtype.is_empty() || media.contains(char::is_whitespace) {
            return None;
        }
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
        });
        Some(ContentType { media, charset: charset.filter(|name| !name.is_empty()) })
    }
}

/// Content that text can be had from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The JSON envelope around a body.
    Envelope,
    /// HTML, as declared.
    Html,
    /// PDF, by its signature.
    Pdf,
    /// Text, or HTML that nobody declared.
    Text,
}

/// Decides what the bytes are.
///
/// A type that says nothing (`text/plain`, what producers send by default, or `application/octet-stream`) leaves the
/// decision to the bytes; any other one is believed, unless the bytes bear the signature of PDF or of a format without text.
pub(super) fn kind(declared: Option<&ContentType<'_>>, bytes: &[u8]) -> Result<Kind, Finding> {
    if without_mark_and_space(bytes).starts_with(PDF) {
        return Ok(Kind::Pdf);
    }
    if let Some(format) = textless(bytes) {
        return Err(unsupported(format));
    }
    let media = declared.map_or("", |declared| declared.media);
    if media.eq_ignore_ascii_case("text/plain") {
        return Ok(text_or_envelope(bytes));
    }
    let media = media.to_ascii_lowercase();
    match media.as_str() {
        "" | "application/octet-stream" | "binary/octet-stream" | "*/*" => Ok(text_or_envelope(bytes)),
        "application/json" | "text/json" => Ok(Kind::Envelope),
        "application/pdf" if memmem::find(first_kilobyte(bytes), PDF).is_some() => Ok(Kind::Pdf),
        // Without a single tag, what is declared as HTML keeps its lines as text.
        "text/html" | "application/xhtml+xml" => {
            Ok(if memchr::memchr(b'<', bytes).is_some() { Kind::Html } else { Kind::Text })
        }
        "text/xml" => Err(unsupported(&media)),
        text if text.starts_with("text/") => Ok(Kind::Text),
        _ => Err(unsupported(&media)),
    }
}

/// The signature of PDF. Undeclared it may follow a byte order mark or empty lines only; declared, it may stand where
/// readers of PDF look for it, within the first kilobyte.
const PDF: &[u8] = b"%PDF-";

fn first_kilobyte(bytes: &[u8]) -> &[u8] {
    bytes.get(..1024).unwrap_or(bytes)
}

/// What bytes are whose declared type says nothing.
fn text_or_envelope(bytes: &[u8]) -> Kind {
    if looks_like_envelope(bytes) { Kind::Envelope } else { Kind::Text }
}

fn unsupported(found: &str) -> Finding {
    Finding::new(Code::UnsupportedMediaType, "")
        .found(found)
        .expected("text/plain, text/html, application/pdf or the JSON envelope")
}

/// Formats whose text has to be extracted first, by their first bytes.
fn textless(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 10] = [
        (b"PK\x03\x04", "a ZIP archive or an Office document"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Office document"),
        (b"{\\rtf", "an RTF document"),
        (b"\x1F\x8B", "gzip data"),
        (b"\x28\xB5\x2F\xFD", "zstd data"),
        (b"BZh", "bzip2 data"),
        (b"\x89PNG", "a PNG image"),
        (b"\xFF\xD8\xFF", "a JPEG image"),
        (b"II*\0", "a TIFF image"),
        (b"MM\0*", "a TIFF image"),
    ];
    SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)).map(|(_, format)| *format)
}

/// A JSON object that names one of the envelope's two indispensable keys; what it lacks is then a finding, while other
/// JSON is a document that is no form.
fn looks_like_envelope(bytes: &[u8]) -> bool {
    let Some(inside) = without_mark_and_space(bytes).strip_prefix(b"{") else { return false };
    inside.trim_ascii_start().starts_with(b"\"")
        && [&b"\"envelope_version\""[..], b"\"body\""].iter().any(|key| memmem::find(inside, key).is_some())
}

fn without_mark_and_space(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start()
}

/// Text that begins with a tag: no form does.
pub(super) fn looks_like_html(text: &str) -> bool {
    let mut start = text.trim_start().chars();
    start.next() == Some('<') && start.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '!' || c == '?')
}

/// Refuses what decodes without being text: one NUL, or more than one control character in twenty.
pub(super) fn refuse_binary(text: &str) -> Result<(), Finding> {
    let bytes = text.as_bytes();
    let controls = control_characters(bytes);
    let nul = if controls == 0 { None } else { memchr::memchr(0, bytes) };
    if nul.is_none() && controls * 20 <= bytes.len() {
        return Ok(());
    }
    let first = nul.or_else(|| bytes.iter().position(|b| is_control(*b))).unwrap_or_default();
    let found = format!("binary content: {controls} control characters in {} bytes", bytes.len());
    Err(unsupported(&found).at(line_at(bytes, first)))
}

/// Counts control characters, in pieces that a byte can count: so the compiler looks at many bytes at a time.
fn control_characters(bytes: &[u8]) -> usize {
    const PIECE: usize = 224;
    let count = |piece: &[u8]| usize::from(piece.iter().map(|b| u8::from(is_control(*b))).sum::<u8>());
    // The length of a whole piece is known when this is compiled, so that nothing of it is counted byte by byte.
    let (pieces, rest) = bytes.as_chunks::<PIECE>();
    pieces.iter().map(|piece| count(piece)).sum::<usize>() + count(rest)
}

/// Control characters that no text holds: tab, line ends and form feed are text. Without branches, for the sake of speed.
fn is_control(byte: u8) -> bool {
    (byte < b'\t') | (byte == 0x0B) | ((byte > b'\r') & (byte < b' ')) | (byte == 0x7F)
}
