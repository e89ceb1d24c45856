//! `exdate explain`: what a finding means, an example of it, and what to do about it.

use std::fmt::Write as _;

use super::terminal::{self, Tone};
use crate::cli::Explain;
use crate::exit::Exit;
use crate::finding::{Code, Severity};

/// A line for each code, `code⇥form⇥sentence`: what a form of `tests/forms/` is told.
const EXAMPLES: &str = include_str!("explain/examples.tsv");

/// Explains the codes, or lists all of them.
pub(super) fn execute(args: &Explain) -> Exit {
    let colours = terminal::has_colours();
    let text = match args.codes.as_slice() {
        [] => Code::ALL.iter().map(|code| line(*code, colours)).collect::<String>(),
        codes => codes.iter().map(|code| explanation(*code, colours)).collect::<Vec<_>>().join("\n"),
    };
    terminal::print(&text);
    Exit::Success
}

/// `warning[not-a-trading-day]: The exchange does not trade on this day.`
fn line(code: Code, colours: bool) -> String {
    let (word, tone) = match code.severity() {
        Severity::Error => ("error", Tone::Bad),
        Severity::Warning => ("warning", Tone::Doubtful),
    };
    format!("{}: {}\n", tone.paint(&format!("{word}[{code}]", code = code.as_str()), colours), code.summary())
}

fn explanation(code: Code, colours: bool) -> String {
    let effect = match code.severity() {
        Severity::Error => "the document becomes a dead letter",
        Severity::Warning => "the event is published, and lists this among its warnings",
    };
    let mut text = line(code, colours);
    let _ = write!(text, "  effect:     {effect}\n  what to do: {}\n", code.advice());
    if let Some((form, sentence)) = example(code) {
        let _ = writeln!(text, "  example:    {sentence}\n              (tests/forms/{form})");
    }
    text
}

/// A form that has the finding, and what it is told.
fn example(code: Code) -> Option<(&'static str, &'static str)> {
    let of_code = EXAMPLES.lines().find_map(|line| line.strip_prefix(code.as_str())?.strip_prefix('\t'));
    of_code?.split_once('\t')
}
