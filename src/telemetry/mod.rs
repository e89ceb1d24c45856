//! What operators see: metrics, logs, HTTP.

mod fields;
pub mod health;
pub mod http;
mod instrument;
mod labels;
pub mod log;
pub mod metrics;
mod tally;

/// Version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Source revision of this build, from `EXDATE_REVISION` at compile time.
pub const REVISION: &str = match option_env!("EXDATE_REVISION") {
    Some(revision) => revision,
    None => "unknown",
};
