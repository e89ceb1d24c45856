//! Topics read and written outside any group, so that a live service is not disturbed: for commands, and for tests.

pub mod compacted;
pub mod embedded;
pub mod range;
pub mod selection;
pub mod transactions;
pub mod writer;
