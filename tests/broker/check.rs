//! `exdate check` against Apache Kafka: what it finds, what it makes, and that it disturbs nobody.

use std::process::Command;

use exdate::config::{Config, Kafka};
use exdate::kafka::standalone::range::Range;
use serde_json::Value;

use crate::harness::lane::Lane;
use crate::harness::service::Service;
use crate::harness::{shared, topics};

const KEPT: (&str, &str) = ("retention.ms", "-1");

/// Runs a check on a lane's topics and group: lines `status subject: found`, and the exit code.
fn check(lane: &Lane, more: &[&str]) -> (Vec<String>, Option<i32>) {
    let settings = [
        format!("kafka.bootstrap_servers={}", lane.servers),
        format!("kafka.group_id={}", lane.group),
        format!("kafka.input_topic={}", lane.input),
        format!("kafka.output_topic={}", lane.output),
        format!("kafka.dead_letter_topic={}", lane.dead_letter),
    ];
    let output = Command::new(env!("CARGO_BIN_EXE_exdate"))
        .args(["check", "--format", "json"])
        .args(settings.iter().flat_map(|setting| ["--set", setting]))
        .args(more)
        .current_dir(&lane.folder)
        .output()
        .expect("the program runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    let text = |line: &Value, name: &str| line[name].as_str().expect("a text").to_owned();
    let checks = report["checks"].as_array().expect("a list").iter();
    let lines =
        checks.map(|line| format!("{} {}: {}", text(line, "status"), text(line, "subject"), text(line, "found")));
    (lines.collect(), output.status.code())
}

#[track_caller]
fn assert_says(lines: &[String], expected: &str) {
    assert!(lines.iter().any(|line| line == expected), "`{expected}` is not among {lines:#?}");
}

fn failures(lines: &[String]) -> Vec<&String> {
    lines.iter().filter(|line| line.starts_with("failed")).collect()
}

/// Topics as `exdate check` wants them, but for these settings of the output and the dead-letter topic.
fn lane_with(name: &str, output: &[(&str, &str)], dead_letter: &[(&str, &str)]) -> Option<Lane> {
    let lane = Lane::named(name, shared::servers()?);
    topics::create(&lane.servers, &lane.input, 2, &[]);
    topics::create(&lane.servers, &lane.output, 2, &[&[KEPT], output].concat());
    topics::create(&lane.servers, &lane.dead_letter, 1, &[&[KEPT], dead_letter].concat());
    Some(lane)
}

#[test]
fn what_is_missing_is_named_and_then_made() {
    let Some(servers) = shared::servers() else { return };
    let lane = Lane::named("check-create", servers);
    let (lines, code) = check(&lane, &[]);
    assert_says(&lines, &format!("failed output: {} does not exist", lane.output));
    assert_eq!((failures(&lines).len(), code), (3, Some(1)), "{lines:#?}");
    assert_eq!(topics::ends(&lane.servers, &lane.output), None, "a check without --create-topics makes none");

    let (lines, code) = check(&lane, &["--create-topics", "--partitions", "3", "--replicas", "1"]);
    assert_eq!((failures(&lines).len(), code), (0, Some(0)), "{lines:#?}");
    for (subject, topic) in [("input", &lane.input), ("output", &lane.output), ("dead letters", &lane.dead_letter)] {
        let made =
            format!("{subject}: {topic}, just made: 3 partitions, 1 replica, kept for ever, records up to 9.0 MiB");
        assert!(lines.iter().any(|line| line.ends_with(&made)), "`{made}` is not among {lines:#?}");
        assert_eq!(topics::ends(&lane.servers, topic).map(|ends| ends.len()), Some(3));
    }

    let (lines, code) = check(&lane, &["--create-topics"]);
    assert!(code == Some(0) && !lines.iter().any(|line| line.contains("just made")), "{lines:#?}");
}

#[test]
fn err_a_compacted_output_topic_would_lose_versions() {
    let Some(lane) = lane_with("check-compacted", &[("cleanup.policy", "compact")], &[]) else { return };
    let (lines, code) = check(&lane, &[]);
    let said = "cleanup.policy is compact: only the last version of each dividend would remain";
    assert_says(&lines, &format!("failed output: {}: {said}", lane.output));
    assert_eq!((failures(&lines).len(), code), (1, Some(1)), "{lines:#?}");
}

#[test]
fn err_small_records_and_short_retention_are_warned_of() {
    let Some(lane) = lane_with("check-small", &[("retention.ms", "86400000")], &[("max.message.bytes", "100000")])
    else {
        return;
    };
    let (lines, code) = check(&lane, &[]);
    let said = "records are kept for 1 day: older dividends disappear, and those read from an older backlog at once";
    assert_says(&lines, &format!("warning output: {}: {said}", lane.output));
    let said = "takes records up to 97.7 KiB, the input up to 1.0 MiB: a dead letter that does not fit is cut short";
    assert_says(&lines, &format!("warning dead letters: {}: {said}", lane.dead_letter));
    assert_eq!((failures(&lines).len(), code), (0, Some(0)), "{lines:#?}");
}

#[test]
fn a_check_leaves_no_record_that_a_reader_could_see() {
    let Some(lane) = lane_with("check-traces", &[], &[]) else { return };
    let (lines, code) = check(&lane, &[]);
    assert_says(&lines, &format!("ok writing: {} can be written", lane.output));
    assert_says(&lines, &format!("ok group: {} can be read, nobody is in it now", lane.group));
    assert_eq!(code, Some(0), "{lines:#?}");
    assert_eq!(topics::committed(&lane.servers, &lane.group, &lane.input), Some([].into()), "the trial was taken back");

    // The aborted transactions have left markers, which a range must get past.
    let kafka =
        Kafka { bootstrap_servers: lane.servers.clone(), group_id: lane.group.clone(), ..Config::default().kafka };
    for topic in [&lane.output, &lane.dead_letter] {
        let ends: i64 = topics::ends(&lane.servers, topic).expect("its ends").values().sum();
        assert!(ends > 0, "{topic} holds a marker");
        assert_eq!(Range::to_now(&kafka, topic).and_then(Range::read), Ok(vec![]), "{topic}");
    }
}

#[test]
fn a_check_beside_a_running_service_disturbs_nothing() {
    let Some(lane) = lane_with("check-beside", &[], &[]) else { return };
    let service = Service::ready(&lane, "live", &[]);
    let before = service.page();
    let (lines, code) = check(&lane, &["--set", "kafka.instance_id=live"]);
    assert_says(&lines, &format!("ok group: {} can be read, 1 member is in it now", lane.group));
    assert_eq!(code, Some(0), "{lines:#?}");

    let fed = lane.feed(crate::harness::filings::mixed(20));
    lane.await_done(&fed);
    let after = service.page();
    for name in ["exdate_rebalances_total", "exdate_producer_rebuilds_total"] {
        assert_eq!(after.sum(name), before.sum(name), "{name}");
    }
    assert!(service.is_ready());
    lane.assert_exactly_once(&fed);
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0), "{log}");
}
