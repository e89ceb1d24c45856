//! What ends a command that reads or writes topics: the world, not a document.

use std::io;

use super::terminal;
use crate::exit::Exit;
use crate::kafka::client::CallError;

/// Why a command ends early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error(transparent)]
    Broker(#[from] CallError),
    #[error("{0}: {1}")]
    File(String, io::Error),
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

impl Trouble {
    /// Trouble with a file, by its name.
    pub(super) fn with(name: impl ToString) -> impl FnOnce(io::Error) -> Trouble {
        move |error| Trouble::File(name.to_string(), error)
    }

    /// Tells it, and how the command ends. A reader that has read enough, as `head` does, is no fault.
    pub(super) fn tell(&self) -> Exit {
        match self {
            Trouble::Output(error) => terminal::unwritable(error),
            Trouble::File(..) => {
                terminal::tell(self);
                Exit::Io
            }
            Trouble::Broker(_) => {
                terminal::tell(format_args!(
                    "{self}; `exdate check` tells more about the broker at kafka.bootstrap_servers. The command can be run again: what was \
                     published stays, and is not published twice"
                ));
                Exit::Broker
            }
        }
    }
}
