//! Replay: what this build makes of records that were read before, held against what stands on the topics. Pure.
//!
//! [`Standing`] is what stands, as much of it as is compared: hashes and places, so that memory stays small whatever the
//! topics hold. [`judge`] says what a record's outcome of today is against it; [`changes`] names the fields of two events
//! that differ, and [`Summary`] adds up. A [`Plan`] says which events to publish in place of what, each as a [`Correction`].

mod change;
mod correction;
mod judgement;
mod letter;
mod plan;
mod standing;
mod summary;

pub use change::{Change, changes};
pub use correction::{Correction, REPLAY_ID};
pub use judgement::{Class, Judgement, judge};
pub use letter::State;
pub use plan::{Due, NoPlan, Plan, Row, Topics};
pub use standing::{Builder, Kind, Place, Standing, Stood, version_ms};
pub use summary::{Detail, Summary};
