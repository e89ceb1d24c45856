//! `exdate tap`: the outcomes of the live service as they are committed, a line each; read-only, outside the group.
//!
//! Skipped records leave nothing on a topic, and are not seen here: the metrics count them.

use std::io::Write as _;
use std::time::Duration;

use super::demo::describe;
use super::terminal::{Tone, has_colours};
use super::trouble::Trouble;
use crate::cli::Tap;
use crate::config::Config;
use crate::event::DividendEvent;
use crate::exit::Exit;
use crate::kafka::standalone::range::{Next, Range, Stored};
use crate::record::dead_letter;

/// How long one topic is waited for before the other has its turn.
const TURN: Duration = Duration::from_millis(50);

/// Follows the output and the dead-letter topic until it is ended, or has shown as many lines as are asked for.
pub(super) fn execute(args: &Tap) -> Exit {
    let settings = &args.settings;
    match Config::load(settings.config.as_deref(), std::env::vars_os(), &settings.set) {
        Ok(loaded) => follow(args, &loaded.config).unwrap_or_else(|trouble| trouble.tell()),
        Err(problems) => {
            let _ = writeln!(std::io::stderr().lock(), "{problems}");
            Exit::Config
        }
    }
}

fn follow(args: &Tap, config: &Config) -> Result<Exit, Trouble> {
    let topics = [&config.kafka.output_topic, &config.kafka.dead_letter_topic];
    let mut ranges =
        topics.map(|topic| Range::from_now(&config.kafka, topic)).into_iter().collect::<Result<Vec<_>, _>>()?;
    let colours = has_colours();
    let mut out = std::io::stdout().lock();
    let mut left = args.count.unwrap_or(u64::MAX);
    super::terminal::tell(format_args!(
        "following {} and {}",
        config.kafka.output_topic, config.kafka.dead_letter_topic
    ));
    while left > 0 {
        for range in &mut ranges {
            while let (1.., Next::Record(stored)) = (left, range.next(TURN)?) {
                writeln!(out, "{}", line(&stored, colours))?;
                out.flush()?;
                left -= 1;
            }
        }
    }
    Ok(Exit::Success)
}

/// `published    03660 EF001  Qifu Technology, Inc. pays USD 0.29 a share; ex-date 2024-04-12, payment date 2024-05-21`
fn line(stored: &Stored, colours: bool) -> String {
    let message = stored.message();
    let place = format!("{}/{}@{}", stored.topic, stored.partition, stored.offset);
    if let Ok(letter) = dead_letter::decode(&message) {
        let facts = letter.provenance;
        let known = |text: Option<String>| text.unwrap_or_else(|| "?".into());
        let who =
            format!("{} {}  {}", known(facts.filing.stock_code), known(facts.filing.form), known(facts.filing.issuer));
        return format!("{} {who}: {}  {place}", Tone::Bad.paint("dead letter ", colours), facts.message);
    }
    match message.value.and_then(|value| serde_json::from_slice::<DividendEvent>(value).ok()) {
        Some(event) => {
            let who = format!("{} {}", event.instrument.stock_code, event.source.form_code);
            let words = describe::event(&event).join("; ");
            format!("{} {who}  {words}  {place}", Tone::Good.paint("published   ", colours))
        }
        None => format!("{} {place}", Tone::Doubtful.paint("foreign     ", colours)),
    }
}
