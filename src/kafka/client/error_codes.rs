//! The one table of error codes: what each of them says, whoever asks.
//!
//! What follows from it is for the asker to say: a worker retries, aborts or ends, a command goes on reading or reports.

use rdkafka::error::RDKafkaErrorCode as Code;

/// What an error code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorClass {
    /// A broker, a leader or a coordinator is away for a while, or busy.
    Transient,
    /// Nobody answered in time, which passes too; whether the broker has done what was asked is open.
    TimedOut,
    /// The client has given the record up, since nobody answered for it.
    RecordTimedOut,
    /// The topic or the partition is not there (yet).
    TopicMissing,
    /// The broker will not take this very record, however often it is sent.
    RecordRefused,
    /// The client gave the record up with its transaction; the cause is told elsewhere.
    Purged,
    /// Somebody else has taken over the id, or the broker has timed the transaction out.
    Fenced,
    /// The broker has forgotten the producer's id, as it does after seven idle days.
    ProducerIdExpired,
    /// The group has moved on: another may have read on from the offsets committed before.
    MembershipOver,
    /// This user may not do that: a person has to grant it.
    Denied,
    /// The broker's version or its limits forbid it: a person has to change something.
    Unsupported,
    /// The user, the password, or the way to log in is wrong.
    LoginRefused,
    /// The TLS handshake failed.
    TlsRefused,
}

use ErrorClass::{
    Denied, Fenced, LoginRefused, MembershipOver, ProducerIdExpired, Purged, RecordRefused, RecordTimedOut, TimedOut,
    TlsRefused, TopicMissing, Transient, Unsupported,
};

/// What a consumer says of records that it cannot read: a wrong checksum, a broken batch, bytes that do not decompress, a format of another time.
/// (A broker that notices it by itself says `InvalidMessage`.)
pub(crate) fn is_unreadable(code: Code) -> bool {
    matches!(
        code,
        Code::BadMessage | Code::BadCompression | Code::InvalidMessage | Code::NotImplemented | Code::Underflow
    )
}

/// A code that does not stand here is judged as none that we know.
#[rustfmt::skip]
const TABLE: [(Code, ErrorClass); 56] = [
    (Code::AllBrokersDown,                     Transient),
    (Code::BrokerNotAvailable,                 Transient),
    (Code::BrokerTransportFailure,             Transient),
    (Code::CoordinatorLoadInProgress,          Transient),
    (Code::CoordinatorNotAvailable,            Transient),
    (Code::DestroyBroker,                      Transient),
    (Code::InProgress,                         Transient),
    (Code::LeaderNotAvailable,                 Transient),
    (Code::NetworkException,                   Transient),
    (Code::NotCoordinator,                     Transient),
    (Code::NotLeaderForPartition,              Transient),
    (Code::ReplicaNotAvailable,                Transient),
    (Code::Resolve,                            Transient),
    (Code::UnstableOffsetCommit,               Transient),
    (Code::WaitingForCoordinator,              Transient),
    (Code::OperationTimedOut,                  TimedOut),
    (Code::RequestTimedOut,                    TimedOut),
    (Code::TimedOutQueue,                      TimedOut),
    (Code::MessageTimedOut,                    RecordTimedOut),
    (Code::UnknownPartition,                   TopicMissing),
    (Code::UnknownTopic,                       TopicMissing),
    (Code::UnknownTopicId,                     TopicMissing),
    (Code::UnknownTopicOrPartition,            TopicMissing),
    (Code::InvalidMessage,                     RecordRefused),
    (Code::InvalidMessageSize,                 RecordRefused),
    (Code::InvalidRecord,                      RecordRefused),
    (Code::InvalidTimestamp,                   RecordRefused),
    (Code::MessageBatchTooLarge,               RecordRefused),
    (Code::MessageSizeTooLarge,                RecordRefused),
    (Code::PolicyViolation,                    RecordRefused),
    (Code::PurgeInflight,                      Purged),
    (Code::PurgeQueue,                         Purged),
    (Code::Fenced,                             Fenced),
    (Code::FencedInstanceId,                   Fenced),
    (Code::InvalidProducerEpoch,               Fenced),
    (Code::ProducerFenced,                     Fenced),
    (Code::InvalidProducerIdMapping,           ProducerIdExpired),
    (Code::UnknownProducerId,                  ProducerIdExpired),
    (Code::AssignmentLost,                     MembershipOver),
    (Code::IllegalGeneration,                  MembershipOver),
    (Code::RebalanceInProgress,                MembershipOver),
    (Code::UnknownMemberId,                    MembershipOver),
    (Code::ClusterAuthorizationFailed,         Denied),
    (Code::GroupAuthorizationFailed,           Denied),
    (Code::TopicAuthorizationFailed,           Denied),
    (Code::TransactionalIdAuthorizationFailed, Denied),
    (Code::InvalidSessionTimeout,              Unsupported),
    (Code::InvalidTransactionTimeout,          Unsupported),
    (Code::UnsupportedFeature,                 Unsupported),
    (Code::UnsupportedForMessageFormat,        Unsupported),
    (Code::UnsupportedVersion,                 Unsupported),
    (Code::Authentication,                     LoginRefused),
    (Code::IllegalSASLState,                   LoginRefused),
    (Code::SaslAuthenticationFailed,           LoginRefused),
    (Code::UnsupportedSASLMechanism,           LoginRefused),
    (Code::SSL,                                TlsRefused),
];

impl ErrorClass {
    /// What the code says, if it says anything that we know.
    pub(crate) fn of(code: Code) -> Option<ErrorClass> {
        TABLE.iter().find(|(known, _)| *known == code).map(|(_, class)| *class)
    }

    /// Every code and what it says.
    #[cfg(test)]
    pub(crate) fn table() -> &'static [(Code, ErrorClass)] {
        &TABLE
    }
}

/// Whether it mends itself: the same may well succeed a moment later.
pub(crate) fn is_transient(code: Code) -> bool {
    matches!(ErrorClass::of(code), Some(Transient | TimedOut))
}

/// Whether the topic or the partition is not there (yet).
pub(crate) fn is_topic_missing(code: Code) -> bool {
    ErrorClass::of(code) == Some(TopicMissing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_stands_once() {
        for (place, (code, _)) in TABLE.iter().enumerate() {
            assert_eq!(TABLE.iter().position(|(known, _)| known == code), Some(place), "{code:?} stands twice");
        }
    }

    #[test]
    fn what_passes_is_what_is_transient_or_timed_out() {
        for (code, class) in TABLE {
            assert_eq!(is_transient(code), matches!(class, Transient | TimedOut), "{code:?}");
            assert_eq!(is_topic_missing(code), class == TopicMissing, "{code:?}");
        }
        assert!(!is_transient(Code::Fail) && !is_topic_missing(Code::Fail), "a code that does not stand in the table");
    }
}
