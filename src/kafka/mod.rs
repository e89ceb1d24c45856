//! The shell around the path: the only folder that knows rdkafka.

pub mod embedded;
pub mod feed;
pub mod range;
pub mod trouble;

pub use trouble::Trouble;
