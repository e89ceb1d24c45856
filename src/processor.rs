//! What is done with each message of an input: decided and encoded by a processor, while the engine (`kafka/worker`) reads, writes and commits.
//!
//! A processor knows no Kafka, clock or log. What it keeps between messages, its counters included, is tentative until the batch is committed: a
//! batch that is given up is read again, and counted once. The service's first one makes events of announcements (`service/normaliser.rs`).

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::message::Message;
use crate::record::Record;

/// Decides what becomes of each message, and how that is written.
pub trait Processor: Send {
    /// What becomes of a message.
    type Outcome;
    /// What the messages of a batch have changed and counted.
    type Changes: Send;

    /// The topics that it reads.
    fn inputs(&self) -> Vec<Topic>;

    /// The topics that it may write.
    fn outputs(&self) -> Vec<Topic>;

    /// Decides what becomes of a message. It changes nothing: whether the outcome stands, [`Processor::accept`] tells.
    fn process(&self, message: &Message<'_>) -> Self::Outcome;

    /// Adds the records that an outcome is written as. `now_ms` is the engine's clock, in milliseconds since the epoch.
    fn encode(&self, message: &Message<'_>, outcome: &Self::Outcome, now_ms: i64, records: &mut Vec<Output>);

    /// The other ways to write what becomes of a message, for people, in the order in which they are tried when the broker refuses a record of it.
    fn fallbacks(&self) -> &'static [&'static str] {
        &[]
    }

    /// Decides what becomes of a message whose records the broker has refused: at most once for each of the [`Processor::fallbacks`].
    fn refused(&self, message: &Message<'_>, refusal: &Refusal) -> Self::Outcome {
        let _ = refusal;
        self.process(message)
    }

    /// Decides what becomes of records that cannot be read and that an operator has the service step over. `message` is the first of them, without
    /// anything but its place.
    fn unreadable(&self, message: &Message<'_>, offsets: &Range<i64>) -> Self::Outcome {
        let _ = offsets;
        self.process(message)
    }

    /// The outcome stands, unless the batch is given up: takes it into the state and the counters. `elapsed` is the time that it took to decide.
    ///
    /// # Errors
    ///
    /// Why nothing more may be read: the batch is given up, and the service waits for a person.
    fn accept(&mut self, message: &Message<'_>, outcome: &Self::Outcome, elapsed: Duration) -> Result<(), Halt>;

    /// The batch takes no more messages. What follows may build upon it: it is committed first, or both are given up.
    fn close(&mut self) -> Self::Changes;

    /// A closed batch is committed, and what it has changed and counted holds.
    fn commit(&mut self, changes: Self::Changes);

    /// Back to what is committed: all that was accepted since is given up.
    fn abort(&mut self);
}

/// A topic, and the setting that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: Arc<str>,
    /// The setting, for people: `kafka.output_topic`.
    pub setting: &'static str,
}

impl Topic {
    /// The topic that this setting names.
    pub fn new(name: &str, setting: &'static str) -> Topic {
        Topic { name: name.into(), setting }
    }
}

/// A record to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// One of the topics that the processor may write.
    pub topic: Arc<str>,
    /// The record.
    pub record: Record,
    /// For a record that passes on the headers of its message: how many of the last ones are its own. A message may have a header whose name is
    /// not UTF-8. It is missing in [`Message::headers`], and the engine passes it on.
    pub own_headers: Option<usize>,
}

/// That the broker does not take what was to be written for a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In the broker's words.
    pub reason: String,
    /// How often so far, in one form after the other; counted from 1.
    pub times: usize,
}

/// Nothing more may be read until a person has looked; why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt(pub String);
