//! The metrics page: what is counted, when, under which labels, and that it adds up.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use exdate::finding::{Code, Finding, Stage};
use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, SkipReason, process};
use exdate::telemetry::metrics::{CATALOGUE, Metrics, Rebalance, Rebuild, Tally, TransactionResult};

use crate::support::event;

/// The samples of a page: series (`name{label="value"}`) to value.
pub(crate) fn samples(page: &str) -> BTreeMap<String, f64> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    let split =
        |line: &str| line.rsplit_once(' ').map(|(series, value)| (series.to_owned(), value.parse().expect("a number")));
    lines.map(|line| split(line).expect("a series and a value")).collect()
}

/// The sum over all label values of a family.
fn sum(page: &str, family: &str) -> f64 {
    let of_family = |series: &str| series.split('{').next() == Some(family);
    samples(page).iter().filter(|(series, _)| of_family(series)).map(|(_, value)| value).sum()
}

fn message(timestamp_ms: Option<i64>) -> Message<'static> {
    Message { topic: "raw", timestamp_ms, ..Message::default() }
}

fn finding(code: Code) -> Finding {
    Finding { code, field: "".into(), line: None, found: None, expected: None }
}

fn dead_letter(codes: &[Code]) -> Outcome {
    Outcome::DeadLetter(Stage::Event, codes.iter().copied().map(finding).collect(), Box::default())
}

fn published() -> Outcome {
    Outcome::Publish(Box::new(event()), vec![finding(Code::PaymentDateFar)])
}

fn tally_of(outcomes: &[Outcome]) -> Tally {
    let mut tally = Tally::default();
    for outcome in outcomes {
        tally.add(&message(Some(0)), outcome, Duration::from_micros(7));
    }
    tally
}

#[test]
fn every_metric_is_on_the_first_page_and_zero() {
    let metrics = Metrics::new();
    metrics.expect_topic("raw");
    metrics.lag("raw", 0, Some(0));
    let page = metrics.render();
    for (name, help) in CATALOGUE {
        assert!(page.contains(&format!("# HELP {name} {help}\n")), "{name} is not on the page");
        assert!(help.ends_with('.'), "{name}: {help}");
    }
    let shown = samples(&page);
    assert_eq!(shown[r#"exdate_records_consumed_total{topic="raw"}"#], 0.0);
    assert_eq!(shown[r#"exdate_dead_letters_total{code="unsupported-template",stage="form"}"#], 0.0);
    assert_eq!(shown[r#"exdate_events_total{function="WITH",language="zh-Hant",template="EF003"}"#], 0.0);
    assert_eq!(shown[r#"exdate_field_status_total{field="/payment_options/*/amount",status="UNPARSED"}"#], 0.0);
    let not_zero: Vec<_> = shown
        .iter()
        .filter(|(series, value)| series.starts_with("exdate_") && **value != 0.0)
        .map(|(series, _)| series.as_str())
        .collect();
    assert!(matches!(not_zero[..], [build] if build.starts_with("exdate_build_info{")), "{not_zero:?}");
}

#[test]
fn names_are_those_of_the_contract() {
    let contract = [
        "records_consumed_total",
        "outcomes_total",
        "dead_letters_total",
        "skipped_total",
        "warnings_total",
        "events_total",
        "field_status_total",
        "process_seconds",
        "end_to_end_seconds",
        "transactions_total",
        "transaction_seconds",
        "batch_records",
        "producer_rebuilds_total",
        "rebalances_total",
        "consumer_lag_records",
        "oldest_unprocessed_age_seconds",
        "assigned_partitions",
        "last_progress_timestamp_seconds",
        "breaker_open",
        "build_info",
    ];
    for name in contract {
        assert!(CATALOGUE.iter().any(|(known, _)| *known == format!("exdate_{name}")), "exdate_{name} is gone");
    }
}

#[test]
fn a_page_adds_up_outcome_by_outcome() {
    let metrics = Metrics::new();
    metrics.batch_committed(&tally_of(&[
        published(),
        published(),
        dead_letter(&[Code::PaymentDateFar, Code::ImpossibleDate, Code::BookCloseReversed]),
        dead_letter(&[]),
        Outcome::Skip(SkipReason::Tombstone),
        Outcome::Skip(SkipReason::NotADividendForm),
        Outcome::Skip(SkipReason::NotADividendForm),
    ]));
    let page = metrics.render();
    let shown = samples(&page);
    assert_eq!(shown[r#"exdate_records_consumed_total{topic="raw"}"#], 7.0);
    assert_eq!(sum(&page, "exdate_outcomes_total"), 7.0);
    assert_eq!(shown[r#"exdate_outcomes_total{outcome="publish"}"#], sum(&page, "exdate_events_total"));
    assert_eq!(shown[r#"exdate_outcomes_total{outcome="dead-letter"}"#], sum(&page, "exdate_dead_letters_total"));
    assert_eq!(shown[r#"exdate_outcomes_total{outcome="skip"}"#], sum(&page, "exdate_skipped_total"));
    assert_eq!(shown["exdate_process_seconds_count"], 7.0);
    assert_eq!(shown["exdate_end_to_end_seconds_count"], 7.0);
}

#[test]
fn a_dead_letter_counts_once_under_its_first_error_and_each_error_by_itself() {
    let metrics = Metrics::new();
    metrics.batch_committed(&tally_of(&[dead_letter(&[
        Code::PaymentDateFar,
        Code::ImpossibleDate,
        Code::BookCloseReversed,
    ])]));
    let page = metrics.render();
    assert_eq!(samples(&page)[r#"exdate_dead_letters_total{code="impossible-date",stage="event"}"#], 1.0);
    assert_eq!(sum(&page, "exdate_dead_letters_total"), 1.0);
    assert_eq!(sum(&page, "exdate_errors_total"), 2.0);
    assert_eq!(sum(&page, "exdate_warnings_total"), 0.0, "warnings are those of published events");
}

#[test]
fn an_event_counts_its_warnings_and_absent_fields() {
    let metrics = Metrics::new();
    metrics.batch_committed(&tally_of(&[published()]));
    let shown = samples(&metrics.render());
    assert_eq!(shown[r#"exdate_warnings_total{code="payment-date-far"}"#], 1.0);
    assert_eq!(shown[r#"exdate_field_status_total{field="/dates/book_close_period",status="NOT_APPLICABLE"}"#], 1.0);
    assert_eq!(shown[r#"exdate_events_total{function="NEWM",language="en",template="EF001"}"#], 1.0);
    assert_eq!(shown[r#"exdate_process_seconds_bucket{le="0.000005"}"#], 0.0);
    assert_eq!(shown[r#"exdate_process_seconds_bucket{le="0.00001"}"#], 1.0);
}

#[test]
fn a_cleared_tally_counts_nothing() {
    let mut tally =
        tally_of(&[published(), dead_letter(&[Code::ImpossibleDate]), Outcome::Skip(SkipReason::Tombstone)]);
    assert_eq!(tally.records(), 3);
    tally.clear();
    assert_eq!(tally.records(), 0);
    let metrics = Metrics::new();
    let ours = |page: String| samples(&page).into_iter().filter(|(series, _)| series.starts_with("exdate_")).collect();
    let before: Vec<_> = ours(metrics.render());
    metrics.batch_committed(&tally);
    assert!(before == ours(metrics.render()));
}

#[test]
fn each_page_made_while_batches_are_counted_adds_up() {
    let metrics = Metrics::new();
    let tally = tally_of(&[published(), dead_letter(&[Code::ImpossibleDate]), Outcome::Skip(SkipReason::Tombstone)]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    metrics.batch_committed(&tally);
                }
            });
        }
        for _ in 0..100 {
            let page = metrics.render();
            let consumed = sum(&page, "exdate_records_consumed_total");
            assert_eq!(consumed, sum(&page, "exdate_outcomes_total"));
            assert_eq!(consumed, samples(&page)["exdate_process_seconds_count"]);
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn the_page_shows_the_sum_or_the_worst_of_the_workers() {
    let metrics = Metrics::new();
    let epoch = SystemTime::UNIX_EPOCH;
    let now_ms = i64::try_from(epoch.elapsed().expect("after 1970").as_millis()).expect("some milliseconds");
    metrics.assigned_partitions(0, 3);
    metrics.assigned_partitions(1, 2);
    metrics.progress(0, epoch + Duration::from_secs(5000));
    metrics.progress(1, epoch + Duration::from_secs(4000));
    metrics.oldest_unprocessed(0, Some(now_ms - 60_000));
    metrics.oldest_unprocessed(1, Some(now_ms - 5_000));
    let shown = samples(&metrics.render());
    assert_eq!(shown["exdate_assigned_partitions"], 5.0);
    assert_eq!(shown["exdate_last_progress_timestamp_seconds"], 4000.0);
    let age = shown["exdate_oldest_unprocessed_age_seconds"];
    assert!((60.0..90.0).contains(&age), "{age}");

    metrics.worker_ended(1);
    metrics.oldest_unprocessed(0, None);
    let shown = samples(&metrics.render());
    assert_eq!(shown["exdate_assigned_partitions"], 3.0);
    assert_eq!(shown["exdate_last_progress_timestamp_seconds"], 5000.0);
    assert_eq!(shown["exdate_oldest_unprocessed_age_seconds"], 0.0);
}

#[test]
fn a_record_from_the_future_is_no_negative_latency() {
    let metrics = Metrics::new();
    let mut tally = Tally::default();
    tally.add(&message(Some(i64::MAX)), &Outcome::Skip(SkipReason::Tombstone), Duration::ZERO);
    tally.add(&message(Some(-1)), &Outcome::Skip(SkipReason::Tombstone), Duration::ZERO);
    tally.add(&message(None), &Outcome::Skip(SkipReason::Tombstone), Duration::ZERO);
    metrics.batch_committed(&tally);
    let shown = samples(&metrics.render());
    assert_eq!(shown["exdate_end_to_end_seconds_count"], 2.0);
    assert_eq!(shown[r#"exdate_end_to_end_seconds_bucket{le="0.001"}"#], 1.0);
}

#[test]
fn lag_is_shown_while_the_partition_is_assigned() {
    let metrics = Metrics::new();
    metrics.lag("raw", 3, Some(42));
    assert_eq!(samples(&metrics.render())[r#"exdate_consumer_lag_records{partition="3",topic="raw"}"#], 42.0);
    metrics.lag("raw", 3, None);
    metrics.lag("raw", 3, None);
    assert!(!metrics.render().contains("exdate_consumer_lag_records{"));
}

#[test]
fn delivery_speaks_in_closed_words() {
    let metrics = Metrics::new();
    metrics.transaction(TransactionResult::Committed, Duration::from_millis(4), 500);
    metrics.transaction(TransactionResult::Aborted, Duration::from_secs(9), 500);
    metrics.producer_rebuilt(Rebuild::Fenced);
    metrics.rebalanced(Rebalance::Lost);
    metrics.breaker_open(true);
    let shown = samples(&metrics.render());
    assert_eq!(shown[r#"exdate_transactions_total{result="committed"}"#], 1.0);
    assert_eq!(shown[r#"exdate_transactions_total{result="aborted"}"#], 1.0);
    assert_eq!(shown["exdate_transaction_seconds_count"], 1.0, "only committed ones are timed");
    assert_eq!(shown["exdate_batch_records_sum"], 500.0);
    assert_eq!(shown[r#"exdate_producer_rebuilds_total{reason="fenced"}"#], 1.0);
    assert_eq!(shown[r#"exdate_rebalances_total{kind="lost"}"#], 1.0);
    assert_eq!(shown["exdate_breaker_open"], 1.0);
}

#[test]
fn every_absent_field_of_the_corpus_has_a_label_of_its_own() {
    let mut tally = Tally::default();
    for folder in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms")).expect("the corpus").flatten()
    {
        let files = fs::read_dir(folder.path()).into_iter().flatten().flatten().map(|file| file.path());
        for source in files.filter(|file| file.file_stem().is_some_and(|stem| stem == "source")) {
            let bytes = fs::read(&source).expect("a form");
            let message = Message { topic: "raw", value: Some(&bytes), ..Message::default() };
            tally.add(&message, &process(&message, &Rules::default()), Duration::ZERO);
        }
    }
    assert!(tally.records() >= 60, "only {} forms were found", tally.records());
    let metrics = Metrics::new();
    metrics.batch_committed(&tally);
    let page = metrics.render();
    assert_eq!(sum(&page, "exdate_outcomes_total"), sum(&page, "exdate_records_consumed_total"));
    assert!(sum(&page, "exdate_field_status_total") >= 100.0);
    for (series, value) in samples(&page) {
        assert!(value == 0.0 || !series.contains("\"other\""), "{series} {value}");
    }
}
