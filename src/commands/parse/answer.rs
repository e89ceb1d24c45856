//! The answer about one document: one JSON object on one line.

use std::io::{self, Write};

use serde::Serialize;

use crate::event::DividendEvent;
use crate::finding::{Finding, Severity};
use crate::pipeline::Outcome;

/// The shape is part of the command's contract.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    outcome: &'static str,
    event: Option<&'a DividendEvent>,
    findings: Vec<Told<'a>>,
    /// Why nothing was published: the reason to skip, or the first error in one sentence.
    reason: Option<String>,
}

/// A finding, with its sentence.
#[derive(Serialize)]
struct Told<'a> {
    code: &'static str,
    severity: Severity,
    field: &'a str,
    line: Option<u32>,
    found: Option<&'a str>,
    expected: Option<&'a str>,
    message: String,
}

/// Writes the line.
pub(super) fn write(out: &mut impl Write, file: &str, outcome: &Outcome) -> io::Result<()> {
    let (event, findings, reason) = match outcome {
        Outcome::Publish(event, warnings) => (Some(event.as_ref()), warnings.as_slice(), None),
        Outcome::DeadLetter(_, findings, _) => (None, findings.as_slice(), first_error(findings)),
        Outcome::Skip(reason) => (None, &[][..], Some(reason.as_str().to_owned())),
    };
    let findings = findings.iter().map(told).collect();
    serde_json::to_writer(&mut *out, &Answer { file, outcome: name(outcome), event, findings, reason })?;
    out.write_all(b"\n")
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Publish(..) => "publish",
        Outcome::DeadLetter(..) => "dead-letter",
        Outcome::Skip(_) => "skip",
    }
}

fn first_error(findings: &[Finding]) -> Option<String> {
    findings.iter().find(|finding| finding.code.severity() == Severity::Error).map(Finding::message)
}

fn told(finding: &Finding) -> Told<'_> {
    Told {
        code: finding.code.as_str(),
        severity: finding.code.severity(),
        field: &finding.field,
        line: finding.line,
        found: finding.found.as_deref(),
        expected: finding.expected.as_deref(),
        message: finding.message(),
    }
}
