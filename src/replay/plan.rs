//! A plan: which events a replay would publish, in place of what, made by which build. Lines of JSON, to be reviewed, kept, and carried out or refused.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::judgement::{Class, Judgement};
use super::standing::{Kind, Place, Standing, version_ms};
use crate::hash::{Digest, digest, sha256_hex};
use crate::message::Message;
use crate::pipeline::Outcome;
use crate::record::Origin;
use crate::record::event::PRODUCER;

/// The version of the format.
const FORMAT: u32 = 1;

/// The topics that a plan is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topics {
    /// Announcements.
    pub input: String,
    /// Events.
    pub output: String,
    /// Dead letters.
    pub dead_letter: String,
}

/// One event to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// When this version of the dividend was published: the order of the plan, before the place.
    pub version_ms: i64,
    /// The record of the input.
    pub record: Place,
    /// How it compares.
    pub class: Class,
    /// What stands, where something does.
    pub stands: Option<(Kind, Place)>,
    /// Of the event that stands: the hash of its value.
    pub from: Option<Digest>,
    /// Of the event to publish.
    pub to: Digest,
}

/// What there is to publish for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing: it gives no event, or the right one stands, or the live service has not come to it and will publish it itself.
    Nothing,
    /// Nothing, since a later version of the dividend stands, which an older one must not come behind.
    TooLate,
    /// An event, in place of other contents, of a dead letter, or of a skip.
    Event(Row),
}

impl Due {
    /// Of a judged record.
    pub fn of(standing: &Standing, message: &Message<'_>, outcome: &Outcome, judgement: &Judgement<'_>) -> Due {
        let Judgement { class, stood, .. } = *judgement;
        let Outcome::Publish(event, _) = outcome else { return Due::Nothing };
        if !matches!(class, Class::Changed | Class::NoLongerDeadLettered | Class::NoLongerSkipped) {
            return Due::Nothing;
        }
        let version_ms = version_ms(event.source.published_at.as_deref(), message.timestamp_ms);
        if standing.has_later(&event.corporate_action_id, version_ms) {
            return Due::TooLate;
        }
        Due::Event(Row {
            version_ms,
            record: Place { partition: message.partition, offset: message.offset },
            class,
            stands: stood.map(|stood| (stood.kind, stood.at)),
            from: stood.filter(|stood| stood.kind == Kind::Event).map(|event| event.content),
            to: digest(&crate::event::to_json(event)),
        })
    }
}

/// A plan that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The same for the same rows.
    pub id: String,
    /// Name and version of the program that made it.
    pub build: String,
    /// What it is about.
    pub topics: Topics,
    /// In the order in which they are published.
    pub rows: Vec<Row>,
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    exdate_plan: u32,
    id: String,
    build: String,
    topics: Topics,
    events: usize,
}

/// One of the others.
#[derive(Serialize, Deserialize)]
struct Line {
    record: Origin,
    class: Class,
    stands: Option<Origin>,
    /// The first half of a SHA-256, in hex.
    from: Option<String>,
    to: String,
    version_ms: i64,
}

/// Why a text is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct NoPlan {
    line: usize,
    why: String,
}

impl Plan {
    /// The plan of these rows, made by this build.
    pub fn new(topics: Topics, mut rows: Vec<Row>) -> Plan {
        rows.sort_unstable_by_key(|row| (row.version_ms, row.record));
        let mut plan = Plan { id: String::new(), build: PRODUCER.to_owned(), topics, rows };
        plan.id = plan.identity();
        plan
    }

    /// The lines of the file, one after the other.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let head = Head {
            exdate_plan: FORMAT,
            id: self.id.clone(),
            build: self.build.clone(),
            topics: self.topics.clone(),
            events: self.rows.len(),
        };
        let head = serde_json::to_string(&head).unwrap_or_default();
        std::iter::once(head).chain(self.rows.iter().map(|row| self.line(row)))
    }

    /// Reads the lines of a file.
    ///
    /// # Errors
    ///
    /// The first line that is none of a plan; that lines are missing, or were altered.
    pub fn read(lines: impl Iterator<Item = String>) -> Result<Plan, NoPlan> {
        let mut lines = (1..).zip(lines);
        let (line, head) = lines.next().ok_or_else(|| NoPlan { line: 1, why: "the file is empty".into() })?;
        let head: Head = serde_json::from_str(&head).map_err(|error| NoPlan { line, why: error.to_string() })?;
        if head.exdate_plan != FORMAT {
            return Err(NoPlan { line, why: format!("found format {}, expected {FORMAT}", head.exdate_plan) });
        }
        let mut plan = Plan {
            id: head.id,
            build: head.build,
            topics: head.topics,
            rows: Vec::with_capacity(head.events.min(1 << 20)),
        };
        for (line, text) in lines {
            let row = serde_json::from_str(&text).map_err(|error| error.to_string()).and_then(|row| plan.row(&row));
            plan.rows.push(row.map_err(|why| NoPlan { line, why })?);
        }
        if plan.rows.len() != head.events || plan.identity() != plan.id {
            let why = format!("the plan of {} events was altered, or cut off", head.events);
            return Err(NoPlan { line: 1, why });
        }
        Ok(plan)
    }

    fn identity(&self) -> String {
        let lines: String = self
            .rows
            .iter()
            .map(|row| sha256_hex(self.line(row).as_bytes()))
            .fold(sha256_hex(self.build.as_bytes()), |before, line| sha256_hex((before + &line).as_bytes()));
        Uuid::new_v5(&Uuid::NAMESPACE_OID, lines.as_bytes()).to_string()
    }

    fn line(&self, row: &Row) -> String {
        let topic = |kind| match kind {
            Kind::Event => &self.topics.output,
            Kind::DeadLetter => &self.topics.dead_letter,
        };
        let line = Line {
            record: origin(&self.topics.input, row.record),
            class: row.class,
            stands: row.stands.map(|(kind, at)| origin(topic(kind), at)),
            from: row.from.map(hex),
            to: hex(row.to),
            version_ms: row.version_ms,
        };
        serde_json::to_string(&line).unwrap_or_default()
    }

    fn row(&self, line: &Line) -> Result<Row, String> {
        let digest = |hex: &String| Digest::from_str_radix(hex, 16).map_err(|error| format!("`{hex}`: {error}"));
        let kind = |origin: &Origin| {
            let kinds = [(&self.topics.output, Kind::Event), (&self.topics.dead_letter, Kind::DeadLetter)];
            let kind = kinds.into_iter().find(|(topic, _)| **topic == origin.topic);
            kind.map(|(_, kind)| (kind, place(origin)))
                .ok_or_else(|| format!("{origin} is on none of the plan's topics"))
        };
        if line.record.topic != self.topics.input {
            return Err(format!("{} is not on the plan's input topic", line.record));
        }
        Ok(Row {
            version_ms: line.version_ms,
            record: place(&line.record),
            class: line.class,
            stands: line.stands.as_ref().map(kind).transpose()?,
            from: line.from.as_ref().map(digest).transpose()?,
            to: digest(&line.to)?,
        })
    }
}

fn origin(topic: &str, place: Place) -> Origin {
    Origin { topic: topic.to_owned(), partition: place.partition, offset: place.offset }
}

fn place(origin: &Origin) -> Place {
    Place { partition: origin.partition, offset: origin.offset }
}

fn hex(digest: Digest) -> String {
    format!("{digest:032x}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn plan() -> Plan {
        let topics = Topics { input: "raw".into(), output: "events".into(), dead_letter: "dead".into() };
        let place = |offset| Place { partition: 1, offset };
        let row = |version_ms, offset, stands: Option<(Kind, Place)>| Row {
            version_ms,
            record: place(offset),
            class: Class::Changed,
            stands,
            from: stands.map(|_| 7),
            to: Digest::MAX,
        };
        let rows = vec![
            row(9, 1, Some((Kind::Event, place(3)))),
            row(5, 2, Some((Kind::DeadLetter, place(4)))),
            row(5, 0, None),
        ];
        Plan::new(topics, rows)
    }

    #[test]
    fn ok_a_plan_is_read_as_it_was_written_older_versions_first() {
        let plan = plan();
        assert_eq!(plan.rows.iter().map(|row| row.record.offset).collect::<Vec<_>>(), [0, 2, 1]);
        assert_eq!(Plan::read(plan.lines()), Ok(plan));
    }

    #[test]
    fn err_a_plan_that_was_altered_or_cut_off() {
        let lines: Vec<String> = plan().lines().collect();
        let told = |lines: Vec<String>| Plan::read(lines.into_iter()).unwrap_err().to_string();
        let altered = lines.iter().map(|line| line.replace("raw/1@", "raw/x@"));
        assert!(told(altered.collect()).starts_with("line 2: "));
        let altered = lines.iter().map(|line| line.replace("\"version_ms\":9", "\"version_ms\":8"));
        assert_eq!(told(altered.collect()), "line 1: the plan of 3 events was altered, or cut off");
        assert_eq!(told(lines[..3].to_vec()), "line 1: the plan of 3 events was altered, or cut off");
        assert_eq!(told(vec![]), "line 1: the file is empty");
        assert!(told(vec![lines[0].replace("\"exdate_plan\":1", "\"exdate_plan\":2")]).contains("expected 1"));
    }
}
