//! `exdate parse`: parses files to one JSON object per document.

use crate::cli::Parse;
use crate::exit::Exit;

/// Parses files to one JSON object per document.
pub(super) fn execute(args: Parse) -> Exit {
    let _ = args;
    Exit::Usage
}
