//! exdate: Hong Kong dividend announcement forms in, normalised dividend events out.

pub mod document;
pub mod event;
pub mod finding;
pub mod form;
pub mod money;
pub mod pipeline;
pub mod record;

#[cfg(feature = "service")]
pub mod config;
