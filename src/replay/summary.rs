//! What a replay found, added up: by class and template, by field, by code of finding; of each a few samples.

use std::collections::BTreeMap;

use serde::Serialize;

use super::change::Change;
use super::judgement::{Class, codes};
use super::standing::{Kind, Standing, Stood};
use crate::message::Message;
use crate::pipeline::Outcome;
use crate::record::Origin;
use crate::record::dead_letter::Filing;

/// Samples of each line of a summary.
const SAMPLES: usize = 3;

/// One record whose outcome of today is another one.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub struct Detail {
    /// How it compares.
    pub class: String,
    /// Where it was read.
    pub record: String,
    /// What stands, and where.
    pub stands: Option<String>,
    /// The form's code.
    pub template: Option<String>,
    /// Whose it is.
    pub stock_code: Option<String>,
    /// Which dividend.
    pub corporate_action_id: Option<String>,
    /// Why it is a dead letter by now; empty when it is none.
    pub codes: Vec<String>,
    /// Why it was one.
    pub codes_before: Vec<String>,
}

impl Detail {
    /// What is told of a judged record.
    pub fn of(
        class: Class,
        message: &Message<'_>,
        outcome: &Outcome,
        (standing, stood, place): (&Standing, Option<&Stood>, Option<Origin>),
    ) -> Detail {
        let filing = match outcome {
            Outcome::Publish(event, _) => Filing::of_event(event),
            Outcome::DeadLetter(_, _, filing) => (**filing).clone(),
            Outcome::Skip(_) => Filing::default(),
        };
        let action = match outcome {
            Outcome::Publish(event, _) => Some(event.corporate_action_id.clone()),
            _ => None,
        };
        let letter = stood.filter(|stood| stood.kind == Kind::DeadLetter);
        let before = letter.map_or("", |letter| standing.codes(letter)).split(',').filter(|code| !code.is_empty());
        let record = Origin { topic: message.topic.to_owned(), partition: message.partition, offset: message.offset };
        Detail {
            class: class.as_str().to_owned(),
            record: record.to_string(),
            stands: place.map(|place| place.to_string()),
            template: filing.form,
            stock_code: filing.stock_code,
            corporate_action_id: action,
            codes: codes(outcome).into_iter().map(str::to_owned).collect(),
            codes_before: before.map(str::to_owned).collect(),
        }
    }

    /// What stands although its record is gone.
    pub fn gone(record: &Origin, stands: &Origin) -> Detail {
        Detail {
            class: Class::Gone.as_str().to_owned(),
            record: record.to_string(),
            stands: Some(stands.to_string()),
            template: None,
            stock_code: None,
            corporate_action_id: None,
            codes: Vec::new(),
            codes_before: Vec::new(),
        }
    }
}

/// How many, and some of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many.
    pub records: u64,
    /// The first ones, in words.
    pub samples: Vec<String>,
}

impl Tally {
    fn add(&mut self, sample: impl FnOnce() -> String) {
        self.records += 1;
        if self.samples.len() < SAMPLES {
            self.samples.push(sample());
        }
    }
}

/// What a replay found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Records that were read, and that the filters let pass.
    pub records: u64,
    /// By class; those of class `same` too.
    pub classes: BTreeMap<&'static str, u64>,
    /// Those that differ, by class and template.
    pub templates: BTreeMap<String, BTreeMap<String, u64>>,
    /// Fields that change, by JSON pointer.
    pub fields: BTreeMap<String, Tally>,
    /// Codes of errors that come or go, by class.
    pub codes: BTreeMap<String, BTreeMap<String, Tally>>,
    /// Records on the output and dead-letter topics that are none of ours, or were made from another topic.
    pub foreign: u64,
    /// Events that differ and are not to be published, since a later version of their dividend stands.
    pub too_late: u64,
}

impl Summary {
    /// Counts a record whose outcome is what stands.
    pub fn same(&mut self) {
        self.records += 1;
        *self.classes.entry(Class::Same.as_str()).or_default() += 1;
    }

    /// Counts one that differs; of an event that changes, the fields follow.
    pub fn differs(&mut self, class: Class, detail: &Detail) {
        self.records += u64::from(class != Class::Gone);
        *self.classes.entry(class.as_str()).or_default() += 1;
        let template = detail.template.clone().unwrap_or_else(|| "unknown".into());
        *self.templates.entry(detail.class.clone()).or_default().entry(template).or_default() += 1;
        for code in detail.codes.iter().chain(&detail.codes_before) {
            let by_code = self.codes.entry(detail.class.clone()).or_default();
            by_code.entry(code.clone()).or_default().add(|| detail.record.clone());
        }
    }

    /// Counts the fields of an event that changes.
    pub fn fields(&mut self, record: &str, changes: &[Change]) {
        for change in changes {
            let sample = || format!("{record}  {} → {}", short(&change.from), short(&change.to));
            self.fields.entry(change.path.clone()).or_default().add(sample);
        }
    }

    /// Whether anything would change.
    pub fn is_different(&self) -> bool {
        self.classes.iter().any(|(class, records)| *class != Class::Same.as_str() && *records > 0)
    }
}

/// A value on one line.
fn short(value: &serde_json::Value) -> String {
    const SHOWN: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        None => text,
        Some(_) => text.chars().take(SHOWN).chain(['…']).collect(),
    }
}
