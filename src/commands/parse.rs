//! `exdate parse`: forms to one JSON object each on standard output, or explained to a person.
//!
//! Records of topics come first, then documents one after the other, in the order of the arguments and of the names in a
//! folder, so that memory holds one of them. What cannot be read is told on standard error, and the rest goes on.

mod answer;
pub(super) mod explain;
mod sources;
mod summary;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal;
use crate::cli::Parse;
use crate::config::{Config, Kafka};
use crate::document;
use crate::exit::Exit;
use crate::kafka::client::CallError;
use crate::kafka::standalone::range::{self, Stored};
use crate::message::{Message, Rules};
use crate::pipeline::{self, Outcome, Stage, Trace};
use crate::record::Origin;
use sources::{Content, sources};
use summary::Summary;

/// Parses files, folders or standard input, as `exdate run` with the same configuration would.
pub(super) fn execute(args: Parse) -> Exit {
    match Config::load(args.settings.config.as_deref(), std::env::vars_os(), &args.settings.set) {
        Ok(loaded) => parse(&args, &loaded.config),
        Err(problems) => {
            let _ = writeln!(io::stderr().lock(), "{problems}");
            Exit::Config
        }
    }
}

fn parse(args: &Parse, config: &Config) -> Exit {
    let stdout = io::stdout().lock();
    let interactive = stdout.is_terminal();
    let mut out = BufWriter::with_capacity(64 * 1024, stdout);
    let mut summary = Summary::default();
    let written = parse_all(args, config, interactive, &mut out, &mut summary).and_then(|()| out.flush());
    if let Err(error) = written {
        return terminal::unwritable(&error);
    }
    if summary.is_worth_telling() {
        let _ = write!(io::stderr().lock(), "{summary}");
    }
    summary.exit()
}

/// A PDF is looked at before its size counts, as far as it can be held; a report with many pictures has tens of megabytes.
const LARGE_PDF_BYTES: usize = 64 << 20;

fn parse_all(
    args: &Parse,
    config: &Config,
    interactive: bool,
    out: &mut impl Write,
    summary: &mut Summary,
) -> io::Result<()> {
    let colours = terminal::has_colours();
    let rules = &config.rules;
    let mut tell = |name: &str, trace: Trace<'_>, summary: &mut Summary| {
        summary.add(&trace);
        if args.explain {
            explain::write(out, name, &trace, colours)?;
        } else {
            answer::write(out, name, &trace.outcome)?;
        }
        if interactive { out.flush() } else { Ok(()) }
    };
    for place in &args.record {
        match record(&config.kafka, place) {
            Ok(stored) => {
                let message = with_headers(stored.message(), args);
                pipeline::trace(&message, rules, |trace| tell(&place.to_string(), trace, summary))?;
            }
            Err(fault) => {
                terminal::tell(fault);
                summary.unreadable += 1;
            }
        }
    }
    let progress = progress(!interactive && io::stderr().is_terminal());
    let mut buffer = Vec::new();
    for source in sources(&args.files) {
        let name = source.name();
        match source.read(&mut buffer, rules.max_document_bytes.max(LARGE_PDF_BYTES)) {
            Ok(Content::Whole) => {
                let message = with_headers(Message { value: Some(&buffer), ..Message::default() }, args);
                pipeline::trace(&message, rules, |trace| tell(&name, trace, summary))?;
            }
            Ok(Content::TooLarge(bytes)) => tell(&name, given_up(bytes, rules), summary)?,
            Err(error) => {
                progress.suspend(|| terminal::tell(format_args!("cannot read {name}: {error}")));
                summary.unreadable += 1;
                continue;
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

fn record(kafka: &Kafka, place: &Origin) -> Result<Stored, CallError> {
    let nothing =
        || CallError { what: format!("read {place}"), why: "no record stands there (any more, or yet)".into() };
    range::record_at(kafka, place)?.ok_or_else(nothing)
}

/// The message with the headers of the command line behind its own, where the last of a name counts.
fn with_headers<'m>(mut message: Message<'m>, args: &'m Parse) -> Message<'m> {
    let content_type = args.content_type.iter().map(|text| ("content-type", text));
    let named = args.header.iter().map(|(name, value)| (name.as_str(), value));
    message.headers.extend(content_type.chain(named).map(|(name, value)| (name, Some(value.as_bytes()))));
    message
}

/// What becomes of a document that is too large to be held.
fn given_up(bytes: u64, rules: &Rules) -> Trace<'static> {
    let findings = vec![document::too_large(bytes, rules)];
    Trace::without_document(Outcome::DeadLetter(Stage::Document, findings, Box::default()))
}

/// Counts documents while nothing else is to be seen; their number is not known before the last folder is walked.
fn progress(visible: bool) -> ProgressBar {
    if !visible {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {human_pos} documents, {per_sec}, {elapsed}");
    let bar = ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
