//! What has become of a dead letter since: open, or done with.

use serde::Serialize;

use super::standing::{Kind, NO_DOCUMENT, Place, Standing};
use crate::hash::digest_of_hex;
use crate::record::dead_letter::DeadLetter;
use crate::record::resolution::{Act, Resolution};

/// What has become of a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Somebody has to look at it.
    Open,
    /// A person has said that it needs no event.
    Resolved,
    /// An event stands for its document by now.
    Redriven,
    /// Its document failed again, later: the later dead letter counts.
    Superseded,
    /// It was sent back so often that only a person should do so again.
    Parked,
}

impl State {
    /// Every state, in the order of reports.
    pub const ALL: &'static [State] =
        &[State::Open, State::Parked, State::Redriven, State::Resolved, State::Superseded];

    /// As in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Resolved => "resolved",
            State::Redriven => "redriven",
            State::Superseded => "superseded",
            State::Parked => "parked",
        }
    }
}

impl Standing {
    /// What has become of the dead letter at a place; `act` is the latest act on it.
    pub fn state(&self, letter: &DeadLetter, at: Place, act: Option<&Resolution>, max_redrives: u32) -> State {
        let payload = letter.provenance.payload.as_ref().and_then(|payload| digest_of_hex(&payload.sha256));
        let payload = payload.unwrap_or(NO_DOCUMENT);
        let origin = &letter.provenance.origin;
        let source = Place { partition: origin.partition, offset: origin.offset };
        let find = |kind| self.find(kind, payload, source, letter.timestamp_ms);
        match (find(Kind::Event), find(Kind::DeadLetter)) {
            (Some(_), _) => State::Redriven,
            _ if act.is_some_and(|act| act.act != Act::Redriven) => State::Resolved,
            (None, Some(latest)) if latest.at != at => State::Superseded,
            _ if letter.provenance.redrive_count >= max_redrives => State::Parked,
            _ => State::Open,
        }
    }
}
