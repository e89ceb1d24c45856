//! What stands on the output and dead-letter topics, as much as is compared: some hundred bytes a record, whatever it holds.
//!
//! A record is found by the hash of its document, then by the place that it was read from. A topic that was made anew gives
//! the same places to other documents: a place alone counts only where the timestamp, which every outcome keeps, is the same.
//! A document that came twice needs one outcome: whichever stands, stands for both (their events have one `ce_id`).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;

use crate::hash::{Digest, digest, digest_of_hex};
use crate::message::Message;
use crate::record::{Origin, dead_letter};

/// A partition and an offset of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

/// What an outcome is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An event.
    Event,
    /// A dead letter.
    DeadLetter,
}

/// One record that stands.
#[derive(Clone, Copy, Debug)]
pub struct Stood {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub at: Place,
    /// Of an event: of its value. Of a dead letter: its codes, by their number in [`Standing::codes`].
    pub content: Digest,
    document: Digest,
    /// Of the input topic; `None` when it was read from another one.
    from: Option<Place>,
    timestamp_ms: Option<i64>,
    /// Which dividend, and when this version of it was published.
    action: u64,
    version_ms: i64,
    replaced: bool,
}

/// All that stands.
pub struct Standing {
    /// By document, then by kind and place.
    records: Vec<Stood>,
    /// Indices of those from the input topic, by where they were read.
    by_source: Vec<u32>,
    accounted: Vec<AtomicBool>,
    codes: Vec<String>,
    /// Of each dividend the latest version that stands.
    latest: HashMap<u64, i64>,
    foreign: u64,
}

/// Takes the records that stand, one after the other.
pub struct Builder {
    input_topic: String,
    records: Vec<Stood>,
    codes: Vec<String>,
    code_numbers: HashMap<String, usize>,
    replaced: Vec<Origin>,
    output_topic: String,
    foreign: u64,
}

/// As much of an event as is compared.
#[derive(Deserialize)]
struct Event {
    corporate_action_id: String,
    source: Source,
}

#[derive(Deserialize)]
struct Source {
    published_at: Option<String>,
    document_sha256: String,
}

/// Of a record without a value: it is found by its place alone.
pub(super) const NO_DOCUMENT: Digest = Digest::MAX;

/// The header by which a correction names the record that it replaces: `topic/partition@offset`.
pub(super) const REPLACES: &str = "exdate-replaces";

impl Builder {
    /// Nothing stands yet.
    pub fn new(input_topic: &str, output_topic: &str) -> Builder {
        Builder {
            input_topic: input_topic.to_owned(),
            output_topic: output_topic.to_owned(),
            records: Vec::new(),
            codes: Vec::new(),
            code_numbers: HashMap::new(),
            replaced: Vec::new(),
            foreign: 0,
        }
    }

    /// Takes a record of the output topic.
    pub fn event(&mut self, message: &Message<'_>) {
        match self.read_event(message) {
            Some(stood) => self.records.push(stood),
            None => self.foreign += 1,
        }
    }

    /// Takes a record of the dead-letter topic.
    pub fn dead_letter(&mut self, message: &Message<'_>) {
        match self.read_dead_letter(message) {
            Some(stood) => self.records.push(stood),
            None => self.foreign += 1,
        }
    }

    fn read_event(&mut self, message: &Message<'_>) -> Option<Stood> {
        let value = message.value?;
        let event: Event = serde_json::from_slice(value).ok()?;
        let source = Origin {
            topic: message.header("source-topic")?.to_owned(),
            partition: message.header("source-partition")?.parse().ok()?,
            offset: message.header("source-offset")?.parse().ok()?,
        };
        self.replaced.extend(message.header(REPLACES).and_then(|place| place.parse().ok()));
        Some(Stood {
            kind: Kind::Event,
            at: Place { partition: message.partition, offset: message.offset },
            content: digest(value),
            document: digest_of_hex(&event.source.document_sha256)?,
            from: self.of_input(&source),
            timestamp_ms: message.timestamp_ms,
            action: action(&event.corporate_action_id),
            version_ms: version_ms(event.source.published_at.as_deref(), message.timestamp_ms),
            replaced: false,
        })
    }

    fn read_dead_letter(&mut self, message: &Message<'_>) -> Option<Stood> {
        let letter = dead_letter::decode(message).ok()?.provenance;
        let document = match &letter.payload {
            Some(payload) => digest_of_hex(&payload.sha256)?,
            None => NO_DOCUMENT,
        };
        Some(Stood {
            kind: Kind::DeadLetter,
            at: Place { partition: message.partition, offset: message.offset },
            content: self.number_of(letter.error_codes.join(",")) as Digest,
            document,
            from: self.of_input(&letter.origin),
            timestamp_ms: message.timestamp_ms,
            action: 0,
            version_ms: 0,
            replaced: false,
        })
    }

    fn of_input(&self, source: &Origin) -> Option<Place> {
        let place = Place { partition: source.partition, offset: source.offset };
        (source.topic == self.input_topic).then_some(place)
    }

    fn number_of(&mut self, codes: String) -> usize {
        if let Some(number) = self.code_numbers.get(&codes) {
            return *number;
        }
        self.codes.push(codes.clone());
        self.code_numbers.insert(codes, self.codes.len() - 1);
        self.codes.len() - 1
    }

    /// All that was taken, to be looked up.
    pub fn finish(mut self) -> Standing {
        let replaced = self.replaced.into_iter().filter(|place| place.topic == self.output_topic);
        let mut replaced: Vec<Place> =
            replaced.map(|place| Place { partition: place.partition, offset: place.offset }).collect();
        replaced.sort_unstable();
        let mut latest = HashMap::new();
        for stood in self.records.iter_mut().filter(|stood| stood.kind == Kind::Event) {
            stood.replaced = replaced.binary_search(&stood.at).is_ok();
            if !stood.replaced {
                let version = latest.entry(stood.action).or_insert(i64::MIN);
                *version = stood.version_ms.max(*version);
            }
        }
        self.records.sort_unstable_by_key(|stood| (stood.document, stood.kind, stood.at));
        let source = |index: &u32| self.records.get(*index as usize).and_then(|stood| stood.from);
        let mut by_source: Vec<u32> = (0..).take(self.records.len()).filter(|index| source(index).is_some()).collect();
        by_source.sort_unstable_by_key(|index| source(index));
        let accounted = self.records.iter().map(|_| AtomicBool::new(false)).collect();
        Standing { records: self.records, by_source, accounted, codes: self.codes, latest, foreign: self.foreign }
    }
}

impl Standing {
    /// The codes of a dead letter, joined by commas.
    pub fn codes(&self, stood: &Stood) -> &str {
        usize::try_from(stood.content).ok().and_then(|number| self.codes.get(number)).map_or("", String::as_str)
    }

    /// The latest record of this kind for a document that was read from `source`. All records that are found are accounted for.
    pub(super) fn find(
        &self,
        kind: Kind,
        document: Digest,
        source: Place,
        timestamp_ms: Option<i64>,
    ) -> Option<&Stood> {
        let same = self.of_document(document).chain(self.of_source(source, timestamp_ms));
        let mut found: Option<&Stood> = None;
        for index in same {
            let Some(stood) = self.records.get(index) else { continue };
            if stood.kind != kind {
                continue;
            }
            self.accounted.get(index).inspect(|accounted| accounted.store(true, Ordering::Relaxed));
            let rank = |stood: &Stood| (stood.document == document, stood.from == Some(source), stood.at.offset);
            if !stood.replaced && found.is_none_or(|best| rank(stood) > rank(best)) {
                found = Some(stood);
            }
        }
        found
    }

    fn of_document(&self, document: Digest) -> Range<usize> {
        if document == NO_DOCUMENT {
            return 0..0;
        }
        let start = self.records.partition_point(|stood| stood.document < document);
        let count =
            self.records.get(start..).map_or(0, |rest| rest.partition_point(|stood| stood.document == document));
        start..start + count
    }

    fn of_source(&self, source: Place, timestamp_ms: Option<i64>) -> impl Iterator<Item = usize> {
        let place = |index: &u32| self.records.get(*index as usize).and_then(|stood| stood.from);
        let start = self.by_source.partition_point(|index| place(index) < Some(source));
        let here = self.by_source.iter().skip(start).take_while(move |index| place(index) == Some(source));
        let is_same = move |index: &usize| {
            self.records.get(*index).is_some_and(|stood| timestamp_ms.is_some() && stood.timestamp_ms == timestamp_ms)
        };
        here.map(|index| *index as usize).filter(is_same)
    }

    /// Whether a later version of the dividend stands already, so that one of this time must not come behind it.
    pub fn has_later(&self, corporate_action_id: &str, version_ms: i64) -> bool {
        self.latest.get(&action(corporate_action_id)).is_some_and(|latest| *latest > version_ms)
    }

    /// Records from places that were read, by `is_read`, but from no record that is still there.
    pub fn gone(&self, is_read: impl Fn(Place) -> bool) -> impl Iterator<Item = (&Stood, Place)> {
        self.records.iter().zip(&self.accounted).filter_map(move |(stood, accounted)| {
            let from = stood.from.filter(|from| is_read(*from))?;
            (!accounted.load(Ordering::Relaxed) && !stood.replaced).then_some((stood, from))
        })
    }

    /// Records on the output and dead-letter topics that are none of ours, or were made from another topic of other documents.
    pub fn foreign(&self) -> u64 {
        let others = self.records.iter().zip(&self.accounted);
        let others = others.filter(|(stood, accounted)| stood.from.is_none() && !accounted.load(Ordering::Relaxed));
        self.foreign + others.count() as u64
    }

    /// How many records stand.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

/// When a version of a dividend was published; else when its record was written.
pub fn version_ms(published_at: Option<&str>, timestamp_ms: Option<i64>) -> i64 {
    let published = published_at.and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok());
    published.map(|moment| moment.timestamp_millis()).or(timestamp_ms).unwrap_or(i64::MIN)
}

fn action(corporate_action_id: &str) -> u64 {
    let half = digest(corporate_action_id.as_bytes()) >> 64;
    u64::try_from(half).unwrap_or_default()
}
