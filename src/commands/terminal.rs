//! What commands share about the terminal: text for people, coloured where that is wanted, and faults of writing.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use crate::exit::Exit;

/// Writes to the standard output; a reader who has gone away is no reason to fail.
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Tells a fault on standard error, as one line that names the program. There is nobody to tell that this failed.
pub(super) fn tell(fault: impl Display) {
    let _ = writeln!(io::stderr().lock(), "exdate: {fault}");
}

/// How a command ends whose answer could not be written. A reader that has read enough, as `head` does, is no fault.
pub(super) fn unwritable(error: &io::Error) -> Exit {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Exit::Success;
    }
    tell(format_args!("cannot write to standard output: {error}"));
    Exit::Io
}

/// Whether colours are wanted: on a terminal, unless `NO_COLOR` is set to anything or the terminal is a dumb one.
pub(super) fn has_colours() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !refused && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// What a word says, as a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Doubtful,
    Bad,
    Plain,
}

impl Tone {
    /// The text in this tone, where colours are wanted.
    pub(super) fn paint(self, text: &str, colours: bool) -> String {
        let code = match self {
            Tone::Good => "32",
            Tone::Doubtful => "33",
            Tone::Bad => "31",
            Tone::Plain => return text.to_owned(),
        };
        if colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
