//! What is wrong with the configuration: every problem, each with its place, what was found and what is expected.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file's line, counted from 1; 0 for the file as a whole.
    File(PathBuf, usize),
    /// The environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag,
    /// Nobody set it.
    Default,
}

impl Origin {
    /// The line of the file, when it is from one.
    pub fn line(&self) -> Option<usize> {
        match self {
            Origin::File(_, line) => Some(*line),
            _ => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File(path, 0) => write!(f, "{}", path.display()),
            Origin::File(path, line) => write!(f, "{}:{line}", path.display()),
            Origin::Variable(name) => f.write_str(name),
            Origin::Flag => f.write_str("--set"),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting, as far as it is known: `delivery.workers`; empty when the source as a whole is unreadable.
    pub path: String,
    /// Where it stands.
    pub origin: Origin,
    /// What was found and what is expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.path.as_str(), &self.origin) {
            ("", origin) => write!(f, "{origin}: {}", self.message),
            (path, Origin::Default) => write!(f, "{path}: {}", self.message),
            (path, origin) => write!(f, "{path} ({origin}): {}", self.message),
        }
    }
}

/// Everything that is wrong, in the order file, environment, flags, then what does not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "the configuration has {count} problem{}:", if count == 1 { "" } else { "s" })?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Problems {}
