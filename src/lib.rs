//! exdate: Hong Kong dividend announcement forms in, one normalised dividend event each out, exactly once.
//!
//! # The path of one message
//!
//! ```text
//! Kafka record ──► document ──► form ──────► event ─────► record       one pure function per arrow,
//!  bytes,          text, how    what is      what it      to produce    joined in one place: `pipeline`
//!  headers         it was read  printed      means
//!                      │            │            │
//!                      └────────────┴────────────┴──► dead letter (findings), or skip (reason)
//! ```
//!
//! Two walks, both short. The library: this file → [`pipeline`] → [`document`] → [`form`] → [`event`] → [`record`].
//! The program, from its start to the commit of a message, by the files that it really passes:
//!
//! | file | what happens there |
//! | --- | --- |
//! | `main.rs` | arguments (`cli.rs`) in, one command (`commands/mod.rs` finds it), exit code out |
//! | `commands/run.rs` | reads the configuration, starts the log and the service |
//! | `service/mod.rs` | starts workers, watchdog and HTTP; supervises, drains |
//! | `kafka/worker/mod.rs` | one worker: its loop, and one step of it |
//! | `kafka/worker/reading.rs` | makes sure that records may be read, and reads a batch of them |
//! | `kafka/worker/accumulator.rs` | takes each record through the processor, and queues what becomes of it |
//! | `service/normaliser.rs` | the service's [`processor`]: topics, counters, circuit breaker, refused records |
//! | `pipeline.rs` | decides, by the arrows above, and encodes |
//! | `kafka/worker/commit.rs` | awaits the acknowledgements; commits records and offsets in one transaction, while the next batch is read |
//!
//! What a step does when something goes wrong stands beside it: `recovery`, `membership`, `connect`, `positioning`, `unknown_outcome`; what it keeps in mind, in
//! `kafka/worker/state`; what errors mean, in `kafka/worker/errors` and `kafka/client/error_codes`; librdkafka, in `kafka/worker/clients`.
//! PDFs are read by another process of the same program: `reader`.
//!
//! # What always holds
//!
//! - **One outcome.** A message is published, dead-lettered or skipped, exactly once; the metrics add up to what was consumed.
//! - **Together or not at all.** An offset is committed only with its outcome: in one transaction, or, at-least-once, after its acknowledgement.
//! - **No invention.** Each date, currency and amount in an event is printed on the form, or computed from it by a named rule. What is missing stays missing, and the event says why.
//! - **Findings and faults are never mixed.** A [`finding::Finding`] is about a document: a value, collected and published or dead-lettered. A fault is about the world (broker, disk, settings): an error, retried or fatal.
//! - **Pure middle.** `document`, `form`, `event`, `record`, `money`, `finding`, `message`, `hash`, `needle`, `wide`, `pdf`, `processor` and `pipeline` know no Kafka, clock, metric, log, file or environment, and build with `--no-default-features`.
//! - **One door.** rdkafka is named in `kafka/` and nowhere else.
//! - **No panic on input.** `unwrap`, `expect`, `panic` and slicing of text are lint errors.
//! - **Downward only.** commands → service → kafka → pipeline → processor → record → event → form → document → pdf → message, finding, money, hash, needle, wide. No module uses one above it.
//!
//! `tests/suite/tidy.rs` reads the source and holds the tree to the last four.
//!
//! # Where to change what
//!
//! | to change | touch |
//! | --- | --- |
//! | a label's wording, a new printed row | its line in `form/model/table.rs`; for a new row, its member in `event/schema.rs` and `event/json.rs`, where `event/` fills it, a fixture in `tests/forms/` |
//! | a new kind of value in a row | its line among the grammars in `form/model/table.rs`, its parser in `form/values/` |
//! | where a row stands in the event | its path in `form/model/table.rs`; `event/pointer.rs` makes the JSON pointer |
//! | how a PDF becomes lines | `pdf/`, a layout in `tests/suite/paper/` |
//! | how text extraction lays a form out | `form/text/`, `form/labels/` and `form/rows/`, a fixture |
//! | a check, or whether it stops a form | the catalogue in [`finding`], its check in `event/checks/`, a fixture |
//! | the trading calendar, the settlement regime | `event/calendar.tsv`, `event/calendar.rs` |
//! | the published event | `event/schema.rs`; the committed `schema/dividend-event.v1.json` follows (`exdate schema` prints it) |
//! | what is done with each message; another stream beside announcements | a [`processor`] as `service/normaliser.rs` is one, and nothing in `kafka/` |
//! | what an operator sees | `telemetry/metrics.rs`, `deploy/` |
//! | a setting | `config/`, `config.toml` |

pub mod document;
pub mod event;
pub mod finding;
pub mod form;
mod hash;
pub mod message;
pub mod money;
mod needle;
pub mod pdf;
pub mod pipeline;
pub mod processor;
pub mod record;
mod wide;

#[cfg(feature = "service")]
pub mod cli;
#[cfg(feature = "service")]
pub mod commands;
#[cfg(feature = "service")]
pub mod config;
#[cfg(feature = "service")]
pub mod exit;
#[cfg(feature = "service")]
pub mod kafka;
#[cfg(feature = "service")]
pub mod reader;
#[cfg(feature = "service")]
pub mod service;
#[cfg(feature = "service")]
pub mod telemetry;
