//! `exdate run`: runs the service until a signal ends it.

use crate::cli::Run;
use crate::config::Config;
use crate::exit::Exit;
use crate::service;
use crate::telemetry::log;

/// Runs the service until a signal ends it.
#[expect(clippy::print_stderr, reason = "logging is part of the configuration that could not be read")]
pub(super) fn execute(args: Run) -> Exit {
    let Run { settings } = args;
    match Config::load(settings.config.as_deref(), std::env::vars_os(), &settings.set) {
        Ok(loaded) => {
            log::start(&loaded.config.log);
            service::run(loaded.config)
        }
        Err(problems) => {
            eprintln!("{problems}");
            Exit::Config
        }
    }
}
