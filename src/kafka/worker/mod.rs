//! One worker: moves records from the inputs through its processor to the outputs, exactly once. Dull on purpose.
//!
//! A step: make sure that records may be read (producers ready, breaker closed, nothing to wait for, positions right), collect a batch, commit it,
//! carry out a rebalance. Each record is queued for sending as soon as it is processed, so the network works while the next one is
//! processed. A batch closes at its limits, or at once when the queue runs empty: an idle topic has the latency of one commit, a backlog
//! large transactions, each committed while the next batch is read ([`commit`]).

mod accumulator;
mod call;
mod clients;
mod clock;
mod commit;
mod connect;
mod control;
mod errors;
mod membership;
mod names;
mod partition;
mod positioning;
mod reading;
mod recovery;
#[cfg(test)]
mod simulation;
mod sinks;
mod state;
pub(crate) mod status;
mod status_report;
mod unknown_outcome;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::kafka::client::fault::Fault;
use crate::kafka::client::identity::Identity;
use crate::processor::Processor;
use crate::telemetry::metrics::Metrics;
use accumulator::{Accumulator, Closed};
use clients::{Clients, Cluster, Source};
use clock::{Clock, SystemClock};
use commit::PendingCommit;
use names::Names;
use partition::Partition;
use reading::Collected;
use sinks::Sinks;
use state::{BackOff, BatchLimit, CommitTags, Fencing, Obstacle, Positions};
use status_report::StatusReport;

pub(crate) use call::Call;
pub(crate) use control::Control;
pub(crate) use status::Status;

/// The longest wait for a record or an event: how late a stop is noticed.
const TICK: Duration = Duration::from_millis(100);

/// A worker: one consumer, two producers that take turns, one batch read and at most one being committed.
pub(crate) struct Worker<P: Processor, C: Clients = Cluster> {
    config: Arc<Config>,
    identity: Identity,
    names: Names,
    control: Control,
    status: Status,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
    clients: C,
    source: C::Source,
    sinks: Sinks<C::Sink>,
    accumulator: Accumulator<P>,
    positions: Positions,
    /// Partitions that stand still until a person decides.
    obstacles: BTreeMap<Partition, Obstacle>,
    /// Unreadable records that are to be stepped over, before anything behind them is read.
    stepping_over: Vec<(Partition, Range<i64>)>,
    /// Some partition may hold records that cannot be read.
    has_suspicion: bool,
    /// When partitions were examined for the last time.
    examined: Option<Instant>,
    back_off: BackOff,
    limit: BatchLimit,
    fencing: Fencing,
    tags: CommitTags,
    /// The batch before the accumulator's, while it is being committed.
    pending: Option<PendingCommit<P::Changes, C::Sink>>,
    /// The batch whose commit nobody answered: counted, should it have been committed. There is one at most, as nothing is read before
    /// that is known.
    unanswered: Option<Closed<P::Changes>>,
    is_subscribed: bool,
    is_topic_missing: bool,
    connecting_since: Instant,
    report: StatusReport,
}

/// What one step did.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// Nothing may be read now: it kept the membership alive.
    Held,
    /// There was nothing to read.
    Idle,
    /// A batch of so many records is committed.
    Committed(usize),
    /// A full batch of so many records is being committed, while the next step reads on.
    HandedOver(usize),
    /// What was read is given up, and will be read again; why.
    GivenUp(String),
}

impl<P: Processor> Worker<P> {
    /// Makes the clients; does not wait for a broker.
    ///
    /// # Errors
    ///
    /// A librdkafka property that does not exist or has a bad value.
    pub(crate) fn new(
        config: &Arc<Config>,
        number: usize,
        control: &Control,
        metrics: &Metrics,
        processor: P,
    ) -> Result<Worker<P>, Fault> {
        let identity = Identity::new(config, number);
        let names = Names::new(config, &identity, &processor);
        let clients = Cluster::new(config, &identity, &names, &control.status(number));
        let common = Common { config: config.clone(), control: control.clone(), metrics: metrics.clone() };
        Worker::with_clients(common, identity, names, clients, Arc::new(SystemClock), processor)
    }
}

/// What all workers of a process have in common.
struct Common {
    config: Arc<Config>,
    control: Control,
    metrics: Metrics,
}

impl<P: Processor, C: Clients> Worker<P, C> {
    fn with_clients(
        Common { config, control, metrics }: Common,
        identity: Identity,
        names: Names,
        clients: C,
        clock: Arc<dyn Clock>,
        processor: P,
    ) -> Result<Worker<P, C>, Fault> {
        Ok(Worker {
            source: clients.source()?,
            sinks: Sinks::create(config.delivery.mode, &clients)?,
            accumulator: Accumulator::new(processor, clock.clone()),
            positions: Positions::default(),
            obstacles: BTreeMap::new(),
            stepping_over: Vec::new(),
            has_suspicion: false,
            examined: None,
            back_off: BackOff::default(),
            limit: BatchLimit::new(config.delivery.batch_records),
            fencing: Fencing::default(),
            tags: CommitTags::of(&identity),
            pending: None,
            unanswered: None,
            is_subscribed: false,
            is_topic_missing: false,
            connecting_since: clock.now(),
            report: StatusReport::default(),
            status: control.status(identity.worker),
            config,
            identity,
            names,
            control,
            metrics,
            clock,
            clients,
        })
    }

    /// Works until it is told to stop, then finishes its batch and leaves the group.
    ///
    /// # Errors
    ///
    /// What the service cannot go on with: a refusal of the broker, or being fenced again and again.
    pub(crate) fn run(mut self) -> Result<(), Fault> {
        let ended = self.work().and_then(|()| self.drain());
        self.leave();
        ended
    }

    fn work(&mut self) -> Result<(), Fault> {
        while !self.control.stopping() {
            let step = self.step()?;
            tracing::trace!(worker = self.identity.worker, ?step);
            self.report_status();
        }
        Ok(())
    }

    /// Reads a batch and commits it, or does whatever else is due.
    fn step(&mut self) -> Result<Step, Fault> {
        self.check_refusals()?;
        if !self.may_read()? {
            self.await_pending()?;
            self.keep_alive()?;
            return Ok(Step::Held);
        }
        let collected = self.collect().map_err(|error| self.blame_record(error));
        let step = match self.await_pending()? {
            Some(reason) => Step::GivenUp(reason),
            None => match collected.and_then(|collected| self.end_batch(collected)) {
                Ok(step) => step,
                Err(error) => Step::GivenUp(self.recover(error)?),
            },
        };
        self.rebalance()?;
        Ok(step)
    }

    /// What was read is finished; what cannot be finished now will be read again by the next.
    fn drain(&mut self) -> Result<(), Fault> {
        self.await_pending()?;
        let Err(error) = self.end_batch(Collected::Rest) else { return Ok(()) };
        self.recover(error).map(|_| ())
    }

    fn leave(mut self) {
        self.metrics.worker_ended(self.identity.worker);
        {
            let _call = self.status.enter(Call::Close, self.config.delivery.shutdown_budget);
            if let Some(pending) = self.pending.take() {
                pending.wait();
            }
            drop(self.sinks);
        }
        self.source.leave();
    }
}
