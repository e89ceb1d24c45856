//! Standard output for people: flushed piece by piece, coloured on a terminal that wants colours.

use std::io::{IsTerminal as _, Write as _};

/// Writes to the standard output; a reader who has gone away is no reason to fail.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Whether colours are wanted.
pub(super) fn has_colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
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
