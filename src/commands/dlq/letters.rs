//! The dead letters that the command line means, one after the other.

use crate::cli::Letters;
use crate::commands::replay::reading::next;
use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::kafka::standalone::range::{Range, Stored};
use crate::kafka::standalone::selection::{self, Selection};
use crate::record::Origin;
use crate::record::dead_letter::{self, DeadLetter};

/// A dead letter, and where it stands.
pub(super) struct Letter {
    pub(super) place: Origin,
    pub(super) letter: DeadLetter,
}

/// Dead letters of a topic, filtered.
pub(super) struct Reading<'a> {
    filter: &'a Letters,
    topic: &'a str,
    range: Range,
    /// Records that are no dead letters of ours.
    pub(super) foreign: u64,
}

impl<'a> Reading<'a> {
    /// Those that are there at this moment.
    pub(super) fn of(filter: &'a Letters, config: &'a Config) -> Result<Reading<'a>, Trouble> {
        let topic = &config.kafka.dead_letter_topic;
        let selection = Selection {
            partitions: filter.partition.clone(),
            offsets: filter.offsets.clone(),
            since_ms: None,
            until_ms: None,
        };
        let spans = selection::spans(&config.kafka, topic, &selection)?;
        Ok(Reading { filter, topic, range: Range::over(&config.kafka, topic, &spans)?, foreign: 0 })
    }

    /// The next one that is meant.
    pub(super) fn next(&mut self) -> Result<Option<Letter>, Trouble> {
        while let Some(stored) = next(&mut self.range, self.topic)? {
            let Some(letter) = letter(&stored) else {
                self.foreign += 1;
                continue;
            };
            if is_meant(self.filter, &letter.letter) {
                return Ok(Some(letter));
            }
        }
        Ok(None)
    }
}

/// The dead letter that a record is, if it is one of ours.
pub(super) fn letter(stored: &Stored) -> Option<Letter> {
    let letter = dead_letter::decode(&stored.message()).ok()?;
    let place = Origin { topic: stored.topic.clone(), partition: stored.partition, offset: stored.offset };
    Some(Letter { place, letter })
}

/// Whether the command line leaves nothing out.
pub(super) fn is_everything(filter: &Letters) -> bool {
    let Letters { code, stage, stock_code, key, since, until, offsets, partition } = filter;
    code.is_empty()
        && stage.is_empty()
        && stock_code.is_empty()
        && (key.is_none() && since.is_none() && until.is_none())
        && (offsets.is_none() && partition.is_empty())
}

fn is_meant(filter: &Letters, letter: &DeadLetter) -> bool {
    let facts = &letter.provenance;
    let failed_ms = chrono::DateTime::parse_from_rfc3339(&facts.failed_at).map(|moment| moment.timestamp_millis()).ok();
    let has_code = || filter.code.iter().any(|code| facts.error_codes.iter().any(|found| found == code.as_str()));
    let has_stock_code = || facts.filing.stock_code.as_ref().is_some_and(|code| filter.stock_code.contains(code));
    (filter.code.is_empty() || has_code())
        && (filter.stage.is_empty() || filter.stage.iter().any(|stage| stage.as_str() == facts.stage))
        && (filter.stock_code.is_empty() || has_stock_code())
        && filter.key.as_ref().is_none_or(|key| letter.key.as_deref() == Some(key.as_bytes()))
        && filter.since.is_none_or(|since| failed_ms.is_some_and(|failed| failed >= since))
        && filter.until.is_none_or(|until| failed_ms.is_some_and(|failed| failed < until))
}
