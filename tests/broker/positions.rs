//! What is committed is no longer in the log: deleted by retention, or beyond its end. The service tells, and loses or repeats nothing unasked.

use crate::harness::await_some;
use crate::harness::filings;
use crate::harness::lane::{self, Lane};
use crate::harness::service::Service;
use crate::harness::topics;

const CONTINUE: &[(&str, &str)] = &[("delivery.on_gap", "continue")];

#[test]
fn records_that_retention_deletes_while_the_service_is_down_are_a_gap_that_stops_their_partition() {
    let Some(lane) = Lane::open("gap", 2) else { return };
    let mut fed = lane.feed(filings::mixed(400));
    let service = Service::ready(&lane, "a", &[]);
    lane.await_done(&fed);
    assert_eq!(service.terminate().0.code(), Some(0));

    let more = lane.feed(filings::mixed(800).split_off(400));
    let (from, to) = (lane::ends(&fed)[&0], lane::ends(&more)[&0] - 50);
    topics::delete_records(&lane.servers, &lane.input, 0, to);
    let service = Service::start(&lane, "a", &[]);
    let reason =
        await_some("it says that records are gone", || service.unready_because("were deleted before they were read"));
    assert!(reason.contains(&format!("the offsets {from} to {} of {}/0", to - 1, lane.input)), "{reason}");
    // The other partition goes on.
    let all = lane::ends(&more);
    await_some("the other partition is read", || {
        (topics::committed(&lane.servers, &lane.group, &lane.input)?[&1] == all[&1]).then_some(())
    });
    assert_eq!(topics::committed(&lane.servers, &lane.group, &lane.input).expect("an answer")[&0], from);
    let page = service.page();
    assert_eq!(page.value("input_jumped_offsets_total{reason=\"gap\"}"), (to - from) as f64);
    assert_eq!(page.value("standing_partitions{reason=\"gap\"}"), 1.0);
    assert!(service.is_live(), "a restart would not bring them back");
    let (_, log) = service.terminate();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("a gap in the input")).collect();
    assert!(matches!(told[..], [line] if line.contains("\"last_commit\":\"20")), "{told:?}");

    let service = Service::ready(&lane, "a", CONTINUE);
    fed.extend(more.into_iter().filter(|fed| fed.partition != 0 || fed.offset >= to));
    lane.await_done(&fed);
    assert_eq!(service.page().value("input_jumps_total{reason=\"gap\"}"), 1.0);
    assert_eq!(service.terminate().0.code(), Some(0));
    lane.assert_exactly_once(&fed);
}

#[test]
fn a_log_that_ends_before_the_committed_offset_is_not_published_again() {
    let Some(lane) = Lane::open("cut-off", 1) else { return };
    let mut fed = lane.feed(filings::mixed(300));
    let service = Service::ready(&lane, "a", &[]);
    lane.await_done(&fed);
    assert_eq!(service.terminate().0.code(), Some(0));

    // As after an election of a replica that had not everything.
    topics::commit(&lane.servers, &lane.group, &lane.input, 0, 500);
    let service = Service::ready(&lane, "a", &[]);
    await_some("it is told", || {
        (service.page().value("input_jumps_total{reason=\"beyond-end\"}") == 1.0).then_some(())
    });
    fed.extend(lane.feed(filings::mixed(350).split_off(300)));
    await_some("what comes is read", || {
        (topics::committed(&lane.servers, &lane.group, &lane.input)? == lane::ends(&fed)).then_some(())
    });
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0));
    assert!(log.contains("the input ends before the committed offset"), "{log}");
    lane.assert_exactly_once(&fed);
}

/// Aborted records and markers at the end of the input are deleted with everything else.
#[test]
fn what_was_never_a_record_is_no_gap() {
    let Some(lane) = Lane::open("no-gap", 1) else { return };
    let fed = lane.feed(filings::mixed(100));
    let aborted: Vec<_> = filings::mixed(20).into_iter().map(|filing| filing.record).collect();
    topics::write_aborted(&lane.servers, &lane.input, &format!("{}-other", lane.group), &aborted).expect("an abort");
    let end = topics::ends(&lane.servers, &lane.input).expect("an end")[&0];
    assert!(end > 120);
    let service = Service::ready(&lane, "a", &[]);
    await_some("the end is committed", || {
        (topics::committed(&lane.servers, &lane.group, &lane.input)? == [(0, end)].into()).then_some(())
    });
    assert_eq!(service.terminate().0.code(), Some(0));
    topics::delete_records(&lane.servers, &lane.input, 0, end);
    let service = Service::ready(&lane, "a", &[]);
    let page = service.page();
    assert_eq!((page.sum("input_jumps_total"), page.sum("standing_partitions")), (0.0, 0.0));
    assert_eq!(service.terminate().0.code(), Some(0));
    lane.assert_exactly_once(&fed);
}
