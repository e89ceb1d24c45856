//! Every filing has exactly one outcome: in a quiet run, through kills, through instances that come and go, through shutdown.

use std::time::{Duration, Instant};

use crate::harness::filings::{self, Fate};
use crate::harness::lane::{Lane, count};
use crate::harness::service::Service;

/// Small batches: a kill or a rebalance then meets many of them.
const SMALL: &[(&str, &str)] = &[("delivery.batch_records", "100")];

#[test]
fn each_filing_has_one_outcome_and_the_metrics_say_the_same() {
    let Some(lane) = Lane::open("quiet", 6) else { return };
    let fed = lane.feed(filings::mixed(10_000));
    let service = Service::ready(&lane, "a", &[]);
    lane.await_done(&fed);
    let page = service.page_after(fed.len());
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0), "{log}");
    lane.assert_exactly_once(&fed);
    assert!(page.adds_up());
    assert_eq!(page.sum("records_consumed_total"), 10_000.0);
    // The topics hold exactly these, as was just read.
    for (outcome, fate) in [("publish", Fate::Event), ("dead-letter", Fate::DeadLetter), ("skip", Fate::Skip)] {
        assert_eq!(
            page.value(&format!("outcomes_total{{outcome=\"{outcome}\"}}")),
            count(&fed, fate) as f64,
            "{outcome}"
        );
    }
}

#[test]
fn a_killed_instance_goes_on_where_it_had_committed() {
    let Some(lane) = Lane::open("killed", 6) else { return };
    let fed = lane.feed(filings::mixed(10_000));
    for progress in [500, 3_000, 5_500] {
        let service = Service::start(&lane, "a", SMALL);
        lane.await_committed(progress);
        service.kill();
    }
    let service = Service::start(&lane, "a", SMALL);
    lane.await_done(&fed);
    assert!(service.page().adds_up());
    lane.assert_exactly_once(&fed);
}

#[test]
fn at_least_once_a_kill_repeats_some_and_loses_none() {
    let Some(lane) = Lane::open("at-least-once", 3) else { return };
    let fed = lane.feed(filings::mixed(5_000));
    let settings = [("delivery.mode", "at-least-once"), ("delivery.batch_records", "100")];
    for progress in [500, 2_000] {
        let service = Service::start(&lane, "a", &settings);
        lane.await_committed(progress);
        service.kill();
    }
    let service = Service::start(&lane, "a", &settings);
    lane.await_done(&fed);
    assert_eq!(service.terminate().0.code(), Some(0));
    let breaches = lane.audit(&fed);
    // What is repeated comes after what followed it the first time.
    assert!(breaches.lost.is_empty() && breaches.altered.is_empty(), "{breaches}logs: {}", lane.folder.display());
}

#[test]
fn instances_join_and_leave_in_the_middle() {
    let Some(lane) = Lane::open("crowd", 6) else { return };
    let mut fed = lane.feed(filings::mixed(5_000));
    let first = Service::start(&lane, "a", SMALL);
    lane.await_committed(500);
    let second = Service::ready(&lane, "b", SMALL);
    fed.extend(lane.feed(filings::mixed(10_000).split_off(5_000)));
    lane.await_committed(6_000);
    assert_eq!(first.terminate().0.code(), Some(0));
    let third = Service::ready(&lane, "c", SMALL);
    fed.extend(lane.feed(filings::mixed(12_000).split_off(10_000)));
    lane.await_done(&fed);
    for instance in [second, third] {
        let page = instance.page();
        assert!(page.adds_up());
        assert!(page.sum("records_consumed_total") > 0.0, "an instance had nothing to do: {}", lane.folder.display());
        assert_eq!(instance.terminate().0.code(), Some(0));
    }
    lane.assert_exactly_once(&fed);
}

#[test]
fn a_frozen_instance_that_wakes_up_finds_its_work_done() {
    let Some(lane) = Lane::open("frozen", 2) else { return };
    let fed = lane.feed(filings::mixed(4_000));
    let frozen = Service::start(&lane, "a", SMALL);
    lane.await_committed(500);
    frozen.signal("STOP");
    // Another takes over once the session of the first has timed out, and does the rest.
    let other = Service::start(&lane, "b", SMALL);
    lane.await_done(&fed);
    frozen.signal("CONT");
    assert_eq!(other.terminate().0.code(), Some(0));
    let more = lane.feed(filings::mixed(4_500).split_off(4_000));
    let fed: Vec<_> = fed.into_iter().chain(more).collect();
    lane.await_done(&fed);
    assert_eq!(frozen.terminate().0.code(), Some(0));
    lane.assert_exactly_once(&fed);
}

#[test]
fn sigterm_in_a_backlog_ends_in_time_and_leaves_nothing_half_done() {
    let Some(lane) = Lane::open("terminated", 6) else { return };
    let fed = lane.feed(filings::mixed(10_000));
    let service = Service::start(&lane, "a", SMALL);
    lane.await_committed(200);
    let asked = Instant::now();
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(asked.elapsed() < Duration::from_secs(20), "it took {:?}", asked.elapsed());
    assert!(!lane.is_done(&fed), "the backlog was too short to be interrupted");
    let next = Service::start(&lane, "a", &[]);
    lane.await_done(&fed);
    drop(next);
    lane.assert_exactly_once(&fed);
}
