//! `exdate replay`: what this build would make of records that were read before, against what stands on the topics.
//!
//! It reads outside any group, and ends by itself: first what stands (hashes and places of it), then the records of the
//! range, processed on all cores as the service would, and last the events that change, once more, to name their fields. What
//! was found can be kept as a plan, and a plan be published.

mod compare;
mod crew;
mod filter;
mod judges;
mod publish;
pub(super) mod reading;
mod report;
pub(super) mod spool;
pub(super) mod writing;

use std::io::{IsTerminal as _, Write as _};

use super::trouble::Trouble;
use crate::cli::{Format, Replay};
use crate::config::Config;
use crate::exit::Exit;
use crate::replay::Plan;

/// Compares, and says whether anything differs by the exit code.
pub(super) fn execute(args: &Replay) -> Exit {
    let settings = &args.settings;
    let config = match Config::load(settings.config.as_deref(), std::env::vars_os(), &settings.set) {
        Ok(loaded) => loaded.config,
        Err(problems) => {
            let _ = writeln!(std::io::stderr().lock(), "{problems}");
            return Exit::Config;
        }
    };
    replay(args, &config).unwrap_or_else(|trouble| trouble.tell())
}

fn replay(args: &Replay, config: &Config) -> Result<Exit, Trouble> {
    if let Some(plan) = &args.publish {
        return publish::publish(plan, args, config);
    }
    let human = args.format.map_or_else(|| std::io::stdout().is_terminal(), |format| format == Format::Human);
    let (summary, rows) = compare::compare(args, config)?;
    report::write(&config.kafka.input_topic, &summary, human)?;
    if let Some(path) = &args.plan {
        let plan = Plan::new(publish::topics(config), rows);
        publish::keep(&plan, path).map_err(Trouble::with(path.display()))?;
    }
    Ok(if summary.is_different() { Exit::Negative } else { Exit::Success })
}
