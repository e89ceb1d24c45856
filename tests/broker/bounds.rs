//! Bounds: a backlog of any length drains within the same memory, and a document is as large as the settings allow, and no larger.
//!
//! `BACKLOG=1000000 make bounds` drains a million filings with the release build; in `make test` they are fewer, and the bound is the same.

use std::time::{Duration, Instant};

use crate::harness::await_within;
use crate::harness::filings::{self, Fate, Filing};
use crate::harness::lane::Lane;
use crate::harness::service::Service;
use crate::harness::topics::{self, Progress, Writer};

/// Of the whole process, as the kernel counts it, with the default settings. In KiB.
const MEMORY_KIB: u64 = 100_000_000 / 1024;

/// Enough to fill every queue on the way several times over.
const FEWER: usize = 15_000;

#[test]
#[expect(clippy::print_stderr, reason = "the figures are what it is run for")]
fn a_backlog_drains_in_flat_memory() {
    let Some(lane) = Lane::open("bounds-backlog", 6) else { return };
    let backlog = std::env::var("BACKLOG").map_or(FEWER, |text| text.parse().expect("BACKLOG is a number"));
    let writer = Writer::to(&lane.servers);
    for first in (0..backlog).step_by(FEWER) {
        lane.feed_with(&writer, filings::good_ones(first..backlog.min(first + FEWER)));
    }
    drop(writer);

    let since = Instant::now();
    let service = Service::ready(&lane, "a", &[]);
    let progress = Progress::of(&lane.servers, &lane.group, &lane.input).expect("the group's progress");
    let mut peaks = Vec::new();
    for fifth in 1..=5 {
        let wanted = (backlog * fifth / 5) as i64;
        let what = format!("{wanted} of {backlog} filings are done; log: {}", lane.folder.display());
        await_within(Duration::from_secs(600), &what, || (progress.total()? >= wanted).then_some(()));
        peaks.push(service.peak_memory_kib());
    }
    let rate = backlog as u64 * 1000 / since.elapsed().as_millis() as u64;
    eprintln!("{backlog} filings, {rate} a second; peak memory after each fifth, in KiB: {peaks:?}");
    let page = service.page_after(backlog);
    assert!(page.adds_up());
    assert_eq!(page.value("outcomes_total{outcome=\"publish\"}"), backlog as f64);
    assert!(peaks[4] < MEMORY_KIB, "{peaks:?} KiB");
    // What is kept of each record would make it five times as much; allocators are not exact.
    assert!(peaks[4] < peaks[0] / 2 * 3, "the memory grows with the backlog: {peaks:?} KiB");
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0), "{log}");
    topics::delete(&lane.servers, &[&lane.input, &lane.output]);
}

const TEN_MB: usize = 10_000_000;

/// A good form with a long last word: as an event, or refused for its size alone.
fn long(number: usize, fate: Fate) -> Filing {
    let mut filing = filings::good_ones(number..number + 1).remove(0);
    let form = filings::form(number);
    let sentence = "The kites are flown at the owners' risk and the lanterns are lit at dusk.";
    let times = TEN_MB / (sentence.len() + 1) + 1;
    filing.record.value = Some(form.replace(sentence, &vec![sentence; times].join("\n")).into_bytes());
    filing.fate = fate;
    filing
}

/// Topics that take such a document.
fn roomy(name: &str) -> Option<Lane> {
    let lane = Lane::named(name, crate::harness::shared::servers()?);
    for topic in [&lane.input, &lane.output, &lane.dead_letter] {
        topics::create(&lane.servers, topic, 1, &[("max.message.bytes", "33554432")]);
    }
    Some(lane)
}

#[test]
fn a_document_of_10_mb_is_an_event_where_the_limits_allow_it() {
    let Some(lane) = roomy("bounds-long") else { return };
    let mut filings = filings::good_ones(0..20);
    filings[10] = long(10, Fate::Event);
    let fed = lane.feed(filings);
    let service = Service::start(&lane, "a", &[("limits.max_document_bytes", "12MiB")]);
    lane.await_done(&fed);
    assert!(service.page().adds_up());
    lane.assert_exactly_once(&fed);
    let events = topics::read_committed(&lane.servers, &lane.output);
    let sizes: Vec<usize> = events.iter().filter_map(|event| Some(event.value.as_ref()?.len())).collect();
    assert!(sizes.iter().any(|size| *size > TEN_MB), "its text is whole: {sizes:?}");
}

#[test]
fn a_document_above_the_limit_is_dead_lettered_without_being_read() {
    let Some(lane) = roomy("bounds-too-long") else { return };
    let mut filings = filings::good_ones(0..20);
    filings[10] = long(10, Fate::DeadLetter);
    let fed = lane.feed(filings);
    let service = Service::start(&lane, "a", &[]);
    lane.await_done(&fed);
    let page = service.page_after(fed.len());
    assert_eq!(page.value("errors_total{code=\"document-too-large\"}"), 1.0);
    // Had it been read, it would be an event.
    assert_eq!(page.sum("errors_total"), 1.0);
    lane.assert_exactly_once(&fed);
}
