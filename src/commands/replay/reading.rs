//! What the passes of a replay share: records of a range one by one, a rate that is held, and what is shown meanwhile.

use std::io::{self, IsTerminal as _};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::commands::trouble::Trouble;
use crate::config::Kafka;
use crate::kafka::client::CallError;
use crate::kafka::standalone::range::{Next, Range, Stored};
use crate::replay::{Builder, Standing};

/// A broker that is silent for so long is gone: what was read until then is not told as if it were all.
const PATIENCE: Duration = Duration::from_secs(30);

/// What stands, as far as it is compared.
pub(in crate::commands) fn standing(kafka: &Kafka) -> Result<Standing, Trouble> {
    let mut builder = Builder::new(&kafka.input_topic, &kafka.output_topic);
    let progress = progress("reading what stands", None);
    for (topic, is_events) in [(&kafka.output_topic, true), (&kafka.dead_letter_topic, false)] {
        let mut range = Range::to_now(kafka, topic)?;
        while let Some(stored) = next(&mut range, topic)? {
            match is_events {
                true => builder.event(&stored.message()),
                false => builder.dead_letter(&stored.message()),
            }
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(builder.finish())
}

/// The next record of a range, or its end.
pub(in crate::commands) fn next(range: &mut Range, topic: &str) -> Result<Option<Stored>, Trouble> {
    match range.next(PATIENCE)? {
        Next::Record(stored) => Ok(Some(*stored)),
        Next::Finished => Ok(None),
        Next::Nothing => {
            let why = format!("nothing came within {} s", PATIENCE.as_secs());
            Err(CallError { what: format!("read topic {topic}"), why }.into())
        }
    }
}

/// So many records at most; `None` at the end.
pub(in crate::commands) fn batch(
    range: &mut Range,
    topic: &str,
    records: usize,
) -> Result<Option<Vec<Stored>>, Trouble> {
    let mut batch = Vec::with_capacity(records);
    while batch.len() < records {
        let Some(stored) = next(range, topic)? else { break };
        batch.push(stored);
    }
    Ok((!batch.is_empty()).then_some(batch))
}

/// Holds a rate.
pub(in crate::commands) struct Pace {
    begun: Instant,
    per_second: Option<u32>,
    records: f64,
}

impl Pace {
    pub(in crate::commands) fn of(per_second: Option<u32>) -> Pace {
        Pace { begun: Instant::now(), per_second, records: 0.0 }
    }

    /// Waits until so many more records are due.
    #[expect(clippy::float_arithmetic, reason = "a pause, not an amount of money")]
    pub(in crate::commands) fn keep(&mut self, records: usize) {
        let Some(per_second) = self.per_second else { return };
        self.records += u32::try_from(records).map_or(0.0, f64::from);
        let due = Duration::from_secs_f64(self.records / f64::from(per_second));
        thread::sleep(due.saturating_sub(self.begun.elapsed()));
    }
}

/// What is being done, how fast, and, where the end is known, for how long still; on a terminal only.
pub(in crate::commands) fn progress(what: &'static str, total: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{msg} {wide_bar} {human_pos} of {human_len}, {per_sec}, {eta} left"),
        None => (ProgressBar::no_length(), "{msg} {spinner} {human_pos}, {per_sec}, {elapsed}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
