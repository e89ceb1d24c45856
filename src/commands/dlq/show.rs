//! `exdate dlq show`: one dead letter, its headers, what was found then, and what this build reads in the document.

use std::io::{self, Write};

use super::letters::{Letter, letter};
use crate::cli::DlqShow;
use crate::commands::parse::explain;
use crate::commands::terminal::{has_colours, tell};
use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::exit::Exit;
use crate::kafka::standalone::range;
use crate::message::Message;
use crate::pipeline;
use crate::record::dead_letter::DeadLetter;

/// Shows the dead letter at a place.
pub(super) fn show(args: &DlqShow, config: &Config) -> Result<Exit, Trouble> {
    let place = &args.record;
    let Some(stored) = range::record_at(&config.kafka, place)? else {
        tell(format_args!("{place}: no record stands there (any more, or yet)"));
        return Ok(Exit::Io);
    };
    let Some(Letter { letter, .. }) = letter(&stored) else {
        tell(format_args!("{place}: the record is no dead letter of ours"));
        return Ok(Exit::Negative);
    };
    let mut out = io::stdout().lock();
    facts(&mut out, &letter)?;
    let message = original(&letter);
    let name = letter.provenance.origin.to_string();
    pipeline::trace(&message, &config.rules, |trace| explain::write(&mut out, &name, &trace, has_colours()))?;
    out.flush()?;
    Ok(Exit::Success)
}

/// The message as it was first read.
pub(super) fn original(letter: &DeadLetter) -> Message<'_> {
    let origin = &letter.provenance.origin;
    Message {
        topic: &origin.topic,
        partition: origin.partition,
        offset: origin.offset,
        timestamp_ms: letter.timestamp_ms,
        key: letter.key.as_deref(),
        value: letter.value.as_deref(),
        headers: letter.headers.iter().map(|(name, value)| (name.as_ref(), value.as_deref())).collect(),
    }
}

fn facts(out: &mut impl Write, letter: &DeadLetter) -> io::Result<()> {
    let facts = &letter.provenance;
    writeln!(out, "given up at stage {} on {} by {}", facts.stage, facts.failed_at, facts.service_version)?;
    writeln!(out, "first read at {}, sent back {} times", facts.origin, facts.redrive_count)?;
    let who = &facts.filing;
    for (name, value) in
        [("stock code", &who.stock_code), ("issuer", &who.issuer), ("form", &who.form), ("filing", &who.filing_id)]
    {
        writeln!(out, "  {name:<12} {}", value.as_deref().unwrap_or("?"))?;
    }
    for (name, value) in &letter.headers {
        let value = value.as_deref().map(|value| value.escape_ascii().to_string());
        writeln!(out, "  header       {name}: {}", value.as_deref().unwrap_or("(null)"))?;
    }
    for detail in &facts.details {
        let place = detail.line.map(|line| format!(", line {line}")).unwrap_or_default();
        writeln!(out, "\n{}[{}]{place} {}", detail.severity, detail.code, detail.field)?;
        for (name, value) in [("found", &detail.found), ("expected", &detail.expected)] {
            value.as_ref().map_or(Ok(()), |value| writeln!(out, "  {name:<12} {}", value.escape_debug()))?;
        }
        writeln!(out, "  {:<12} {}", "what to do", detail.advice)?;
    }
    writeln!(out, "\nread by this build:\n")
}
