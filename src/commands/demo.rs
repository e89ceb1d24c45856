//! `exdate demo`: the whole service on an embedded broker, with sample forms.

use crate::cli::Demo;
use crate::exit::Exit;

/// The whole service on an embedded broker, with sample forms.
pub(super) fn execute(args: Demo) -> Exit {
    let _ = args;
    Exit::Usage
}
