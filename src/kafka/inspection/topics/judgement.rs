//! What is said of a topic: whether it serves its role, now and when something goes wrong.

use super::words::{kept, plural, size, span};
use super::{Facts, Role, State};
use crate::config::Config;
use crate::kafka::inspection::line::Line;

/// A shorter retention of the input does not outlast an outage over holidays.
const WEEK_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// What the topics are held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::kafka) struct Needs {
    pub(in crate::kafka) brokers: usize,
    pub(in crate::kafka) workers: usize,
    /// The largest value that the input topic lets in, where known.
    pub(in crate::kafka) largest_input: Option<u64>,
    /// The largest document that becomes an event.
    pub(in crate::kafka) largest_document: u64,
}

impl Needs {
    pub(in crate::kafka) fn new(config: &Config, brokers: usize, states: &[(Role, State)]) -> Needs {
        let largest_input = states.iter().find_map(|(role, state)| match (role, state) {
            (Role::Input, State::Present(facts)) => facts.largest(),
            _ => None,
        });
        let largest_document = u64::try_from(config.rules.max_document_bytes).unwrap_or(u64::MAX);
        Needs { brokers, workers: config.delivery.workers, largest_input, largest_document }
    }
}

/// One line when a topic is in order, else one for each thing that is not.
pub(in crate::kafka) fn judge(role: Role, topic: &str, state: &State, needs: &Needs) -> Vec<Line> {
    let subject = role.subject();
    match state {
        State::Missing => {
            vec![Line::failed(subject, format!("{topic} does not exist"), "`exdate check --create-topics` makes it")]
        }
        State::Hidden(why) => vec![Line::failed(
            subject,
            format!("{topic} cannot be seen: {why}"),
            format!("allow {} on topic {topic} for this user", if role == Role::Input { "Read" } else { "Write" }),
        )],
        State::Present(facts) => {
            let mut lines = availability(role, topic, facts, needs);
            if facts.settings.is_empty() {
                lines.push(Line::warning(
                    subject,
                    format!(
                        "{topic}: {}; its settings are not shown to this user",
                        plural(facts.partitions, "partition")
                    ),
                    format!("allow DescribeConfigs on topic {topic}, so that clean-up and sizes can be checked"),
                ));
            } else {
                lines.extend(keeping(role, topic, facts));
                lines.extend(sizes(role, topic, facts, needs));
            }
            if lines.is_empty() {
                lines.push(Line::ok(subject, summary(topic, facts)));
            }
            lines
        }
    }
}

fn summary(topic: &str, facts: &Facts) -> String {
    let retention = facts.number("retention.ms").map(kept).unwrap_or_default();
    let largest = facts.largest().map(size).unwrap_or_default();
    format!(
        "{topic}: {}, {}, kept {retention}, records up to {largest}",
        plural(facts.partitions, "partition"),
        plural(facts.replicas, "replica"),
    )
}

/// Whether every partition can be read and written, now and when a broker is lost.
fn availability(role: Role, topic: &str, facts: &Facts, needs: &Needs) -> Vec<Line> {
    let subject = role.subject();
    let wanted = facts.number("min.insync.replicas").and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
    let mut lines = Vec::new();
    if facts.leaderless > 0 {
        let found =
            format!("{topic}: {} of {} without a leader", facts.leaderless, plural(facts.partitions, "partition"));
        lines.push(Line::failed(subject, found, "bring the missing brokers back"));
    }
    if wanted > facts.replicas {
        let found = format!("{topic}: min.insync.replicas {wanted} exceeds its {}", plural(facts.replicas, "replica"));
        lines.push(Line::failed(
            subject,
            found,
            format!("set min.insync.replicas={} on the topic, or add replicas", facts.replicas),
        ));
    } else if facts.in_sync < wanted {
        let found = format!("{topic}: {} in sync, {wanted} needed to write", facts.in_sync);
        lines.push(Line::failed(subject, found, "bring the missing brokers back"));
    } else if needs.brokers > 1 && facts.replicas == 1 {
        let found = format!("{topic}: one replica in a cluster of {} brokers", needs.brokers);
        lines.push(Line::warning(subject, found, "losing that broker loses the topic; add replicas"));
    } else if wanted > 1 && wanted == facts.replicas {
        let found = format!("{topic}: min.insync.replicas {wanted} of {} replicas", facts.replicas);
        lines.push(Line::warning(subject, found, "writing stops with any one broker; set one less, or add a replica"));
    } else if wanted == 1 && facts.replicas > 1 && role != Role::Input {
        let found = format!("{topic}: min.insync.replicas 1 of {} replicas", facts.replicas);
        lines.push(Line::warning(
            subject,
            found,
            "an acknowledged record can be lost with one broker; set min.insync.replicas=2",
        ));
    }
    if role == Role::Input && facts.partitions < needs.workers {
        let found = format!("{topic}: {} for {} workers", plural(facts.partitions, "partition"), needs.workers);
        lines.push(Line::warning(subject, found, "the other workers will have nothing to do; lower delivery.workers"));
    }
    lines
}

/// Whether records stay as long as they are needed.
fn keeping(role: Role, topic: &str, facts: &Facts) -> Vec<Line> {
    let subject = role.subject();
    let mut lines = Vec::new();
    let policy = facts.settings.get("cleanup.policy").map_or("delete", String::as_str);
    let retention = facts.number("retention.ms").unwrap_or(-1);
    let bytes = facts.number("retention.bytes").unwrap_or(-1);
    if policy.contains("compact") {
        let why = match role {
            Role::Input => "forms with the same key replace each other before they are read again",
            Role::Output => "only the last version of each dividend would remain",
            Role::DeadLetter => "records without a key are refused, and delivery would stop",
        };
        let found = format!("{topic}: cleanup.policy is {policy}: {why}");
        let advice = "set cleanup.policy=delete on the topic";
        lines.push(match role {
            Role::Input => Line::warning(subject, found, advice),
            Role::Output | Role::DeadLetter => Line::failed(subject, found, advice),
        });
    }
    let short = match role {
        Role::Input => (0..WEEK_MS).contains(&retention),
        Role::Output | Role::DeadLetter => retention >= 0,
    };
    if short && policy != "compact" {
        let why = match role {
            Role::Input => "a longer outage loses forms",
            Role::Output => "older dividends disappear, and those read from an older backlog at once",
            Role::DeadLetter => {
                "what nobody has looked at by then is gone, and what comes from an older backlog at once"
            }
        };
        let found = format!("{topic}: records are kept {}: {why}", kept(retention));
        lines.push(Line::warning(subject, found, "set retention.ms=-1 on the topic"));
    }
    let oldest = facts.number("message.timestamp.before.max.ms").unwrap_or(i64::MAX);
    let keeps_time = facts.settings.get("message.timestamp.type").is_none_or(|kind| kind == "CreateTime");
    if role != Role::Input && keeps_time && oldest < i64::MAX {
        let found = format!(
            "{topic}: refuses records older than {}: what is written keeps the time of its announcement",
            span(oldest)
        );
        lines.push(Line::warning(
            subject,
            found,
            "set message.timestamp.before.max.ms=9223372036854775807 on the topic",
        ));
    }
    if bytes >= 0 && policy != "compact" {
        let found =
            format!("{topic}: only {} are kept in each partition", size(u64::try_from(bytes).unwrap_or_default()));
        lines.push(Line::warning(subject, found, "set retention.bytes=-1 on the topic"));
    }
    lines
}

/// Whether what goes in also fits where it comes out.
fn sizes(role: Role, topic: &str, facts: &Facts, needs: &Needs) -> Option<Line> {
    let largest = facts.largest()?;
    let input = needs.largest_input.unwrap_or(needs.largest_document);
    let (needed, consequence) = match role {
        Role::Input => return None,
        Role::Output => (input.min(needs.largest_document), "an event that does not fit is dead-lettered"),
        Role::DeadLetter => (input, "a dead letter that does not fit is cut short"),
    };
    (largest < needed).then(|| {
        Line::warning(
            role.subject(),
            format!("{topic}: takes records up to {}, the input up to {}: {consequence}", size(largest), size(needed)),
            format!("set max.message.bytes={needed} on the topic"),
        )
    })
}

#[cfg(test)]
mod tests;
