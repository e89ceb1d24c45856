//! `exdate check`: tells whether configuration, broker, topics, transactions and permissions are in order, and what to do.

mod report;

use std::io::IsTerminal as _;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use crate::cli::{Check, Format};
use crate::config::Config;
use crate::exit::Exit;
use crate::kafka::inspection::topics::NewTopics;
use crate::kafka::inspection::{self, Line, Note, Verdict};
use report::Report;

/// Longer than any one step may take by its own limit.
const STALLED: Duration = Duration::from_secs(40);

/// Tells whether configuration, broker, topics, transactions and permissions are in order.
pub(super) fn execute(args: Check) -> Exit {
    let human = match args.format {
        Some(format) => format == Format::Human,
        None => std::io::stdout().is_terminal(),
    };
    let mut report = Report::new(human);
    let loaded = Config::load(args.settings.config.as_deref(), std::env::vars_os(), &args.settings.set);
    let exit = match loaded {
        Ok(loaded) => {
            report.configuration(&loaded);
            let plan = NewTopics { partitions: args.partitions, replicas: args.replicas };
            look_over(loaded.config, args.create_topics.then_some(plan), &mut report)
        }
        Err(problems) => {
            problems.0.iter().for_each(|problem| report.line(misconfigured(problem.to_string())));
            Exit::Config
        }
    };
    report.end();
    exit
}

fn look_over(config: Config, create: Option<NewTopics>, report: &mut Report) -> Exit {
    let notes = inspection::start(config, create);
    loop {
        match notes.recv_timeout(STALLED) {
            Ok(Note::Line(line)) => report.line(line),
            Ok(Note::Misconfigured(why)) => {
                report.line(misconfigured(why));
                return Exit::Config;
            }
            Err(RecvTimeoutError::Disconnected) if report.failed() == 0 => return Exit::Success,
            Err(RecvTimeoutError::Disconnected) => return Exit::Negative,
            Err(RecvTimeoutError::Timeout) => {
                let found = format!("a call into the Kafka client did not return within {} s", STALLED.as_secs());
                report.line(failed("client", found, "try again; what was said so far holds"));
                return Exit::Stalled;
            }
        }
    }
}

fn misconfigured(problem: String) -> Line {
    failed("configuration", problem, "correct the setting; config.toml in the repository explains each one")
}

fn failed(subject: &'static str, found: String, advice: &str) -> Line {
    Line { verdict: Verdict::Failed, subject, found, advice: Some(advice.into()) }
}
