//! What comes beside the document: content type, language and where it was published, from the record's headers.
//!
//! Each header has twins in CloudEvents' binary mode, used where the plain one is absent: the extension attribute of the
//! same name (`ce_filingid`; hyphens and underscores are forgiven), then the standard attribute of the same meaning:
//! `ce_id` (filing-id), `ce_source` when it is a web address (source-url), `ce_time` (published-at), `ce_subject` when
//! it is five digits (stock-code), `ce_datacontenttype` (content-type). Of several values the last one counts.

use chrono::DateTime;

use super::media::ContentType;
use crate::finding::{Code, Finding};
use crate::message::Message;

/// The headers that concern the document, read and checked.
pub(super) struct Headers<'a> {
    pub(super) content_type: Option<ContentType<'a>>,
    pub(super) language: Option<&'a str>,
    pub(super) provenance: Provenance,
}

/// Where a document comes from, as its producer says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Provenance {
    pub(super) filing_id: Option<String>,
    pub(super) source_url: Option<String>,
    pub(super) published_at: Option<String>,
    pub(super) stock_code: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    ContentType,
    ContentLanguage,
    FilingId,
    SourceUrl,
    PublishedAt,
    StockCode,
}

const HEADERS: [Header; 6] = [
    Header::ContentType,
    Header::ContentLanguage,
    Header::FilingId,
    Header::SourceUrl,
    Header::PublishedAt,
    Header::StockCode,
];

impl Header {
    fn name(self) -> &'static str {
        match self {
            Header::ContentType => "content-type",
            Header::ContentLanguage => "content-language",
            Header::FilingId => "filing-id",
            Header::SourceUrl => "source-url",
            Header::PublishedAt => "published-at",
            Header::StockCode => "stock-code",
        }
    }

    /// The standard CloudEvents attribute of the same meaning.
    fn standard_twin(self) -> Option<&'static str> {
        match self {
            Header::ContentType => Some("datacontenttype"),
            Header::ContentLanguage => None,
            Header::FilingId => Some("id"),
            Header::SourceUrl => Some("source"),
            Header::PublishedAt => Some("time"),
            Header::StockCode => Some("subject"),
        }
    }

    /// The field of the event that the header ends up in.
    fn field(self) -> &'static str {
        match self {
            Header::ContentType => "/source/media_type",
            Header::ContentLanguage => "/source/language",
            Header::FilingId => "/source/filing_id",
            Header::SourceUrl => "/source/url",
            Header::PublishedAt => "/source/published_at",
            Header::StockCode => "/instrument/stock_code",
        }
    }

    /// The warning that a header was not used.
    fn unreadable(self, found: &str, expected: &str) -> Finding {
        Finding::new(Code::InvalidHeader, self.field())
            .found(format_args!("{}: {found}", self.name()))
            .expected(expected)
    }
}

/// How a header's name was written: the plain name is believed before its twins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spelling {
    StandardTwin,
    ExtensionTwin,
    Plain,
}

fn recognise(name: &str) -> Option<(Header, Spelling)> {
    let attribute = name.get(..3).filter(|prefix| prefix.eq_ignore_ascii_case("ce_")).and_then(|_| name.get(3..));
    HEADERS.into_iter().find_map(|header| {
        let spelling = match attribute {
            None => header.name().eq_ignore_ascii_case(name).then_some(Spelling::Plain),
            Some(attribute) if same_letters(attribute, header.name()) => Some(Spelling::ExtensionTwin),
            Some(attribute) => header
                .standard_twin()
                .filter(|twin| twin.eq_ignore_ascii_case(attribute))
                .map(|_| Spelling::StandardTwin),
        };
        Some((header, spelling?))
    })
}

fn same_letters(one: &str, other: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> {
        text.bytes().filter(|b| !matches!(b, b'-' | b'_')).map(|b| b.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

impl<'a> Headers<'a> {
    /// Reads the headers; what cannot be read is a warning, and counts as absent.
    pub(super) fn read(message: &Message<'a>, warnings: &mut Vec<Finding>) -> Headers<'a> {
        let mut best: [Option<(Spelling, &'a str)>; HEADERS.len()] = [None; HEADERS.len()];
        for (name, value) in &message.headers {
            let (Some((header, spelling)), Some(bytes)) = (recognise(name), value) else { continue };
            let Ok(text) = std::str::from_utf8(bytes) else {
                warnings.push(header.unreadable(&String::from_utf8_lossy(bytes), "text in utf-8"));
                continue;
            };
            let text = text.trim();
            let slot = &mut best[header as usize];
            if !text.is_empty() && slot.is_none_or(|(before, _)| spelling >= before) && usable(header, spelling, text) {
                *slot = Some((spelling, text));
            }
        }
        let text = |header: Header| best[header as usize].map(|(_, text)| text);
        let content_type = text(Header::ContentType);
        let parsed = content_type.and_then(ContentType::parse);
        if let (Some(found), None) = (content_type, &parsed) {
            warnings.push(Header::ContentType.unreadable(found, "type/subtype; charset=name"));
        }
        Headers {
            content_type: parsed,
            language: text(Header::ContentLanguage),
            provenance: Provenance {
                filing_id: checked(Header::FilingId, text(Header::FilingId), warnings),
                source_url: checked(Header::SourceUrl, text(Header::SourceUrl), warnings),
                published_at: checked(Header::PublishedAt, text(Header::PublishedAt), warnings),
                stock_code: checked(Header::StockCode, text(Header::StockCode), warnings),
            },
        }
    }
}

/// A standard attribute means what the header means only where it has its shape: `ce_source` may be any URI,
/// `ce_subject` any text.
fn usable(header: Header, spelling: Spelling, text: &str) -> bool {
    match (spelling, header) {
        (Spelling::StandardTwin, Header::SourceUrl) => text.starts_with("https://") || text.starts_with("http://"),
        (Spelling::StandardTwin, Header::StockCode) => is_stock_code(text),
        _ => true,
    }
}

/// A value of the producer's, or a warning: bounded, printable, and of the header's shape.
pub(super) fn checked(header: Header, text: Option<&str>, warnings: &mut Vec<Finding>) -> Option<String> {
    const LONGEST: usize = 2048;
    let text = text?;
    let expected = match header {
        _ if text.len() > LONGEST => "at most 2048 bytes",
        _ if text.chars().any(char::is_control) => "text without control characters",
        Header::PublishedAt if !is_rfc_3339(text) => "a time as in RFC 3339: 2024-03-13T18:05:00+08:00",
        Header::StockCode if !is_stock_code(text) => "five digits",
        _ => return Some(text.to_owned()),
    };
    warnings.push(header.unreadable(text, expected));
    None
}

fn is_stock_code(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_rfc_3339(text: &str) -> bool {
    matches!(text.as_bytes().get(10), Some(b'T' | b't')) && DateTime::parse_from_rfc3339(text).is_ok()
}

impl Provenance {
    /// An envelope travels with its document, headers may be added on the way: the envelope is believed, and a header
    /// that says otherwise is a warning.
    pub(super) fn overridden_by(self, envelope: Provenance, warnings: &mut Vec<Finding>) -> Provenance {
        let mut choose = |header: Header, ours: Option<String>, theirs: Option<String>| match (ours, theirs) {
            (Some(ours), Some(theirs)) if ours != theirs => {
                warnings.push(header.unreadable(&ours, &format!("{}, as the envelope says", theirs)));
                Some(theirs)
            }
            (ours, theirs) => theirs.or(ours),
        };
        Provenance {
            filing_id: choose(Header::FilingId, self.filing_id, envelope.filing_id),
            source_url: choose(Header::SourceUrl, self.source_url, envelope.source_url),
            published_at: choose(Header::PublishedAt, self.published_at, envelope.published_at),
            stock_code: choose(Header::StockCode, self.stock_code, envelope.stock_code),
        }
    }
}
