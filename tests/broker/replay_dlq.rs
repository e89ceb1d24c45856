//! `exdate dlq` against Apache Kafka: who waits and why, documents byte for byte, and events for what this build can read by now.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::harness::audit::Fed;
use crate::harness::await_some;
use crate::harness::filings::{self, Fate};
use crate::harness::lane::{Lane, count};
use crate::harness::topics::{self, Stored, Writer};
use crate::replay::{exdate, given_up, outcome, replay};

/// What a bad release left: every third good form is a dead letter. Gives how many.
fn after_a_bad_release(lane: &Lane, fed: &[Fed]) -> usize {
    let is_lost = |fed: &&Fed| fed.filing.fate == Fate::Event && fed.filing.number.is_multiple_of(3);
    let (mut events, mut letters) = (Vec::new(), Vec::new());
    for fed in fed {
        let record = if is_lost(&fed) { outcome(lane, fed, |it| Some(given_up(it))) } else { outcome(lane, fed, Some) };
        let is_letter = record.as_ref().is_some_and(|record| record.header("dlq.error-codes").is_some());
        if is_letter { &mut letters } else { &mut events }.extend(record);
    }
    letters.push(Stored { value: Some(b"somebody else's".to_vec()), ..Stored::default() });
    let writer = Writer::to(&lane.servers);
    writer.write(&lane.output, &events, None);
    writer.write(&lane.dead_letter, &letters, None);
    fed.iter().filter(is_lost).count()
}

fn list(lane: &Lane, more: &[&str]) -> Value {
    let output =
        exdate(lane, &[&["dlq", "list", "--format", "json"], more].concat()).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// The exit code, and all that was said.
fn dlq(lane: &Lane, arguments: &[&str]) -> (Option<i32>, String) {
    let output = exdate(lane, &[&["dlq"], arguments].concat()).output().expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// How often there is an event of each filing.
fn events(lane: &Lane) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for event in topics::read_committed(&lane.servers, &lane.output) {
        let [partition, offset] =
            ["source-partition", "source-offset"].map(|name| event.header(name).expect("a header"));
        *found.entry(format!("{partition}@{offset}")).or_default() += 1;
    }
    found
}

#[test]
fn dead_letters_are_listed_shown_and_saved() {
    let Some(lane) = Lane::open("replay-dlq-list", 2) else { return };
    let fed = lane.feed(filings::mixed(300));
    let lost = after_a_bad_release(&lane, &fed);
    let listing = list(&lane, &[]);
    let (codes, states) = (&listing["counts"]["codes"], &listing["counts"]["states"]);
    assert_eq!(codes["invalid-amount"], lost);
    assert_eq!(listing["counts"]["foreign"], 1);
    let all = listing["dead_letters"].as_array().expect("a list");
    assert_eq!(all.len(), lost + count(&fed, Fate::DeadLetter));
    let open = states["open"].as_u64().expect("a number") + states["superseded"].as_u64().unwrap_or(0);
    assert_eq!(usize::try_from(open), Ok(all.len()));

    let broken = list(&lane, &["--code", "required-field-missing", "--stage", "event"]);
    let first = &broken["dead_letters"][0];
    assert_eq!(
        (&first["issuer"], &first["form"]),
        (&"Lantau Kites and Lanterns Holdings Limited".into(), &"EF001".into())
    );
    let record = first["record"].as_str().expect("a place");
    let (code, shown) = dlq(&lane, &["show", record]);
    assert_eq!(code, Some(0), "{shown}");
    for part in [
        "given up at stage event",
        "error[required-field-missing]",
        "  what to do   ",
        "\nread by this build:\n",
        " | Payment date",
    ] {
        assert!(shown.contains(part), "{part} is not in:\n{shown}");
    }

    let (code, said) = dlq(&lane, &["export", "--to", "saved", "--code", "required-field-missing"]);
    assert_eq!(code, Some(0), "{said}");
    let saved = lane.folder.join("saved").join(record.replace(['/', '@'], "-"));
    let place = first["first_read"].as_str().expect("a place");
    let original = fed.iter().find(|fed| place == format!("{}/{}@{}", lane.input, fed.partition, fed.offset));
    assert_eq!(std::fs::read(saved).ok(), original.and_then(|fed| fed.filing.record.value.clone()));
    let (code, said) = dlq(&lane, &["export", "--to", "saved", "--code", "required-field-missing"]);
    assert_eq!(code, Some(4), "nothing is written over: {said}");
}

#[test]
fn a_tap_shows_each_outcome_on_a_line() {
    let Some(lane) = Lane::open("replay-tap", 1) else { return };
    let mut tap =
        exdate(&lane, &["tap", "--count", "2"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a start");
    let mut told = String::new();
    BufReader::new(tap.stderr.take().expect("its words")).read_line(&mut told).expect("that it follows");
    let fed = lane.feed(filings::mixed(20).into_iter().filter(|filing| [3, 16].contains(&filing.number)).collect());
    let records = fed.iter().map(|fed| (fed.filing.fate, outcome(&lane, fed, Some)));
    for (fate, record) in records.collect::<Vec<_>>() {
        let topic = if fate == Fate::Event { &lane.output } else { &lane.dead_letter };
        Writer::to(&lane.servers).write(topic, &[record.expect("an outcome that is written")], None);
    }
    let output = tap.wait_with_output().expect("it ends by itself");
    let mut lines: Vec<_> = std::str::from_utf8(&output.stdout).expect("text").lines().collect();
    lines.sort_unstable();
    assert_eq!(output.status.code(), Some(0));
    assert!(lines[0].starts_with("dead letter  ") && lines[0].contains(&lane.dead_letter), "{lines:?}");
    assert!(lines[1].starts_with("published    099") && lines[1].contains("ex-date 2024-09-03"), "{lines:?}");
}

#[test]
fn after_the_fix_a_canary_and_then_the_rest_become_events_once_each() {
    let Some(lane) = Lane::open("replay-dlq-redrive", 2) else { return };
    let fed = lane.feed(filings::mixed(3_000));
    let lost = after_a_bad_release(&lane, &fed);
    let stood = events(&lane).len();

    let (code, said) = dlq(&lane, &["redrive", "--publish", "--yes"]);
    assert_eq!(code, Some(2), "an act without a filter: {said}");
    let (code, said) = dlq(&lane, &["redrive", "--all"]);
    assert_eq!((code, events(&lane).len()), (Some(0), stood), "a dry run: {said}");
    assert!(said.contains(&format!("{lost} dead letters give an event by now; --publish")), "{said}");
    assert!(said.contains("left out: still failing: required-field-missing"), "{said}");

    let redrive = ["redrive", "--code", "invalid-amount", "--publish", "--yes"];
    let (code, said) = dlq(&lane, &[&redrive[..], &["--first", "100"]].concat());
    assert_eq!((code, events(&lane).len()), (Some(0), stood + 100), "{said}");
    assert_eq!(list(&lane, &["--state", "redriven"])["dead_letters"].as_array().map(Vec::len), Some(100));

    let mut killed = exdate(&lane, &[&["dlq"][..], &redrive, &["--rate", "100"]].concat()).spawn().expect("a start");
    let first =
        await_some("a transaction of the act", || Some(events(&lane).len()).filter(|count| *count > stood + 100));
    killed.kill().expect("it runs");
    killed.wait().expect("it ends");
    assert!(first < stood + lost, "the act was too short to be interrupted");
    let (code, said) = dlq(&lane, &redrive);
    assert_eq!(code, Some(0), "{said}");
    let events = events(&lane);
    assert_eq!(events.len(), count(&fed, Fate::Event));
    assert!(events.values().all(|times| *times == 1), "an event stands twice");
    assert_eq!(replay(&lane, &[]).code, Some(0), "and a replay finds nothing");
    let listing = list(&lane, &["--code", "invalid-amount"]);
    assert_eq!(listing["counts"]["states"], serde_json::json!({"redriven": lost}));
    let acts = topics::read_committed(&lane.servers, &format!("{}.resolutions", lane.dead_letter));
    let letters: std::collections::BTreeSet<_> = acts.iter().map(|act| act.key.clone()).collect();
    assert_eq!((acts.len(), letters.len()), (lost, lost), "the audit of every act");
}

#[test]
fn what_a_person_resolves_is_no_longer_open_and_the_audit_says_who_and_why() {
    let Some(lane) = Lane::open("replay-dlq-resolve", 1) else { return };
    let fed = lane.feed(filings::mixed(200));
    let lost = after_a_bad_release(&lane, &fed);
    assert_eq!(dlq(&lane, &["resolve", "--reason", "discarded"]).0, Some(2), "an act without a filter");
    let resolve =
        ["resolve", "--code", "invalid-amount", "--reason", "fixed-upstream", "--by", "ada", "--note", "sent again"];
    let (code, said) = dlq(&lane, &resolve);
    assert_eq!((code, said.as_str()), (Some(0), format!("{lost} dead letters resolved by ada\n").as_str()));

    let listing = list(&lane, &["--state", "resolved"]);
    assert_eq!(listing["counts"]["codes"], serde_json::json!({"invalid-amount": lost}));
    let act = &listing["dead_letters"][0]["act"];
    assert_eq!(
        (&act["act"], &act["by"], &act["note"]),
        (&"fixed-upstream".into(), &"ada".into(), &"sent again".into())
    );
    let (code, said) = dlq(&lane, &["redrive", "--all"]);
    assert_eq!(code, Some(0));
    assert!(
        said.starts_with("0 dead letters give an event") && said.contains(&format!("{lost} left out: resolved")),
        "{said}"
    );
}
