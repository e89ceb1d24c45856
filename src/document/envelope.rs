//! The JSON envelope around a body, for producers that cannot set headers.
//!
//! ```json
//! {"envelope_version":1,"filing_id":"...","source_url":"...","published_at":"...","content_type":"text/plain",
//!  "body_encoding":"identity","body":"...","sha256":"..."}
//! ```
//!
//! `envelope_version` and `body` are indispensable; null is absent. `body_encoding` is `identity` (the text itself, which
//! is then UTF-8 whatever the charset says) or `base64` (standard alphabet, padding and line breaks as one likes), and
//! `identity` when absent. `sha256`, in hex, is of the body's bytes. A key that is not listed is a warning, for version 1
//! may be extended; but not when `body_encoding` is absent, since the key may be its misspelling.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::headers::{Header, Provenance, checked};
use crate::finding::{Code, Finding};
use crate::hash::sha256_hex;

/// An opened envelope.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    pub(super) body: Cow<'a, [u8]>,
    /// The body came as text, so that it is UTF-8.
    pub(super) body_is_text: bool,
    pub(super) content_type: Option<Cow<'a, str>>,
    pub(super) provenance: Provenance,
    /// SHA-256 of the body, lower-case hex, where the envelope told it and it was found to be true.
    pub(super) sha256: Option<String>,
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Opens an envelope and checks what it says about its body.
pub(super) fn open<'a>(value: &'a [u8], warnings: &mut Vec<Finding>) -> Result<Envelope<'a>, Finding> {
    let json = value.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(value);
    let keys: Keys<'a> = serde_json::from_slice(json).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(0);
        invalid(error.to_string(), "a JSON object as in the README").at(line)
    })?;
    if keys.version != Some(1) {
        let found =
            keys.version.map_or("no envelope_version".to_owned(), |version| format!("envelope_version {version}"));
        return Err(invalid(found, "envelope_version 1"));
    }
    report_unknown(&keys, warnings)?;
    let body = keys.body.ok_or_else(|| invalid("no body".to_owned(), "body: the document"))?.0;
    let body_is_text = match keys.body_encoding.as_ref().map(|text| text.0.as_ref()) {
        None | Some("identity") => true,
        Some("base64") => false,
        Some(other) => return Err(invalid(format!("body_encoding {other}"), "identity or base64")),
    };
    let body = if body_is_text { text_bytes(body) } else { Cow::Owned(decoded(&body)?) };
    let sha256 = keys.sha256.map(|Text(expected)| checked_sum(&body, &expected)).transpose()?;
    let mut take = |header, text: Option<Text<'a>>| {
        let text = text.as_ref().map(|text| text.0.trim()).filter(|text| !text.is_empty());
        checked(header, text, warnings)
    };
    let provenance = Provenance {
        filing_id: take(Header::FilingId, keys.filing_id),
        source_url: take(Header::SourceUrl, keys.source_url),
        published_at: take(Header::PublishedAt, keys.published_at),
        stock_code: None,
    };
    Ok(Envelope { body, body_is_text, content_type: keys.content_type.map(|text| text.0), provenance, sha256 })
}

/// The finding about an envelope inside an envelope.
pub(super) fn nested() -> Finding {
    invalid("another envelope as body".to_owned(), "a document")
}

fn invalid(found: String, expected: &str) -> Finding {
    Finding::new(Code::InvalidEnvelope, "").found(found).expected(expected)
}

fn report_unknown(keys: &Keys<'_>, warnings: &mut Vec<Finding>) -> Result<(), Finding> {
    if keys.unknown.is_empty() {
        return Ok(());
    }
    let found = format!("key {}", keys.unknown.join(", "));
    let known = format!("only {}", KEYS.join(", "));
    if keys.body_encoding.is_none() {
        return Err(invalid(format!("{found}, and no body_encoding"), &known));
    }
    warnings.push(Finding::new(Code::UnknownEnvelopeKey, "").found(found).expected(known));
    Ok(())
}

fn text_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

fn decoded(body: &str) -> Result<Vec<u8>, Finding> {
    let wrapped = body.bytes().any(|b| b.is_ascii_whitespace());
    let text: Cow<'_, str> =
        if wrapped { body.split_ascii_whitespace().collect::<String>().into() } else { body.into() };
    BASE64.decode(text.as_bytes()).map_err(|error| invalid(format!("body: {error}"), "body in base64"))
}

fn checked_sum(body: &[u8], expected: &str) -> Result<String, Finding> {
    if expected.len() != 64 || !expected.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(invalid(format!("sha256 {expected}"), "64 hexadecimal digits"));
    }
    let found = sha256_hex(body);
    if expected.eq_ignore_ascii_case(&found) {
        return Ok(found);
    }
    Err(Finding::new(Code::EnvelopeChecksumMismatch, "").found(found).expected(expected.to_ascii_lowercase()))
}

const KEYS: [&str; 8] =
    ["envelope_version", "filing_id", "source_url", "published_at", "content_type", "body_encoding", "body", "sha256"];

/// The envelope as it stands in the JSON. Read by hand, so that a body without escapes is not copied, a key that
/// stands twice is refused, and unknown keys are known by name.
#[derive(Default)]
struct Keys<'a> {
    version: Option<u64>,
    filing_id: Option<Text<'a>>,
    source_url: Option<Text<'a>>,
    published_at: Option<Text<'a>>,
    content_type: Option<Text<'a>>,
    body_encoding: Option<Text<'a>>,
    body: Option<Text<'a>>,
    sha256: Option<Text<'a>>,
    unknown: Vec<String>,
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Keys<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys<'de>, A::Error> {
        const UNKNOWN_KEPT: usize = 8;
        let mut keys = Keys::default();
        let mut seen = [false; KEYS.len()];
        while let Some(Text(key)) = map.next_key()? {
            let known = KEYS.iter().position(|known| *known == key);
            if known.and_then(|place| seen.get_mut(place)).is_some_and(|seen| std::mem::replace(seen, true)) {
                return Err(de::Error::custom(format_args!("key `{key}` stands twice")));
            }
            match key.as_ref() {
                "envelope_version" => keys.version = map.next_value()?,
                "filing_id" => keys.filing_id = map.next_value()?,
                "source_url" => keys.source_url = map.next_value()?,
                "published_at" => keys.published_at = map.next_value()?,
                "content_type" => keys.content_type = map.next_value()?,
                "body_encoding" => keys.body_encoding = map.next_value()?,
                "body" => keys.body = map.next_value()?,
                "sha256" => keys.sha256 = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    if keys.unknown.len() < UNKNOWN_KEPT {
                        keys.unknown.push(key.into_owned());
                    }
                }
            }
        }
        Ok(keys)
    }
}
