//! Logs: readable lines on a terminal, JSON objects otherwise. Always on stderr: stdout belongs to what a command answers.

use std::io::{self, IsTerminal};
use std::panic::PanicHookInfo;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Log, LogFormat};

/// Starts logging for the whole process. A second start, as tests make it, changes nothing.
///
/// Panics become log lines too: whoever reads JSON must not miss the one line that matters most.
pub fn start(settings: &Log) {
    let colours = io::stderr().is_terminal();
    if subscriber(settings, colours, io::stderr).try_init().is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// The subscriber that writes as the settings say. `terminal` is what [`LogFormat::Auto`] depends on, and whether there are colours.
pub fn subscriber<W>(settings: &Log, terminal: bool, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Loading the configuration has refused what cannot be parsed; settings made in code get as far as they are right.
    let filter = EnvFilter::builder().parse_lossy(&settings.filter);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
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
}
