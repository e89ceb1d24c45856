//! What a record's outcome of today is, against what stands for it.

use serde::{Deserialize, Serialize};

use super::standing::{Kind, NO_DOCUMENT, Place, Standing, Stood};
use crate::hash::{digest, digest_of_hex};
use crate::message::Message;
use crate::pipeline::Outcome;
use crate::record::Origin;

macro_rules! classes {
    ($( $(#[doc = $doc:literal])+ $name:ident $text:literal; )+) => {
        /// How today's outcome compares.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Class { $( $(#[doc = $doc])+ $name, )+ }

        impl Class {
            /// Every class, in the order of reports.
            pub const ALL: &'static [Class] = &[$(Class::$name),+];

            /// As in reports.
            pub fn as_str(self) -> &'static str {
                match self { $(Class::$name => $text,)+ }
            }
        }
    };
}

classes! {
    /// Nothing would change.
    Same "same";
    /// An event with other contents, or a dead letter for other reasons.
    Changed "changed";
    /// Nothing stands, and the live service has not come so far.
    New "new";
    /// Something stands, and its record is no longer in the input.
    Gone "gone";
    /// A dead letter, where an event or a skip was.
    NowDeadLettered "now dead-lettered";
    /// An event, where a dead letter is.
    NoLongerDeadLettered "no longer dead-lettered";
    /// Skipped, where an event or a dead letter is.
    NowSkipped "now skipped";
    /// An event, where the live service skipped.
    NoLongerSkipped "no longer skipped";
}

/// A record judged.
#[derive(Clone, Debug)]
pub struct Judgement<'s> {
    /// How today's outcome compares.
    pub class: Class,
    /// What stands for it, and is compared.
    pub stood: Option<&'s Stood>,
    /// The value of an event of today, where it is not what stands.
    pub value: Option<Vec<u8>>,
}

/// Compares a message's outcome with what stands. `document` is the hash of the document in it, where that is known, and
/// `is_processed` says that the live service is past it.
pub fn judge<'s>(
    standing: &'s Standing,
    message: &Message<'_>,
    outcome: &Outcome,
    document: Option<&str>,
    is_processed: bool,
) -> Judgement<'s> {
    let payload = message.value.map_or(NO_DOCUMENT, digest);
    let document = document.and_then(digest_of_hex).unwrap_or(payload);
    let source = Place { partition: message.partition, offset: message.offset };
    let event = standing.find(Kind::Event, document, source, message.timestamp_ms);
    let letter = standing.find(Kind::DeadLetter, payload, source, message.timestamp_ms);
    let stood = event.or(letter);
    let (class, value) = match outcome {
        Outcome::Publish(now, _) => {
            let value = crate::event::to_json(now);
            let class = match (event, letter) {
                (Some(event), _) if event.content == digest(&value) => Class::Same,
                (Some(_), _) => Class::Changed,
                (None, Some(_)) => Class::NoLongerDeadLettered,
                (None, None) if is_processed => Class::NoLongerSkipped,
                (None, None) => Class::New,
            };
            (class, (class != Class::Same).then_some(value))
        }
        Outcome::DeadLetter(..) => {
            let class = match (event, letter) {
                (None, Some(letter)) if standing.codes(letter) == codes(outcome).join(",") => Class::Same,
                (None, Some(_)) => Class::Changed,
                (None, None) if !is_processed => Class::New,
                _ => Class::NowDeadLettered,
            };
            (class, None)
        }
        Outcome::Skip(_) => (if stood.is_some() { Class::NowSkipped } else { Class::Same }, None),
    };
    Judgement { class, stood, value }
}

/// Distinct codes of the errors of a dead letter, in the order found.
pub(super) fn codes(outcome: &Outcome) -> Vec<&'static str> {
    let Outcome::DeadLetter(_, findings, _) = outcome else { return Vec::new() };
    let mut codes = Vec::new();
    for finding in findings.iter().filter(|finding| finding.code.severity() == crate::finding::Severity::Error) {
        if !codes.contains(&finding.code.as_str()) {
            codes.push(finding.code.as_str());
        }
    }
    codes
}

impl Stood {
    /// Where it stands, of these two topics.
    pub fn place(&self, output_topic: &str, dead_letter_topic: &str) -> Origin {
        let topic = match self.kind {
            Kind::Event => output_topic,
            Kind::DeadLetter => dead_letter_topic,
        };
        Origin { topic: topic.to_owned(), partition: self.at.partition, offset: self.at.offset }
    }
}
