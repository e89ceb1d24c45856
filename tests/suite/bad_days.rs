//! The table of bad days, `docs/bad-days.md`: what a broker, a disk or an operator does to the service, and where that is seen.
//!
//! It stands here, so that each word of it can be held to the tree: the log line is in the source, metric and alert exist, and the test that
//! brings the day about is there. `make bad-days` writes the page.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use exdate::telemetry::metrics::CATALOGUE;

struct Day {
    happens: &'static str,
    does: &'static str,
    /// Words of the log line, as they stand in the source; none when the log itself is what fails.
    says: &'static str,
    metric: &'static str,
    alert: &'static str,
    /// The test that brings it about.
    test: &'static str,
}

const DAYS: &[Day] = &[
    Day {
        happens: "The disk under the log is full, or the log file at its limit",
        does: "works on; lines that cannot be written are dropped and counted",
        says: "",
        metric: "log_lines_dropped_total",
        alert: "ExdateLogLinesDropped",
        test: "a_full_disk_under_the_log_does_not_end_the_service",
    },
    Day {
        happens: "Whoever reads the log is gone (`run 2>&1 \\| head`)",
        does: "works on, as above",
        says: "",
        metric: "log_lines_dropped_total",
        alert: "ExdateLogLinesDropped",
        test: "a_reader_of_the_log_that_is_gone_does_not_end_the_service",
    },
    Day {
        happens: "Whoever reads the log hangs",
        does: "works on; up to 1 MiB of lines waits, the rest is dropped and counted; a shutdown waits a second for the last lines",
        says: "",
        metric: "log_lines_dropped_total",
        alert: "ExdateLogLinesDropped",
        test: "a_reader_of_the_log_that_does_not_read_stops_nobody",
    },
    Day {
        happens: "The terminal closes, or the platform sends several signals at once",
        does: "drains; signals within a second are one; under `nohup` SIGHUP does nothing",
        says: "draining",
        metric: "",
        alert: "",
        test: "each_signal_drains_and_several_at_once_are_one",
    },
    Day {
        happens: "Retention deletes records before they were read",
        does: "measures the gap; the partition stands still, not ready, until a person decides (`delivery.on_gap`); others go on. Markers and aborted records are no gap",
        says: "a gap in the input: offsets were deleted before they were read",
        metric: "standing_partitions",
        alert: "ExdateStandingStill",
        test: "records_that_retention_deletes_while_the_service_is_down_are_a_gap_that_stops_their_partition",
    },
    Day {
        happens: "The same with `delivery.on_gap = \"continue\"`, also while it reads",
        does: "tells and counts the gap, and goes on behind it",
        says: "a gap in the input: offsets were deleted before they were read",
        metric: "input_jumped_offsets_total",
        alert: "ExdateInputJump",
        test: "a_gap_that_opens_while_reading_is_noticed_too",
    },
    Day {
        happens: "The log ends before the committed offset (cut off in an unclean election)",
        does: "goes on at the end, never at the beginning: nothing is published twice",
        says: "the input ends before the committed offset",
        metric: "input_jumps_total",
        alert: "ExdateInputJump",
        test: "a_log_that_ends_before_the_committed_offset_is_not_published_again",
    },
    Day {
        happens: "A batch of the input cannot be read: a flipped bit on the broker's disk, data that does not decompress, a record longer than its batch",
        does: "publishes nothing of it; finds which offsets; the partition stands still before them, not ready, and is looked at again every half minute; others go on",
        says: "records of the input cannot be read: the partition stands still before them",
        metric: "standing_partitions",
        alert: "ExdateStandingStill",
        test: "partitions_with_batches_that_cannot_be_read_stand_still_before_them_and_go_on_when_they_are_mended",
    },
    Day {
        happens: "The same, and no replica is whole: `exdate run --skip TOPIC/PARTITION@FROM..TO`",
        does: "steps over what cannot be read there, and nothing more; a dead letter says which offsets",
        says: "records that cannot be read are stepped over",
        metric: "input_jumps_total",
        alert: "ExdateInputJump",
        test: "batches_that_cannot_be_read_are_stepped_over_by_name_and_leave_a_dead_letter_each",
    },
    Day {
        happens: "What is to be written cannot be: a topic is gone, the circuit breaker is open",
        does: "keeps everything and waits; lag and age go on growing after the batch was given up",
        says: "waiting: {reason}",
        metric: "waiting_workers",
        alert: "ExdateNotReady",
        test: "a_batch_that_cannot_be_written_ages_and_the_worker_is_shown_as_waiting",
    },
    Day {
        happens: "No broker is reachable for minutes",
        does: "waits, replaces its clients every ten seconds, and says so with growing pauses; going on is said when the group has answered",
        says: "no broker is reachable at",
        metric: "waiting_workers",
        alert: "ExdateNotReady",
        test: "an_outage_costs_a_handful_of_lines_and_nothing_is_there_again_before_it_is",
    },
];

const HEAD: &str = "# Bad days

What the world does to the service, what the service does then, and where an operator sees it. Written by `make bad-days` from `tests/suite/bad_days.rs`, which also holds each
row to the tree: the words of the log line are in the source, the metric and the alert exist, and so does the test that brings the day about.

| what happens | what the service does | what it says | metric | alert | shown by |
| --- | --- | --- | --- | --- | --- |
";

fn page() -> String {
    let code = |text: &str| if text.is_empty() { "-".to_owned() } else { format!("`{text}`") };
    let mut page = HEAD.to_owned();
    for Day { happens, does, says, metric, alert, test } in DAYS {
        let metric = if metric.is_empty() { String::new() } else { format!("exdate_{metric}") };
        let (says, metric, alert) = (code(says), code(&metric), code(alert));
        writeln!(page, "| {happens} | {does} | {says} | {metric} | {alert} | `{test}` |").expect("a string takes it");
    }
    page
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of every Rust file below a folder, joined.
fn source(folder: PathBuf) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(folder).expect("a folder of the tree").flatten() {
        let path = entry.path();
        if path.is_dir() {
            text += &source(path);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("bad_days.rs") {
            text += &fs::read_to_string(path).expect("a source file");
        }
    }
    text
}

#[test]
fn the_page_is_what_the_table_says() {
    let file = root().join("docs/bad-days.md");
    if std::env::var_os("EXDATE_WRITE_BAD_DAYS").is_some() {
        fs::write(&file, page()).expect("the page");
    }
    let written = fs::read_to_string(file).unwrap_or_default();
    assert_eq!(written, page(), "docs/bad-days.md is not what the table says: run `make bad-days`");
}

#[test]
fn each_line_metric_alert_and_test_exists() {
    let [src, tests] = ["src", "tests"].map(|folder| source(root().join(folder)));
    // Long lines are broken in the source.
    let src_joined = src.replace("\\\n", "").split_whitespace().collect::<Vec<_>>().join(" ");
    let alerts = fs::read_to_string(root().join("deploy/prometheus/alerts.yml")).expect("the alerts");
    let metrics: BTreeSet<&str> = CATALOGUE.iter().map(|(name, _)| *name).collect();
    for day in DAYS {
        assert!(src_joined.contains(day.says), "no line says: {}", day.says);
        assert!(day.metric.is_empty() || metrics.contains(&*format!("exdate_{}", day.metric)), "{}", day.metric);
        assert!(day.alert.is_empty() || alerts.contains(&format!("- alert: {}\n", day.alert)), "{}", day.alert);
        let test = format!("fn {}(", day.test);
        assert!(tests.contains(&test) || src.contains(&test), "no test {}", day.test);
    }
}
