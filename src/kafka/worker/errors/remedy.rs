//! The one place that judges what the broker or the client answers: the same call again, abort, rebuild, or exit.
//!
//! The order of the questions matters: a refusal stays a refusal however often it is asked again, and being fenced must not be taken for
//! a mere fatal error.

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::refusal;
use crate::kafka::client::error_codes::{self, ErrorClass};
use crate::kafka::client::fault::Fault;
use crate::kafka::worker::call::Call;
use crate::kafka::worker::names::Names;
use crate::telemetry::metrics;

/// What to do about an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Make the same call again: the client goes on where it was.
    Retry,
    /// Abort the transaction, read its records again.
    Abort,
    /// Destroy the producer, build another, ask for the committed offsets, read from there.
    Rebuild(RebuildReason),
    /// End the service.
    Exit(Fault),
}

/// Why a producer is destroyed and built anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RebuildReason {
    /// A commit or abort ended without an answer, or the batch before could not be committed for want of one.
    OutcomeUnknown,
    /// Another producer took over the transactional id, or the broker timed the transaction out.
    Fenced,
    /// The broker forgot the producer's id (seven idle days).
    ProducerIdExpired,
    /// The client reported a fatal error.
    Fatal,
    /// An error that is none of the classified ones.
    Unclassified,
}

impl RebuildReason {
    /// What it is counted under.
    pub(crate) fn label(self) -> metrics::Rebuild {
        match self {
            RebuildReason::OutcomeUnknown => metrics::Rebuild::OutcomeUnknown,
            RebuildReason::Fenced => metrics::Rebuild::Fenced,
            RebuildReason::ProducerIdExpired => metrics::Rebuild::ProducerIdExpired,
            RebuildReason::Fatal => metrics::Rebuild::Fatal,
            RebuildReason::Unclassified => metrics::Rebuild::Unclassified,
        }
    }
}

/// Judges the error that a call ended with.
pub(crate) fn remedy(call: Call, error: &KafkaError, names: &Names) -> Remedy {
    let Some(code) = error.rdkafka_error_code() else {
        return Remedy::Rebuild(RebuildReason::Unclassified);
    };
    if let Some(fault) = refusal::refusal(call, code, names) {
        return Remedy::Exit(fault);
    }
    match ErrorClass::of(code) {
        Some(ErrorClass::Fenced) => return Remedy::Rebuild(RebuildReason::Fenced),
        // The id expires after seven idle days, as in a week of holidays. That is no reason to die.
        Some(ErrorClass::ProducerIdExpired) => return Remedy::Rebuild(RebuildReason::ProducerIdExpired),
        _ => {}
    }
    match error {
        KafkaError::Transaction(error) if error.is_fatal() => Remedy::Rebuild(RebuildReason::Fatal),
        KafkaError::Transaction(error) if error.txn_requires_abort() => Remedy::Abort,
        KafkaError::Transaction(error) => unfinished(call, code, error.is_retriable()),
        _ => unfinished(call, code, error_codes::is_transient(code)),
    }
}

/// Judges an error that is neither fatal nor asks for an abort.
///
/// A time-out inside commit, abort or send_offsets leaves open whether the broker did it. librdkafka has no KIP-890: a delayed request
/// of this transaction may hit the next one of the same producer epoch, and end it half-way or commit offsets that are not its own.
/// A new epoch makes such a straggler harmless, so the producer is rebuilt rather than asked again.
fn unfinished(call: Call, code: Code, retriable: bool) -> Remedy {
    let class = ErrorClass::of(code);
    let timed_out = class == Some(ErrorClass::TimedOut);
    match call {
        Call::CommitTransaction | Call::AbortTransaction | Call::SendOffsets if timed_out => {
            Remedy::Rebuild(RebuildReason::OutcomeUnknown)
        }
        // The membership these offsets were read under is over: another may have read on from the offsets committed before.
        _ if class == Some(ErrorClass::MembershipOver) => Remedy::Abort,
        _ if retriable || timed_out => Remedy::Retry,
        _ => Remedy::Rebuild(RebuildReason::Unclassified),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The calls after which nobody knows what the broker has done when it does not answer in time.
    const INDEFINITE: [Call; 3] = [Call::SendOffsets, Call::CommitTransaction, Call::AbortTransaction];

    fn of(call: Call, code: Code) -> Remedy {
        remedy(call, &KafkaError::Global(code), &Names::of_tests())
    }

    #[test]
    fn each_code_of_the_table_has_its_remedy() {
        for (code, class) in ErrorClass::table() {
            for call in [Call::InitTransactions, Call::Produce, Call::SendOffsets, Call::CommitTransaction] {
                let found = of(call, *code);
                let case = format!("{call}: {code:?}");
                match class {
                    ErrorClass::Transient => assert_eq!(found, Remedy::Retry, "{case}"),
                    // A timeout is repeated only where the call is resumed.
                    ErrorClass::TimedOut if INDEFINITE.contains(&call) => {
                        assert_eq!(found, Remedy::Rebuild(RebuildReason::OutcomeUnknown), "{case}");
                    }
                    ErrorClass::TimedOut => assert_eq!(found, Remedy::Retry, "{case}"),
                    ErrorClass::Fenced => assert_eq!(found, Remedy::Rebuild(RebuildReason::Fenced), "{case}"),
                    ErrorClass::ProducerIdExpired => {
                        assert_eq!(found, Remedy::Rebuild(RebuildReason::ProducerIdExpired), "{case}");
                    }
                    ErrorClass::MembershipOver => assert_eq!(found, Remedy::Abort, "{case}"),
                    ErrorClass::Denied
                    | ErrorClass::Unsupported
                    | ErrorClass::LoginRefused
                    | ErrorClass::TlsRefused => assert!(matches!(found, Remedy::Exit(_)), "{case}"),
                    ErrorClass::TopicMissing
                    | ErrorClass::RecordRefused
                    | ErrorClass::RecordTimedOut
                    | ErrorClass::Purged => {
                        assert_eq!(found, Remedy::Rebuild(RebuildReason::Unclassified), "{case}");
                    }
                }
            }
        }
        assert_eq!(of(Call::Produce, Code::Fail), Remedy::Rebuild(RebuildReason::Unclassified));
    }

    #[test]
    fn offsets_read_under_an_older_membership_are_not_committed() {
        for code in [Code::IllegalGeneration, Code::UnknownMemberId, Code::RebalanceInProgress] {
            assert_eq!(
                remedy(Call::CommitOffsets, &KafkaError::ConsumerCommit(code), &Names::of_tests()),
                Remedy::Abort
            );
        }
        let passing = KafkaError::ConsumerCommit(Code::NotCoordinator);
        assert_eq!(remedy(Call::CommitOffsets, &passing, &Names::of_tests()), Remedy::Retry);
    }
}
