//! `exdate parse`: forms to one JSON object each on standard output, or explained to a person; no broker.
//!
//! Documents are taken one after the other, in the order of the arguments and of the names in a folder, so that memory
//! holds one of them. What cannot be read is told on standard error, and the rest goes on.

mod answer;
mod explain;
mod sources;
mod summary;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal;
use crate::cli::Parse;
use crate::config::Config;
use crate::document;
use crate::exit::Exit;
use crate::message::{Message, Rules};
use crate::pipeline::{self, Outcome, Stage, Trace};
use sources::{Content, sources};
use summary::Summary;

/// Parses files, folders or standard input, as `exdate run` with the same configuration would.
pub(super) fn execute(args: Parse) -> Exit {
    match Config::load(args.settings.config.as_deref(), std::env::vars_os(), &args.settings.set) {
        Ok(loaded) => parse(&args, &loaded.config.rules),
        Err(problems) => {
            let _ = writeln!(io::stderr().lock(), "{problems}");
            Exit::Config
        }
    }
}

fn parse(args: &Parse, rules: &Rules) -> Exit {
    let stdout = io::stdout().lock();
    let interactive = stdout.is_terminal();
    let mut out = BufWriter::with_capacity(64 * 1024, stdout);
    let mut summary = Summary::default();
    let written = parse_all(args, rules, interactive, &mut out, &mut summary).and_then(|()| out.flush());
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
    rules: &Rules,
    interactive: bool,
    out: &mut impl Write,
    summary: &mut Summary,
) -> io::Result<()> {
    let colours = terminal::has_colours();
    let progress = progress(!interactive && io::stderr().is_terminal());
    let mut buffer = Vec::new();
    for source in sources(&args.files) {
        let name = source.name();
        let mut tell = |trace: Trace<'_>| {
            summary.add(&trace);
            if args.explain {
                explain::write(out, &name, &trace, colours)
            } else {
                answer::write(out, &name, &trace.outcome)
            }
        };
        match source.read(&mut buffer, rules.max_document_bytes.max(LARGE_PDF_BYTES)) {
            Ok(Content::Whole) => pipeline::trace(&message(&buffer, args.content_type.as_deref()), rules, tell)?,
            Ok(Content::TooLarge(bytes)) => tell(given_up(bytes, rules))?,
            Err(error) => {
                progress.suspend(|| terminal::tell(format_args!("cannot read {name}: {error}")));
                summary.unreadable += 1;
                continue;
            }
        }
        if interactive {
            out.flush()?;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(())
}

fn message<'m>(value: &'m [u8], content_type: Option<&'m str>) -> Message<'m> {
    let headers = content_type.map(|text| ("content-type", Some(text.as_bytes()))).into_iter().collect();
    Message { value: Some(value), headers, ..Message::default() }
}

/// What becomes of a document that is too large to be held.
fn given_up(bytes: u64, rules: &Rules) -> Trace<'static> {
    Trace::without_document(Outcome::DeadLetter(Stage::Document, vec![document::too_large(bytes, rules)]))
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
