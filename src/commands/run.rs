//! `exdate run`: runs the service until a signal ends it.

use std::io::{self, Write as _};

use crate::cli::Run;
use crate::config::Config;
use crate::exit::Exit;
use crate::service;
use crate::telemetry::log;

/// Runs the service until a signal ends it.
pub(super) fn execute(args: Run) -> Exit {
    let Run { settings, skip } = args;
    match Config::load(settings.config.as_deref(), std::env::vars_os(), &settings.set) {
        Ok(loaded) => {
            let _logging = log::start(&loaded.config.log);
            service::run(Config { skips: skip, ..loaded.config })
        }
        Err(problems) => {
            // The log is part of the configuration that could not be read. A reader that is gone changes nothing about the answer.
            let _ = writeln!(io::stderr().lock(), "{problems}");
            Exit::Config
        }
    }
}
