//! A fault: about the world, never about a document. It ends the service.

use crate::exit::Exit;

/// A fault that ends the service: how the process exits, and the one line that says why and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The exit code.
    pub exit: Exit,
    /// What, where, and what to do.
    pub message: String,
}

impl Fault {
    /// A fault with its exit code and line.
    pub fn new(exit: Exit, message: impl Into<String>) -> Fault {
        Fault { exit, message: message.into() }
    }
}
