//! One worker: its loop, and what it does when something goes wrong. Dull on purpose.
//!
//! A turn: make sure that records may be read (producers ready, breaker closed, nothing to wait for, positions right), collect a batch, commit it,
//! carry out a rebalance. Each record is queued for sending as soon as it is processed, so the network works while the next one is
//! parsed. A batch closes at its limits, or at once when the queue runs empty: an idle topic has the latency of one commit, a backlog
//! large transactions, each committed while the next batch is read ([`commit`]).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::error::KafkaError;

use crate::config::Config;
use crate::kafka::client::fault::Fault;
use crate::kafka::client::{identity::Identity, properties};
use crate::telemetry::metrics::Metrics;
use accumulator::{Accumulator, Closed};
use batch_error::BatchError;
use call::Call;
use commit_tag::CommitTags;
use consumer::{Consumer, Polled};
use control::Control;
use producer::{Producer, Topics};
use producers::Producers;
use remedy::{Remedy, remedy};
use status::Status;

mod accumulator;
mod acks;
mod batch;
mod batch_error;
mod breaker;
pub mod call;
mod commit;
mod commit_tag;
mod consumer;
pub mod control;
mod lag;
mod membership;
mod producer;
mod producers;
mod recovery;
mod refusal;
mod remedy;
pub mod status;
mod status_report;
mod unknown_outcome;

use commit::UnderWay;

/// The longest wait for a record or an event: how late a stop is noticed.
const TICK: Duration = Duration::from_millis(100);

/// A worker: one consumer, two producers that take turns, one batch read and at most one being committed.
pub struct Worker {
    config: Arc<Config>,
    identity: Identity,
    control: Control,
    status: Status,
    metrics: Metrics,
    consumer: Consumer,
    subscribed: bool,
    producers: Producers,
    connecting_since: Instant,
    desk: Accumulator,
    /// The batch before the desk's, while it is being committed.
    under_way: Option<UnderWay>,
    /// The next offset to process, of each partition that had a committed batch.
    next: BTreeMap<i32, i64>,
    /// Where to read again, before anything else is read.
    rewind: BTreeMap<i32, i64>,
    /// First offsets of batches whose outcome nobody told: the group's committed offsets say where to go on.
    in_doubt: BTreeMap<i32, i64>,
    /// The batch whose commit nobody answered: counted, should it have been committed. There is one at most, as nothing is read before
    /// that is known.
    unanswered: Option<Closed>,
    tags: CommitTags,
    /// Records that a batch may have at present: fewer while a refused record is being looked for.
    limit: usize,
    topic_missing: bool,
    failures_in_a_row: u32,
    hold_until: Option<Instant>,
    /// Why the last batch, or the making of the producer, failed; until the next success.
    failure: Option<String>,
    /// When each producer was, by its place.
    last_fenced: BTreeMap<usize, Instant>,
    report: status_report::StatusReport,
}

/// A batch as it was read.
enum Collected {
    /// Up to its limits: more is likely to wait.
    Full,
    /// All that there is, or all before something else has to be done.
    Rest,
}

impl Worker {
    /// Makes the clients; does not wait for a broker.
    ///
    /// # Errors
    ///
    /// A librdkafka property that does not exist or has a bad value.
    pub fn new(config: &Arc<Config>, number: usize, control: &Control, metrics: &Metrics) -> Result<Worker, Fault> {
        let identity = Identity::new(config, number);
        let tags = CommitTags::of(&identity);
        let status = control.status(number);
        let consumer = Consumer::create(config, &identity, &status)?;
        let producers = Producers::create(config, &identity, &status)?;
        Ok(Worker {
            config: config.clone(),
            identity,
            control: control.clone(),
            status,
            metrics: metrics.clone(),
            consumer,
            subscribed: false,
            producers,
            connecting_since: Instant::now(),
            desk: Accumulator::new(config),
            under_way: None,
            next: BTreeMap::new(),
            rewind: BTreeMap::new(),
            in_doubt: BTreeMap::new(),
            unanswered: None,
            tags,
            limit: config.delivery.batch_records,
            topic_missing: false,
            failures_in_a_row: 0,
            hold_until: None,
            failure: None,
            last_fenced: BTreeMap::new(),
            report: status_report::StatusReport::default(),
        })
    }

    /// Works until it is told to stop, then finishes its batch and leaves the group.
    ///
    /// # Errors
    ///
    /// What the service cannot go on with: a refusal of the broker, or being fenced again and again.
    pub fn run(mut self) -> Result<(), Fault> {
        let ended = self.work();
        self.metrics.worker_ended(self.identity.worker);
        {
            let _call = self.status.enter(Call::Close, self.config.delivery.shutdown_budget);
            if let Some(under_way) = self.under_way.take() {
                under_way.wait();
            }
            drop(self.producers);
        }
        self.consumer.leave();
        ended
    }

    fn work(&mut self) -> Result<(), Fault> {
        while !self.control.stopping() {
            self.turn()?;
            self.report_status();
        }
        // Stopping: what was read is finished; what cannot be finished now will be read again by the next.
        self.catch_up()?;
        self.finish().or_else(|error| self.recover(error))
    }

    fn turn(&mut self) -> Result<(), Fault> {
        self.check_refusals()?;
        if !self.may_read()? {
            self.catch_up()?;
            return self.idle();
        }
        let collected = self.collect().map_err(|error| self.told_by_records(error));
        let committed = self.catch_up()?;
        let ended = match collected {
            Ok(_) if !committed => Ok(()),
            Ok(Collected::Full) => self.hand_over(),
            Ok(Collected::Rest) => self.finish(),
            Err(error) => Err(error),
        };
        ended.or_else(|error| self.recover(error))?;
        self.rebalance()
    }

    // Reading.

    /// Whether a record may be read now; does what is needed for it.
    fn may_read(&mut self) -> Result<bool, Fault> {
        if self.control.tripped().is_some() || self.hold_until.is_some_and(|until| Instant::now() < until) {
            return Ok(false);
        }
        // While one commits, both have been ready; and whatever changes that waits for the commit first.
        if self.under_way.is_none() && !(self.sees_a_broker()? && self.connect()?) {
            return Ok(false);
        }
        if let Err((call, error)) = self.take_position() {
            self.failed(&format!("{call}: {error}"));
            // A partition whose position is unknown must not be read; a new membership starts at the committed offsets.
            if call == Call::Seek {
                self.rejoin()?;
            }
            return Ok(false);
        }
        Ok(true)
    }

    /// Readies the producers: older ones of their ids are fenced, their transactions ended. Only then is the group joined, so that no partition
    /// starts before the pending offsets of the last owner are settled.
    fn connect(&mut self) -> Result<bool, Fault> {
        while let Some(place) = self.producers.turn_to_unready() {
            if !self.connect_one(place)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn connect_one(&mut self, place: usize) -> Result<bool, Fault> {
        if self.producers.in_turn().is_none() {
            self.connecting_since = Instant::now();
            self.producers.put(Producer::create(&self.config, &self.identity, place, &self.status)?);
        }
        let Some(producer) = self.producers.in_turn_mut() else { return Ok(false) };
        let names = &self.identity.names;
        let ready = producer.init().map_err(|error| (Call::InitTransactions, error));
        let ready = ready.and_then(|()| {
            producer.look_for(&names.output_topic, &names.dead_letter_topic).map_err(|error| (Call::Metadata, error))
        });
        match ready {
            Ok(Topics::There) => {
                self.failure = None;
                return Ok(true);
            }
            Ok(Topics::Missing(topic)) => self.failure = Some(batch_error::missing(topic)),
            Ok(Topics::Denied(topic)) => return Err(refusal::write_denied(topic, &self.identity.names)),
            Err((call, error)) => self.not_connected(call, &error)?,
        }
        Ok(false)
    }

    fn not_connected(&mut self, call: Call, error: &KafkaError) -> Result<(), Fault> {
        match remedy(call, error, &self.identity.names) {
            Remedy::Exit(fault) => return Err(fault),
            Remedy::Rebuild(reason) if call == Call::InitTransactions => self.rebuild(reason, &error.to_string())?,
            _ => self.failure = Some(format!("{call}: {error}")),
        }
        if self.connecting_since.elapsed() > membership::CLIENT_PATIENCE {
            self.producers.destroy();
        }
        Ok(())
    }

    /// Joins the group, resolves what is in doubt, and goes back to where reading goes on.
    fn take_position(&mut self) -> Result<(), (Call, KafkaError)> {
        if !self.subscribed {
            self.consumer.subscribe().map_err(|error| (Call::Poll, error))?;
            self.subscribed = true;
        }
        self.resolve_unknown_outcome().map_err(|error| (Call::CommittedOffsets, error))?;
        self.consumer.resume().map_err(|error| (Call::Assign, error))?;
        if !self.rewind.is_empty() {
            self.consumer.rewind(&self.rewind).map_err(|error| (Call::Seek, error))?;
            self.next.extend(&self.rewind);
            self.rewind.clear();
        }
        Ok(())
    }

    /// Reads and processes until the batch is full, or the queue empty, or the assignment about to change.
    fn collect(&mut self) -> Result<Collected, BatchError> {
        let Some(producer) = self.producers.in_turn_mut() else { return Ok(Collected::Rest) };
        // An empty queue closes the batch at once; unless the broker is known to have more, which only is on its way.
        let mut patience = Duration::ZERO;
        loop {
            let batch = &self.desk.batch;
            let polled = self.consumer.poll(if batch.is_empty() { TICK } else { patience });
            let left = batch.time_left(&self.config.delivery).min(TICK);
            let nothing = matches!(polled, Polled::Nothing) && patience.is_zero() && !left.is_zero();
            if nothing && self.consumer.lag().more_is_coming(batch.next()) {
                patience = left;
                continue;
            }
            patience = Duration::ZERO;
            if self.consumer.take_recreated() {
                let topic = &self.identity.names.input_topic;
                return Err(BatchError::Recreated(format!("the topic `{topic}` was deleted and made anew")));
            }
            match polled {
                Polled::Record(record) => self.desk.take(&record, producer)?,
                Polled::Nothing => return Ok(Collected::Rest),
                Polled::Rebalance if self.consumer.lost() => {
                    return Err(BatchError::Lost("the assignment is lost".into()));
                }
                Polled::Rebalance => return Ok(Collected::Rest),
                Polled::Error(error) => return self.consumer_error(&error).map(|()| Collected::Rest),
            }
            let full = self.desk.batch.is_full(&self.config.delivery, self.limit);
            let interrupted = producer.acks().failed() || self.control.stopping();
            if full || interrupted {
                let more = !interrupted && !self.consumer.rebalance_pending();
                return Ok(if more { Collected::Full } else { Collected::Rest });
            }
        }
    }
}

/// Makes a call until it succeeds, or fails for good, or has asked to be repeated for longer than a transaction lasts.
fn insist(
    config: &Config,
    identity: &Identity,
    call: Call,
    mut make: impl FnMut() -> Result<(), KafkaError>,
) -> Result<(), BatchError> {
    let deadline = Instant::now() + properties::transaction_timeout(config);
    loop {
        let Err(error) = make() else { return Ok(()) };
        let again = remedy(call, &error, &identity.names) == Remedy::Retry;
        if !again || Instant::now() >= deadline {
            return Err(BatchError::Call(call, error));
        }
        tracing::debug!(%call, %error, "the call is repeated");
        std::thread::sleep(Duration::from_millis(20));
    }
}
