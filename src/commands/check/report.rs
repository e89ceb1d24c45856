//! How `exdate check` answers: a line for each thing as it is found, or one JSON object at the end.

use serde_json::json;

use crate::commands::terminal::{Tone, has_colours, print};
use crate::config::Loaded;
use crate::kafka::inspection::{Line, Verdict};

/// The answer, so far.
pub(super) struct Report {
    human: bool,
    colours: bool,
    configuration: serde_json::Value,
    lines: Vec<Line>,
}

impl Report {
    pub(super) fn new(human: bool) -> Report {
        Report { human, colours: human && has_colours(), configuration: serde_json::Value::Null, lines: Vec::new() }
    }

    /// Shows the settings in force, secrets masked.
    pub(super) fn configuration(&mut self, loaded: &Loaded) {
        let effective = loaded.effective();
        if self.human {
            print(&format!("{effective}\n"));
        }
        self.configuration = toml::from_str(&effective).unwrap_or_default();
    }

    /// Adds a line, and shows it at once where people read.
    pub(super) fn line(&mut self, line: Line) {
        if self.human {
            print(&self.shown(&line));
        }
        self.lines.push(line);
    }

    pub(super) fn failed(&self) -> usize {
        self.count(Verdict::Failed)
    }

    /// Ends with the verdict.
    pub(super) fn end(&self) {
        if self.human {
            print(&format!("\n{}\n", verdict(self.failed(), self.count(Verdict::Warning))));
        } else {
            print(&format!("{}\n", self.json()));
        }
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.lines.iter().filter(|line| line.verdict == verdict).count()
    }

    fn shown(&self, line: &Line) -> String {
        let verdict = format!("{:<9}", line.verdict.as_str());
        let tone = match line.verdict {
            Verdict::Ok => Tone::Good,
            Verdict::Untried => Tone::Plain,
            Verdict::Warning => Tone::Doubtful,
            Verdict::Failed => Tone::Bad,
        };
        let verdict = tone.paint(&verdict, self.colours);
        let mut text = format!("{verdict}  {:<13}  {}\n", line.subject, line.found);
        if let Some(advice) = &line.advice {
            text.push_str(&format!("{:26}→ {advice}\n", ""));
        }
        text
    }

    fn json(&self) -> serde_json::Value {
        let checks: Vec<_> = self
            .lines
            .iter()
            .map(|line| {
                json!({
                    "status": line.verdict.as_str(), "subject": line.subject, "found": line.found, "advice": line.advice,
                })
            })
            .collect();
        json!({
            "in_order": self.failed() == 0,
            "failed": self.failed(),
            "warnings": self.count(Verdict::Warning),
            "checks": checks,
            "configuration": self.configuration,
        })
    }
}

fn verdict(failed: usize, warnings: usize) -> String {
    let warned = match warnings {
        0 => String::new(),
        1 => "1 warning".to_owned(),
        count => format!("{count} warnings"),
    };
    match (failed, warnings) {
        (0, 0) => "In order.".to_owned(),
        (0, _) => format!("In order, with {warned}."),
        (_, 0) => format!("Not in order: {failed} failed."),
        (_, _) => format!("Not in order: {failed} failed, {warned}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_counts_failures_and_warnings() {
        assert_eq!(verdict(0, 0), "In order.");
        assert_eq!(verdict(0, 2), "In order, with 2 warnings.");
        assert_eq!(verdict(1, 0), "Not in order: 1 failed.");
        assert_eq!(verdict(3, 1), "Not in order: 3 failed, 1 warning.");
    }

    #[test]
    fn advice_stands_below_what_was_found() {
        let report = Report::new(true);
        let line = Line {
            verdict: Verdict::Failed,
            subject: "output",
            found: "t does not exist".into(),
            advice: Some("make it".into()),
        };
        let expected = "failed     output         t does not exist\n                          → make it\n";
        assert_eq!(report.shown(&line), expected);
    }
}
