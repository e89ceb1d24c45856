//! Reading as a whole: what comes beside the document, how it is wrapped, and what it is written in.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use encoding_rs::{BIG5, GBK};

use super::*;
use crate::hash::sha256_hex;

const ENGLISH: &str = "Cash Dividend Announcement for Equity Issuer\nStock code 00001\n";
const CHINESE: &str =
    "股票發行人現金股息公告\n發行人名稱 範例控股有限公司\n股份代號 00001\n公告日期 2026年3月18日\n股息類型 末期\n";

fn big5(text: &str) -> Vec<u8> {
    BIG5.encode(text).0.into_owned()
}

fn gbk(text: &str) -> Vec<u8> {
    GBK.encode(text).0.into_owned()
}

fn read_with<'v>(headers: &[(&str, &str)], value: &'v [u8]) -> Result<Document<'v>, Vec<Finding>> {
    let headers = headers.iter().map(|(name, value)| (*name, Some(value.as_bytes()))).collect();
    read(&Message { value: Some(value), headers, ..Message::default() }, value, &Rules::default())
}

fn document<'v>(headers: &[(&str, &str)], value: &'v [u8]) -> Document<'v> {
    read_with(headers, value).unwrap_or_else(|findings| unreachable!("{findings:?}"))
}

/// The one finding that a document is given up for.
fn refused(headers: &[(&str, &str)], value: &[u8]) -> Finding {
    let mut findings = read_with(headers, value).map(|document| document.text).expect_err("no text");
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

fn codes(warnings: &[Finding]) -> Vec<&'static str> {
    warnings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn text_is_read_as_it_stands() {
    let read = document(&[], ENGLISH.as_bytes());
    assert_eq!((&*read.text, read.media_type, read.charset), (ENGLISH, "text/plain", "utf-8"));
    assert_eq!(read.checksum.hex(), "f62840cecf97baa6eb18cedeb9c7cf3e492ac2728b63562aed906a8c676b3718");
    assert_eq!(read.warnings, []);
}

#[test]
fn lines_are_those_of_the_source() {
    assert_eq!(document(&[], b"\n\na\r\nb\n").text, "\n\na\r\nb\n");
    assert_eq!(document(&[], b"a\rb\r\rc\r\nd\r").text, "a\nb\n\nc\r\nd\n");
}

#[test]
fn what_is_empty_or_too_large_is_not_read() {
    for value in [&b""[..], b" \r\n\t", b"\xEF\xBB\xBF", b"<html><body></body></html>"] {
        assert_eq!(refused(&[], value).code, Code::EmptyDocument, "{value:?}");
    }
    let large = vec![b'a'; Rules::default().max_document_bytes + 1];
    let finding = refused(&[], &large);
    assert_eq!((finding.code, finding.found.as_deref()), (Code::DocumentTooLarge, Some("8388609 bytes")));
    assert!(read_with(&[], &large[1..]).is_ok());
}

#[test]
fn the_declared_type_decides_unless_it_says_nothing() {
    let row = b"<table><tr><td>Stock code</td><td>00001</td></tr></table>";
    let read_as = |content_type: &str, value| document(&[("content-type", content_type)], value).text;
    assert_eq!(document(&[], row).text, "Stock code\t00001\n");
    assert_eq!(read_as("TEXT/HTML; charset=utf-8", row), "Stock code\t00001\n");
    assert_eq!(read_as("application/octet-stream", row), "Stock code\t00001\n");
    assert_eq!(read_as("text/plain", row), "Stock code\t00001\n");
    assert_eq!(read_as("text/tab-separated-values", b"a\tb"), "a\tb");
    assert_eq!(read_as("text/html", b"a\tb\nc\td"), "a\tb\nc\td");
    assert_eq!(document(&[("ce_datacontenttype", "text/html")], b"x<br>y").text, "x\ny\n");
}

#[test]
fn a_pdf_is_known_by_its_signature() {
    let refused = |headers: &[(&str, &str)], value: &[u8]| refused(headers, value).code;
    assert_eq!(refused(&[], b"%PDF-1.7\n..."), Code::DamagedPdf);
    assert_eq!(refused(&[("content-type", "text/plain")], b"\n%PDF-1.7"), Code::DamagedPdf);
    assert_eq!(refused(&[("content-type", "application/pdf")], b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.7"), Code::DamagedPdf);
    assert_eq!(refused(&[], &in_base64(b"%PDF-1.4", "")), Code::DamagedPdf);
}

#[test]
fn content_without_text_says_what_it_is() {
    let found = |headers: &[(&str, &str)], value: &[u8]| {
        let finding = refused(headers, value);
        assert_eq!(finding.code, Code::UnsupportedMediaType);
        finding.found.expect("what it is")
    };
    assert_eq!(found(&[("content-type", "application/pdf")], b"text"), "application/pdf");
    assert_eq!(found(&[("content-type", "application/xml")], b"<a/>"), "application/xml");
    assert_eq!(found(&[], b"PK\x03\x04..."), "a ZIP archive or an Office document");
    assert_eq!(found(&[], b"ab\0cd"), "binary content: 1 control characters in 5 bytes");
    assert_eq!(found(&[], &[1; 40]), "binary content: 40 control characters in 40 bytes");
}

#[test]
fn tabs_line_ends_and_form_feeds_are_text_and_no_other_control_character_is() {
    for c in (0..=0x7F).map(char::from) {
        let text = format!("ten bytes {c}");
        let is_text = !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
        assert_eq!(media::refuse_binary(&text).is_ok(), is_text, "{c:?}");
    }
}

#[test]
fn headers_and_their_twins_say_where_it_comes_from() {
    let plain = [
        ("Filing-Id", " 2024031300123 "),
        ("source-url", "https://www1.hkexnews.hk/a.pdf"),
        ("published-at", "2024-03-13T18:05:00+08:00"),
        ("stock-code", "00001"),
    ];
    let extensions = [
        ("ce_filingid", "2024031300123"),
        ("ce_source_url", "https://www1.hkexnews.hk/a.pdf"),
        ("ce_published-at", "2024-03-13T18:05:00+08:00"),
        ("ce_StockCode", "00001"),
    ];
    let standard = [
        ("ce_id", "2024031300123"),
        ("ce_source", "https://www1.hkexnews.hk/a.pdf"),
        ("ce_time", "2024-03-13T18:05:00+08:00"),
        ("ce_subject", "00001"),
    ];
    for headers in [plain, extensions, standard] {
        let read = document(&headers, ENGLISH.as_bytes());
        assert_eq!(read.filing_id.as_deref(), Some("2024031300123"));
        assert_eq!(read.source_url.as_deref(), Some("https://www1.hkexnews.hk/a.pdf"));
        assert_eq!(read.published_at.as_deref(), Some("2024-03-13T18:05:00+08:00"));
        assert_eq!(read.stock_code.as_deref(), Some("00001"));
        assert_eq!(read.warnings, []);
    }
}

#[test]
fn the_plain_header_is_believed_first_and_the_last_of_several() {
    let id = |headers: &[(&str, &str)]| document(headers, b"text").filing_id;
    assert_eq!(id(&[("filing-id", "a"), ("ce_id", "c"), ("ce_filingid", "b")]).as_deref(), Some("a"));
    assert_eq!(id(&[("ce_filingid", "b"), ("ce_id", "c")]).as_deref(), Some("b"));
    assert_eq!(id(&[("filing-id", "a"), ("filing-id", "b"), ("filing-id", " ")]).as_deref(), Some("b"));
    assert_eq!(id(&[]), None);
}

#[test]
fn an_unreadable_header_is_a_warning_and_absent() {
    let warned = |name: &str, value: &str| {
        let read = document(&[(name, value)], b"text");
        assert_eq!((read.filing_id, read.source_url, read.published_at, read.stock_code), (None, None, None, None));
        let warning = read.warnings.first().expect("a warning").clone();
        assert_eq!((warning.code, read.warnings.len()), (Code::InvalidHeader, 1));
        (warning.field.into_owned(), warning.found.unwrap_or_default())
    };
    assert_eq!(
        warned("published-at", "13 March 2024"),
        ("/source/published_at".into(), "published-at: 13 March 2024".into())
    );
    assert_eq!(warned("published-at", "2024-03-13 18:05:00+08:00").0, "/source/published_at");
    assert_eq!(warned("published-at", "2024-02-30T18:05:00Z").0, "/source/published_at");
    assert_eq!(warned("stock-code", "700"), ("/instrument/stock_code".into(), "stock-code: 700".into()));
    assert_eq!(warned("filing-id", "a\nb").0, "/source/filing_id");
    assert_eq!(warned("source-url", &"x".repeat(3000)).0, "/source/url");
    assert_eq!(warned("content-type", "html").0, "/source/media_type");

    let message = Message { headers: vec![("filing-id", Some(b"\xFF")), ("stock-code", None)], ..Message::default() };
    let read = read(&message, b"text", &Rules::default()).expect("text");
    assert_eq!((codes(&read.warnings), read.filing_id), (vec!["invalid-header"], None));
}

#[test]
fn a_standard_attribute_of_another_shape_is_not_ours() {
    let read = document(&[("ce_source", "/crawler/7"), ("ce_subject", "filing 7"), ("ce_id", "7")], b"text");
    assert_eq!((read.source_url, read.stock_code, read.filing_id.as_deref()), (None, None, Some("7")));
    assert_eq!(read.warnings, []);
}

#[test]
fn an_envelope_is_opened() {
    let json = r#" {"envelope_version":1,"filing_id":"7","source_url":null,"published_at":"2024-03-13T18:05:00+08:00",
        "content_type":"text/plain; charset=big5","body_encoding":"identity","body":"Stock code\t00001\n","sha256":null}"#;
    for headers in [&[][..], &[("content-type", "application/json")], &[("content-type", "text/plain")]] {
        let read = document(headers, json.as_bytes());
        assert_eq!((&*read.text, read.charset, read.media_type), ("Stock code\t00001\n", "utf-8", "text/plain"));
        assert_eq!(read.checksum.hex(), sha256_hex(b"Stock code\t00001\n"));
        assert_eq!((read.filing_id.as_deref(), read.source_url, read.warnings.len()), (Some("7"), None, 0));
    }
}

fn in_base64(body: &[u8], further: &str) -> Vec<u8> {
    use base64::Engine as _;
    let body = base64::prelude::BASE64_STANDARD.encode(body);
    format!(r#"{{"envelope_version":1,"body_encoding":"base64","body":"{body}"{further}}}"#).into_bytes()
}

#[test]
fn a_checksum_that_an_envelope_tells_is_found_once() {
    let text = "Stock code 00001";
    let sum = sha256_hex(text.as_bytes());
    let told = format!(r#"{{"envelope_version":1,"body":"{text}","sha256":"{}"}}"#, sum.to_ascii_uppercase());
    assert_eq!(document(&[], told.as_bytes()).checksum, Checksum::Is(sum));
    let untold = format!(r#"{{"envelope_version":1,"body":"{text}"}}"#);
    assert_eq!(document(&[], untold.as_bytes()).checksum, Checksum::Of(text.as_bytes()));
}

#[test]
fn a_body_in_base64_has_a_charset_and_a_checksum_of_its_own() {
    let body = big5(CHINESE);
    let sum = sha256_hex(&body).to_ascii_uppercase();
    let further = format!(r#","content_type":"text/plain; charset=Big5-HKSCS","sha256":"{sum}""#);
    let envelope = in_base64(&body, &further);
    let read = document(&[], &envelope);
    assert_eq!((&*read.text, read.charset), (CHINESE, "big5"));
    assert_eq!(read.checksum.hex(), sum.to_ascii_lowercase());
    assert_eq!(document(&[], br#"{"envelope_version":1,"body_encoding":"base64","body":"dGV4\ndA"}"#).text, "text");

    let finding = refused(&[], &in_base64(&body, &format!(r#","sha256":"{}""#, "0".repeat(64))));
    assert_eq!(finding.code, Code::EnvelopeChecksumMismatch);
    let finding = refused(&[], &in_base64(b"{\\rtf1", ""));
    assert_eq!(finding.code, Code::UnsupportedMediaType);
    let large = vec![b'a'; Rules::default().max_document_bytes / 4 * 3];
    assert_eq!(refused(&[], &in_base64(&large, "")).code, Code::DocumentTooLarge);
}

#[test]
fn an_envelope_off_its_contract_says_where() {
    let found = |json: &str| {
        let finding = refused(&[("content-type", "application/json")], json.as_bytes());
        assert_eq!(finding.code, Code::InvalidEnvelope, "{json}");
        finding.found.unwrap_or_default()
    };
    assert_eq!(found(r#"{"envelope_version":2,"body":"x"}"#), "envelope_version 2");
    assert_eq!(found(r#"{"body":"x"}"#), "no envelope_version");
    assert_eq!(found(r#"{"envelope_version":1}"#), "no body");
    assert_eq!(found(r#"{"envelope_version":1,"body":null}"#), "no body");
    assert_eq!(found(r#"{"envelope_version":1,"body_encoding":"gzip","body":"x"}"#), "body_encoding gzip");
    assert_eq!(found(r#"{"envelope_version":1,"encoding":"base64","body":"x"}"#), "key encoding, and no body_encoding");
    assert_eq!(found(r#"{"envelope_version":1,"body":"x","sha256":"abc"}"#), "sha256 abc");
    assert!(found(r#"{"envelope_version":1,"body_encoding":"base64","body":"?"}"#).starts_with("body: "));
    assert!(found(r#"{"envelope_version":1,"body":"x","body":"y"}"#).starts_with("key `body` stands twice"));
    assert!(found(r#"{"envelope_version":1,"filing_id":7,"body":"y"}"#).starts_with("invalid type: integer `7`"));
    assert!(found(r#"{"envelope_version":1,"body":"x"#).starts_with("EOF while parsing"));
    assert!(found(&"[".repeat(100_000)).contains("expected a JSON object"));
    assert_eq!(
        found(r#"{"envelope_version":1,"body":"{\"envelope_version\":1,\"body\":\"\"}"}"#),
        "another envelope as body"
    );
    let line = refused(&[], b"{\"envelope_version\":1,\n\"body\":x}").line;
    assert_eq!(line, Some(2));
}

#[test]
fn an_envelope_may_be_extended_and_is_believed_before_headers() {
    let json =
        br#"{"envelope_version":1,"filing_id":"7","crawler":{"n":[1]},"body_encoding":"identity","body":"text"}"#;
    let read = document(&[("filing-id", "8"), ("stock-code", "00001")], json);
    assert_eq!(codes(&read.warnings), ["unknown-envelope-key", "invalid-header"]);
    assert_eq!((read.filing_id.as_deref(), read.stock_code.as_deref()), (Some("7"), Some("00001")));
    assert_eq!(read.warnings[1].expected.as_deref(), Some("7, as the envelope says"));
}

#[test]
fn json_that_is_no_envelope_is_a_document_that_is_no_form() {
    assert_eq!(document(&[], br#"{"hello":"world"}"#).text, r#"{"hello":"world"}"#);
}

#[test]
fn chinese_charsets_are_declared_or_detected() {
    let foreign = "人民日报：中国经济在第一季度继续增长，专家说这是一个好的现象，市场对此表示欢迎。";
    type Case<'a> = (&'a [(&'a str, &'a str)], Vec<u8>, &'a str, &'a str);
    let cases: [Case<'_>; 12] = [
        (&[], [b"\xEF\xBB\xBF", CHINESE.as_bytes()].concat(), CHINESE, "utf-8"),
        (
            &[("content-type", "text/plain; charset=gbk")],
            [b"\xEF\xBB\xBF", CHINESE.as_bytes()].concat(),
            CHINESE,
            "utf-8",
        ),
        (
            &[],
            [&[0xFF, 0xFE][..], &CHINESE.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat(),
            CHINESE,
            "utf-16le",
        ),
        (
            &[],
            [&[0xFE, 0xFF][..], &CHINESE.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()].concat(),
            CHINESE,
            "utf-16be",
        ),
        (&[("content-type", "text/plain; charset=\"BIG5\"")], big5(CHINESE), CHINESE, "big5"),
        (&[("content-type", "text/plain;charset=gb18030")], gbk(CHINESE), CHINESE, "gb18030"),
        (&[("content-type", "text/plain; charset=cp936")], gbk(CHINESE), CHINESE, "gbk"),
        (&[], big5(CHINESE), CHINESE, "big5"),
        (&[], gbk(CHINESE), CHINESE, "gbk"),
        (&[], gbk(foreign), foreign, "gbk"),
        (
            &[("content-language", "en")],
            big5("Issuer name 範例控股有限公司\n"),
            "Issuer name 範例控股有限公司\n",
            "big5",
        ),
        (&[("content-type", "text/plain; charset=iso-8859-1")], big5(CHINESE), CHINESE, "big5"),
    ];
    for (headers, bytes, text, charset) in cases {
        let read = document(headers, &bytes);
        assert_eq!((&*read.text, read.charset), (text, charset), "{headers:?}");
    }
}

#[test]
fn hkscs_characters_are_big5() {
    // 埗 (Sham Shui Po) and 鰂 (Quarry Bay) stand in the Hong Kong supplement only; `Encoding::encode` writes none of it.
    let address = [big5("股份過戶登記處及其地址 "), b"\x96\xF5\x91\x6F".to_vec(), big5("水\n")].concat();
    assert_eq!(document(&[], &address).text, "股份過戶登記處及其地址 埗鰂水\n");
}

#[test]
fn a_hint_decides_where_characters_cannot() {
    let rare = "龘龖";
    assert_eq!(document(&[("content-language", "zh-CN")], &gbk(rare)).text, rare);
    let html = [b"<html><meta charset='gb2312'><p>".to_vec(), gbk(rare)].concat();
    assert_eq!(document(&[], &html).text, format!("{rare}\n"));
}

#[test]
fn western_text_must_be_declared() {
    let bytes = b"Date of shareholders\x92 approval\n";
    assert_eq!(
        document(&[("content-type", "text/plain; charset=us-ascii")], bytes).text,
        "Date of shareholders’ approval\n"
    );
    assert_eq!(document(&[("content-type", "text/plain; charset=windows-1252")], bytes).charset, "windows-1252");
    let finding = refused(&[], bytes);
    assert_eq!((finding.code, finding.found.as_deref()), (Code::UndecodableText, Some("bytes 92 at offset 20")));
}

#[test]
fn undecodable_bytes_are_found_where_they_are() {
    let spot = |headers: &[(&str, &str)], value: &[u8]| {
        let finding = refused(headers, value);
        assert_eq!(finding.code, Code::UndecodableText);
        (finding.line, finding.found.unwrap_or_default(), finding.expected.unwrap_or_default())
    };
    let utf8 = [CHINESE.as_bytes(), b"\xE8\x82"].concat();
    assert_eq!(
        spot(&[], &utf8),
        (Some(6), format!("bytes E8 82 at offset {}", CHINESE.len()), "text in utf-8, or a declared charset".into())
    );
    let bytes = [big5(CHINESE), b"\xFF\n".to_vec(), big5(CHINESE)].concat();
    let at = big5(CHINESE).len();
    assert_eq!(
        spot(&[], &bytes),
        (Some(6), format!("bytes FF at offset {at}"), "text in big5, as its characters suggest".into())
    );
    let declared = &[("content-type", "text/plain; charset=utf-8")];
    assert_eq!(spot(declared, &big5(CHINESE)).0, Some(1));
    assert_eq!(spot(&[], b"\xFF\xFEa\0\x00\xD8").1, "bytes 00 D8 at offset 2");
}

#[test]
fn a_declaration_that_the_bytes_contradict_is_not_believed() {
    let found = |charset: &str, bytes: &[u8]| {
        let finding = refused(&[("content-type", &format!("text/plain; charset={charset}"))], bytes);
        (finding.code, finding.found.unwrap_or_default())
    };
    let long = CHINESE.repeat(2);
    assert_eq!(found("gbk", long.as_bytes()).0, Code::UndecodableText);
    assert_eq!(found("gbk", &big5(&long)), (Code::UndecodableText, "bytes that read as big5".into()));
    assert_eq!(found("koi8-r", b"text"), (Code::UnknownCharset, "koi8-r".into()));
    assert_eq!(found("utf-7", b"text"), (Code::UnknownCharset, "utf-7".into()));
    assert_eq!(refused(&[], b"\xFF\xFE\0\0a\0\0\0").code, Code::UnknownCharset);
}

#[test]
fn characters_lost_before_are_a_warning() {
    let read = document(&[], "Stock code 00001\nIssuer name \u{FFFD}\u{FFFD}".as_bytes());
    assert_eq!(codes(&read.warnings), ["lost-characters"]);
    assert_eq!((read.warnings[0].line, read.warnings[0].found.as_deref()), (Some(2), Some("2 times U+FFFD")));
}
