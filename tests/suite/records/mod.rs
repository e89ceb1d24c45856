//! The records to produce: keys, headers, values; and dead letters read back.

mod dead_letter;
mod event;
