//! The producers of a worker. Two take turns: while one commits a batch, the other takes the records of the next.
//!
//! Each has its transactional id and at most one open transaction. A second one also spares the wait after each commit: the broker
//! answers before it has marked the transaction's end in every partition, and until it has, puts the same producer off; the client then
//! stands still for 20 ms. Without transactions there is nothing to wait for, and one is enough.

use super::producer::Producer;
use super::status::Status;
use crate::config::{Config, Mode};
use crate::kafka::client::fault::Fault;
use crate::kafka::client::identity::Identity;

/// A worker's producers, one of them in turn: it has the open transaction, or will have the next.
pub(super) struct Producers {
    /// `None`: to be made, or lent to whoever commits its transaction.
    places: Vec<Option<Producer>>,
    turn: usize,
}

impl Producers {
    /// Makes the clients; does not wait for a broker.
    pub(super) fn create(config: &Config, identity: &Identity, status: &Status) -> Result<Producers, Fault> {
        let count = match config.delivery.mode {
            Mode::ExactlyOnce => 2,
            Mode::AtLeastOnce => 1,
        };
        let made = (0..count).map(|place| Producer::create(config, identity, place, status).map(Some));
        Ok(Producers { places: made.collect::<Result<_, _>>()?, turn: 0 })
    }

    /// The one in turn, unless it has to be made.
    pub(super) fn in_turn(&self) -> Option<&Producer> {
        self.places.get(self.turn)?.as_ref()
    }

    /// The one in turn, unless it has to be made.
    pub(super) fn in_turn_mut(&mut self) -> Option<&mut Producer> {
        self.places.get_mut(self.turn)?.as_mut()
    }

    /// Those that are here.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Producer> {
        self.places.iter().flatten()
    }

    /// Whether another one can take records while the one in turn commits.
    pub(super) fn take_turns(&self) -> bool {
        self.places.len() > 1
    }

    /// Gives the turn to one that is not ready, and says which place it has.
    pub(super) fn turn_to_unready(&mut self) -> Option<usize> {
        let unready = self.places.iter().position(|place| !place.as_ref().is_some_and(Producer::is_ready))?;
        self.turn = unready;
        Some(unready)
    }

    /// The place of the one in turn.
    pub(super) fn turn(&self) -> usize {
        self.turn
    }

    /// Gives the turn to the next one.
    pub(super) fn pass(&mut self) {
        self.turn = (self.turn + 1) % self.places.len();
    }

    /// Takes out the one in turn; the turn passes to the next.
    pub(super) fn lend(&mut self) -> Option<Producer> {
        let lent = self.places.get_mut(self.turn)?.take();
        self.pass();
        lent
    }

    /// Takes one back, or in.
    pub(super) fn put(&mut self, producer: Producer) {
        let place = producer.place();
        if let Some(empty) = self.places.get_mut(place) {
            *empty = Some(producer);
        }
    }

    /// Takes one back, and the turn with it: its transaction is to be given up.
    pub(super) fn turn_back_to(&mut self, producer: Producer) {
        self.turn = producer.place();
        self.put(producer);
    }

    /// Destroys the one in turn; its transaction ends with the start of its successor.
    pub(super) fn destroy(&mut self) {
        if let Some(place) = self.places.get_mut(self.turn) {
            *place = None;
        }
    }
}
