//! What is said of a topic, word for word.

use std::collections::BTreeMap;

use super::*;
use crate::kafka::inspection::Verdict;

fn needs() -> Needs {
    Needs { brokers: 3, workers: 1, largest_input: Some(1_048_588), largest_document: 8 * 1024 * 1024 }
}

fn facts(settings: &[(&str, &str)]) -> Facts {
    let usual = [
        ("cleanup.policy", "delete"),
        ("retention.ms", "-1"),
        ("retention.bytes", "-1"),
        ("max.message.bytes", "1048588"),
        ("min.insync.replicas", "2"),
    ];
    let settings = usual.iter().chain(settings).map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Facts { partitions: 6, leaderless: 0, replicas: 3, in_sync: 3, settings }
}

#[track_caller]
fn says(role: Role, facts: Facts, needs: &Needs, expected: &[(Verdict, &str)]) {
    let lines = judge(role, "t", &State::Present(facts), needs);
    let said: Vec<_> = lines.iter().map(|line| (line.verdict, line.found.as_str())).collect();
    assert_eq!(said, expected);
    assert!(
        lines.iter().all(|line| (line.verdict == Verdict::Ok) == line.advice.is_none()),
        "advice with each problem"
    );
}

#[test]
fn ok_a_topic_in_order_is_summed_up() {
    let expected = [(Verdict::Ok, "t: 6 partitions, 3 replicas, kept for ever, records up to 1.0 MiB")];
    for role in Role::ALL {
        says(role, facts(&[]), &needs(), &expected);
    }
}

#[test]
fn err_a_missing_topic_names_the_command_that_makes_it() {
    let lines = judge(Role::Output, "t", &State::Missing, &needs());
    assert_eq!(lines, [Line::failed("output", "t does not exist", "`exdate check --create-topics` makes it")]);
}

#[test]
fn err_compaction_loses_versions_and_refuses_records_without_a_key() {
    let compacted = || facts(&[("cleanup.policy", "compact")]);
    let said = "t: cleanup.policy is compact: only the last version of each dividend would remain";
    says(Role::Output, compacted(), &needs(), &[(Verdict::Failed, said)]);
    let said = "t: cleanup.policy is compact: records without a key are refused, and delivery would stop";
    says(Role::DeadLetter, compacted(), &needs(), &[(Verdict::Failed, said)]);
    let said = "t: cleanup.policy is compact: forms with the same key replace each other before they are read again";
    says(Role::Input, compacted(), &needs(), &[(Verdict::Warning, said)]);
}

#[test]
fn err_retention_is_a_week_for_the_input_and_for_ever_for_the_rest() {
    let week = || facts(&[("retention.ms", "604800000")]);
    says(
        Role::Input,
        week(),
        &needs(),
        &[(Verdict::Ok, "t: 6 partitions, 3 replicas, kept for 7 days, records up to 1.0 MiB")],
    );
    says(
        Role::Output,
        week(),
        &needs(),
        &[(
            Verdict::Warning,
            "t: records are kept for 7 days: older dividends disappear, and those read from an older backlog at once",
        )],
    );
    let day = facts(&[("retention.ms", "86400000")]);
    says(
        Role::Input,
        day,
        &needs(),
        &[(Verdict::Warning, "t: records are kept for 1 day: a longer outage loses forms")],
    );
    let bytes = facts(&[("retention.bytes", "1073741824")]);
    says(Role::Output, bytes, &needs(), &[(Verdict::Warning, "t: only 1.0 GiB are kept in each partition")]);
}

#[test]
fn err_old_records_must_be_taken() {
    let picky = || facts(&[("message.timestamp.before.max.ms", "3600000")]);
    let said = "t: refuses records older than 1 hour: what is written keeps the time of its announcement";
    says(Role::DeadLetter, picky(), &needs(), &[(Verdict::Warning, said)]);
    let own_time =
        facts(&[("message.timestamp.before.max.ms", "3600000"), ("message.timestamp.type", "LogAppendTime")]);
    says(
        Role::Output,
        own_time,
        &needs(),
        &[(Verdict::Ok, "t: 6 partitions, 3 replicas, kept for ever, records up to 1.0 MiB")],
    );
}

#[test]
fn err_what_goes_in_must_fit_where_it_comes_out() {
    let small = || facts(&[("max.message.bytes", "1000")]);
    let said = "t: takes records up to 1000 B, the input up to 1.0 MiB: an event that does not fit is dead-lettered";
    says(Role::Output, small(), &needs(), &[(Verdict::Warning, said)]);
    let said = "t: takes records up to 1000 B, the input up to 1.0 MiB: a dead letter that does not fit is cut short";
    says(Role::DeadLetter, small(), &needs(), &[(Verdict::Warning, said)]);
    let tiny_documents = Needs { largest_document: 1000, ..needs() };
    let said = "t: 6 partitions, 3 replicas, kept for ever, records up to 1000 B";
    says(Role::Output, small(), &tiny_documents, &[(Verdict::Ok, said)]);
}

#[test]
fn err_replicas_must_outlive_a_broker() {
    let cases = [
        (
            Facts { replicas: 1, in_sync: 1, ..facts(&[("min.insync.replicas", "1")]) },
            Verdict::Warning,
            "t: one replica in a cluster of 3 brokers",
        ),
        (facts(&[("min.insync.replicas", "1")]), Verdict::Warning, "t: min.insync.replicas 1 of 3 replicas"),
        (facts(&[("min.insync.replicas", "3")]), Verdict::Warning, "t: min.insync.replicas 3 of 3 replicas"),
        (facts(&[("min.insync.replicas", "4")]), Verdict::Failed, "t: min.insync.replicas 4 exceeds its 3 replicas"),
        (Facts { in_sync: 1, ..facts(&[]) }, Verdict::Failed, "t: 1 in sync, 2 needed to write"),
        (Facts { leaderless: 2, ..facts(&[]) }, Verdict::Failed, "t: 2 of 6 partitions without a leader"),
    ];
    for (facts, verdict, said) in cases {
        says(Role::Output, facts, &needs(), &[(verdict, said)]);
    }
}

#[test]
fn err_more_workers_than_partitions_are_idle() {
    let many = Needs { workers: 8, ..needs() };
    says(Role::Input, facts(&[]), &many, &[(Verdict::Warning, "t: 6 partitions for 8 workers")]);
}

#[test]
fn err_hidden_settings_are_no_reason_to_call_a_topic_good() {
    let hidden = Facts { settings: BTreeMap::new(), ..facts(&[]) };
    says(
        Role::Input,
        hidden,
        &needs(),
        &[(Verdict::Warning, "t: 6 partitions; its settings are not shown to this user")],
    );
}
