//! The shell around the path, and the only folder that knows rdkafka.
//!
//! Three rooms, none of which uses another: `worker` moves records from the input to the outputs, exactly once; `standalone` reads and writes topics
//! outside any group, for commands; `inspection` tells whether the cluster is in order. All stand upon `client`: how clients are set up, and what
//! their errors mean.
//!
//! `sabotage` is for the verifier of the delivery: nothing of it is in a build that was not made for tests.

pub mod client;
pub mod inspection;
pub(crate) mod sabotage;
pub mod standalone;
pub(crate) mod worker;
