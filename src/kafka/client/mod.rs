//! What every Kafka client of this program shares: who it is, how it is set up, and what its errors mean.

pub(crate) mod admin;
pub(crate) mod auth_failure;
pub(crate) mod call_error;
pub(crate) mod connection;
pub(crate) mod error_codes;
pub mod fault;
pub(crate) mod flush;
pub(crate) mod headers;
pub(crate) mod identity;
pub(crate) mod properties;
pub(crate) mod quiet;

pub use call_error::CallError;
