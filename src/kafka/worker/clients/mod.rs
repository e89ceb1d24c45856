//! The two sides of a worker: the source that it reads from, the sinks that it writes to.
//!
//! The worker knows them as the traits [`Source`] and [`Sink`]. The real ones are a [`consumer`] and [`producer`]s of librdkafka; the tests of
//! the engine have a pair in memory, which fails on command (`simulation`).

mod acks;
mod consumer;
mod examiner;
mod lag;
mod producer;
mod sink;
mod source;

use std::sync::Arc;

use super::status::Status;
use crate::config::Config;
use crate::kafka::client::fault::Fault;
use crate::kafka::client::identity::Identity;
use crate::kafka::worker::names::Names;
pub(crate) use acks::Failure;
pub(crate) use consumer::Consumer;
#[cfg(test)]
pub(crate) use lag::Lag;
pub(crate) use producer::Producer;
pub(crate) use sink::{NotQueued, Sink, Topics};
pub(crate) use source::{AssignmentChange, Incoming, Polled, Source};

/// Makes the clients of one worker, at its start and whenever one has to be replaced.
pub(crate) trait Clients {
    /// The consumer side.
    type Source: Source;
    /// The producer side, which commits the source's offsets.
    type Sink: Sink<Offsets = <Self::Source as Source>::Offsets>;

    /// A member of the group; it does not join yet.
    ///
    /// # Errors
    ///
    /// The client does not take a property.
    fn source(&self) -> Result<Self::Source, Fault>;

    /// One of the worker's producers, counted from 0; it does not wait for a broker.
    ///
    /// # Errors
    ///
    /// The client does not take a property.
    fn sink(&self, place: usize) -> Result<Self::Sink, Fault>;
}

/// The clients of a real cluster.
pub(crate) struct Cluster {
    config: Arc<Config>,
    identity: Identity,
    names: Names,
    status: Status,
}

impl Cluster {
    pub(super) fn new(config: &Arc<Config>, identity: &Identity, names: &Names, status: &Status) -> Cluster {
        Cluster { config: config.clone(), identity: identity.clone(), names: names.clone(), status: status.clone() }
    }
}

impl Clients for Cluster {
    type Source = Consumer;
    type Sink = Producer;

    fn source(&self) -> Result<Consumer, Fault> {
        Consumer::create(&self.config, &self.identity, &self.names.inputs, &self.status)
    }

    fn sink(&self, place: usize) -> Result<Producer, Fault> {
        Producer::create(&self.config, &self.identity, place, &self.status)
    }
}
