//! What a worker keeps between two steps, in parts that know no client, clock or thread: each is told what happened, and when.

mod back_off;
mod batch;
mod batch_limit;
mod commit_tag;
mod fencing;
mod obstacle;
mod place;
mod positions;

pub(super) use back_off::BackOff;
pub(super) use batch::Batch;
pub(super) use batch_limit::BatchLimit;
pub(super) use commit_tag::CommitTags;
pub(super) use fencing::{FENCED_AGAIN, Fencing};
pub(super) use obstacle::Obstacle;
pub(super) use place::{Bounds, Place};
pub(super) use positions::Positions;
