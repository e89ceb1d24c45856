//! What no row took, and what place could not decide, as findings: nothing is dropped in silence.

use std::ops::{Not, Range};

use super::assign::AssignedRows;
use super::unknown;
use crate::finding::Code;
use crate::form::labels::{self, Candidate, Closes, Layout, Recovered, Selection};
use crate::form::model::{Finding, Label, Subject};
use crate::form::template::Heading;
use crate::form::text::{SourceText, is_blank};

/// The most lines of a form that are listed one by one.
const MOST_LISTED: usize = 50;

/// Everything that could not be read for certain, the rows that nobody knows among it.
pub(crate) fn findings(
    source: &SourceText<'_>,
    candidates: &[Candidate],
    selection: &Selection,
    rows: &AssignedRows,
    layout: Layout,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (chosen, other) in selection.rivals.iter().take(MOST_LISTED) {
        if let (Some(chosen), Some(other)) = (candidates.get(*chosen), candidates.get(*other)) {
            findings.push(competing(source, chosen, other));
        }
    }
    // Lines that are named as competing are not named again as left over.
    let others = selection
        .rivals
        .iter()
        .take(MOST_LISTED)
        .filter_map(|(_, other)| candidates.get(*other))
        .map(|candidate| candidate.start);
    let others = others.chain(rows.contested.iter().map(|(_, _, other)| other.start));
    let rivals: Vec<Option<u32>> = others.map(|at| Some(source.line(at))).collect();
    for (label, value, other) in &rows.contested {
        let place = |range: &Range<usize>| {
            format!("line {}: `{}`", source.line(range.start), collapsed(source.printed(range.clone())))
        };
        let found = format!("{}; {}", place(value), place(other));
        findings.push(finding(
            source,
            Code::CompetingValues,
            Subject::Row(*label),
            value.start,
            Some(&found),
            Some("one value"),
        ));
    }
    if let Some(title) = candidates.iter().find(|candidate| is_out_of_order(source, candidate, layout, rows)) {
        let found = collapsed(source.printed(title.start..title.end));
        findings.push(finding(
            source,
            Code::SectionsOutOfOrder,
            Subject::Document,
            title.start,
            Some(&found),
            Some("the sections in their printed order"),
        ));
        // The rows of that section are left over too: one fact, reported once.
        return findings;
    }
    let named = |finding: &Finding| rivals.contains(&finding.line);
    let unread = |leftover| unread(source, leftover).filter(|finding| !named(finding)).take(MOST_LISTED);
    let unknown = rows.unknown.iter().map(|row| unknown::finding(source, row));
    let mut told: Vec<Finding> = unknown.chain(rows.leftovers.iter().flat_map(unread)).collect();
    told.sort_by_key(|finding| finding.line);
    findings.extend(told);
    if !rows.has(Label::DirectorsSection) {
        let last = source.trim(0..source.text.len()).end;
        findings.push(finding(
            source,
            Code::TextCutOff,
            Subject::Document,
            last.saturating_sub(1),
            None,
            Some("the section on the directors"),
        ));
    }
    findings.truncate(2 * MOST_LISTED);
    findings
}

/// A section title that stands as one, while its section was not found where it is due.
fn is_out_of_order(source: &SourceText<'_>, candidate: &Candidate, layout: Layout, rows: &AssignedRows) -> bool {
    let section = candidate.label.grammar().is_section() && !candidate.label.is_election();
    if !section || rows.has(candidate.label) {
        return false;
    }
    let stands = match layout {
        Layout::Flow => labels::goes_on(source, candidate).not(),
        Layout::Lines | Layout::Tabbed => {
            candidate.begins_line && matches!(candidate.closes, Closes::Line | Closes::Tab)
        }
    };
    candidate.exact && stands
}

/// Wordings accepted on trust: of the title, of labels.
pub(crate) fn unconfirmed(source: &SourceText<'_>, heading: &Heading, recovered: &Recovered) -> Vec<Finding> {
    let wording = |subject, range: Range<usize>| {
        finding(source, Code::UnconfirmedWording, subject, range.start, Some(&collapsed(source.printed(range))), None)
    };
    let title = (!heading.confirmed).then(|| wording(Subject::FormTitle, heading.title.clone()));
    let labels = recovered.unconfirmed.iter().map(|(label, range)| wording(Subject::Row(*label), range.clone()));
    title.into_iter().chain(labels).collect()
}

fn collapsed(text: &str) -> String {
    text.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Two forms in one text: no value of either can be trusted to belong to the other's title.
pub(crate) fn two_forms(source: &SourceText<'_>, first: &Heading, second: usize) -> Finding {
    let found = format!("forms begin on line {} and on line {}", source.line(first.title.start), source.line(second));
    finding(source, Code::CompetingValues, Subject::Document, second, Some(&found), Some("one form"))
}

/// Two lines for one row.
fn competing(source: &SourceText<'_>, chosen: &Candidate, other: &Candidate) -> Finding {
    let row = |candidate: &Candidate| {
        format!("line {}: `{}`", source.line(candidate.start), source.slice(candidate.start..candidate.reach()))
    };
    let found = format!("{}; {}", row(chosen), row(other));
    finding(source, Code::CompetingValues, Subject::Row(chosen.label), chosen.start, Some(&found), Some("one value"))
}

/// Lines that no row took.
fn unread<'s>(source: &'s SourceText<'_>, leftover: &'s Range<usize>) -> impl Iterator<Item = Finding> + 's {
    let unassigned = |line: Range<usize>| {
        let text = source.printed(line.clone());
        finding(source, Code::UnassignedText, Subject::Document, line.start, Some(text), None)
    };
    source.lines(leftover.clone()).map(unassigned)
}

fn finding(
    source: &SourceText<'_>,
    code: Code,
    subject: Subject,
    at: usize,
    found: Option<&str>,
    expected: Option<&str>,
) -> Finding {
    let mut finding = Finding::about(code, subject).at(source.line(at));
    if let Some(found) = found {
        finding = finding.found(found);
    }
    Finding { expected: expected.map(str::to_owned), ..finding }
}
