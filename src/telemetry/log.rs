//! Logs: readable lines on a terminal, JSON objects otherwise. Always on stderr: stdout belongs to what a command answers.

mod writer;

use std::io::{self, IsTerminal};
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use std::time::Duration;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Log, LogFormat};
pub use writer::LogWriter;

/// The log of this process, once started.
static LOG: OnceLock<LogWriter> = OnceLock::new();

/// For the last lines of a process to reach their reader, if there is one that reads.
const LAST_LINES: Duration = Duration::from_secs(1);

/// As long as it is held, lines are written; dropped, it waits a moment for the last ones.
#[must_use]
pub struct Logging(());

/// Starts logging for the whole process. A second start, as tests make it, changes nothing.
///
/// Panics become log lines too: whoever reads JSON must not miss the one line that matters most.
pub fn start(settings: &Log) -> Logging {
    let terminal = io::stderr().is_terminal();
    let writer = LOG.get_or_init(|| LogWriter::to(io::stderr()));
    if subscriber(settings, terminal, || writer.clone()).try_init().is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
    Logging(())
}

/// Waits a moment for the last lines, before the process ends.
pub fn flush() {
    if let Some(writer) = LOG.get() {
        writer.flush_within(LAST_LINES);
    }
}

/// How many lines were dropped since the start.
pub fn dropped() -> u64 {
    LOG.get().map_or(0, LogWriter::dropped)
}

impl Drop for Logging {
    fn drop(&mut self) {
        flush();
    }
}

/// The subscriber that writes as the settings say. `terminal` is what [`LogFormat::Auto`] depends on, and whether there are colours.
pub fn subscriber<W>(settings: &Log, terminal: bool, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Loading the configuration has refused what cannot be parsed; settings made in code get as far as they are right.
    let filter = EnvFilter::builder().parse_lossy(&settings.filter);
    // An error of the writer goes nowhere: it would be printed, to the output that has just failed, and end the process.
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).log_internal_errors(false);
    match settings.format {
        LogFormat::Auto if terminal => Box::new(lines.with_ansi(true).finish()),
        LogFormat::Human => Box::new(lines.with_ansi(terminal).finish()),
        LogFormat::Auto | LogFormat::Json => {
            Box::new(lines.json().flatten_event(true).with_current_span(false).with_span_list(false).finish())
        }
    }
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let (text, owned) = (panic.payload().downcast_ref::<&str>(), panic.payload().downcast_ref::<String>());
    let message = text.copied().or(owned.map(String::as_str)).unwrap_or("a panic without a text");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = std::backtrace::Backtrace::capture();
    let thread = std::thread::current();
    tracing::error!(place, thread = thread.name().unwrap_or("unnamed"), %backtrace, "panicked: {message}");
    // It may be the last line: a panic in a callback of the Kafka client ends the process without another word.
    flush();
}
