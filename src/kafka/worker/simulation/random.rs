//! Faults drawn at random, many at a time: whatever happens, every record is written exactly once, in order, and no offset is ahead of its output.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use rdkafka::error::RDKafkaErrorCode as Code;

use super::Rig;
use super::broker::{Failing, Move};
use crate::kafka::worker::call::Call;

/// Everything that a test can order.
#[derive(Clone, Debug)]
enum Ordered {
    /// A call goes wrong, after some that do not.
    Fault(Call, usize, Failing),
    /// The assignment changes, after so many records.
    Moved(usize, Move),
    /// A record is refused until it is written in its so manieth other way.
    Refused(i32, i64, usize),
}

const PARTITIONS: [usize; 3] = [17, 11, 5];

fn ordered() -> impl Strategy<Value = Ordered> {
    use Failing::{Done, Record, Undone};
    let calls = [
        (Call::InitTransactions, Undone(Code::OperationTimedOut)),
        (Call::Produce, Undone(Code::QueueFull)),
        (Call::Produce, Record(Code::MessageSizeTooLarge)),
        (Call::AwaitAcks, Undone(Code::OperationTimedOut)),
        (Call::AwaitAcks, Record(Code::MessageTimedOut)),
        (Call::SendOffsets, Undone(Code::IllegalGeneration)),
        (Call::SendOffsets, Undone(Code::OperationTimedOut)),
        (Call::SendOffsets, Undone(Code::CoordinatorLoadInProgress)),
        (Call::CommitTransaction, Undone(Code::OperationTimedOut)),
        (Call::CommitTransaction, Done(Code::OperationTimedOut)),
        (Call::CommitTransaction, Done(Code::Fail)),
        (Call::CommitTransaction, Undone(Code::NotCoordinator)),
        (Call::AbortTransaction, Undone(Code::OperationTimedOut)),
        (Call::CommittedOffsets, Undone(Code::OperationTimedOut)),
        (Call::Seek, Undone(Code::OperationTimedOut)),
        (Call::Assign, Undone(Code::Fail)),
        (Call::Poll, Done(Code::Fatal)),
    ];
    let fault = (select(calls.to_vec()), 0..6_usize);
    let partition = || 0..PARTITIONS.len() as i32;
    prop_oneof![
        6 => fault.prop_map(|((call, failing), after)| Ordered::Fault(call, after, failing)),
        1 => (0..40_usize, partition()).prop_map(|(after, number)| Ordered::Moved(after, Move::Revoke(number))),
        2 => (0..40_usize, partition(), 0..4_usize)
            .prop_map(|(after, number, records)| Ordered::Moved(after, Move::Lose(number, records))),
        1 => (partition(), 0..5_i64, 1..3_usize).prop_map(|(number, offset, ways)| Ordered::Refused(number, offset, ways)),
    ]
}

/// Runs to the end, whatever was ordered.
fn run(orders: &[Ordered], batch_records: usize) {
    let case = format!("{batch_records} a batch, {orders:?}");
    let mut rig = Rig::with(&PARTITIONS, |config| config.delivery.batch_records = batch_records);
    for order in orders {
        match *order {
            Ordered::Fault(call, after, failing) => rig.broker.fail_later(call, after, failing, 1),
            Ordered::Moved(after, due) => rig.broker.state().moves.push_back((after, due)),
            Ordered::Refused(number, offset, ways) => {
                rig.broker.state().refused.insert((number, offset), ways);
            }
        }
    }
    rig.finish(&case);
    let (counted, all) = (rig.counted.get(), PARTITIONS.iter().sum());
    // What was committed without an answer and then went to another with its partitions is not counted, rather than twice.
    let may_be_less = orders.iter().any(|order| matches!(order, Ordered::Moved(..)));
    assert!(counted == all || may_be_less && counted < all, "{case}: {counted} counted");
}

#[test]
fn whatever_goes_wrong_every_record_is_written_exactly_once() {
    let config = ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() };
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let strategy = (proptest::collection::vec(ordered(), 0..12), 1..9_usize);
    let ran = TestRunner::new_with_rng(config, seed).run(&strategy, |(orders, batch_records)| {
        run(&orders, batch_records);
        Ok(())
    });
    ran.expect("every case holds");
}
