//! A finding, told as compilers tell theirs: its sentence, the line that it is about with the place marked, what to do.
//!
//! annotate-snippets lays it out. It knows the width of Chinese characters, and of a long line it shows the part around
//! the mark.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::paint::visible;
use super::rows;
use crate::finding::{Finding, Severity};
use crate::pipeline::Trace;

/// Columns of a report.
const WIDTH: usize = 108;
/// The most characters that are marked: a mark that is wider than the report says no more.
const MARKED: usize = 48;

/// The finding in several lines, without a line end behind the last.
pub(super) fn report(file: &str, finding: &Finding, trace: &Trace<'_>, colours: bool) -> String {
    let level = match finding.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(finding.code.summary()).id(finding.code.as_str());
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    let place = match line(finding, trace) {
        Some(line) => snippet(file, finding, line, trace),
        None => origin(file, finding),
    };
    renderer.term_width(WIDTH).render(&[title.elements(place).elements(notes(finding, trace))])
}

/// The line that the finding is about.
fn line(finding: &Finding, trace: &Trace<'_>) -> Option<String> {
    let before = (finding.line? as usize).checked_sub(1)?;
    trace.document.as_ref()?.text.lines().nth(before).map(visible)
}

fn snippet<'a>(file: &'a str, finding: &'a Finding, line: String, trace: &Trace<'_>) -> Vec<Element<'a>> {
    let place = AnnotationKind::Primary.span(marked(&line, finding, trace)).label(&*finding.field);
    let number = finding.line.unwrap_or_default() as usize;
    vec![Snippet::source(line).line_start(number).path(file).annotation(place).into()]
}

/// What was found, or else the text of the field's row, where it stands on the line; all of the line when neither does.
fn marked(line: &str, finding: &Finding, trace: &Trace<'_>) -> Range<usize> {
    let rows = trace.form.as_deref().map(rows::rows).unwrap_or_default();
    let row = rows.iter().find(|row| Some(row.line) == finding.line && finding.field.starts_with(&row.field));
    let texts = [finding.found.as_deref(), row.map(|row| row.text.as_str())];
    let texts = texts.into_iter().flatten().filter(|text| !text.is_empty()).map(visible);
    let place = texts.into_iter().find_map(|text| Some((line.find(&text)?, text.len())));
    let (start, length) = place.unwrap_or((0, line.len()));
    let rest = line.get(start..).unwrap_or_default();
    let most = rest.char_indices().nth(MARKED).map_or(rest.len(), |(at, _)| at);
    start..start + length.min(most)
}

/// The place of a finding about no line of a text.
fn origin<'a>(file: &'a str, finding: &'a Finding) -> Vec<Element<'a>> {
    let origin = Origin::path(file);
    let origin = finding.line.into_iter().fold(origin, |origin, line| origin.line(line as usize));
    let field = Some(&*finding.field).filter(|field| !field.is_empty());
    let field = field.map(|field| Level::NOTE.with_name("field").message(field).into());
    [origin.into()].into_iter().chain(field).collect()
}

fn notes<'f>(finding: &'f Finding, trace: &Trace<'_>) -> impl Iterator<Item = Element<'f>> {
    let place = trace.document.and_then(|document| document.place(finding.line?)).map(|place| place.to_string());
    let found = [("found", finding.found.clone()), ("expected", finding.expected.clone()), ("place", place)];
    let notes = found.into_iter().filter_map(|(name, text)| Some(Level::NOTE.with_name(name).message(visible(&text?))));
    notes.chain([Level::HELP.message(finding.code.advice())]).map(Element::from)
}
