//! The audit of acts on dead letters: a compacted topic beside theirs, `hkex.announcements.dead-letter.resolutions`.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::commands::trouble::Trouble;
use crate::config::Config;
use crate::kafka::standalone::compacted;
use crate::record::Origin;
use crate::record::resolution::{Act, Resolution};

/// The topic of the acts.
pub(super) fn topic(config: &Config) -> String {
    format!("{}.resolutions", config.kafka.dead_letter_topic)
}

/// The latest act on each dead letter.
pub(super) fn acts(config: &Config) -> Result<HashMap<Origin, Resolution>, Trouble> {
    let records = compacted::read(&config.kafka, &topic(config))?;
    Ok(records.iter().filter_map(|stored| Resolution::decode(&stored.message())).collect())
}

/// An act of this moment, by whom the command line names, else by the user of this process.
pub(super) fn now(act: Act, by: Option<&str>, note: Option<&str>) -> Resolution {
    let user = || ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let by = by.map(str::to_owned).or_else(user).unwrap_or_else(|| "unknown".into());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Resolution::new(act, &by, note, i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
}
