//! `exdate dlq`: dead letters looked at, saved, and sent on as the events that this build makes of them.
//!
//! The dead-letter topic is read outside any group, up to its present end, and never written. What has become of a dead letter is
//! told by what stands on the topics: the event of its document, a later dead letter, or the act of a person.

mod acts;
mod export;
mod letters;
mod list;
mod redrive;
mod resolve;
mod show;

use std::io::{IsTerminal as _, Write as _};

use super::trouble::Trouble;
use crate::cli::{Dlq, DlqAct, Format};
use crate::config::Config;
use crate::exit::Exit;

/// Carries out one of its acts.
pub(super) fn execute(args: &Dlq) -> Exit {
    let settings = match &args.act {
        DlqAct::List(list) => &list.settings,
        DlqAct::Show(show) => &show.settings,
        DlqAct::Export(export) => &export.settings,
        DlqAct::Redrive(redrive) => &redrive.settings,
        DlqAct::Resolve(resolve) => &resolve.settings,
    };
    match Config::load(settings.config.as_deref(), std::env::vars_os(), &settings.set) {
        Ok(loaded) => act(args, &loaded.config).unwrap_or_else(|trouble| trouble.tell()),
        Err(problems) => {
            let _ = writeln!(std::io::stderr().lock(), "{problems}");
            Exit::Config
        }
    }
}

fn act(args: &Dlq, config: &Config) -> Result<Exit, Trouble> {
    match &args.act {
        DlqAct::List(list) => list::list(list, config),
        DlqAct::Show(show) => show::show(show, config),
        DlqAct::Export(export) => export::export(export, config),
        DlqAct::Redrive(redrive) => redrive::redrive(redrive, config),
        DlqAct::Resolve(resolve) => resolve::resolve(resolve, config),
    }
}

/// Whether people read what is printed.
fn is_human(format: Option<Format>) -> bool {
    format.map_or_else(|| std::io::stdout().is_terminal(), |format| format == Format::Human)
}
