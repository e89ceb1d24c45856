//! One short recipe per subcommand.

mod check;
mod demo;
mod dlq;
mod explain;
mod parse;
mod patient;
mod read_pdf;
mod replay;
mod run;
mod schema;
mod tap;
mod terminal;
mod trouble;

use crate::cli::Command;
use crate::exit::Exit;

/// Carries out a command.
pub fn execute(command: Command) -> Exit {
    match command {
        Command::Run(run) => run::execute(run),
        Command::Parse(parse) => parse::execute(parse),
        Command::Replay(replay) => replay::execute(&replay),
        Command::Dlq(dlq) => dlq::execute(&dlq),
        Command::Tap(tap) => tap::execute(&tap),
        Command::Explain(explain) => explain::execute(&explain),
        Command::Demo(demo) => demo::execute(demo),
        Command::Check(check) => check::execute(check),
        Command::Schema => schema::execute(),
        Command::ReadPdf(read_pdf) => read_pdf::execute(read_pdf),
    }
}
