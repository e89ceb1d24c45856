//! Before anything is read: the producers ready, their topics seen, a broker in sight.

use std::time::Duration;

use rdkafka::error::KafkaError;

use super::clients::{Clients, Sink, Source, Topics};
use super::errors::batch_error::missing;
use super::errors::refusal;
use super::errors::remedy::{Remedy, remedy};
use super::{Call, Worker};
use crate::kafka::client::fault::Fault;
use crate::processor::Processor;

/// A client that has found no broker for so long is replaced: a new one resolves names and begins at `kafka.bootstrap_servers`. (A single
/// KRaft broker that was killed serves again only when its old lease has ended, after 13 s or so: the replacement is then a cheap extra.)
const CLIENT_PATIENCE: Duration = Duration::from_secs(10);

impl<P: Processor, C: Clients> Worker<P, C> {
    /// Readies the producers: older ones of their ids are fenced, their transactions ended. Only then is the group joined, so that no partition
    /// starts before the pending offsets of the last owner are settled.
    pub(super) fn connect(&mut self) -> Result<bool, Fault> {
        while let Some(place) = self.sinks.select_unready() {
            if !self.connect_one(place)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn connect_one(&mut self, place: usize) -> Result<bool, Fault> {
        if self.sinks.current().is_none() {
            self.connecting_since = self.clock.now();
            self.sinks.put_back(self.clients.sink(place)?);
        }
        let Some(sink) = self.sinks.current_mut() else { return Ok(false) };
        let ready = sink.init().map_err(|error| (Call::InitTransactions, error));
        let ready = ready.and_then(|()| sink.look_for(&self.names.outputs).map_err(|error| (Call::Metadata, error)));
        match ready {
            Ok(Topics::There) => {
                self.back_off.nothing_lacks();
                return Ok(true);
            }
            Ok(Topics::Missing(topic)) => self.back_off.lacks(missing(&topic.name)),
            Ok(Topics::Denied(topic)) => return Err(refusal::write_denied(&topic.name, &self.names)),
            Err((call, error)) => self.not_connected(call, &error)?,
        }
        Ok(false)
    }

    fn not_connected(&mut self, call: Call, error: &KafkaError) -> Result<(), Fault> {
        match remedy(call, error, &self.names) {
            Remedy::Exit(fault) => return Err(fault),
            Remedy::Rebuild(reason) if call == Call::InitTransactions => self.rebuild(reason, &error.to_string())?,
            _ => self.back_off.lacks(format!("{call}: {error}")),
        }
        if self.clock.now().saturating_duration_since(self.connecting_since) > CLIENT_PATIENCE {
            self.sinks.destroy();
        }
        Ok(())
    }

    /// Replaces a consumer that has found no broker for longer than its session lasts: as a member it has nothing to lose, and it may never find one
    /// by itself. (A broker that has just started may tell of a cluster without brokers. A client that believes it takes its last broker off its
    /// list, and then may ask nobody again, in spite of `rebootstrap`: librdkafka issue 5301.) False when it was replaced.
    pub(super) fn sees_a_broker(&mut self) -> Result<bool, Fault> {
        let patience = CLIENT_PATIENCE.max(self.config.kafka.session_timeout);
        if self.source.connection().down().is_none_or(|(_, down)| down <= patience) {
            return Ok(true);
        }
        self.rejoin().map(|()| false)
    }

    /// Ends the service when a broker refuses it again and again: wrong password, wrong certificate. The producer is asked only while it connects:
    /// nothing tells later that it works again, and the consumer, with the same credentials, has its word every second.
    pub(super) fn check_refusals(&self) -> Result<(), Fault> {
        let refused = self.connecting().find_map(|sink| sink.connection().refusal());
        let Some((failure, reason)) = refused.or_else(|| self.source.connection().refusal()) else { return Ok(()) };
        let Fault { exit, message } = refusal::no_entry(failure, &self.names);
        Err(Fault::new(exit, format!("{message} ({reason})")))
    }

    /// Producers that are not ready yet.
    pub(super) fn connecting(&self) -> impl Iterator<Item = &C::Sink> {
        self.sinks.iter().filter(|sink| !sink.is_ready())
    }
}
