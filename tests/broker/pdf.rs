//! PDFs among other filings: read in a process beside the service, whose end in the middle of a batch costs no filing its event.

use std::collections::BTreeSet;
use std::process::Command;

use crate::harness::await_some;
use crate::harness::filings::{self, Fate, Filing};
use crate::harness::lane::{Lane, count};
use crate::harness::service::Service;
use crate::paper::drawn;

/// Every third of the good forms as a PDF.
fn a_third_on_paper(count: usize) -> Vec<Filing> {
    let mut filings = filings::mixed(count);
    for filing in filings.iter_mut().filter(|filing| filing.fate == Fate::Event && filing.number.is_multiple_of(3)) {
        filing.record.value = Some(drawn(&filings::form(filing.number)));
    }
    filings
}

/// `-KILL`, as the kernel does when memory is short; `-STOP`, as if others took all of the processors.
fn signal(signal: &str, process: u32) {
    let sent = Command::new("kill").args([signal, &process.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "no process {process}");
}

#[test]
fn a_reading_process_that_is_killed_costs_no_filing_its_event() {
    let Some(lane) = Lane::open("pdf", 3) else { return };
    let fed = lane.feed(a_third_on_paper(3_000));
    let service = Service::start(&lane, "a", &[("delivery.batch_records", "100")]);
    let mut killed = BTreeSet::new();
    while killed.len() < 5 {
        // It is there from the first PDF on: in the middle of a batch, since there is a backlog.
        let reader = await_some("a process that reads", || service.reading_process().filter(|id| !killed.contains(id)));
        assert!(!lane.is_done(&fed), "the backlog was too short for {killed:?}");
        signal("-KILL", reader);
        killed.insert(reader);
    }
    lane.await_done(&fed);
    let page = service.page_after(fed.len());
    assert!(page.adds_up());
    assert_eq!(page.value("outcomes_total{outcome=\"publish\"}"), count(&fed, Fate::Event) as f64);
    assert_eq!(service.terminate().0.code(), Some(0));
    lane.assert_exactly_once(&fed);
}

#[test]
fn a_reading_process_that_stands_still_holds_its_batch_up_and_makes_no_dead_letter() {
    let Some(lane) = Lane::open("pdf-stopped", 1) else { return };
    let fed = lane.feed(a_third_on_paper(2_000));
    let service = Service::start(&lane, "a", &[("delivery.batch_records", "100")]);
    let reader = await_some("a process that reads", || service.reading_process());
    assert!(!lane.is_done(&fed), "the backlog was too short");
    signal("-STOP", reader);
    let fault = "pdf_reader_faults_total{cause=\"timed-out\"}";
    await_some("a fault that is counted", || (service.page().value(fault) > 0.0).then_some(()));
    lane.await_done(&fed);
    assert_ne!(service.reading_process(), Some(reader), "it was replaced");
    let page = service.page_after(fed.len());
    assert_eq!(page.value("outcomes_total{outcome=\"publish\"}"), count(&fed, Fate::Event) as f64);
    assert_eq!(service.terminate().0.code(), Some(0));
    lane.assert_exactly_once(&fed);
}

#[test]
fn a_service_that_meets_no_pdf_starts_no_other_process_and_one_that_ends_leaves_none() {
    let Some(lane) = Lane::open("pdf-none", 1) else { return };
    let mut fed = lane.feed(filings::good(200));
    let service = Service::start(&lane, "a", &[]);
    lane.await_done(&fed);
    assert_eq!(service.reading_process(), None);
    fed.extend(lane.feed(a_third_on_paper(210).split_off(200)));
    lane.await_done(&fed);
    let reader = service.reading_process().expect("a process that reads");
    assert_eq!(service.terminate().0.code(), Some(0));
    assert!(!std::path::Path::new(&format!("/proc/{reader}")).exists(), "process {reader} is left behind");
    lane.assert_exactly_once(&fed);
}
