//! The producers of a worker. Two take turns: while one commits a batch, the other takes the records of the next.
//!
//! Each has its transactional id and at most one open transaction. A second one also spares the wait after each commit: the broker
//! answers before it has marked the transaction's end in every partition, and until it has, puts the same producer off; the client then
//! stands still for 20 ms. Without transactions there is nothing to wait for, and one is enough.

use super::clients::{Clients, Sink};
use crate::config::Mode;
use crate::kafka::client::fault::Fault;

/// A worker's producers, one of them current: it has the open transaction, or will have the next.
pub(super) struct Sinks<S> {
    /// `None`: to be made, or away to commit its transaction.
    places: Vec<Option<S>>,
    current: usize,
}

impl<S: Sink> Sinks<S> {
    /// Makes the clients; does not wait for a broker.
    pub(super) fn create<C: Clients<Sink = S>>(mode: Mode, clients: &C) -> Result<Sinks<S>, Fault> {
        let count = match mode {
            Mode::ExactlyOnce => 2,
            Mode::AtLeastOnce => 1,
        };
        let places = (0..count).map(|place| clients.sink(place).map(Some)).collect::<Result<_, _>>()?;
        Ok(Sinks { places, current: 0 })
    }

    /// The current one, unless it has to be made.
    pub(super) fn current(&self) -> Option<&S> {
        self.places.get(self.current)?.as_ref()
    }

    /// The current one, unless it has to be made.
    pub(super) fn current_mut(&mut self) -> Option<&mut S> {
        self.places.get_mut(self.current)?.as_mut()
    }

    /// The place of the current one.
    pub(super) fn place(&self) -> usize {
        self.current
    }

    /// Those that are here.
    pub(super) fn iter(&self) -> impl Iterator<Item = &S> {
        self.places.iter().flatten()
    }

    /// Whether another one can take records while the current one commits.
    pub(super) fn has_two(&self) -> bool {
        self.places.len() > 1
    }

    /// Makes one that is not ready the current one, and says which place it has; `None` when all are ready.
    pub(super) fn select_unready(&mut self) -> Option<usize> {
        let unready = self.places.iter().position(|place| !place.as_ref().is_some_and(Sink::is_ready))?;
        self.current = unready;
        Some(unready)
    }

    /// Makes the next one the current one.
    pub(super) fn advance(&mut self) {
        self.current = (self.current + 1) % self.places.len();
    }

    /// Takes out the current one, so that another thread can commit; the next one becomes current.
    pub(super) fn take_out(&mut self) -> Option<S> {
        let taken = self.places.get_mut(self.current)?.take();
        self.advance();
        taken
    }

    /// Puts one into its place.
    pub(super) fn put_back(&mut self, sink: S) {
        let place = sink.place();
        if let Some(empty) = self.places.get_mut(place) {
            *empty = Some(sink);
        }
    }

    /// Puts one into its place and makes it current: its transaction is to be given up.
    pub(super) fn put_back_as_current(&mut self, sink: S) {
        self.current = sink.place();
        self.put_back(sink);
    }

    /// Destroys the current one; its transaction ends with the start of its successor.
    pub(super) fn destroy(&mut self) {
        if let Some(place) = self.places.get_mut(self.current) {
            *place = None;
        }
    }
}
