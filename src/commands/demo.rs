//! `exdate demo`: the whole service on an embedded broker, with sample forms; it says what it does and adds it up.

mod describe;
mod page;
mod samples;
mod stage;

use std::io::{self, Write as _};

use crate::cli::Demo;
use crate::exit::Exit;
use crate::kafka::client::CallError;
use crate::service::Fault;
use crate::telemetry::log;
use samples::SAMPLES;
use stage::Stage;

/// The whole service on an embedded broker, with sample forms.
pub(super) fn execute(args: Demo) -> Exit {
    match play(&args) {
        Ok(()) => Exit::Success,
        Err(failure) => {
            let _ = writeln!(io::stderr().lock(), "the demo failed: {failure}");
            failure.exit()
        }
    }
}

fn play(args: &Demo) -> Result<(), Failure> {
    let config = stage::config(args);
    let _logging = args.logs.then(|| log::start(&config.log));
    let mut stage = Stage::set(config)?;
    stage.introduce(SAMPLES.len());
    for (number, sample) in (1..).zip(SAMPLES) {
        stage.play(number, sample)?;
    }
    stage.show_event();
    stage.add_up()?;
    stage.conclude(args.keep)?;
    stage.clear()
}

/// Why a demo ends early.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Broker(#[from] CallError),
    #[error(transparent)]
    Service(#[from] Fault),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Something was lost, came twice, or is not what the sample shows.
    #[error("{0}")]
    DoesNotAddUp(String),
}

impl Failure {
    fn exit(&self) -> Exit {
        match self {
            Failure::Broker(_) | Failure::DoesNotAddUp(_) => Exit::Negative,
            Failure::Service(fault) => fault.exit,
            Failure::Io(_) => Exit::Io,
        }
    }
}
