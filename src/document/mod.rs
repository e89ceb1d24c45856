//! 1. Message bytes → [`Document`]: the text of the announcement, and how it was read. Pure.
//!
//! The order of attempts: size, headers ([`headers`]), kind of content ([`media`]), the envelope when there is one
//! ([`envelope`]), charset ([`charset`]), and the lines of its tables for HTML ([`html`]) and PDF ([`pdf`]).
//! Nothing is repaired: bytes that do not decode are a finding, and no character is replaced but by what it stands for
//! ([`letters`]).

mod charset;
mod checksum;
mod envelope;
mod familiar;
mod headers;
mod html;
mod media;

use std::borrow::Cow;

use crate::finding::{Code, Finding};
use crate::letters;
use crate::message::{Message, Rules};
use crate::needle::Needle;
use crate::pdf::{self, Place};
pub use checksum::Checksum;
use headers::{Headers, Provenance};
use media::{ContentType, Kind};

/// The text of an announcement, and how it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<'m> {
    /// Decoded text, its lines those of the source. Of HTML and PDF: the lines that [`html`] and [`pdf`] make of it,
    /// `label<TAB>value` for the rows of tables; line numbers then count these. Of an envelope: the text of its body.
    pub text: Cow<'m, str>,
    /// Of each line of a PDF, where it stands on paper.
    pub places: Vec<Place>,
    /// Of a PDF that leaves two ways to read it: its lines as they follow each other.
    pub in_order: Option<String>,
    /// Media type as read, without parameters: `text/plain`, `text/html`, `application/pdf`.
    pub media_type: &'static str,
    /// Charset as read, lower case: `utf-8`, `big5`, `gbk`; `binary` for a PDF, whose fonts have one each.
    pub charset: &'static str,
    /// Of the document's bytes (of the body, where an envelope carried it).
    pub checksum: Checksum<'m>,
    /// From header or envelope.
    pub filing_id: Option<String>,
    /// From header or envelope; never fetched.
    pub source_url: Option<String>,
    /// From header or envelope, RFC 3339, as given.
    pub published_at: Option<String>,
    /// From a header: five digits, to compare with the form's.
    pub stock_code: Option<String>,
    /// Suspicious facts about the reading.
    pub warnings: Vec<Finding>,
}

/// Filing id and stock code, as far as the message's headers name them: for a document that cannot be read.
pub fn named_by(message: &Message<'_>) -> (Option<String>, Option<String>) {
    let Provenance { filing_id, stock_code, .. } = Headers::read(message, &mut Vec::new()).provenance;
    (filing_id, stock_code)
}

/// Reads a message's value.
///
/// # Errors
///
/// Every reason why there is no text: at least one finding of severity error.
pub fn read<'m>(message: &Message<'_>, value: &'m [u8], rules: &Rules) -> Result<Document<'m>, Vec<Finding>> {
    read_with(message, value, rules, &pdf::read_here)
}

/// The same, a PDF being read by someone else.
///
/// # Errors
///
/// As [`read`].
pub fn read_with<'m>(
    message: &Message<'_>,
    value: &'m [u8],
    rules: &Rules,
    read_pdf: pdf::Read<'_>,
) -> Result<Document<'m>, Vec<Finding>> {
    let mut warnings = Vec::new();
    match read_value(message, value, (rules, read_pdf), &mut warnings) {
        Ok(document) => Ok(Document { warnings, ..document }),
        Err(error) => {
            warnings.push(error);
            Err(warnings)
        }
    }
}

fn read_value<'m>(
    message: &Message<'_>,
    value: &'m [u8],
    how: (&Rules, pdf::Read<'_>),
    warnings: &mut Vec<Finding>,
) -> Result<Document<'m>, Finding> {
    let (rules, _) = how;
    refuse_empty(value)?;
    let headers = Headers::read(message, warnings);
    match media::kind(headers.content_type.as_ref(), value)? {
        Kind::Envelope => {
            check_size(value, rules)?;
            let envelope = envelope::open(value, warnings)?;
            refuse_empty(&envelope.body)?;
            let provenance = headers.provenance.overridden_by(envelope.provenance, warnings);
            let content_type = envelope.content_type.as_deref().and_then(ContentType::parse);
            let kind = match media::kind(content_type.as_ref(), &envelope.body)? {
                Kind::Envelope => return Err(envelope::nested()),
                kind => kind,
            };
            let charset = content_type.and_then(|t| t.charset).filter(|_| !envelope.body_is_text);
            match envelope.body {
                Cow::Borrowed(body) => {
                    let document = read_body(body, kind, charset, headers.language, provenance, how, warnings)?;
                    Ok(document.known_by(envelope.sha256))
                }
                Cow::Owned(body) => {
                    let document = read_body(&body, kind, charset, headers.language, provenance, how, warnings)?;
                    Ok(document.known_by(envelope.sha256).into_owned())
                }
            }
        }
        kind => {
            let charset = headers.content_type.and_then(|t| t.charset);
            read_body(value, kind, charset, headers.language, headers.provenance, how, warnings)
        }
    }
}

fn read_body<'m>(
    body: &'m [u8],
    kind: Kind,
    charset: Option<&str>,
    language: Option<&str>,
    provenance: Provenance,
    how: (&Rules, pdf::Read<'_>),
    warnings: &mut Vec<Finding>,
) -> Result<Document<'m>, Finding> {
    let Content { text, places, in_order, media_type, charset } = match kind {
        Kind::Pdf => read_pdf(body, how, warnings)?,
        kind => {
            check_size(body, how.0)?;
            read_text(body, kind, charset, language)?
        }
    };
    if text.trim_ascii().is_empty() {
        return Err(empty());
    }
    let text = letters::unified(text);
    warnings.extend(lost_characters(&text));
    Ok(Document {
        text,
        places,
        in_order,
        media_type,
        charset,
        checksum: Checksum::Of(body),
        filing_id: provenance.filing_id,
        source_url: provenance.source_url,
        published_at: provenance.published_at,
        stock_code: provenance.stock_code,
        warnings: Vec::new(),
    })
}

/// What a body holds, and how it was read.
struct Content<'m> {
    text: Cow<'m, str>,
    places: Vec<Place>,
    in_order: Option<String>,
    media_type: &'static str,
    charset: &'static str,
}

fn read_text<'m>(
    body: &'m [u8],
    kind: Kind,
    charset: Option<&str>,
    language: Option<&str>,
) -> Result<Content<'m>, Finding> {
    let decoded = charset::decode(body, charset, language)?;
    media::refuse_binary(&decoded.text)?;
    let (media_type, text) = match kind {
        Kind::Text if !media::looks_like_html(&decoded.text) => ("text/plain", with_line_feeds(decoded.text)),
        _ => ("text/html", Cow::Owned(html::lines(&decoded.text))),
    };
    Ok(Content { text, places: Vec::new(), in_order: None, media_type, charset: decoded.charset })
}

fn read_pdf<'m>(
    body: &[u8],
    (rules, read): (&Rules, pdf::Read<'_>),
    warnings: &mut Vec<Finding>,
) -> Result<Content<'m>, Finding> {
    let allowed = check(body.len(), rules.max_pdf_bytes, Code::PdfTooLarge);
    let reading = match read(body) {
        // A large PDF that is no form, an annual report, is nobody's loss.
        Ok(reading) if !reading.is_form => reading,
        read => allowed.and(read)?,
    };
    warnings.extend(reading.warnings);
    let (text, places, in_order) = (Cow::Owned(reading.text), reading.places, reading.in_order);
    Ok(Content { text, places, in_order, media_type: "application/pdf", charset: "binary" })
}

impl Document<'_> {
    /// Where a line of a PDF stands on paper; lines are counted from 1.
    pub fn place(&self, line: u32) -> Option<Place> {
        self.places.get(usize::try_from(line).ok()?.checked_sub(1)?).copied()
    }

    /// The same, with its SHA-256 where that is known already.
    fn known_by(self, sha256: Option<String>) -> Self {
        Document { checksum: sha256.map_or(self.checksum, Checksum::Is), ..self }
    }

    /// The same, independent of the message.
    fn into_owned(self) -> Document<'static> {
        Document {
            text: Cow::Owned(self.text.into_owned()),
            places: self.places,
            in_order: self.in_order,
            media_type: self.media_type,
            charset: self.charset,
            checksum: self.checksum.into_owned(),
            filing_id: self.filing_id,
            source_url: self.source_url,
            published_at: self.published_at,
            stock_code: self.stock_code,
            warnings: self.warnings,
        }
    }
}

fn refuse_empty(bytes: &[u8]) -> Result<(), Finding> {
    if bytes.is_empty() { Err(empty()) } else { Ok(()) }
}

fn check_size(bytes: &[u8], rules: &Rules) -> Result<(), Finding> {
    check(bytes.len(), rules.max_document_bytes, Code::DocumentTooLarge)
}

fn check(size: usize, limit: usize, code: Code) -> Result<(), Finding> {
    if size > limit { Err(larger(code, size as u64, limit)) } else { Ok(()) }
}

fn larger(code: Code, bytes: u64, limit: usize) -> Finding {
    Finding::new(code, "").found(format_args!("{bytes} bytes")).expected(format_args!("at most {limit} bytes"))
}

/// The finding about a document of this many bytes, for a caller that need not hold them to know.
pub fn too_large(bytes: u64, rules: &Rules) -> Finding {
    larger(Code::DocumentTooLarge, bytes, rules.max_document_bytes)
}

fn empty() -> Finding {
    Finding::new(Code::EmptyDocument, "").expected("the text of an announcement")
}

/// Text whose extraction had lost characters before it came here: they are marked U+FFFD in the text itself.
fn lost_characters(text: &str) -> Option<Finding> {
    static MARK: Needle = Needle::new("\u{FFFD}");
    let first = MARK.first_in(text)?;
    let lost = text.matches('\u{FFFD}').count();
    let finding = Finding::new(Code::LostCharacters, "").at(line_at(text.as_bytes(), first));
    Some(finding.found(format_args!("{lost} times U+FFFD")).expected("the characters themselves"))
}

/// A lone carriage return ends a line too, as old extractors write them; CRLF stays as it is.
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    let mut ended = String::with_capacity(text.len());
    let mut pieces = text.split('\r').peekable();
    while let Some(piece) = pieces.next() {
        ended.push_str(piece);
        match pieces.peek() {
            Some(next) if next.starts_with('\n') => ended.push('\r'),
            Some(_) => ended.push('\n'),
            None => {}
        }
    }
    Cow::Owned(ended)
}

/// The line that a byte stands in, counted from 1.
fn line_at(bytes: &[u8], offset: usize) -> u32 {
    let before = bytes.get(..offset).unwrap_or(bytes);
    1 + u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX - 1)
}

#[cfg(test)]
mod tests;
