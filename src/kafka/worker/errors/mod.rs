//! What can go wrong with a worker's calls and batches, and what is done about it.

pub(super) mod batch_error;
mod call;
mod names;
pub(super) mod refusal;
pub(super) mod remedy;

pub(super) use batch_error::BatchError;
pub(crate) use call::Call;
pub(crate) use names::Names;
