//! What the engine does about each error: the same call again, abort and read again, rebuild, or exit; and that nothing is lost or doubled.

use std::time::Duration;

use rdkafka::error::RDKafkaErrorCode as Code;

use super::broker::{Failing, Move};
use super::{Rig, Step};
use crate::config::{Config, Mode};
use crate::exit::Exit;
use crate::kafka::worker::call::Call;
use crate::kafka::worker::clients::Source as _;
use crate::kafka::worker::clock::Clock as _;
use Failing::{Done, Record, Undone};

/// A call that goes wrong so often; transactions aborted and of unknown outcome; why producers are built anew, and how often.
type Case = (Call, Failing, usize, (usize, usize), &'static [(&'static str, usize)]);

/// Of a batch that is committed before the next is read.
const ONE_AFTER_THE_OTHER: &[Case] = &[
    (Call::InitTransactions, Undone(Code::OperationTimedOut), 3, (0, 0), &[]),
    (Call::InitTransactions, Undone(Code::InvalidProducerIdMapping), 1, (0, 0), &[("producer-id-expired", 1)]),
    (Call::Metadata, Undone(Code::BrokerTransportFailure), 3, (0, 0), &[]),
    (Call::Metadata, Record(Code::UnknownTopic), 3, (0, 0), &[]),
    (Call::BeginTransaction, Undone(Code::Fail), 1, (0, 0), &[("unclassified", 1)]),
    (Call::Produce, Undone(Code::QueueFull), 1, (0, 1), &[("unclassified", 1)]),
    (Call::Produce, Record(Code::MessageSizeTooLarge), 1, (0, 0), &[]),
    (Call::AwaitAcks, Undone(Code::OperationTimedOut), 1, (1, 0), &[]),
    (Call::AwaitAcks, Record(Code::UnknownTopicOrPartition), 1, (1, 0), &[]),
    (Call::AwaitAcks, Record(Code::MessageTimedOut), 1, (0, 1), &[("outcome-unknown", 1)]),
    (Call::SendOffsets, Undone(Code::CoordinatorLoadInProgress), 3, (0, 0), &[]),
    (Call::SendOffsets, Undone(Code::IllegalGeneration), 1, (1, 0), &[]),
    (Call::SendOffsets, Undone(Code::OperationTimedOut), 1, (0, 1), &[("outcome-unknown", 1)]),
    (Call::CommitTransaction, Undone(Code::NotCoordinator), 3, (0, 0), &[]),
    (Call::CommitTransaction, Undone(Code::NotCoordinator), 400, (0, 1), &[("outcome-unknown", 1)]),
    (Call::CommitTransaction, Undone(Code::OperationTimedOut), 1, (0, 1), &[("outcome-unknown", 1)]),
    (Call::CommitTransaction, Done(Code::OperationTimedOut), 1, (0, 1), &[("outcome-unknown", 1)]),
    (Call::CommitTransaction, Undone(Code::ProducerFenced), 1, (0, 1), &[("fenced", 1)]),
    (Call::CommitTransaction, Undone(Code::UnknownProducerId), 1, (0, 1), &[("producer-id-expired", 1)]),
    (Call::CommitTransaction, Done(Code::Fail), 1, (0, 1), &[("unclassified", 1)]),
    (Call::Poll, Undone(Code::AllBrokersDown), 3, (0, 0), &[]),
    (Call::Poll, Done(Code::Fatal), 1, (0, 0), &[("unclassified", 1)]),
    (Call::Assign, Undone(Code::Fail), 2, (0, 0), &[]),
];

#[test]
fn each_error_is_answered_by_the_right_action_and_nothing_is_lost() {
    for (call, failing, times, (aborted, unknown), rebuilt) in ONE_AFTER_THE_OTHER {
        let case = format!("{call}: {failing:?}");
        let mut rig = Rig::with(&[2, 2], |config| config.delivery.batch_records = 100);
        rig.broker.fail(*call, *failing, *times);
        rig.finish(&case);
        assert_eq!((rig.transactions("aborted"), rig.transactions("unknown")), (*aborted, *unknown), "{case}");
        assert_eq!(rig.rebuilds(), rebuilt.iter().copied().collect(), "{case}");
        assert_eq!(rig.counted.get(), 4, "{case}: each record is counted once, however often it was read");
    }
}

/// Of a batch that is committed while the next one is read: that one is given up too, before it.
const OVERLAPPED: &[Case] = &[
    (Call::SendOffsets, Undone(Code::IllegalGeneration), 1, (2, 0), &[]),
    (Call::SendOffsets, Undone(Code::CoordinatorNotAvailable), 3, (0, 0), &[]),
    (Call::CommitTransaction, Undone(Code::CoordinatorNotAvailable), 3, (0, 0), &[]),
    (Call::CommitTransaction, Undone(Code::ProducerFenced), 1, (1, 1), &[("fenced", 1)]),
    (Call::CommitTransaction, Done(Code::Fail), 1, (1, 1), &[("unclassified", 1)]),
    // Nobody is likely to answer for the abort of the second either.
    (Call::CommitTransaction, Undone(Code::OperationTimedOut), 1, (0, 2), &[("outcome-unknown", 2)]),
    (Call::CommitTransaction, Done(Code::OperationTimedOut), 1, (0, 2), &[("outcome-unknown", 2)]),
];

#[test]
fn when_a_commit_fails_the_batch_read_meanwhile_is_given_up_too_and_both_are_read_again() {
    for (call, failing, times, (aborted, unknown), rebuilt) in OVERLAPPED {
        let case = format!("{call}: {failing:?}");
        let mut rig = Rig::new(&[12]);
        rig.broker.fail(*call, *failing, *times);
        let steps = rig.finish(&case);
        assert!(steps.contains(&Step::HandedOver(3)), "{case}: {steps:?}");
        assert_eq!((rig.transactions("aborted"), rig.transactions("unknown")), (*aborted, *unknown), "{case}");
        assert_eq!(rig.rebuilds(), rebuilt.iter().copied().collect(), "{case}");
        assert_eq!(rig.counted.get(), 12, "{case}: each is counted once");
    }
}

#[test]
fn a_step_says_what_it_did() {
    let mut rig = Rig::new(&[7]);
    let steps = rig.finish("all");
    let did: Vec<&Step> = steps.iter().filter(|step| **step != Step::Idle).collect();
    assert_eq!(did, [&Step::HandedOver(3), &Step::HandedOver(3), &Step::Committed(1)]);
    assert_eq!(rig.step().expect("no fault"), Step::Idle);
}

/// Else a few slow records in a row would outlive the transaction.
#[test]
fn a_record_that_takes_as_long_as_a_batch_may_wait_closes_its_batch() {
    let mut rig = Rig::new(&[3]);
    let wait = Config::default().delivery.batch_wait;
    rig.worker.accumulator.processor.takes = Some((rig.broker.clone(), wait));
    let steps = rig.finish("slow records");
    let batches: Vec<&Step> = steps.iter().filter(|step| **step != Step::Idle).collect();
    assert_eq!(batches, [&Step::HandedOver(1); 3]);
}

#[test]
fn the_first_position_and_a_failed_abort_are_got_over_too() {
    for (call, code) in [
        (Call::AbortTransaction, Code::OperationTimedOut),
        (Call::AbortTransaction, Code::Fail),
        (Call::Seek, Code::OperationTimedOut),
    ] {
        let case = format!("{call}: {code:?}");
        let mut rig = Rig::new(&[9]);
        rig.broker.fail(Call::SendOffsets, Undone(Code::IllegalGeneration), 1);
        rig.broker.fail(call, Undone(code), 1);
        rig.finish(&case);
        assert_eq!(rig.counted.get(), 9, "{case}");
    }
}

#[test]
fn what_was_committed_is_asked_until_the_group_answers() {
    let mut rig = Rig::new(&[9]);
    rig.broker.fail(Call::CommitTransaction, Done(Code::OperationTimedOut), 1);
    rig.broker.fail(Call::CommittedOffsets, Undone(Code::OperationTimedOut), 5);
    // The successor is fenced before it is ready: what is known of the batch outlives that.
    rig.broker.fail_later(Call::InitTransactions, 2, Undone(Code::InvalidProducerIdMapping), 1);
    rig.finish("asked again");
    assert_eq!(rig.counted.get(), 9, "the batch whose commit was made, but not answered, is counted once");
}

#[test]
fn an_id_fenced_once_is_mended_and_fenced_again_within_a_minute_ends_the_service() {
    for (wait, ends) in [(61, false), (59, true)] {
        let mut rig = Rig::with(&[9], |config| config.delivery.batch_records = 100);
        rig.broker.fail(Call::CommitTransaction, Undone(Code::ProducerFenced), 1);
        rig.until("rebuilt", |rig| rig.rebuilds().contains_key("fenced"));
        rig.wait(Duration::from_secs(wait));
        rig.broker.fail(Call::CommitTransaction, Undone(Code::InvalidProducerEpoch), 1);
        if ends {
            assert_eq!(rig.end().exit, Exit::Fenced);
        } else {
            rig.finish("fenced long ago");
        }
    }
}

#[test]
fn what_the_broker_refuses_for_good_ends_the_service() {
    for (call, code) in [
        (Call::InitTransactions, Code::TransactionalIdAuthorizationFailed),
        (Call::SendOffsets, Code::GroupAuthorizationFailed),
        (Call::Poll, Code::TopicAuthorizationFailed),
    ] {
        let mut rig = Rig::new(&[9]);
        rig.broker.fail(call, Undone(code), 1);
        assert_eq!(rig.end().exit, Exit::Broker, "{call}: {code:?}");
    }
}

#[test]
fn a_refused_record_is_found_and_written_in_another_way() {
    for ways in [1, 2] {
        let mut rig = Rig::with(&[40], |config| config.delivery.batch_records = 20);
        rig.broker.state().refused.insert((0, 13), ways);
        rig.finish("found");
        let state = rig.broker.state();
        let otherwise: Vec<_> = state.written.iter().filter(|written| written.fallback > 0).collect();
        assert!(
            matches!(otherwise[..], [written] if (written.offset, written.fallback) == (13, ways)),
            "{otherwise:?}"
        );
    }
}

#[test]
fn a_message_of_two_records_is_written_in_another_way_as_a_whole_when_the_client_refuses_its_second() {
    let mut rig = Rig::new(&[5]);
    rig.worker.accumulator.processor.makes_copies = true;
    rig.broker.fail_later(Call::Produce, 1, Record(Code::MessageSizeTooLarge), 1);
    rig.finish("in another way");
    let state = rig.broker.state();
    assert_eq!(state.written.iter().map(|written| written.fallback).collect::<Vec<_>>(), [1, 0, 0, 0, 0]);
    assert_eq!(state.copies, 5, "what was queued before the refusal is given up with it");
}

#[test]
fn a_record_that_is_refused_in_every_way_is_never_passed_and_goes_on_once_it_is_taken() {
    let mut rig = Rig::new(&[9]);
    rig.broker.state().refused.insert((0, 4), usize::MAX);
    rig.until("said", |rig| {
        rig.worker.back_off.failure().is_some_and(|reason| reason.contains("refuses even a still shorter count"))
    });
    (0..100).for_each(|_| drop(rig.step()));
    assert!(rig.broker.state().written.iter().all(|written| written.offset < 4), "nothing is dropped");
    rig.broker.state().refused.clear();
    rig.finish("taken after all");
}

#[test]
fn the_breaker_opens_after_the_commit_under_way_gives_its_own_batch_up_and_keeps_everything() {
    let mut rig = Rig::new(&[9]);
    rig.worker.accumulator.processor.halts_at = Some(4);
    let steps = rig.until("open", |rig| rig.control.tripped().is_some());
    assert!(matches!(steps.last(), Some(Step::GivenUp(reason)) if reason.contains("enough")), "{steps:?}");
    assert_eq!(rig.broker.state().written.len(), 3, "the batch before stays committed, and no more");
    assert_eq!(rig.step().expect("no fault"), Step::Held);
    assert_eq!(rig.value("exdate_breaker_open"), 1);
}

#[test]
fn a_batch_that_its_processor_cannot_decide_now_is_given_up_and_tried_again_after_a_pause() {
    let mut rig = Rig::new(&[9]);
    rig.worker.accumulator.processor.waits = 4;
    let steps = rig.finish("decided in the end");
    let given_up = |step: &&Step| matches!(step, Step::GivenUp(reason) if reason == "something is missing");
    assert_eq!(steps.iter().filter(given_up).count(), 4, "{steps:?}");
    assert!(steps.contains(&Step::Held), "no pause: {steps:?}");
    assert_eq!((rig.control.tripped(), rig.worker.back_off.failure()), (None, None));
}

#[test]
fn a_partition_that_is_asked_back_is_finished_first_and_one_that_is_lost_is_given_up() {
    for (due, aborted) in [(Move::Revoke(0), 0), (Move::Lose(0, 0), 1), (Move::Lose(0, 2), 1)] {
        let case = format!("{due:?}");
        let mut rig = Rig::with(&[5, 5], |config| config.delivery.batch_records = 100);
        rig.broker.state().moves.push_back((2, due));
        rig.finish(&case);
        assert_eq!(rig.transactions("aborted"), aborted, "{case}");
        assert_eq!(rig.worker.source.assigned().len(), 2, "{case}: it came back");
    }
}

#[test]
fn what_another_has_committed_of_a_lost_partition_is_not_counted_here() {
    let mut rig = Rig::with(&[6], |config| config.delivery.batch_records = 100);
    rig.broker.fail(Call::SendOffsets, Undone(Code::OperationTimedOut), 1);
    rig.broker.state().moves.push_back((6, Move::Lose(0, 6)));
    rig.finish("by another");
    assert_eq!(rig.counted.get(), 0, "the very offset of the batch in doubt was committed, by another");
}

#[test]
fn pauses_grow_from_failure_to_failure() {
    let mut rig = Rig::new(&[3]);
    let begun = rig.broker.now();
    rig.broker.fail(Call::AwaitAcks, Undone(Code::OperationTimedOut), 12);
    rig.finish("after all");
    let took = rig.broker.now() - begun;
    // 50 ms doubled up to 5 s: 6.35 s for the first seven, then 5 s each.
    assert!(took > Duration::from_secs(30) && took < Duration::from_secs(40), "{took:?}");
}

#[test]
fn at_least_once_reads_again_what_was_not_acknowledged_or_not_committed() {
    for (call, failing) in [
        (Call::AwaitAcks, Record(Code::MessageTimedOut)),
        (Call::CommitOffsets, Undone(Code::IllegalGeneration)),
        (Call::CommitOffsets, Undone(Code::CoordinatorLoadInProgress)),
    ] {
        let case = format!("{call}: {failing:?}");
        let mut rig = Rig::with(&[7, 4], |config| config.delivery.mode = Mode::AtLeastOnce);
        rig.broker.fail_later(call, 1, failing, 1);
        rig.finish(&case);
        assert_eq!(rig.counted.get(), 11, "{case}: each is counted once");
    }
}

#[test]
fn a_stop_commits_what_was_read() {
    let mut rig = Rig::new(&[20]);
    rig.until("a commit is under way", |rig| rig.worker.pending.is_some());
    let Rig { worker, control, broker, counted, .. } = rig;
    control.stop();
    worker.run().expect("no fault");
    assert_eq!((broker.state().written.len(), counted.get()), (3, 3));
}
