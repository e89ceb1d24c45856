//! What keeps a machine from reading a PDF: nothing about the file, which is tried again.

use std::time::Duration;

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The process could not be started, in the system's words.
    #[error("the process that reads PDFs cannot be started: {0}")]
    NotStarted(String),
    /// It was killed by a signal that no file brings about.
    #[error("the process that reads PDFs was killed (signal {0}): is memory short?")]
    Killed(i32),
    /// It took longer by the clock, though not by its own use of a processor.
    #[error("the process that reads PDFs gave no answer within {} ms: is the machine too busy?", .0.as_millis())]
    TimedOut(Duration),
}
