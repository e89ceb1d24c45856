//! `exdate replay` against Apache Kafka: it finds exactly what another build would have published otherwise, and disturbs nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use chrono::Days;
use exdate::finding::{Code, Finding, Stage};
use exdate::message::{Message, Rules};
use exdate::pipeline::{self, Outcome};
use exdate::record::Record;
use serde_json::Value;

use crate::harness::audit::Fed;
use crate::harness::filings::{self, Fate};
use crate::harness::lane::Lane;
use crate::harness::service::Service;
use crate::harness::topics::{self, Stored, Writer};

/// What a replay says: its summary, its details by record, its exit code.
pub(crate) struct Told {
    pub(crate) summary: Value,
    pub(crate) details: BTreeMap<String, Value>,
    pub(crate) code: Option<i32>,
}

impl Told {
    fn class(&self, class: &str) -> BTreeSet<&str> {
        let of_class = self.details.iter().filter(|(_, detail)| detail["class"] == class);
        of_class.map(|(record, _)| record.as_str()).collect()
    }
}

/// A command on the lane's topics.
pub(crate) fn exdate(lane: &Lane, arguments: &[&str]) -> Command {
    let settings = [
        format!("kafka.bootstrap_servers={}", lane.servers),
        format!("kafka.group_id={}", lane.group),
        format!("kafka.input_topic={}", lane.input),
        format!("kafka.output_topic={}", lane.output),
        format!("kafka.dead_letter_topic={}", lane.dead_letter),
    ];
    let mut command = Command::new(env!("CARGO_BIN_EXE_exdate"));
    command.args(arguments).args(settings.iter().flat_map(|setting| ["--set", setting]));
    command.current_dir(&lane.folder).stdin(Stdio::null());
    command
}

pub(crate) fn replay(lane: &Lane, more: &[&str]) -> Told {
    let arguments = [&["replay", "--format", "json", "--details", "details.ndjson"], more].concat();
    let output = exdate(lane, &arguments).output().expect("the program runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let summary = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
    let lines = std::fs::read_to_string(lane.folder.join("details.ndjson")).expect("the details");
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a JSON object a line"));
    let details = lines.map(|line| (line["record"].as_str().expect("a place").to_owned(), line)).collect();
    Told { summary, details, code: output.status.code() }
}

pub(crate) fn place(lane: &Lane, fed: &Fed) -> String {
    format!("{}/{}@{}", lane.input, fed.partition, fed.offset)
}

/// What the build under test makes of a filing, to be altered.
pub(crate) fn outcome(lane: &Lane, fed: &Fed, alter: impl FnOnce(Outcome) -> Option<Outcome>) -> Option<Stored> {
    let record = &fed.filing.record;
    let headers = record.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
    let message = Message {
        topic: &lane.input,
        partition: fed.partition,
        offset: fed.offset,
        timestamp_ms: record.timestamp_ms,
        key: record.key.as_deref(),
        value: record.value.as_deref(),
        headers,
    };
    let altered = alter(pipeline::process(&message, &Rules::default()))?;
    let Record { key, value, headers, timestamp_ms } = pipeline::encode(&message, &altered, 0)?;
    let headers = headers.into_iter().map(|(name, value)| (name.into_owned(), value.map(|value| value.into_owned())));
    Some(Stored { key, value, headers: headers.collect(), timestamp_ms, ..Stored::default() })
}

/// A build that reads each record date a day late.
pub(crate) fn misread(outcome: Outcome) -> Outcome {
    let Outcome::Publish(mut event, warnings) = outcome else { return outcome };
    let date = event.dates.record_date.expect("a record date");
    event.dates.record_date = date.0.checked_add_days(Days::new(1)).map(exdate::event::time::Date);
    Outcome::Publish(event, warnings)
}

pub(crate) fn given_up(_: Outcome) -> Outcome {
    let finding = Finding::new(Code::InvalidAmount, "/dividend/declared");
    Outcome::DeadLetter(Stage::Event, vec![finding], Box::default())
}

#[test]
fn what_the_live_service_published_is_the_same_and_its_group_is_left_alone() {
    let Some(lane) = Lane::open("replay-same", 3) else { return };
    let fed = lane.feed(filings::mixed(2_000));
    let service = Service::start(&lane, "a", &[]);
    lane.await_done(&fed);
    let before = topics::committed(&lane.servers, &lane.group, &lane.input);
    let told = replay(&lane, &[]);
    assert_eq!(told.code, Some(0), "{}", told.summary);
    assert_eq!((&told.summary["records"], &told.summary["classes"]["same"]), (&2_000.into(), &2_000.into()));
    assert!(told.details.is_empty());
    assert_eq!(topics::committed(&lane.servers, &lane.group, &lane.input), before);
    assert!(service.is_ready(), "the service is disturbed");
    let other_rules = replay(&lane, &["--set", "rules.t_plus_1_from=2024-01-01", "--offsets", "0..100"]);
    assert_eq!(other_rules.code, Some(1));
    let fields: Vec<&String> = other_rules.summary["fields"].as_object().expect("fields").keys().collect();
    assert_eq!(fields, ["/warnings"]);
    lane.assert_exactly_once(&fed);
}

#[test]
fn each_kind_of_difference_is_found_on_exactly_its_records() {
    let Some(lane) = Lane::open("replay-kinds", 2) else { return };
    let mut fed = lane.feed(filings::mixed(600));
    let mut expected: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let (mut events, mut letters) = (Vec::new(), Vec::new());
    for (number, fed) in fed.iter().enumerate() {
        let (class, altered) = match (fed.filing.fate, number % 10) {
            (Fate::Event, 1) => (Some("changed"), outcome(&lane, fed, |outcome| Some(misread(outcome)))),
            (Fate::Event, 2) => (Some("no longer dead-lettered"), outcome(&lane, fed, |it| Some(given_up(it)))),
            (Fate::Event, 3) => (Some("new"), None),
            (Fate::DeadLetter, 4) if fed.filing.record.value != Some(vec![]) => {
                (Some("changed"), outcome(&lane, fed, |it| Some(given_up(it))))
            }
            // Of documents with the same bytes, of which the empty ones are, one stands for all.
            (Fate::DeadLetter, 5) if fed.filing.record.value != Some(vec![]) => (Some("new"), None),
            (Fate::Skip, 6) => (Some("now skipped"), outcome(&lane, fed, |it| Some(given_up(it)))),
            _ => (None, outcome(&lane, fed, Some)),
        };
        if let Some(class) = class {
            expected.entry(class).or_default().insert(place(&lane, fed));
        }
        let is_letter = altered.as_ref().is_some_and(|record| record.header("dlq.error-codes").is_some());
        if is_letter { &mut letters } else { &mut events }.extend(altered);
    }
    // What was made of the record that an earlier topic of this name had at a place, of another topic's, and by somebody else.
    let mut last = fed.pop().expect("a filing");
    last.filing.record.value = Some(filings::form(900).into_bytes());
    last.filing.record.timestamp_ms = Some(1_700_000_000_000);
    last.partition = fed.iter().find(|fed| fed.offset == 0).expect("a first record").partition;
    last.offset = 0;
    events.extend(outcome(&lane, &last, Some));
    let elsewhere = Lane::named("replay-elsewhere", lane.servers.clone());
    events.extend(outcome(&elsewhere, &last, Some));
    events.push(Stored { value: Some(b"{}".to_vec()), ..Stored::default() });
    let writer = Writer::to(&lane.servers);
    writer.write(&lane.output, &events, None);
    writer.write(&lane.dead_letter, &letters, None);
    // The last offsets of everything are markers, and what was aborted.
    for topic in [&lane.input, &lane.output, &lane.dead_letter] {
        topics::write_aborted(&lane.servers, topic, "aborted", &events).expect("an aborted transaction");
    }

    let told = replay(&lane, &[]);
    assert_eq!(told.code, Some(1));
    for (class, places) in &expected {
        assert_eq!(told.class(class), places.iter().map(String::as_str).collect(), "{class}");
    }
    assert_eq!(told.class("gone"), BTreeSet::from([place(&lane, &last).as_str()]));
    assert_eq!(told.summary["foreign"], 2);
    let changed =
        told.details.values().find(|detail| detail["class"] == "changed" && detail["codes"] == serde_json::json!([]));
    let changes = &changed.expect("an event that changes")["changes"];
    assert_eq!(changes[0]["path"], "/dates/record_date", "{changes}");
    assert_eq!((&changes[0]["from"], &changes[0]["to"]), (&"2024-09-05".into(), &"2024-09-04".into()));
    assert_eq!(changes.as_array().map(Vec::len), Some(1));

    let fewer = replay(&lane, &["--code", "invalid-amount", "--template", "ef001"]);
    assert_eq!(fewer.class("no longer dead-lettered"), told.class("no longer dead-lettered"));
    assert!(fewer.details.values().all(|detail| detail["codes_before"][0] == "invalid-amount"));
    let first = told.details.keys().next().expect("a detail");
    std::fs::write(lane.folder.join("records"), first).expect("a file");
    let one = replay(&lane, &["--records", "records"]);
    assert_eq!(one.details.keys().collect::<Vec<_>>(), [first]);
}

#[test]
fn a_record_of_a_topic_is_parsed_as_the_service_saw_it() {
    let Some(lane) = Lane::open("replay-record", 1) else { return };
    let mut filing = filings::good(1).remove(0);
    filing.record.headers.push(("published-at".into(), Some(b"yesterday".to_vec())));
    let fed = lane.feed(vec![filing]);
    let (there, nowhere) = (place(&lane, &fed[0]), format!("{}/0@7", lane.input));
    let output =
        exdate(&lane, &["parse", "--record", &there, "--record", &nowhere]).output().expect("the program runs");
    let answer: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(answer["event"]["source"]["filing_id"], "20240820000000");
    assert_eq!(answer["findings"][0]["code"], "invalid-header");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("/0@7: no record stands there"), "{told}");
    assert_eq!(output.status.code(), Some(4));
}
