//! The service against Apache Kafka: what goes in, what comes out, under kills, rebalances and outages.
//!
//! One broker serves all tests (see `harness/shared.rs` for where it comes from); each has topics and a group of its own. Logs
//! of brokers and services are kept below `target/tmp` until the next run.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bounds;
mod check;
mod corrupt;
mod delivery;
#[expect(dead_code, reason = "the harness serves the verifier under faults too")]
mod harness;
mod mistakes;
mod outage;
#[expect(dead_code, reason = "the writer serves the suite, which draws more")]
mod paper;
mod pdf;
mod positions;
mod recreated;
mod refusal;
mod security;
mod stand;
