//! `exdate replay --plan` and `--publish` against Apache Kafka: what the plan says, nothing twice, and nothing when something has moved.

use std::collections::BTreeMap;

use crate::harness::audit::Fed;
use crate::harness::await_some;
use crate::harness::filings::{self, Fate, Filing};
use crate::harness::lane::Lane;
use crate::harness::topics::{self, Stored, Writer};
use crate::replay::{exdate, given_up, misread, outcome, place, replay};

/// What another build made of the filings: it misread some forms, and gave some others up. Gives how many.
fn published_by_another_build(lane: &Lane, fed: &[Fed]) -> usize {
    let (mut events, mut letters, mut wrong) = (Vec::new(), Vec::new(), 0);
    for fed in fed {
        let record = match (fed.filing.fate, fed.filing.number % 5) {
            (Fate::Event, 1 | 2) => outcome(lane, fed, |it| Some(misread(it))),
            (Fate::Event, 3) => outcome(lane, fed, |it| Some(given_up(it))),
            _ => outcome(lane, fed, Some),
        };
        wrong += usize::from(fed.filing.fate == Fate::Event && (1..=3).contains(&(fed.filing.number % 5)));
        let is_letter = record.as_ref().is_some_and(|record| record.header("dlq.error-codes").is_some());
        if is_letter { &mut letters } else { &mut events }.extend(record);
    }
    let writer = Writer::to(&lane.servers);
    writer.write(&lane.output, &events, None);
    writer.write(&lane.dead_letter, &letters, None);
    wrong
}

fn events(lane: &Lane) -> Vec<Stored> {
    topics::read_committed(&lane.servers, &lane.output)
}

/// Publishes, and gives the exit code with all that was said.
fn publish(lane: &Lane, more: &[&str]) -> (Option<i32>, String) {
    let arguments = [&["replay", "--publish", "plan"], more].concat();
    let output = exdate(lane, &arguments).output().expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// How often the corrections name each record of the input.
fn corrections(lane: &Lane) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for event in events(lane).iter().filter(|event| event.header("exdate-replay-id").is_some()) {
        let [partition, offset] =
            ["source-partition", "source-offset"].map(|name| event.header(name).expect("a header"));
        *found.entry(format!("{}/{partition}@{offset}", lane.input)).or_default() += 1;
    }
    found
}

#[test]
fn a_plan_is_published_once_and_a_second_replay_finds_nothing() {
    let Some(lane) = Lane::open("replay-publish", 3) else { return };
    let fed = lane.feed(filings::mixed(1_500));
    let wrong = published_by_another_build(&lane, &fed);
    let stood = events(&lane).len();

    let told = replay(&lane, &["--plan", "plan"]);
    assert_eq!((told.code, told.details.len()), (Some(1), wrong), "{}", told.summary);
    let (code, said) = publish(&lane, &[]);
    assert_eq!((code, events(&lane).len()), (Some(1), stood), "nobody was asked: {said}");
    let (code, said) = publish(&lane, &["--yes"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&format!("{wrong} events published")), "{said}");
    let published = corrections(&lane);
    assert_eq!(published.keys().collect::<Vec<_>>(), told.details.keys().collect::<Vec<_>>());
    assert!(published.values().all(|times| *times == 1));
    for event in events(&lane).iter().filter(|event| event.header("exdate-replay-id").is_some()) {
        let replaced = event.header("exdate-replaces").expect("what it replaces");
        assert!(told.details.values().any(|detail| detail["stands"] == replaced), "{replaced}");
    }

    assert_eq!(replay(&lane, &[]).code, Some(0), "a second replay finds nothing");
    let (code, said) = publish(&lane, &["--yes"]);
    assert_eq!((code, events(&lane).len()), (Some(0), stood + wrong));
    assert!(said.contains(&format!("0 events published to {}, {wrong} stood there already", lane.output)), "{said}");
    assert_eq!(topics::committed(&lane.servers, &lane.group, &lane.input).unwrap_or_default(), BTreeMap::new());
}

#[test]
fn a_publication_that_is_killed_goes_on_where_it_was_and_doubles_nothing() {
    let Some(lane) = Lane::open("replay-killed", 2) else { return };
    let fed = lane.feed(filings::mixed(4_000));
    let wrong = published_by_another_build(&lane, &fed);
    let stood = events(&lane).len();
    assert_eq!(replay(&lane, &["--plan", "plan"]).code, Some(1));
    for progress in [1, 501] {
        let mut killed =
            exdate(&lane, &["replay", "--publish", "plan", "--yes", "--rate", "200"]).spawn().expect("a start");
        await_some("a transaction of the plan", || (events(&lane).len() >= stood + progress).then_some(()));
        killed.kill().expect("it runs");
        killed.wait().expect("it ends");
        assert!(events(&lane).len() < stood + wrong, "the plan was too short to be interrupted");
    }
    let (code, said) = publish(&lane, &["--yes"]);
    assert_eq!(code, Some(0), "{said}");
    let published = corrections(&lane);
    assert_eq!((published.len(), published.values().sum::<usize>()), (wrong, wrong));
    assert_eq!(replay(&lane, &[]).code, Some(0));
}

/// The form of a dividend with the time of its publication.
fn version(number: usize, text: String, published_at: &str) -> Filing {
    let mut filing = filings::good(number + 1).remove(number);
    filing.record.value = Some(text.into_bytes());
    filing.record.headers.push(("published-at".into(), Some(published_at.as_bytes().to_vec())));
    filing
}

#[test]
fn what_has_moved_is_refused_and_an_older_version_never_comes_behind_a_newer_one() {
    let Some(lane) = Lane::open("replay-moved", 1) else { return };
    // Two versions of one dividend, and one of another; the other build misread all but the later version.
    let fed = lane.feed(vec![
        version(1, filings::form(1), "2024-08-20T17:00:00+08:00"),
        version(1, filings::form(1).replace("20 September 2024", "23 September 2024"), "2024-08-21T17:00:00+08:00"),
        version(2, filings::form(2), "2024-08-20T17:00:00+08:00"),
    ]);
    let made = [misread, |it| it, misread].iter().zip(&fed);
    let made: Vec<Stored> = made.filter_map(|(make, fed)| outcome(&lane, fed, |it| Some(make(it)))).collect();
    let writer = Writer::to(&lane.servers);
    writer.write(&lane.output, &made, None);

    let told = replay(&lane, &["--plan", "plan"]);
    assert_eq!((told.details.len(), &told.summary["too_late"]), (2, &1.into()), "{}", told.summary);
    let plan = std::fs::read_to_string(lane.folder.join("plan")).expect("the plan");
    assert!(plan.lines().count() == 2 && plan.contains(&place(&lane, &fed[2])), "{plan}");

    // Meanwhile somebody else publishes the same dividend.
    let other = outcome(&lane, &fed[2], |it| Some(misread(misread(it)))).expect("an event");
    writer.write(&lane.output, &[other], None);
    let (code, said) = publish(&lane, &["--yes"]);
    assert_eq!((code, events(&lane).len()), (Some(1), 4), "{said}");
    assert!(said.contains("of 1 records something has moved") && said.contains(&place(&lane, &fed[2])), "{said}");

    let altered = plan.replace("\"version_ms\":", "\"version_ms\":1");
    std::fs::write(lane.folder.join("plan"), altered).expect("a file");
    let (code, said) = publish(&lane, &["--yes"]);
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("the plan of 1 events was altered"), "{said}");
}
