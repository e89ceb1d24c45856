//! Bad days of the input: what is committed is not there any more, and what becomes of it is told, counted, and a person's decision.

use std::time::Duration;

use rdkafka::error::RDKafkaErrorCode as Code;

use super::Rig;
use super::broker::{Failing, Move};
use crate::config::OnGap;
use crate::kafka::worker::call::Call;
use crate::kafka::worker::partition::Partition;

const ZERO: Partition = Partition { input: 0, number: 0 };

/// Two partitions, of which the first has lost offsets 4 to 6 to retention; 4 is what the group has committed.
fn with_a_gap(on_gap: OnGap) -> Rig {
    let rig = Rig::with(&[10, 5], |config| config.delivery.on_gap = on_gap);
    rig.broker.state().committed.insert(ZERO, (4, String::new()));
    rig.broker.state().starts.insert(ZERO, 7);
    rig
}

fn jumps(rig: &Rig, reason: &str) -> (usize, usize) {
    let value = |name: &str| rig.value(&format!("exdate_input_{name}_total{{reason=\"{reason}\"}}"));
    (value("jumps"), value("jumped_offsets"))
}

fn standing_for(rig: &Rig, reason: &str) -> usize {
    rig.value(&format!("exdate_standing_partitions{{reason=\"{reason}\"}}"))
}

fn standing(rig: &Rig) -> usize {
    standing_for(rig, "gap")
}

#[test]
fn a_partition_with_a_gap_stands_still_and_says_so_while_others_go_on() {
    let mut rig = with_a_gap(OnGap::Stop);
    let one = Partition { number: 1, ..ZERO };
    rig.until("the other partition is read", |rig| rig.broker.state().next(one) == 5);
    (0..50).for_each(|_| drop(rig.step()));
    assert_eq!(rig.broker.state().next(ZERO), 4, "nothing is committed past the gap");
    let reason = rig.worker.obstacle().unwrap_or_default();
    assert!(reason.contains("the offsets 4 to 6 of in/0 were deleted"), "{reason}");
    assert!(reason.contains("delivery.on_gap=continue"), "{reason}");
    assert!(rig.control.status(0).unready().is_some_and(|told| told == reason), "not ready");
    assert_eq!((jumps(&rig, "gap"), standing(&rig)), ((1, 3), 1));
}

#[test]
fn a_gap_that_is_accepted_is_counted_and_passed() {
    let mut rig = with_a_gap(OnGap::Continue);
    rig.finish("behind the gap");
    assert_eq!((jumps(&rig, "gap"), standing(&rig)), ((1, 3), 0));
    assert_eq!(rig.control.status(0).unready(), None);
}

/// Retention deletes what a slow service has not read yet.
#[test]
fn a_gap_that_opens_while_reading_is_noticed_too() {
    let mut rig = Rig::with(&[20], |config| config.delivery.on_gap = OnGap::Continue);
    rig.until("something is committed", |rig| rig.broker.state().next(ZERO) >= 3);
    rig.broker.state().starts.insert(ZERO, 15);
    rig.finish("the rest");
    let (times, offsets) = jumps(&rig, "gap");
    assert_eq!(times, 1);
    assert!((1..=12).contains(&offsets), "{offsets}");
}

#[test]
fn a_partition_that_stands_still_is_forgotten_when_it_goes_and_judged_anew_when_it_comes() {
    let mut rig = with_a_gap(OnGap::Stop);
    rig.broker.state().moves.push_back((5, Move::Revoke(0)));
    rig.until("it was asked back", |rig| rig.broker.state().moves.is_empty());
    rig.until("it has come again", |rig| jumps(rig, "gap").0 == 2);
    assert_eq!(standing(&rig), 1);
    // Somebody has set the group's offset, and it comes again.
    rig.broker.state().committed.insert(ZERO, (7, String::new()));
    rig.broker.state().moves.push_back((5, Move::Revoke(0)));
    rig.finish("from there");
    assert_eq!(standing(&rig), 0);
}

#[test]
fn a_log_that_ends_before_the_committed_offset_is_not_read_again_from_its_start() {
    let mut rig = Rig::new(&[6]);
    rig.broker.state().committed.insert(ZERO, (8, String::new()));
    rig.until("it is told", |rig| jumps(rig, "beyond-end") == (1, 2));
    (0..50).for_each(|_| drop(rig.step()));
    assert_eq!(rig.broker.state().written.len(), 0, "nothing is published twice");
    assert_eq!(rig.control.status(0).unready(), None, "it waits for what comes");
    rig.broker.state().inputs.insert(ZERO, 9);
    rig.until("it goes on at the end", |rig| rig.broker.state().next(ZERO) == 9);
    let offsets: Vec<i64> = rig.broker.state().written.iter().map(|written| written.offset).collect();
    assert_eq!(offsets, [6, 7, 8]);
}

#[test]
fn nobody_reads_while_the_places_cannot_be_asked_for() {
    for call in [Call::Bounds, Call::CommittedOffsets] {
        let mut rig = with_a_gap(OnGap::Continue);
        rig.broker.fail(call, Failing::Undone(Code::OperationTimedOut), 5);
        rig.finish(&call.to_string());
        assert_eq!(jumps(&rig, "gap"), (1, 3), "{call}");
    }
}

#[test]
fn a_partition_with_records_that_cannot_be_read_stands_still_before_them_until_they_can() {
    let mut rig = Rig::new(&[10, 8]);
    rig.broker.state().broken.insert(ZERO, 4..7);
    let one = Partition { number: 1, ..ZERO };
    rig.until("the other partition is read", |rig| rig.broker.state().next(one) == 8);
    rig.until("it stands still", |rig| standing_for(rig, "unreadable") == 1);
    (0..100).for_each(|_| drop(rig.step()));
    assert_eq!(rig.broker.state().next(ZERO), 4, "all before is committed, and nothing behind");
    let reason = rig.worker.obstacle().unwrap_or_default();
    assert!(reason.contains("the offsets 4 to 6 of in/0 cannot be read"), "{reason}");
    assert!(reason.contains("--skip in/0@4..7"), "{reason}");
    assert_eq!(jumps(&rig, "beyond-end"), (0, 0), "the offset that the client jumped to is not believed");
    rig.broker.state().broken.clear();
    rig.wait(Duration::from_secs(60));
    rig.worker.suspect_again(false);
    rig.finish("once the replica is mended");
    assert_eq!(standing_for(&rig, "unreadable"), 0);
}

#[test]
fn what_cannot_be_read_is_stepped_over_by_an_operators_order_and_not_a_record_more() {
    for (skip, is_enough) in [("in/0@4..7", true), ("in/0@0..99", true), ("in/0@4..6", false), ("in/1@4..7", false)] {
        let mut rig = Rig::with(&[10], |config| config.skips = vec![skip.parse().expect("a range")]);
        rig.broker.state().broken.insert(ZERO, 4..7);
        // The batch that steps over fails once, and is made again.
        rig.broker.fail_later(Call::SendOffsets, 2, Failing::Undone(Code::IllegalGeneration), 1);
        if is_enough {
            rig.until(skip, |rig| rig.broker.state().next(ZERO) == 10);
            let offsets: Vec<i64> = rig.broker.state().written.iter().map(|written| written.offset).collect();
            assert_eq!(offsets, [0, 1, 2, 3, 4, 7, 8, 9], "{skip}: one word for all three");
            assert_eq!(standing_for(&rig, "unreadable"), 0, "{skip}");
        } else {
            rig.until(skip, |rig| standing_for(rig, "unreadable") == 1);
            assert_eq!(rig.broker.state().next(ZERO), 4, "{skip}");
        }
    }
}

#[test]
fn a_batch_that_cannot_be_written_ages_and_the_worker_is_shown_as_waiting() {
    let mut rig = Rig::new(&[2]);
    rig.broker.fail(Call::AwaitAcks, Failing::Record(Code::UnknownTopicOrPartition), 20);
    rig.until("it is given up", |rig| rig.transactions("aborted") >= 3);
    // The records of the memory broker are as old as the epoch.
    assert!(rig.age() > 1e9, "given up is not committed");
    assert_eq!(rig.value("exdate_waiting_workers{reason=\"failure\"}"), 1);
    assert_eq!(rig.value("exdate_ready"), 0);
    rig.finish("once the topic is there");
    assert!(rig.age() < 1.0);
    assert_eq!((rig.value("exdate_waiting_workers{reason=\"failure\"}"), rig.value("exdate_ready")), (0, 1));
}

#[test]
fn a_batch_that_the_breaker_gave_up_ages() {
    let mut rig = Rig::new(&[9]);
    rig.worker.accumulator.processor.halts_at = Some(4);
    rig.until("open", |rig| rig.control.tripped().is_some());
    assert!(rig.age() > 1e9);
    assert_eq!(rig.value("exdate_waiting_workers{reason=\"breaker\"}"), 1);
}
