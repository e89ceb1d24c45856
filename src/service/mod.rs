//! Workers, watchdog, HTTP, signals: start, supervise, drain.
//!
//! Each worker is a thread of its own, and so is the watchdog. tokio serves HTTP and waits for signals, nothing else. What happens to any of them
//! becomes an [`Event`] for the supervisor, which is the thread that called [`run`], [`Running::wait`] or [`Running::stop`].

mod breaker;
pub mod normaliser;
mod signals;
mod watchdog;

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use crate::config::Config;
use crate::exit::Exit;
pub use crate::kafka::client::fault::Fault;
use crate::kafka::sabotage::{self, Mistake};
use crate::kafka::worker::Control;
use crate::kafka::worker::Worker;
use crate::processor::Processor;
use crate::telemetry::health::Health;
use crate::telemetry::http;
use crate::telemetry::metrics::Metrics;
use normaliser::Normaliser;
use signals::Signals;
use watchdog::LastResort;

/// What the supervisor hears of.
enum Event {
    /// A worker has ended, by order or by a fault.
    Ended(usize, Result<(), Fault>),
    /// A call into the client outlived its budget.
    Stalled(Fault),
    /// A signal that asks for the end.
    Signal(&'static str),
}

/// The service, running.
pub struct Running {
    /// Where `/metrics` and the probes are; the real port, when port 0 was asked for.
    pub http_address: SocketAddr,
    /// What the workers count.
    pub metrics: Metrics,
    /// What the probes say.
    pub health: Health,
    control: Control,
    events: Receiver<Event>,
    workers: usize,
    budget: Duration,
    runtime: Option<Runtime>,
}

/// Runs the service until a signal or a fault ends it.
pub fn run(config: Config) -> Exit {
    let budget = config.delivery.shutdown_budget;
    let running = start_with(config, Normaliser::new, LastResort::ExitProcess, |runtime, events| {
        signals::listen(runtime, &events, budget)
    });
    match running {
        Ok(running) => running.wait(),
        Err(fault) => {
            tracing::error!(exit_code = fault.exit as u8, "{fault}");
            fault.exit
        }
    }
}

/// Starts the service and returns at once; whether it is ready, [`Running::health`] tells.
///
/// # Errors
///
/// The port is taken, or a librdkafka property is wrong. A missing broker or topic is no error: the service waits for it.
pub fn start(config: Config) -> Result<Running, Fault> {
    start_processor(config, Normaliser::new)
}

/// As [`start`], with another processor than that of announcements: `make` is called for each worker.
///
/// # Errors
///
/// As [`start`].
pub fn start_processor<P: Processor + 'static>(
    config: Config,
    make: impl Fn(&Config, &Metrics) -> P,
) -> Result<Running, Fault> {
    start_with(config, make, LastResort::None, |_, _| Ok(()))
}

fn start_with<P: Processor + 'static>(
    config: Config,
    make: impl Fn(&Config, &Metrics) -> P,
    last_resort: LastResort,
    listen: impl FnOnce(&Runtime, Sender<Event>) -> Result<(), Fault>,
) -> Result<Running, Fault> {
    sabotage::announce();
    let runtime =
        Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(|error| io("tokio", &error))?;
    let (sender, events) = mpsc::channel();
    listen(&runtime, sender.clone())?;
    let config = Arc::new(config);
    let listener = http::bind(config.http.listen).map_err(|fault| Fault::new(Exit::Io, fault.to_string()))?;
    let (metrics, health) = (Metrics::new(), Health::default());
    metrics.expect_topic(&config.kafka.input_topic);
    // Until the watchdog has looked for the first time.
    (0..config.delivery.workers).for_each(|number| health.unready(&watchdog::part(number), "starting"));
    let control = Control::new(config.delivery.workers);
    let workers = (0..config.delivery.workers)
        .map(|number| Worker::new(&config, number, &control, &metrics, make(&config, &metrics)));
    let workers = workers.collect::<Result<Vec<_>, _>>()?;

    let http_address = listener.address();
    runtime.spawn(http::serve(listener, metrics.clone(), health.clone(), std::future::pending()));
    watchdog::spawn(&control, &health, last_resort, sender.clone()).map_err(|error| io("the watchdog", &error))?;
    let count = workers.len();
    for (number, worker) in workers.into_iter().enumerate() {
        spawn(number, worker, sender.clone()).map_err(|error| io("a worker", &error))?;
    }
    tracing::info!(
        version = crate::telemetry::VERSION, workers = count, http = %http_address, brokers = config.kafka.bootstrap_servers,
        input = config.kafka.input_topic, output = config.kafka.output_topic, "exdate is started"
    );
    let budget = config.delivery.shutdown_budget;
    Ok(Running { http_address, metrics, health, control, events, workers: count, budget, runtime: Some(runtime) })
}

fn io(what: &str, error: &std::io::Error) -> Fault {
    Fault::new(Exit::Io, format!("{what} cannot be started: {error}"))
}

fn spawn<P: Processor + 'static>(number: usize, worker: Worker<P>, events: Sender<Event>) -> std::io::Result<()> {
    thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
        let ended = catch_unwind(AssertUnwindSafe(|| worker.run()));
        let ended = ended.unwrap_or_else(|_| {
            Err(Fault::new(
                Exit::Stalled,
                format!("worker {number} panicked, which is a defect; its records will be read again"),
            ))
        });
        // Nobody listens any more when the supervisor has given up waiting.
        let _ = events.send(Event::Ended(number, ended));
    })?;
    Ok(())
}

impl Running {
    /// Waits until a signal or a fault ends the service.
    pub fn wait(self) -> Exit {
        self.supervise(None)
    }

    /// Drains: each worker finishes its batch, commits and leaves the group, within the shutdown budget.
    pub fn stop(self) -> Exit {
        self.control.stop();
        let deadline = Instant::now() + self.budget;
        self.supervise(Some(deadline))
    }

    /// Until every worker has ended, or the budget is spent, or something forbids to wait.
    fn supervise(mut self, mut deadline: Option<Instant>) -> Exit {
        let mut exit = Exit::Success;
        let mut signals = Signals::default();
        while self.workers > 0 {
            match self.next_event(deadline) {
                Some(Event::Ended(number, ended)) => {
                    self.workers -= 1;
                    if let Err(fault) = ended {
                        tracing::error!(worker = number, exit_code = fault.exit as u8, "{fault}");
                        // The first fault is the cause; those of the others are likely to follow from it.
                        exit = if exit == Exit::Success { fault.exit } else { exit };
                        self.drain(&mut deadline);
                    }
                }
                Some(Event::Stalled(fault)) => {
                    tracing::error!(exit_code = fault.exit as u8, "{fault}");
                    exit = fault.exit;
                    break;
                }
                Some(Event::Signal(name)) if signals.is_an_echo(Instant::now()) => {
                    tracing::debug!(signal = name, "a signal right after another is the same wish: the drain goes on");
                }
                Some(Event::Signal(name)) if deadline.is_none() => {
                    tracing::info!(signal = name, budget_s = self.budget.as_secs(), "draining");
                    self.drain(&mut deadline);
                }
                Some(Event::Signal(name)) => {
                    tracing::warn!(
                        signal = name,
                        "a second signal: ending at once; what was not committed will be read again"
                    );
                    exit = Exit::Aborted;
                    break;
                }
                None => {
                    tracing::error!(
                        workers = self.workers,
                        budget_s = self.budget.as_secs(),
                        "the shutdown budget (delivery.shutdown_budget) is spent; what was not committed will be read again"
                    );
                    exit = Exit::Aborted;
                    break;
                }
            }
        }
        exit = if sabotage::is(Mistake::ExitOneAfterSigterm) { Exit::Negative } else { exit };
        tracing::info!(exit_code = exit as u8, "exdate has ended");
        exit
    }

    fn drain(&self, deadline: &mut Option<Instant>) {
        self.control.stop();
        deadline.get_or_insert_with(|| Instant::now() + self.budget);
    }

    /// The next event; `None` when the deadline comes first.
    fn next_event(&self, deadline: Option<Instant>) -> Option<Event> {
        let Some(deadline) = deadline else { return self.events.recv().ok() };
        self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.control.stop();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
