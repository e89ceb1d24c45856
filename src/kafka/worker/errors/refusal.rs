//! What to tell a person whom the broker refuses: what it denies, on what, and what to grant or change.

use rdkafka::error::RDKafkaErrorCode as Code;

use crate::exit::Exit;
use crate::kafka::client::auth_failure::AuthFailure;
use crate::kafka::client::fault::Fault;
use crate::kafka::worker::call::Call;
use crate::kafka::worker::names::Names;
use crate::processor::Topic;

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
    let known = names.outputs.iter().find(|output| *output.name == *topic);
    let named = known.map_or_else(|| format!("`{topic}`"), named);
    Fault::new(Exit::Broker, format!("the broker denies WRITE on the topic {named}; grant it"))
}

fn topic_refusal(call: Call, names: &Names) -> String {
    match call {
        Call::Poll => format!("the broker denies READ on the topic {}; grant it", any_of(&names.inputs)),
        _ => {
            let grant = if names.outputs.len() > 1 { "grant both" } else { "grant it" };
            format!("the broker denies WRITE on the topic {}; {grant}", any_of(&names.outputs))
        }
    }
}

/// `raw` (kafka.input_topic), or else the next
fn any_of(topics: &[Topic]) -> String {
    topics.iter().map(named).collect::<Vec<_>>().join(" or ")
}

fn named(topic: &Topic) -> String {
    format!("`{}` ({})", topic.name, topic.setting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::client::error_codes::ErrorClass;

    #[test]
    fn a_refusal_names_what_is_missing() {
        for (call, code, part) in [
            (Call::Poll, Code::TopicAuthorizationFailed, "READ on the topic `raw`"),
            (Call::Produce, Code::TopicAuthorizationFailed, "WRITE on the topic `out`"),
            (Call::Poll, Code::GroupAuthorizationFailed, "READ on the consumer group `exdate`"),
            (Call::InitTransactions, Code::TransactionalIdAuthorizationFailed, "transactional id `exdate.a.0`"),
            (Call::Metadata, Code::Authentication, "no entry at kafka:9092: login refused"),
            (Call::Metadata, Code::SSL, "no entry at kafka:9092: TLS refused"),
            (Call::InitTransactions, Code::UnsupportedFeature, "does not support init_transactions"),
            (Call::InitTransactions, Code::InvalidTransactionTimeout, "transaction.max.timeout.ms"),
        ] {
            let fault = refusal(call, code, &Names::of_tests());
            assert!(fault.as_ref().is_some_and(|fault| fault.exit == Exit::Broker), "{code:?}");
            assert!(fault.is_some_and(|fault| fault.message.contains(part)), "{code:?}: {part}");
        }
        assert_eq!(refusal(Call::Poll, Code::AllBrokersDown, &Names::of_tests()), None);
    }

    #[test]
    fn a_code_is_refused_for_good_when_the_table_says_so() {
        use ErrorClass::{Denied, LoginRefused, TlsRefused, Unsupported};
        for (code, class) in ErrorClass::table() {
            let is_refusal = matches!(class, Denied | Unsupported | LoginRefused | TlsRefused);
            assert_eq!(refusal(Call::Poll, *code, &Names::of_tests()).is_some(), is_refusal, "{code:?}");
        }
    }
}
