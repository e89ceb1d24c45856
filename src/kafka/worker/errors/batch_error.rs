//! Why a batch cannot be committed as it is, and what follows.

use std::collections::BTreeSet;

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::refusal;
use super::remedy::{RebuildReason, Remedy, remedy};
use crate::kafka::client::error_codes::{self, ErrorClass};
use crate::kafka::client::fault::Fault;
use crate::kafka::worker::call::Call;
use crate::kafka::worker::clients::Failure;
use crate::kafka::worker::names::Names;
use crate::kafka::worker::partition::Partition;
use crate::kafka::worker::state::Batch;

/// Why a batch cannot be committed as it is.
#[derive(Clone, Debug)]
pub(crate) enum BatchError {
    /// A call failed; [`remedy`] knows what to do.
    Call(Call, KafkaError),
    /// The broker does not take some of the records: those that failed, of how many, and why.
    Refused { origins: BTreeSet<(Partition, i64)>, records: usize, topic: String, code: Code },
    /// Something is missing that comes back by itself or by an operator's hand: abort, wait, read again.
    Waiting(String),
    /// The client has given records up that nobody answered for, and may have lost sight of their broker: another client begins at
    /// `kafka.bootstrap_servers`. (A broker that is back from an outage may tell of a cluster without brokers, and with
    /// `metadata.recovery.strategy=none` a producer that believed it never asks again.)
    Undelivered(String),
    /// The batch is worth nothing any more: another owns its partitions.
    Lost(String),
    /// An input (which, counted from 0) was made anew under its name: all of it is to be read, from the start.
    Recreated(usize, String),
    /// The membership has to begin anew.
    Rejoin(String),
    /// The processor wants nothing more to be read: the circuit breaker opens.
    Halted(String),
    /// The service ends.
    Exit(Fault),
}

/// What is done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Abort, read again.
    Abort,
    /// Destroy the producer, and read again from what the group has committed.
    Rebuild(RebuildReason),
    /// End.
    Exit(Fault),
}

/// What to say of a topic that is not there.
pub(crate) fn missing(topic: &str) -> String {
    format!(
        "the topic `{topic}` does not exist, or lacks a partition; `exdate check --create-topics` makes what is missing"
    )
}

impl BatchError {
    pub(crate) fn call(call: Call, error: &KafkaError) -> BatchError {
        BatchError::Call(call, error.clone())
    }

    /// Judges records that failed: a cause that they name, or else that of the transaction (a failed record makes the client purge the others).
    pub(crate) fn failed(
        failures: &[Failure],
        transaction: Option<KafkaError>,
        batch: &Batch,
        names: &Names,
    ) -> BatchError {
        let cause = |is: fn(Code) -> bool| failures.iter().find(|failure| is(failure.code));
        if let Some(failure) = cause(|code| code == Code::TopicAuthorizationFailed) {
            return BatchError::Exit(refusal::write_denied(&failure.topic, names));
        }
        if let Some(fault) = failures.iter().find_map(|failure| refusal::refusal(Call::Produce, failure.code, names)) {
            return BatchError::Exit(fault);
        }
        if let Some(failure) = cause(error_codes::is_topic_missing) {
            return BatchError::Waiting(missing(&failure.topic));
        }
        if let Some(Failure { code, topic, .. }) = cause(is_refused) {
            let refused = failures.iter().filter(|failure| is_refused(failure.code));
            let origins = refused.filter_map(|failure| batch.origin(failure.index)).collect();
            return BatchError::Refused { origins, records: batch.records, topic: topic.clone(), code: *code };
        }
        let timed_out = cause(|code| ErrorClass::of(code) == Some(ErrorClass::RecordTimedOut));
        if let Some(error) = transaction {
            // That records have timed out is all that a transaction says which asks for an abort and nothing more.
            if timed_out.is_none() || remedy(Call::Produce, &error, names) != Remedy::Abort {
                return BatchError::Call(Call::Produce, error);
            }
        }
        let first = timed_out
            .or_else(|| failures.iter().find(|failure| ErrorClass::of(failure.code) != Some(ErrorClass::Purged)));
        let (code, topic) =
            first.or(failures.first()).map_or((Code::Fail, ""), |failure| (failure.code, &failure.topic));
        let told = format!("records for the topic `{topic}` were not delivered: {code}; `exdate check` tells more");
        if timed_out.is_some() { BatchError::Undelivered(told) } else { BatchError::Waiting(told) }
    }

    /// What is done about it.
    pub(crate) fn action(&self, names: &Names) -> Action {
        match self {
            BatchError::Call(call, error) => match remedy(*call, error, names) {
                Remedy::Abort => Action::Abort,
                // It asked to be repeated until patience ran out. Of these, the broker may have done its part.
                Remedy::Retry
                    if matches!(call, Call::SendOffsets | Call::CommitTransaction | Call::AbortTransaction) =>
                {
                    Action::Rebuild(RebuildReason::OutcomeUnknown)
                }
                Remedy::Retry => Action::Abort,
                Remedy::Rebuild(reason) => Action::Rebuild(reason),
                Remedy::Exit(fault) => Action::Exit(fault),
            },
            BatchError::Undelivered(_) => Action::Rebuild(RebuildReason::OutcomeUnknown),
            BatchError::Exit(fault) => Action::Exit(fault.clone()),
            _ => Action::Abort,
        }
    }

    /// In words, for the log and for `/readyz`.
    pub(crate) fn reason(&self) -> String {
        match self {
            BatchError::Call(call, error) => format!("{call}: {error}"),
            BatchError::Refused { origins, records, topic, code } => {
                format!("the broker refuses {} of {records} records for the topic `{topic}`: {code}", origins.len())
            }
            BatchError::Waiting(reason)
            | BatchError::Undelivered(reason)
            | BatchError::Lost(reason)
            | BatchError::Rejoin(reason)
            | BatchError::Recreated(_, reason) => reason.clone(),
            BatchError::Halted(reason) => format!("the circuit breaker is open: {reason}"),
            BatchError::Exit(fault) => fault.message.clone(),
        }
    }
}

/// The broker will not take this very record, however often it is sent: it has to be found and set aside.
fn is_refused(code: Code) -> bool {
    ErrorClass::of(code) == Some(ErrorClass::RecordRefused)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// How failed records are judged, in a word, and the offsets of those that the broker refuses.
    fn judged(codes: &[Code], transaction: Option<Code>) -> (&'static str, Vec<i64>) {
        let (mut batch, partition) = (Batch::default(), Partition { input: 0, number: 0 });
        for offset in 0..codes.len() as i64 {
            batch.read(partition, offset, 1, None, Instant::now());
            batch.produced(partition, offset);
        }
        let failed = |(index, code): (usize, &Code)| Failure { index, code: *code, topic: "dead".into() };
        let failures: Vec<Failure> = codes.iter().enumerate().map(failed).collect();
        match BatchError::failed(&failures, transaction.map(KafkaError::Global), &batch, &Names::of_tests()) {
            BatchError::Exit(fault) if fault.message.contains("`dead` (kafka.dead_letter_topic)") => ("exit", vec![]),
            BatchError::Refused { origins, .. } => ("refused", origins.into_iter().map(|(_, offset)| offset).collect()),
            BatchError::Waiting(_) => ("waiting", vec![]),
            BatchError::Undelivered(_) => ("undelivered", vec![]),
            BatchError::Call(Call::Produce, _) => ("transaction", vec![]),
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn records_that_failed_are_judged_by_the_cause_that_they_name_or_else_by_their_transaction() {
        use Code::{InvalidRecord, MessageTimedOut, PurgeQueue, TopicAuthorizationFailed, UnknownTopicOrPartition};
        let fenced = Some(Code::ProducerFenced);
        for (codes, transaction, verdict, refused) in [
            (&[PurgeQueue, TopicAuthorizationFailed][..], fenced, "exit", &[][..]),
            (&[PurgeQueue, UnknownTopicOrPartition], fenced, "waiting", &[]),
            (&[PurgeQueue, InvalidRecord, InvalidRecord], fenced, "refused", &[1, 2]),
            (&[PurgeQueue, PurgeQueue], fenced, "transaction", &[]),
            (&[MessageTimedOut, PurgeQueue], fenced, "transaction", &[]),
            (&[MessageTimedOut, PurgeQueue], Some(Code::IllegalGeneration), "undelivered", &[]),
            (&[MessageTimedOut], None, "undelivered", &[]),
            (&[Code::NotEnoughReplicas], None, "waiting", &[]),
        ] {
            assert_eq!(judged(codes, transaction), (verdict, refused.to_vec()), "{codes:?}, {transaction:?}");
        }
    }
}
