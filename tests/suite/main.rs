//! The integration tests of the product, in one binary; a module per subject.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[cfg(feature = "service")]
mod bad_days;
#[cfg(feature = "service")]
mod check;
#[cfg(feature = "service")]
mod cli_parse;
mod compare;
#[cfg(feature = "service")]
mod delivery;
#[cfg(feature = "service")]
mod demo;
#[cfg(feature = "service")]
mod deploy;
mod document;
mod event;
mod forms;
#[cfg(feature = "service")]
mod http;
#[cfg(feature = "service")]
mod logs;
mod machine;
mod map;
mod memory;
#[cfg(feature = "service")]
mod metrics;
mod paper;
mod pipeline;
mod printed;
#[cfg(feature = "service")]
mod process;
#[cfg(feature = "service")]
mod reader;
mod readme;
mod records;
mod render;
mod schema;
#[cfg(feature = "service")]
mod settings;
mod shared_forms;
mod shared_pdf;
#[cfg(feature = "service")]
mod support;
mod tidy;
