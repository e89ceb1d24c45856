//! Exit codes: a small set, part of the command line's contract. What each means is said here alone; `--help` prints it.

use std::process::ExitCode;

use clap::ValueEnum;

/// How the process ends. The sentence at each code is its line in the help: [`ValueEnum`] keeps them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[repr(u8)]
pub enum Exit {
    /// All that was asked for is done
    Success = 0,
    /// The answer is no: a document was dead-lettered, a check found something out of order, or a replay something that differs
    Negative = 1,
    /// The command line is wrong
    Usage = 2,
    /// The configuration is wrong
    Config = 3,
    /// A file cannot be read or written, or a port cannot be bound
    Io = 4,
    /// The broker refuses: authentication, authorisation, or a feature that it lacks; or it did not answer a command
    Broker = 5,
    /// Fenced: another instance uses this transactional id
    Fenced = 6,
    /// A call into the Kafka client never returned
    Stalled = 7,
    /// Shutdown ran over its budget, or a second signal ended it
    Aborted = 8,
}

impl Exit {
    /// All codes with their meaning, a line each, for the help.
    pub fn table() -> String {
        let line = |exit: &Exit| {
            let value = exit.to_possible_value()?;
            Some(format!("\n  {}  {}", *exit as u8, value.get_help()?))
        };
        Exit::value_variants().iter().filter_map(line).fold("Exit codes:".to_owned(), |table, line| table + &line)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_every_code_once_and_in_order() {
        let table = Exit::table();
        let told: Vec<&str> = table.lines().skip(1).filter_map(|line| line.trim_start().split(' ').next()).collect();
        assert_eq!(told, ["0", "1", "2", "3", "4", "5", "6", "7", "8"], "{table}");
        assert!(table.contains("\n  6  Fenced: another instance uses this transactional id\n"), "{table}");
    }
}
