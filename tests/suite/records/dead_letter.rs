//! Dead letters: nothing of the original is lost, the reason can be read, a second failure knows of the first.

use exdate::finding::{Code, Finding, Stage};
use exdate::message::Message;
use exdate::record::dead_letter::{self, DeadLetter, Filing, Origin, Reason, Unreadable, decode};
use exdate::record::{Headers, Record};
use proptest::prelude::*;

const FAILED_AT: i64 = 1_710_318_600_000;
/// SHA-256 of `a form`, by another program.
const SHA256_OF_A_FORM: &str = "e9979206fc15cd663622a6f1efe711bebffbdd4cc8ce7329a1e031742f48648a";

fn message() -> Message<'static> {
    Message {
        topic: "raw",
        partition: 2,
        offset: 17,
        timestamp_ms: Some(5),
        key: Some(b"\xff\x00"),
        value: Some(b"a form"),
        headers: vec![("trace", Some(b"\xfe")), ("trace", None), ("", Some(b""))],
    }
}

fn faults() -> Vec<Finding> {
    vec![
        Finding::new(Code::TextCutOff, ""),
        Finding::new(Code::InvalidStockCode, "/instrument/stock_code").at(7).found("9876").expected("five digits"),
        Finding::new(Code::RequiredFieldMissing, "/dates/announcement_date"),
        Finding::new(Code::RequiredFieldMissing, "/lineage/announcement_status"),
    ]
}

fn filing() -> Filing {
    Filing {
        stock_code: Some("03660".into()),
        issuer: Some("奇富科技股份有限公司".into()),
        form: Some("EF001".into()),
        language: Some("zh-Hant".into()),
        filing_id: None,
    }
}

fn encode(message: &Message<'_>, stage: Stage, findings: &[Finding], failed_at_ms: i64) -> Record {
    dead_letter::encode(message, &Reason { stage, findings, filing: &filing() }, failed_at_ms)
}

fn encode_truncated(message: &Message<'_>, stage: Stage, findings: &[Finding], at_ms: i64, max_bytes: usize) -> Record {
    dead_letter::encode_truncated(message, &Reason { stage, findings, filing: &filing() }, at_ms, max_bytes)
}

/// A record as a consumer sees it.
fn seen(record: &Record) -> Message<'_> {
    Message {
        topic: "dead-letter",
        partition: 0,
        offset: 1,
        timestamp_ms: record.timestamp_ms,
        key: record.key.as_deref(),
        value: record.value.as_deref(),
        headers: borrowed(&record.headers),
    }
}

fn borrowed(headers: &Headers) -> Vec<(&str, Option<&[u8]>)> {
    headers.iter().map(|(name, value)| (name.as_ref(), value.as_deref())).collect()
}

fn bytes_of(headers: &Headers) -> usize {
    headers.iter().map(|(name, value)| name.len() + value.as_ref().map_or(0, |value| value.len())).sum()
}

fn back(record: &Record) -> DeadLetter {
    decode(&seen(record)).expect("a dead letter")
}

#[test]
fn the_headers_behind_the_original_ones_are_text_that_tools_know() {
    let record = encode(&message(), Stage::Event, &faults(), FAILED_AT);
    let (original, block) = record.headers.split_at(3);
    assert_eq!(original[1], ("trace".into(), None));
    let block: Vec<(&str, &str)> = block
        .iter()
        .map(|(name, value)| (name.as_ref(), std::str::from_utf8(value.as_deref().expect("bytes")).expect("text")))
        .collect();
    let detail = concat!(
        r#"[{"code":"invalid-stock-code","severity":"error","field":"/instrument/stock_code","line":7,"found":"9876","expected":"five digits","advice":"compare with the original document"},"#,
        r#"{"code":"required-field-missing","severity":"error","field":"/dates/announcement_date","line":null,"found":null,"expected":null,"advice":"compare with the original document; the row is blank or was lost"},"#,
        r#"{"code":"required-field-missing","severity":"error","field":"/lineage/announcement_status","line":null,"found":null,"expected":null,"advice":"compare with the original document; the row is blank or was lost"},"#,
        r#"{"code":"text-cut-off","severity":"warning","field":"","line":null,"found":null,"expected":null,"advice":"fetch the whole document"}]"#,
    );
    assert_eq!(
        block,
        [
            ("dlq.schema-version", "1"),
            ("dlq.error-codes", "invalid-stock-code,required-field-missing"),
            ("dlq.error-detail", detail),
            ("dlq.error-detail-omitted", "0"),
            ("dlq.failed-at", "2024-03-13T16:30:00.000+08:00"),
            ("dlq.service-version", concat!("exdate/", env!("CARGO_PKG_VERSION"))),
            ("dlq.payload-sha256", SHA256_OF_A_FORM),
            ("dlq.payload-bytes", "6"),
            ("dlq.truncated", ""),
            ("dlq.redrive-count", "0"),
            ("dlq.stock-code", "03660"),
            ("dlq.issuer", "奇富科技股份有限公司"),
            ("dlq.form", "EF001"),
            ("dlq.language", "zh-Hant"),
            ("dlq.filing-id", ""),
            ("__connect.errors.topic", "raw"),
            ("__connect.errors.partition", "2"),
            ("__connect.errors.offset", "17"),
            ("__connect.errors.stage", "event"),
            ("__connect.errors.class.name", "exdate::event"),
            ("__connect.errors.exception.class.name", "invalid-stock-code"),
            (
                "__connect.errors.exception.message",
                "The stock code is not five digits: found `9876`, expected five digits, line 7. 2 more errors."
            ),
        ]
    );
}

#[test]
fn a_second_failure_replaces_the_reason_and_keeps_where_it_began() {
    let first = back(&encode(&message(), Stage::Form, &faults(), FAILED_AT));
    let redriven = first.clone().redrive().expect("a whole original");
    let input = Message { topic: "raw", partition: 5, offset: 99, ..seen(&redriven) };
    let other = [Finding::new(Code::InvalidAmount, "/dividend/declared/amount")];
    let second = back(&encode(&input, Stage::Event, &other, FAILED_AT + 1000));

    assert_eq!(second.provenance.origin, Origin { topic: "raw".into(), partition: 2, offset: 17 });
    assert_eq!(second.provenance.redrive_count, 1);
    assert_eq!(second.provenance.error_codes, ["invalid-amount"]);
    assert_eq!(second.provenance.stage, "event");
    assert_eq!(second.provenance.failed_at, "2024-03-13T16:30:01.000+08:00");
    assert_eq!(
        (second.key, second.value, second.headers, second.timestamp_ms),
        (first.key, first.value, first.headers, first.timestamp_ms)
    );
}

#[test]
fn whose_it_is_comes_from_the_form_and_else_from_the_headers() {
    let of = |name: &str, value: &[u8]| {
        let headers = vec![("filing-id", Some(b"42".as_slice())), ("stock-code", Some(b"09988"))];
        let message = Message { topic: "raw", value: Some(value), headers, ..Message::default() };
        let exdate::pipeline::Outcome::DeadLetter(_, _, filing) =
            exdate::pipeline::process(&message, &Default::default())
        else {
            panic!("{name}: a dead letter")
        };
        *filing
    };
    let known = |stock_code: &str, form: Option<&str>, issuer: Option<&str>, language: Option<&str>| Filing {
        stock_code: Some(stock_code.into()),
        issuer: issuer.map(str::to_owned),
        form: form.map(str::to_owned),
        language: language.map(str::to_owned),
        filing_id: Some("42".into()),
    };
    let form = include_bytes!("../../forms/ex-date-after-record-date-zh/source.txt");
    let read = of("a form", form);
    let (issuer, code) = (read.issuer.clone(), read.stock_code.clone().unwrap_or_default());
    assert!(issuer.is_some() && code != "09988", "{read:?}");
    assert_eq!(read, known(&code, Some("EF001"), issuer.as_deref(), Some("zh-Hant")));
    assert_eq!(of("another form", b"EF999\nStock code\t03660\n"), known("09988", Some("EF999"), None, None));
    assert_eq!(of("no text", b"\xff\x00\xff"), known("09988", None, None, None));
}

#[test]
fn who_it_was_stays_known_when_a_later_reading_tells_less() {
    let first = encode(&message(), Stage::Event, &faults(), FAILED_AT);
    let stranger = Filing { filing_id: Some("7".into()), ..Filing::default() };
    let reason = Reason { stage: Stage::Document, findings: &faults(), filing: &stranger };
    let second = back(&dead_letter::encode(&seen(&first), &reason, FAILED_AT));
    assert_eq!(second.provenance.filing, Filing { filing_id: Some("7".into()), ..filing() });
}

#[test]
fn headers_that_others_added_behind_the_block_stay() {
    let mut record = encode(&message(), Stage::Form, &faults(), FAILED_AT);
    record.headers.push(("mirrored-by".into(), Some(b"west".into())));
    let second = encode(&seen(&record), Stage::Form, &faults(), FAILED_AT);
    assert_eq!(second.headers.len(), record.headers.len(), "the block is replaced, not appended");
    assert_eq!(back(&second).headers.last(), Some(&("mirrored-by".into(), Some(b"west".into()))));
}

#[test]
fn original_headers_with_names_of_the_block_are_the_originals_own() {
    let foreign = Message {
        headers: vec![("dlq.schema-version", Some(b"1")), ("__connect.errors.topic", Some(b"elsewhere"))],
        ..message()
    };
    let dead_letter = back(&encode(&foreign, Stage::Document, &faults(), FAILED_AT));
    assert_eq!(dead_letter.headers.len(), 2);
    assert_eq!(dead_letter.provenance.origin.topic, "raw");
}

#[test]
fn of_two_blocks_the_last_is_ours() {
    let mut record = encode(&message(), Stage::Form, &faults(), FAILED_AT);
    let version = record.headers.iter_mut().find(|header| header.0 == "dlq.schema-version").expect("the block");
    version.1 = Some(b"7".into());
    let foreign = Message { topic: "mirror", ..seen(&record) };
    let dead_letter = back(&encode(&foreign, Stage::Event, &faults(), FAILED_AT));
    assert_eq!((dead_letter.headers, dead_letter.provenance.origin.topic.as_str()), (record.headers, "mirror"));
}

#[test]
fn a_value_that_is_too_large_is_cut_and_says_so() {
    let value: Vec<u8> = (0..100_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let large = Message { value: Some(&value), ..message() };
    let whole = back(&encode(&large, Stage::Delivery, &faults(), FAILED_AT));
    let record = encode_truncated(&large, Stage::Delivery, &faults(), FAILED_AT, 1000);
    let cut = back(&record);
    // 2 bytes of key; 5 + 1, 5 and 0 bytes of headers.
    assert_eq!(cut.value.as_deref(), value.get(..987));
    assert_eq!((cut.key.as_deref(), &cut.headers), (Some(b"\xff\x00".as_slice()), &whole.headers));
    assert_eq!(cut.provenance.payload, whole.provenance.payload);
    assert_eq!(cut.provenance.payload.as_ref().map(|payload| payload.bytes), Some(100_000));
    assert_eq!(cut.provenance.cut, ["value"]);
    assert_eq!(cut.clone().redrive(), None, "half a document is not sent back");

    let again = back(&encode(&seen(&record), Stage::Form, &faults(), FAILED_AT));
    assert_eq!(again.provenance.payload, whole.provenance.payload, "the size and hash stay those of the original");
    assert_eq!(again.provenance.cut, ["value"]);
    let shorter = back(&encode_truncated(&seen(&record), Stage::Form, &faults(), FAILED_AT, 500));
    assert_eq!((shorter.provenance.cut, shorter.provenance.payload), (again.provenance.cut, whole.provenance.payload));
}

#[test]
fn a_value_that_fits_is_not_cut() {
    let record = encode_truncated(&message(), Stage::Delivery, &faults(), FAILED_AT, 1000);
    assert_eq!(record, encode(&message(), Stage::Delivery, &faults(), FAILED_AT));
}

#[test]
fn keys_and_headers_that_are_too_large_are_cut_too() {
    let (key, header) = (vec![1; 50], vec![2; 50]);
    let large = Message { key: Some(&key), headers: vec![("h", Some(&header)), ("name", None)], ..message() };
    for max_bytes in 0..120 {
        let record = encode_truncated(&large, Stage::Delivery, &faults(), FAILED_AT, max_bytes);
        let cut = back(&record);
        let bytes =
            cut.key.as_ref().map_or(0, Vec::len) + bytes_of(&cut.headers) + cut.value.as_ref().map_or(0, Vec::len);
        assert_eq!(bytes, max_bytes.min(111), "{max_bytes}");
        let expected: &[&str] = match max_bytes {
            0..50 => &["key", "headers", "value"],
            50..105 => &["headers", "value"],
            105..111 => &["value"],
            _ => &[],
        };
        assert_eq!(cut.provenance.cut, expected, "{max_bytes}");
    }
}

#[test]
fn the_block_is_bounded_and_says_what_it_left_out() {
    let long = "\u{1}".repeat(10_000);
    let many: Vec<Finding> =
        Code::ALL.iter().cycle().take(5000).map(|code| Finding::new(*code, "").found(&long).expected(&long)).collect();
    let record = encode(&message(), Stage::Form, &many, FAILED_AT);
    let bytes = bytes_of(&record.headers);
    assert!(bytes < 24 * 1024, "{bytes} bytes of headers");
    let provenance = back(&record).provenance;
    assert!(!provenance.details.is_empty());
    assert_eq!(provenance.details.len() + provenance.details_omitted, 5000);
    assert!(provenance.message.ends_with(" more errors."), "{}", provenance.message);
}

#[test]
fn a_record_without_the_block_is_no_dead_letter() {
    assert_eq!(decode(&message()), Err(Unreadable::NoBlock));
    let record = encode(&message(), Stage::Form, &faults(), FAILED_AT);
    for missing in 3..record.headers.len() {
        let mut headers = record.headers.clone();
        headers.remove(missing);
        assert_eq!(decode(&seen(&Record { headers, ..record.clone() })), Err(Unreadable::NoBlock));
    }
}

#[test]
fn err_a_value_outside_its_grammar_is_named() {
    let record = encode(&message(), Stage::Form, &faults(), FAILED_AT);
    for (name, value, expected) in [
        ("dlq.schema-version", "2", "dead-letter header `dlq.schema-version`: found `2`, expected the version 1"),
        (
            "dlq.error-detail",
            "{",
            "dead-letter header `dlq.error-detail`: found `{`, expected a JSON array of findings",
        ),
        ("dlq.redrive-count", "-1", "dead-letter header `dlq.redrive-count`: found `-1`, expected a number"),
        ("__connect.errors.offset", "", "dead-letter header `__connect.errors.offset`: found ``, expected an offset"),
    ] {
        let mut altered = record.clone();
        let header = altered.headers.iter_mut().find(|header| header.0 == name).expect("a header of the block");
        header.1 = Some(value.as_bytes().into());
        assert_eq!(decode(&seen(&altered)).map_err(|error| error.to_string()), Err(expected.to_owned()));
    }
}

type Owned = (Option<Vec<u8>>, Option<Vec<u8>>, Vec<(String, Option<Vec<u8>>)>, Option<i64>);

/// Any bytes; header names that the block uses, among others.
fn original() -> impl Strategy<Value = Owned> {
    let bytes = || proptest::option::of(proptest::collection::vec(any::<u8>(), 0..40));
    let name = prop_oneof![
        Just("dlq.schema-version".to_owned()),
        Just("__connect.errors.topic".to_owned()),
        Just("dlq.error-codes".to_owned()),
        any::<String>(),
    ];
    let headers = proptest::collection::vec((name, bytes()), 0..6);
    (bytes(), bytes(), headers, any::<Option<i64>>())
}

proptest! {
    #[test]
    fn whatever_the_original_it_is_read_back_as_it_was(
        (key, value, headers, timestamp_ms) in original(),
        partition in any::<i32>(), offset in any::<i64>(), topic in any::<String>(), failed_at in any::<i64>(),
        found in any::<String>(), line in any::<u32>(),
    ) {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
        let message = Message {
            topic: &topic, partition, offset, timestamp_ms, key: key.as_deref(), value: value.as_deref(),
            headers: headers.clone(),
        };
        let finding = Finding::new(Code::InvalidAmount, "/dividend/declared").at(line).found(&found);
        let record = encode(&message, Stage::Event, &[finding], failed_at);
        let read = back(&record);
        prop_assert_eq!(&read.provenance.origin, &Origin { topic: topic.clone(), partition, offset });
        prop_assert_eq!(read.provenance.payload.as_ref().map(|payload| payload.bytes), value.as_ref().map(Vec::len));
        prop_assert_eq!((&read.key, &read.value, read.timestamp_ms), (&key, &value, timestamp_ms));
        prop_assert_eq!(borrowed(&read.headers), headers);

        let sent_back = read.clone().redrive().expect("a whole original");
        prop_assert_eq!(&back(&sent_back), &read);
        let finding = Finding::new(Code::InvalidAmount, "/dividend/declared").at(line).found(&found);
        let again = back(&encode(&seen(&sent_back), Stage::Event, &[finding], failed_at));
        prop_assert_eq!(again.provenance.redrive_count, 1);
        let mut same = read;
        same.provenance.redrive_count = 1;
        prop_assert_eq!(again, same);
    }
}
