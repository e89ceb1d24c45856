//! The closed sets of label values that no other module names.

use crate::event::schema::{FieldStatus, Function, Language};

macro_rules! labels {
    ($(#[$doc:meta])* $name:ident { $( #[doc = $variant_doc:literal] $variant:ident = $text:literal, )+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $( #[doc = $variant_doc] $variant, )+ }

        impl $name {
            /// Every label value.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The label value.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }
        }
    };
}

labels! {
    /// How a transaction ended.
    TransactionResult {
        /// The broker acknowledged the commit.
        Committed = "committed",
        /// Given up, nothing of it visible; its records are read again.
        Aborted = "aborted",
        /// Nobody told, and the producer was built anew: the broker may have done either.
        Unknown = "unknown",
    }
}

labels! {
    /// Why a producer was destroyed and built anew.
    Rebuild {
        /// A commit or abort ended without an answer, or the batch before could not be committed for want of one.
        OutcomeUnknown = "outcome-unknown",
        /// Another producer took over the transactional id, or the broker timed the transaction out.
        Fenced = "fenced",
        /// The broker forgot the producer's id (seven idle days).
        ProducerIdExpired = "producer-id-expired",
        /// The client reported a fatal error.
        Fatal = "fatal",
        /// An error that is none of the classified ones.
        Unclassified = "unclassified",
    }
}

labels! {
    /// How the set of assigned partitions changed.
    Rebalance {
        /// Partitions came.
        Assigned = "assigned",
        /// Partitions went, in good order: their batch was finished first.
        Revoked = "revoked",
        /// Partitions were taken away: the open batch was aborted.
        Lost = "lost",
    }
}

labels! {
    /// Why reading went on elsewhere than where it was to.
    Jump {
        /// Records were deleted before they were read.
        Gap = "gap",
        /// The log ended before the committed offset.
        BeyondEnd = "beyond-end",
        /// Records could not be read, and an operator had them stepped over.
        SteppedOver = "stepped-over",
    }
}

labels! {
    /// What a worker that is not ready waits for.
    Waiting {
        /// The circuit breaker is open.
        Breaker = "breaker",
        /// No broker is reachable.
        Broker = "broker",
        /// An input topic is missing.
        Topic = "topic",
        /// A call or a batch failed, and is tried again.
        Failure = "failure",
        /// Partitions stand still until a person decides.
        Standstill = "standstill",
        /// The consumer group has not given an assignment.
        Group = "group",
    }
}

labels! {
    /// Why a partition stands still until a person decides.
    Standstill {
        /// Records were deleted before they were read.
        Gap = "gap",
        /// Records cannot be read.
        Unreadable = "unreadable",
    }
}

/// Label `function`, as the event's JSON writes it, so that a query and an event can be compared.
pub(super) fn function_label(function: Function) -> &'static str {
    match function {
        Function::Newm => "NEWM",
        Function::Repl => "REPL",
        Function::With => "WITH",
    }
}

/// Label `language`, as the event's JSON writes it.
pub(super) fn language_label(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::ZhHant => "zh-Hant",
    }
}

/// Label `status`, as the event's JSON writes it.
pub(super) fn status_label(status: FieldStatus) -> &'static str {
    match status {
        FieldStatus::NotApplicable => "NOT_APPLICABLE",
        FieldStatus::ToBeAnnounced => "TO_BE_ANNOUNCED",
        FieldStatus::NotStated => "NOT_STATED",
        FieldStatus::Unparsed => "UNPARSED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json<T: serde::Serialize>(value: T) -> String {
        serde_json::to_string(&value).unwrap_or_default().trim_matches('"').to_owned()
    }

    #[test]
    fn labels_are_the_words_of_the_event() {
        for function in [Function::Newm, Function::Repl, Function::With] {
            assert_eq!(function_label(function), json(function));
        }
        for language in [Language::En, Language::ZhHant] {
            assert_eq!(language_label(language), json(language));
        }
        use FieldStatus::{NotApplicable, NotStated, ToBeAnnounced, Unparsed};
        for status in [NotApplicable, ToBeAnnounced, NotStated, Unparsed] {
            assert_eq!(status_label(status), json(status));
        }
    }
}
