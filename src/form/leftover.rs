//! What no row took, and what place could not decide, as findings: nothing is dropped in silence.

use std::borrow::Cow;
use std::ops::{Not, Range};

use super::anchor::{Anchor, Closes};
use super::label::{Grammar, Label};
use super::layout::Layout;
use super::looks;
use super::mend::Mended;
use super::place::Placed;
use super::rows::Rows;
use super::scan::is_blank;
use super::share::looks_like_row;
use super::sheet::Sheet;
use super::template::Heading;
use crate::finding::{Code, Finding};

/// The most lines of a form that are listed one by one.
const MOST_LISTED: usize = 50;

/// Everything that could not be read for certain.
pub fn findings(sheet: &Sheet<'_>, anchors: &[Anchor], placed: &Placed, rows: &Rows, layout: Layout) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (chosen, other) in placed.rivals.iter().take(MOST_LISTED) {
        if let (Some(chosen), Some(other)) = (anchors.get(*chosen), anchors.get(*other)) {
            findings.push(competing(sheet, chosen, other));
        }
    }
    // Lines that are named as competing are not named again as left over.
    let others =
        placed.rivals.iter().take(MOST_LISTED).filter_map(|(_, other)| anchors.get(*other)).map(|anchor| anchor.start);
    let others = others.chain(rows.contested.iter().map(|(_, _, other)| other.start));
    let rivals: Vec<Option<u32>> = others.map(|at| Some(sheet.line(at))).collect();
    for (label, value, other) in &rows.contested {
        let place = |range: &Range<usize>| {
            format!("line {}: `{}`", sheet.line(range.start), collapsed(sheet.slice(range.clone())))
        };
        let found = format!("{}; {}", place(value), place(other));
        findings.push(finding(
            sheet,
            Code::CompetingValues,
            label.field(),
            value.start,
            Some(&found),
            Some("one value"),
        ));
    }
    if let Some(title) = anchors.iter().find(|anchor| is_out_of_order(sheet, anchor, layout, rows)) {
        let found = collapsed(sheet.slice(title.start..title.end));
        findings.push(finding(
            sheet,
            Code::SectionsOutOfOrder,
            "",
            title.start,
            Some(&found),
            Some("the sections in their printed order"),
        ));
        // The rows of that section are left over too: one fact, reported once.
        return findings;
    }
    for leftover in &rows.leftovers {
        let named = |finding: &Finding| rivals.contains(&finding.line);
        findings.extend(unread(sheet, leftover, layout).filter(|finding| !named(finding)).take(MOST_LISTED));
    }
    if !rows.has(Label::DirectorsSection) {
        let last = sheet.trim(0..sheet.text.len()).end;
        findings.push(finding(
            sheet,
            Code::TextCutOff,
            "",
            last.saturating_sub(1),
            None,
            Some("the section on the directors"),
        ));
    }
    findings.truncate(2 * MOST_LISTED);
    findings
}

/// A section title that stands as one, while its section was not found where it is due.
fn is_out_of_order(sheet: &Sheet<'_>, anchor: &Anchor, layout: Layout, rows: &Rows) -> bool {
    let section = anchor.label.grammar() == Grammar::Section && !anchor.label.is_election();
    if !section || rows.has(anchor.label) {
        return false;
    }
    let stands = match layout {
        Layout::Flow => looks::goes_on(sheet, anchor).not(),
        Layout::Lines | Layout::Tabbed => anchor.begins_line && matches!(anchor.closes, Closes::Line | Closes::Tab),
    };
    anchor.exact && stands
}

/// Wordings accepted on trust: of the title, of labels.
pub fn unconfirmed(sheet: &Sheet<'_>, heading: &Heading, mended: &Mended) -> Vec<Finding> {
    let wording = |field, range: Range<usize>| {
        finding(sheet, Code::UnconfirmedWording, field, range.start, Some(&collapsed(sheet.slice(range))), None)
    };
    let title = (!heading.confirmed).then(|| wording("/source/form_title", heading.title.clone()));
    let labels = mended.unconfirmed.iter().map(|(label, range)| wording(label.field(), range.clone()));
    title.into_iter().chain(labels).collect()
}

fn collapsed(text: &str) -> String {
    text.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Two forms in one text: no value of either can be trusted to belong to the other's title.
pub fn two_forms(sheet: &Sheet<'_>, first: &Heading, second: Range<usize>) -> Finding {
    let found =
        format!("forms begin on line {} and on line {}", sheet.line(first.title.start), sheet.line(second.start));
    finding(sheet, Code::CompetingValues, "", second.start, Some(&found), Some("one form"))
}

/// Two lines for one row.
fn competing(sheet: &Sheet<'_>, chosen: &Anchor, other: &Anchor) -> Finding {
    let row =
        |anchor: &Anchor| format!("line {}: `{}`", sheet.line(anchor.start), sheet.slice(anchor.start..anchor.reach()));
    let found = format!("{}; {}", row(chosen), row(other));
    finding(sheet, Code::CompetingValues, chosen.label.field(), chosen.start, Some(&found), Some("one value"))
}

/// Lines that no row took. In the tab-separated layout the tab shows which of them begin with a label.
fn unread<'s>(sheet: &'s Sheet<'_>, leftover: &'s Range<usize>, layout: Layout) -> impl Iterator<Item = Finding> + 's {
    sheet.lines(leftover.clone()).map(move |line| {
        let text = sheet.slice(line.clone());
        let labelled = match layout {
            Layout::Tabbed => is_tabbed_row(sheet, &line),
            Layout::Lines => sheet.begins_line(line.start) && looks_like_row(text),
            Layout::Flow => false,
        };
        let code = if labelled { Code::UnknownLabel } else { Code::UnassignedText };
        finding(sheet, code, "", line.start, Some(text), None)
    })
}

fn is_tabbed_row(sheet: &Sheet<'_>, line: &Range<usize>) -> bool {
    !sheet.is_tabbed(line.start) && sheet.slice(line.clone()).contains('\t')
}

fn finding(
    sheet: &Sheet<'_>,
    code: Code,
    field: &'static str,
    at: usize,
    found: Option<&str>,
    expected: Option<&str>,
) -> Finding {
    Finding {
        code,
        field: Cow::Borrowed(field),
        line: Some(sheet.line(at)),
        found: found.map(|text| text.chars().take(200).collect()),
        expected: expected.map(str::to_owned),
    }
}
