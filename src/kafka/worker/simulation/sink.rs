//! The producer side in memory: a transaction is kept here until it is committed, and gone when it is not.

use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode as Code};
use rdkafka::message::BorrowedHeaders;

use super::broker::{Broker, Failing, State};
use super::counter::Written;
use super::source::MemoryOffsets;
use crate::kafka::client::connection::Connection;
use crate::kafka::worker::call::Call;
use crate::kafka::worker::clients::{Failure, NotQueued, Sink, Topics};
use crate::kafka::worker::clock::Clock;
use crate::processor::{Output, Topic};

/// A producer with its transaction.
pub(super) struct MemorySink {
    broker: Broker,
    connection: Connection,
    place: usize,
    epoch: u32,
    is_ready: bool,
    began: Option<Instant>,
    queued: Vec<Written>,
    /// Records for the second topic, by their number.
    copies: usize,
    offsets: std::sync::Mutex<Option<MemoryOffsets>>,
}

impl MemorySink {
    pub(super) fn new(broker: Broker, place: usize) -> MemorySink {
        MemorySink {
            broker,
            connection: Connection::default(),
            place,
            epoch: 0,
            is_ready: false,
            began: None,
            queued: Vec::new(),
            copies: 0,
            offsets: std::sync::Mutex::default(),
        }
    }

    fn clear(&mut self) {
        self.began = None;
        self.queued.clear();
        self.copies = 0;
        self.take_offsets();
    }

    fn take_offsets(&self) -> Option<MemoryOffsets> {
        self.offsets.lock().ok()?.take()
    }

    /// An older epoch, or an older membership, may not go on.
    fn admitted(&self, state: &State, offsets: Option<&MemoryOffsets>) -> KafkaResult<()> {
        if state.epochs.get(self.place) != Some(&self.epoch) {
            return Err(KafkaError::Global(Code::ProducerFenced));
        }
        match offsets {
            Some(offsets) if offsets.generation != state.generation => Err(KafkaError::Global(Code::IllegalGeneration)),
            _ => Ok(()),
        }
    }
}

impl Sink for MemorySink {
    type Offsets = MemoryOffsets;

    fn place(&self) -> usize {
        self.place
    }

    fn is_ready(&self) -> bool {
        self.is_ready
    }

    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn init(&mut self) -> KafkaResult<()> {
        let mut state = self.broker.state();
        state.obey(Call::InitTransactions)?;
        if let Some(epoch) = state.epochs.get_mut(self.place) {
            *epoch += 1;
            self.epoch = *epoch;
        }
        // The transaction of the one before is aborted.
        state.holding_offsets.remove(&self.place);
        Ok(())
    }

    fn look_for<'a>(&mut self, outputs: &'a [Topic]) -> KafkaResult<Topics<'a>> {
        match self.broker.state().next_fault(Call::Metadata) {
            Some(Failing::Record(_)) => return Ok(Topics::Missing(outputs.first().expect("an output"))),
            Some(Failing::Undone(code) | Failing::Done(code)) => return Err(KafkaError::MetadataFetch(code)),
            None => {}
        }
        self.is_ready = true;
        Ok(Topics::There)
    }

    fn open_for(&self) -> Option<Duration> {
        self.began.map(|began| self.broker.now().saturating_duration_since(began))
    }

    fn begin(&mut self) -> KafkaResult<()> {
        if self.began.is_none() {
            self.broker.state().obey(Call::BeginTransaction)?;
            self.began = Some(self.broker.now());
        }
        Ok(())
    }

    fn send(&mut self, output: &Output, _: Option<&BorrowedHeaders>) -> Result<(), NotQueued> {
        match self.broker.state().next_fault(Call::Produce) {
            Some(Failing::Record(code)) => return Err(NotQueued::Record(code)),
            Some(Failing::Undone(code) | Failing::Done(code)) => {
                return Err(NotQueued::Error(KafkaError::MessageProduction(code)));
            }
            None => {}
        }
        if &*output.topic == "copies" {
            self.copies += 1;
        } else {
            self.queued.push(Written::read(&output.record));
        }
        Ok(())
    }

    fn has_failed(&self) -> bool {
        false
    }

    fn settle(&mut self) -> KafkaResult<Vec<Failure>> {
        let mut state = self.broker.state();
        let failure = |index, code| Failure { index, code, topic: "out".into() };
        match state.next_fault(Call::AwaitAcks) {
            Some(Failing::Record(code)) => return Ok(vec![failure(0, code)]),
            Some(Failing::Undone(code) | Failing::Done(code)) => return Err(KafkaError::Global(code)),
            None => {}
        }
        let is_refused = |written: &Written| {
            state.refused.get(&(written.partition, written.offset)).is_some_and(|ways| written.fallback < *ways)
        };
        let any = self.queued.iter().any(is_refused);
        // The broker refuses a request as a whole.
        let failures: Vec<_> =
            (0..self.queued.len()).filter(|_| any).map(|index| failure(index, Code::InvalidRecord)).collect();
        if failures.is_empty() && !state.is_transactional {
            state.written.append(&mut self.queued);
        }
        Ok(failures)
    }

    fn await_failures(&self) -> Vec<Failure> {
        Vec::new()
    }

    fn why_failed(&self) -> Option<KafkaError> {
        None
    }

    fn denied_topic(&self) -> Option<String> {
        None
    }

    fn send_offsets(&self, offsets: &MemoryOffsets) -> KafkaResult<()> {
        self.broker.state().obey(Call::SendOffsets)?;
        let mut state = self.broker.state();
        self.admitted(&state, Some(offsets))?;
        state.holding_offsets.insert(self.place);
        *self.offsets.lock().expect("a lock") = Some(offsets.clone());
        Ok(())
    }

    fn commit(&mut self) -> KafkaResult<()> {
        let failing = self.broker.state().next_fault(Call::CommitTransaction);
        if let Some(Failing::Undone(code)) = failing {
            return Err(KafkaError::Global(code));
        }
        let offsets = self.take_offsets().expect("offsets before a commit");
        {
            let mut state = self.broker.state();
            self.admitted(&state, None)?;
            state.copies += self.copies;
            state.commit(std::mem::take(&mut self.queued), &offsets.next, &offsets.tag);
            state.holding_offsets.remove(&self.place);
        }
        if let Some(Failing::Done(code) | Failing::Record(code)) = failing {
            return Err(KafkaError::Global(code));
        }
        self.clear();
        Ok(())
    }

    fn abort(&mut self) -> KafkaResult<()> {
        {
            let mut state = self.broker.state();
            state.obey(Call::AbortTransaction)?;
            self.admitted(&state, None)?;
            state.holding_offsets.remove(&self.place);
        }
        self.clear();
        Ok(())
    }

    fn close_batch(&mut self) -> Duration {
        let open_for = self.open_for();
        self.clear();
        open_for.unwrap_or_default()
    }

    fn forget(&mut self) -> KafkaResult<()> {
        self.clear();
        Ok(())
    }
}
