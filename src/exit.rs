//! Exit codes: a small set, part of the command line's contract.

use std::process::ExitCode;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// All that was asked for is done.
    Success = 0,
    /// The answer is no: `parse` dead-lettered a document, `check` found something out of order.
    Negative = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The configuration is wrong.
    Config = 3,
    /// A file cannot be read or written, a port cannot be bound.
    Io = 4,
    /// The broker refuses the service: authentication, authorisation, or a feature that it lacks.
    Broker = 5,
    /// Another instance uses this transactional id.
    Fenced = 6,
    /// A call into the Kafka client never returned.
    Stalled = 7,
    /// Shutdown ran over its budget, or a second signal ended it.
    Aborted = 8,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
