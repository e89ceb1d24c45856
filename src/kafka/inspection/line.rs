//! One line of the answer: what was looked at, how it was found, what to do.

/// How one thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// In order.
    Ok,
    /// Not tried, because something else comes first.
    Untried,
    /// It works, and will hurt one day.
    Warning,
    /// The service cannot work.
    Failed,
}

impl Verdict {
    /// The word for reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Untried => "not tried",
            Verdict::Warning => "warning",
            Verdict::Failed => "failed",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it was found.
    pub verdict: Verdict,
    /// What was looked at: a word or two, `dead letters`.
    pub subject: &'static str,
    /// What was found.
    pub found: String,
    /// What to do, unless it is in order.
    pub advice: Option<String>,
}

impl Line {
    pub(in crate::kafka) fn ok(subject: &'static str, found: impl Into<String>) -> Line {
        Line { verdict: Verdict::Ok, subject, found: found.into(), advice: None }
    }

    pub(in crate::kafka) fn untried(subject: &'static str, found: impl Into<String>) -> Line {
        Line { verdict: Verdict::Untried, subject, found: found.into(), advice: None }
    }

    pub(in crate::kafka) fn warning(
        subject: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Line {
        Line { verdict: Verdict::Warning, subject, found: found.into(), advice: Some(advice.into()) }
    }

    pub(in crate::kafka) fn failed(subject: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Line {
        Line { verdict: Verdict::Failed, subject, found: found.into(), advice: Some(advice.into()) }
    }
}
