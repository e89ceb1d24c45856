//! The one place that judges what the broker or the client answers: the same call again, abort, rebuild, or exit.
//!
//! A fault is about the world, never about a document. The order of the questions matters: a refusal stays a refusal however
//! often it is asked again, and being fenced must not be taken for a mere fatal error.

use std::fmt;

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::auth_failure::AuthFailure;
use super::identity::Names;
use crate::exit::Exit;
use crate::telemetry::metrics::RebuildReason;

/// A fault that ends the service: how the process exits, and the one line that says why and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The exit code.
    pub exit: Exit,
    /// What, where, and what to do.
    pub message: String,
}

impl Fault {
    /// A fault with its exit code and line.
    pub fn new(exit: Exit, message: impl Into<String>) -> Fault {
        Fault { exit, message: message.into() }
    }
}

/// A call into the client that may block or fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Fences an older producer and finishes its transaction.
    InitTransactions,
    /// Opens a transaction; local.
    BeginTransaction,
    /// Queues a record; local.
    Produce,
    /// Waits until every record is acknowledged or has failed.
    AwaitAcks,
    /// Adds the offsets to the transaction.
    SendOffsets,
    /// Commits the transaction.
    CommitTransaction,
    /// Aborts the transaction.
    AbortTransaction,
    /// Commits offsets without a transaction.
    CommitOffsets,
    /// Asks for the group's committed offsets.
    CommittedOffsets,
    /// Asks whether a topic exists.
    Metadata,
    /// Sets the next offset to read.
    Seek,
    /// Takes or gives back partitions.
    Assign,
    /// Waits for the next record or event.
    Poll,
    /// Makes a client.
    Create,
    /// Leaves the group and destroys the clients.
    Close,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Call::InitTransactions => "init_transactions",
            Call::BeginTransaction => "begin_transaction",
            Call::Produce => "produce",
            Call::AwaitAcks => "waiting for acknowledgements",
            Call::SendOffsets => "send_offsets_to_transaction",
            Call::CommitTransaction => "commit_transaction",
            Call::AbortTransaction => "abort_transaction",
            Call::CommitOffsets => "commit of offsets",
            Call::CommittedOffsets => "query of committed offsets",
            Call::Metadata => "query of metadata",
            Call::Seek => "seek",
            Call::Assign => "assign",
            Call::Poll => "poll",
            Call::Create => "creation of the client",
            Call::Close => "close",
        })
    }
}

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

/// Judges the error that a call ended with.
pub(crate) fn remedy(call: Call, error: &KafkaError, names: &Names) -> Remedy {
    let Some(code) = error.rdkafka_error_code() else {
        return Remedy::Rebuild(RebuildReason::Unclassified);
    };
    if let Some(fault) = refusal(call, code, names) {
        return Remedy::Exit(fault);
    }
    match code {
        Code::Fenced | Code::ProducerFenced | Code::InvalidProducerEpoch | Code::FencedInstanceId => {
            return Remedy::Rebuild(RebuildReason::Fenced);
        }
        // The id expires after seven idle days, as in a week of holidays. That is no reason to die.
        Code::InvalidProducerIdMapping | Code::UnknownProducerId => {
            return Remedy::Rebuild(RebuildReason::ProducerIdExpired);
        }
        _ => {}
    }
    match error {
        KafkaError::Transaction(error) if error.is_fatal() => Remedy::Rebuild(RebuildReason::Fatal),
        KafkaError::Transaction(error) if error.txn_requires_abort() => Remedy::Abort,
        KafkaError::Transaction(error) => unfinished(call, code, error.is_retriable()),
        _ => unfinished(call, code, is_passing(code)),
    }
}

/// Judges an error that is neither fatal nor asks for an abort.
///
/// A time-out inside commit, abort or send_offsets leaves open whether the broker did it. librdkafka has no KIP-890: a delayed request
/// of this transaction may hit the next one of the same producer epoch, and end it half-way or commit offsets that are not its own.
/// A new epoch makes such a straggler harmless, so the producer is rebuilt rather than asked again.
fn unfinished(call: Call, code: Code, retriable: bool) -> Remedy {
    let timed_out = matches!(code, Code::OperationTimedOut | Code::RequestTimedOut | Code::TimedOutQueue);
    match call {
        Call::CommitTransaction | Call::AbortTransaction | Call::SendOffsets if timed_out => {
            Remedy::Rebuild(RebuildReason::OutcomeUnknown)
        }
        // The membership these offsets were read under is over: another may have read on from the offsets committed before.
        _ if is_of_another_generation(code) => Remedy::Abort,
        _ if retriable || timed_out => Remedy::Retry,
        _ => Remedy::Rebuild(RebuildReason::Unclassified),
    }
}

fn is_of_another_generation(code: Code) -> bool {
    matches!(code, Code::IllegalGeneration | Code::UnknownMemberId | Code::RebalanceInProgress | Code::AssignmentLost)
}

/// Errors outside transactions that go by themselves.
fn is_passing(code: Code) -> bool {
    use Code::{
        AllBrokersDown, BrokerTransportFailure, CoordinatorLoadInProgress, CoordinatorNotAvailable, InProgress,
        LeaderNotAvailable, NetworkException, NotCoordinator, NotLeaderForPartition, UnstableOffsetCommit,
        WaitingForCoordinator,
    };
    matches!(
        code,
        AllBrokersDown
            | BrokerTransportFailure
            | CoordinatorLoadInProgress
            | CoordinatorNotAvailable
            | InProgress
            | LeaderNotAvailable
            | NetworkException
            | NotCoordinator
            | NotLeaderForPartition
            | UnstableOffsetCommit
            | WaitingForCoordinator
    )
}

/// The broker refuses the service for good: a person has to grant, create or upgrade something.
pub(crate) fn refusal(call: Call, code: Code, names: &Names) -> Option<Fault> {
    if let Some(entry) = AuthFailure::of(code, "") {
        return Some(no_entry(entry, names));
    }
    let message = match code {
        Code::TopicAuthorizationFailed => topic_refusal(call, names),
        Code::GroupAuthorizationFailed => {
            format!("the broker denies READ on the consumer group `{}` (kafka.group_id); grant it", names.group_id)
        }
        Code::TransactionalIdAuthorizationFailed => format!(
            "the broker denies WRITE (which includes DESCRIBE) on the transactional id `{}`; grant it on all that begin with `{}.`",
            names.transactional_id, names.group_id
        ),
        Code::ClusterAuthorizationFailed => {
            "the broker denies IDEMPOTENT_WRITE on the cluster; grant it (needed by brokers older than 2.8)".into()
        }
        Code::UnsupportedVersion | Code::UnsupportedFeature | Code::UnsupportedForMessageFormat => format!(
            "the broker does not support {call}; set delivery.mode = \"at-least-once\" if it has no transactions, or upgrade it"
        ),
        Code::InvalidTransactionTimeout => {
            "the transaction timeout (three quarters of kafka.session_timeout) is above the broker's transaction.max.timeout.ms; \
             lower kafka.session_timeout"
                .into()
        }
        Code::InvalidSessionTimeout => {
            "kafka.session_timeout is outside the broker's group.min.session.timeout.ms and group.max.session.timeout.ms".into()
        }
        _ => return None,
    };
    Some(Fault::new(Exit::Broker, message))
}

/// The broker does not let the service in, with these words.
pub(crate) fn no_entry(entry: AuthFailure, names: &Names) -> Fault {
    let (found, servers, advice) = (entry.found(), &names.bootstrap_servers, entry.advice());
    Fault::new(Exit::Broker, format!("no entry at {servers}: {found}; {advice}"))
}

/// The broker does not let records into this topic.
pub(crate) fn write_denied(topic: &str, names: &Names) -> Fault {
    let setting = if topic == names.dead_letter_topic { "dead_letter_topic" } else { "output_topic" };
    Fault::new(Exit::Broker, format!("the broker denies WRITE on the topic `{topic}` (kafka.{setting}); grant it"))
}

fn topic_refusal(call: Call, names: &Names) -> String {
    match call {
        Call::Poll => {
            format!("the broker denies READ on the topic `{}` (kafka.input_topic); grant it", names.input_topic)
        }
        _ => format!(
            "the broker denies WRITE on the topic `{}` (kafka.output_topic) or `{}` (kafka.dead_letter_topic); grant both",
            names.output_topic, names.dead_letter_topic
        ),
    }
}

/// The broker will not take this very record, however often it is sent: it has to be found and set aside.
pub(crate) fn refuses_the_record(code: Code) -> bool {
    matches!(
        code,
        Code::MessageSizeTooLarge
            | Code::InvalidMessage
            | Code::InvalidMessageSize
            | Code::InvalidRecord
            | Code::InvalidTimestamp
            | Code::MessageBatchTooLarge
            | Code::PolicyViolation
    )
}

/// The topic is not there (yet): wait for it.
pub(crate) fn topic_is_missing(code: Code) -> bool {
    matches!(code, Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition | Code::UnknownTopicId)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names {
            bootstrap_servers: "kafka:9092".into(),
            group_id: "exdate".into(),
            transactional_id: "exdate.a.0".into(),
            input_topic: "raw".into(),
            output_topic: "out".into(),
            dead_letter_topic: "dead".into(),
        }
    }

    #[test]
    fn a_timeout_is_repeated_only_where_the_call_is_resumed() {
        let timeout = KafkaError::Global(Code::OperationTimedOut);
        assert_eq!(remedy(Call::InitTransactions, &timeout, &names()), Remedy::Retry);
        for call in [Call::SendOffsets, Call::CommitTransaction, Call::AbortTransaction] {
            assert_eq!(remedy(call, &timeout, &names()), Remedy::Rebuild(RebuildReason::OutcomeUnknown), "{call}");
        }
    }

    #[test]
    fn fencing_and_expiry_are_told_apart() {
        for (code, reason) in [
            (Code::Fenced, RebuildReason::Fenced),
            (Code::ProducerFenced, RebuildReason::Fenced),
            (Code::InvalidProducerEpoch, RebuildReason::Fenced),
            (Code::InvalidProducerIdMapping, RebuildReason::ProducerIdExpired),
            (Code::UnknownProducerId, RebuildReason::ProducerIdExpired),
            (Code::Fail, RebuildReason::Unclassified),
        ] {
            assert_eq!(remedy(Call::Produce, &KafkaError::Global(code), &names()), Remedy::Rebuild(reason), "{code:?}");
        }
    }

    #[test]
    fn a_refusal_names_what_is_missing() {
        for (call, code, part) in [
            (Call::Poll, Code::TopicAuthorizationFailed, "READ on the topic `raw`"),
            (Call::Produce, Code::TopicAuthorizationFailed, "WRITE on the topic `out`"),
            (Call::Poll, Code::GroupAuthorizationFailed, "READ on the consumer group `exdate`"),
            (Call::InitTransactions, Code::TransactionalIdAuthorizationFailed, "transactional id `exdate.a.0`"),
            (Call::Create, Code::Authentication, "no entry at kafka:9092: login refused"),
            (Call::Create, Code::SSL, "no entry at kafka:9092: TLS refused"),
            (Call::InitTransactions, Code::UnsupportedFeature, "does not support init_transactions"),
            (Call::InitTransactions, Code::InvalidTransactionTimeout, "transaction.max.timeout.ms"),
        ] {
            let fault = refusal(call, code, &names());
            assert!(fault.as_ref().is_some_and(|fault| fault.exit == Exit::Broker), "{code:?}");
            assert!(fault.is_some_and(|fault| fault.message.contains(part)), "{code:?}: {part}");
        }
        assert_eq!(refusal(Call::Poll, Code::AllBrokersDown, &names()), None);
    }

    #[test]
    fn offsets_read_under_an_older_membership_are_not_committed() {
        for code in [Code::IllegalGeneration, Code::UnknownMemberId, Code::RebalanceInProgress] {
            assert_eq!(remedy(Call::CommitOffsets, &KafkaError::ConsumerCommit(code), &names()), Remedy::Abort);
        }
        let passing = KafkaError::ConsumerCommit(Code::NotCoordinator);
        assert_eq!(remedy(Call::CommitOffsets, &passing, &names()), Remedy::Retry);
    }
}
