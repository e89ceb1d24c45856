//! The shell around the path: the only folder that knows rdkafka.
//!
//! The service: one worker is one thread with a consumer of its own, and two producers that take turns. `worker` turns the loop: collect a batch,
//! process, produce, wait for the acknowledgements, then commit records and offsets together, while the next batch is read. What the broker or the client answers is judged in one place
//! (`fault`); `client` says why each property is set; `status` is what a worker tells its supervisor.
//!
//! The commands: `range` and `feed` read and write topics outside any group; `topics` and `inspect` tell what is in order; `embedded` is a broker inside the process.
//!
//! `sabotage` is for the verifier of the delivery: nothing of it is in a build that was not made for tests.

mod acks;
mod admin;
mod batch;
mod breaker;
mod client;
mod consumer;
pub mod control;
mod desk;
pub mod embedded;
mod entry;
pub mod fault;
pub mod feed;
mod flush;
pub mod inspect;
mod lag;
mod link;
mod mark;
mod outgoing;
mod producer;
mod producers;
pub mod range;
pub(crate) mod sabotage;
mod setback;
pub mod status;
pub mod topics;
pub mod trouble;
pub mod worker;

pub use trouble::Trouble;
