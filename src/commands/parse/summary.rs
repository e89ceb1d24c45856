//! What became of several documents: by outcome, template, language, reason and finding.

use std::collections::BTreeMap;
use std::fmt;

use crate::exit::Exit;
use crate::finding::{Code, Finding, Severity};
use crate::pipeline::{Outcome, Trace};

/// Counts over the documents of one run.
#[derive(Debug, Default)]
pub(super) struct Summary {
    published: u64,
    dead_lettered: u64,
    skipped: BTreeMap<&'static str, u64>,
    templates: BTreeMap<&'static str, u64>,
    languages: BTreeMap<&'static str, u64>,
    findings: BTreeMap<Code, u64>,
    /// Files and folders that could not be read.
    pub(super) unreadable: u64,
}

impl Summary {
    /// Counts a document.
    pub(super) fn add(&mut self, trace: &Trace<'_>) {
        match &trace.outcome {
            Outcome::Publish(_, findings) => {
                self.published += 1;
                self.add_findings(findings);
            }
            Outcome::DeadLetter(_, findings, _) => {
                self.dead_lettered += 1;
                self.add_findings(findings);
            }
            Outcome::Skip(reason) => *self.skipped.entry(reason.as_str()).or_default() += 1,
        }
        if let Some(form) = &trace.form {
            *self.templates.entry(form.template.code()).or_default() += 1;
            *self.languages.entry(form.language.tag()).or_default() += 1;
        }
    }

    fn add_findings(&mut self, findings: &[Finding]) {
        for finding in findings {
            *self.findings.entry(finding.code).or_default() += 1;
        }
    }

    fn documents(&self) -> u64 {
        self.published + self.dead_lettered + self.skipped.values().sum::<u64>()
    }

    /// One document speaks for itself.
    pub(super) fn is_worth_telling(&self) -> bool {
        self.documents() > 1
    }

    /// How the command ends.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Summary { unreadable: 1.., .. } => Exit::Io,
            Summary { dead_lettered: 1.., .. } => Exit::Negative,
            _ => Exit::Success,
        }
    }

    fn found(&self, severity: Severity) -> impl Iterator<Item = (&'static str, u64)> {
        let of_severity = self.findings.iter().filter(move |(code, _)| code.severity() == severity);
        of_severity.map(|(code, count)| (code.as_str(), *count))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let skipped: u64 = self.skipped.values().sum();
        writeln!(
            f,
            "{} documents: {} published, {} dead-lettered, {skipped} skipped",
            self.documents(),
            self.published,
            self.dead_lettered
        )?;
        let copied =
            |counts: &BTreeMap<&'static str, u64>| counts.iter().map(|(name, count)| (*name, *count)).collect();
        counts(f, "template", copied(&self.templates))?;
        counts(f, "language", copied(&self.languages))?;
        counts(f, "error", self.found(Severity::Error).collect())?;
        counts(f, "warning", self.found(Severity::Warning).collect())?;
        counts(f, "skipped", copied(&self.skipped))?;
        if self.unreadable > 0 {
            writeln!(f, "  unreadable {}", self.unreadable)?;
        }
        Ok(())
    }
}

/// One line, the most frequent first: `  template   EF001 11, EF003 1`.
fn counts(f: &mut fmt::Formatter<'_>, title: &str, mut counts: Vec<(&str, u64)>) -> fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    writeln!(f, "  {title:10} {}", counts.join(", "))
}
