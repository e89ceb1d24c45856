//! What can go wrong with a worker's calls and batches, and what is done about it.

pub(super) mod batch_error;
pub(super) mod refusal;
pub(super) mod remedy;

pub(super) use batch_error::BatchError;
