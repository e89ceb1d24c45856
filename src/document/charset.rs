//! Bytes → text: byte order mark, then the declared charset, then UTF-8, then Big5 (HKSCS) or GBK.
//!
//! Every decoding is strict: bytes that the charset does not have are a finding with their line. A declaration that the
//! bytes contradict is a finding too, since a document read in the wrong charset would pass for one that is no form.
//! `iso-8859-1`, `windows-1252` and `us-ascii` are what servers declare when they know nothing: they count as no
//! declaration, and as `windows-1252` when the bytes are nothing else.

use std::borrow::Cow;

use encoding_rs::{BIG5, DecoderResult, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

use super::familiar::{Familiarity, familiarity};
use super::line_at;
use crate::finding::{Code, Finding};

/// Decoded text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    /// Lower case.
    pub(super) charset: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Charset {
    Utf8,
    Utf16Le,
    Utf16Be,
    Big5,
    Gbk,
    Gb18030,
    Windows1252,
}

impl Charset {
    fn name(self) -> &'static str {
        match self {
            Charset::Utf8 => "utf-8",
            Charset::Utf16Le => "utf-16le",
            Charset::Utf16Be => "utf-16be",
            Charset::Big5 => "big5",
            Charset::Gbk => "gbk",
            Charset::Gb18030 => "gb18030",
            Charset::Windows1252 => "windows-1252",
        }
    }

    fn encoding(self) -> &'static Encoding {
        match self {
            Charset::Utf8 => UTF_8,
            Charset::Utf16Le => UTF_16LE,
            Charset::Utf16Be => UTF_16BE,
            Charset::Big5 => BIG5,
            Charset::Gbk => GBK,
            Charset::Gb18030 => GB18030,
            Charset::Windows1252 => WINDOWS_1252,
        }
    }

    /// By any of its names: those of the WHATWG, and those that Windows and Java programs write.
    fn named(name: &str) -> Option<Charset> {
        let name = name.trim();
        if name.eq_ignore_ascii_case("utf-8") {
            return Some(Charset::Utf8);
        }
        let encoding = match name.to_ascii_lowercase().as_str() {
            "cp950" | "ms950" | "windows-950" | "big5hkscs" | "big5_hkscs" => BIG5,
            "cp936" | "ms936" | "windows-936" => GBK,
            label => Encoding::for_label(label.as_bytes())?,
        };
        [
            Charset::Utf8,
            Charset::Utf16Le,
            Charset::Utf16Be,
            Charset::Big5,
            Charset::Gbk,
            Charset::Gb18030,
            Charset::Windows1252,
        ]
        .into_iter()
        .find(|charset| charset.encoding() == encoding)
    }
}

/// Decodes a document. `language` is its `content-language`, which helps where Big5 and GBK fit alike.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    declared: Option<&str>,
    language: Option<&str>,
) -> Result<Decoded<'a>, Finding> {
    if let Some((charset, marked)) = byte_order_mark(bytes)? {
        return strict(marked, charset, "as its byte order mark says");
    }
    let declared = declared.map(|name| Charset::named(name).ok_or_else(|| unknown(name))).transpose()?;
    if let Some(charset) = declared.filter(|charset| *charset != Charset::Windows1252) {
        let decoded = strict(bytes, charset, "as declared")?;
        refuse_contradiction(bytes, charset, &decoded.text)?;
        return Ok(decoded);
    }
    let error = match strict(bytes, Charset::Utf8, "or a declared charset") {
        Ok(decoded) => return Ok(decoded),
        Err(error) => error,
    };
    if let Some(charset) = detected(bytes, meta_charset(bytes).or_else(|| usual_charset(language?))) {
        return strict(bytes, charset, "as its characters suggest");
    }
    match declared {
        Some(Charset::Windows1252) => latin(bytes),
        _ => Err(error),
    }
}

fn byte_order_mark(bytes: &[u8]) -> Result<Option<(Charset, &[u8])>, Finding> {
    if bytes.starts_with(b"\xFF\xFE\0\0") || bytes.starts_with(b"\0\0\xFE\xFF") {
        return Err(unknown("utf-32"));
    }
    let marks: [(&[u8], Charset); 3] =
        [(b"\xEF\xBB\xBF", Charset::Utf8), (b"\xFF\xFE", Charset::Utf16Le), (b"\xFE\xFF", Charset::Utf16Be)];
    Ok(marks.into_iter().find_map(|(mark, charset)| Some((charset, bytes.strip_prefix(mark)?))))
}

fn unknown(name: &str) -> Finding {
    let known = "utf-8, utf-16, big5, big5-hkscs, gbk, gb18030 or windows-1252";
    Finding::new(Code::UnknownCharset, "").found(name).expected(known)
}

/// Decodes without replacing anything; `why` ends the sentence about what was expected.
fn strict<'a>(bytes: &'a [u8], charset: Charset, why: &str) -> Result<Decoded<'a>, Finding> {
    match charset.encoding().decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(Decoded { text, charset: charset.name() }),
        None => Err(undecodable(bytes, charset, why)),
    }
}

/// Says where decoding stops: only then is it done step by step.
fn undecodable(bytes: &[u8], charset: Charset, why: &str) -> Finding {
    let mut decoder = charset.encoding().new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    let (length, after) = match result {
        DecoderResult::Malformed(length, after) => (usize::from(length), usize::from(after)),
        DecoderResult::InputEmpty | DecoderResult::OutputFull => (1, 0),
    };
    let offset = read.saturating_sub(length + after);
    let mut found = "bytes".to_owned();
    for byte in bytes.iter().skip(offset).take(length) {
        found.push_str(&format!(" {byte:02X}"));
    }
    found.push_str(&format!(" at offset {offset}"));
    let line = line_at(text.as_bytes(), text.len());
    undecodable_text(&found, charset, why).at(line)
}

fn undecodable_text(found: &str, charset: Charset, why: &str) -> Finding {
    Finding::new(Code::UndecodableText, "").found(found).expected(format_args!("text in {}, {why}", charset.name()))
}

/// Refuses a declared Chinese charset when another one plainly fits the bytes and this one does not.
fn refuse_contradiction(bytes: &[u8], declared: Charset, text: &str) -> Result<(), Finding> {
    if !matches!(declared, Charset::Big5 | Charset::Gbk | Charset::Gb18030) || bytes.is_ascii() {
        return Ok(());
    }
    let ours = familiarity(text);
    let other = if declared == Charset::Big5 { Charset::Gbk } else { Charset::Big5 };
    for charset in [Charset::Utf8, other] {
        let (read, _) = charset.encoding().decode_without_bom_handling(bytes);
        let theirs = familiarity(&read);
        if theirs.is_plain() && !ours.is_plain() && theirs.familiar >= 8 {
            let found = format!("bytes that read as {}", charset.name());
            return Err(undecodable_text(&found, declared, "as declared"));
        }
    }
    Ok(())
}

/// Tells Big5 from GBK (each reads most texts of the other without an error) by how familiar the characters are.
///
/// A hint decides where both are equally familiar, and where the characters are too few or too rare to tell.
fn detected(bytes: &[u8], hint: Option<Charset>) -> Option<Charset> {
    let candidates = [Charset::Big5, Charset::Gbk].map(|charset| {
        let (text, damaged) = charset.encoding().decode_without_bom_handling(bytes);
        let is_hint = hint.is_some_and(|hint| hint.encoding() == charset.encoding());
        let score = familiarity(&text);
        (charset, score, is_hint, damaged)
    });
    candidates
        .into_iter()
        .filter(|(_, score, is_hint, damaged)| score.is_plain() || (*is_hint && !damaged))
        .max_by(|(_, one, one_hint, one_damaged), (_, two, two_hint, two_damaged)| {
            Familiarity::compare(one, two).then(two_damaged.cmp(one_damaged)).then(one_hint.cmp(two_hint))
        })
        .map(|(charset, ..)| charset)
}

/// The charset that a `<meta>` near the start of an HTML document declares: believed less than the bytes.
fn meta_charset(bytes: &[u8]) -> Option<Charset> {
    const LOOKED_AT: usize = 1024;
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes).to_ascii_lowercase();
    let meta = memmem::find(&head, b"<meta")?;
    let name = head.get(meta + memmem::find(head.get(meta..)?, b"charset=")? + b"charset=".len()..)?;
    let name: Vec<u8> = name
        .iter()
        .skip_while(|b| matches!(b, b'"' | b'\''))
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .copied()
        .collect();
    Charset::named(std::str::from_utf8(&name).ok()?)
}

/// The charset in which texts of a language are usually written, besides UTF-8.
fn usual_charset(language: &str) -> Option<Charset> {
    let language = language.to_ascii_lowercase();
    let written = |tags: &[&str]| tags.iter().any(|tag| language.starts_with(tag));
    if written(&["zh-hans", "zh-cn", "zh-sg"]) {
        return Some(Charset::Gbk);
    }
    written(&["zh"]).then_some(Charset::Big5)
}

/// Reads what was declared as a Western charset; the five bytes that windows-1252 leaves undefined are a finding.
fn latin(bytes: &[u8]) -> Result<Decoded<'_>, Finding> {
    let undefined = bytes.iter().position(|b| matches!(b, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D));
    if let Some(offset) = undefined {
        let found = format!("bytes {:02X} at offset {offset}", bytes.get(offset).copied().unwrap_or_default());
        return Err(undecodable_text(&found, Charset::Windows1252, "as declared").at(line_at(bytes, offset)));
    }
    strict(bytes, Charset::Windows1252, "as declared")
}
