//! Never silently wrong: each value of an event is the printed one, or something is found at its field, or there is no event.

mod rows;
mod siblings;
mod values;

use exdate::event::schema::Language;
use exdate::finding::Finding;
use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, process};

use crate::render::facts::Facts;
use crate::render::layout::{Layout, Sheet, render_sheet};
use crate::render::sheet::{Entry, entries};
use crate::render::words::Row;

/// The text of facts of which one row is printed otherwise, or, `None`, lost.
fn with_row(facts: &Facts, language: Language, layout: &Layout, row: Row, printed: Option<&str>) -> String {
    let lines: Vec<String> = printed.into_iter().flat_map(|printed| printed.split('\n')).map(str::to_owned).collect();
    let mut entries = entries(facts, language);
    match entries.iter().position(|entry| is_of(entry, row)) {
        Some(at) if lines.is_empty() => drop(entries.remove(at)),
        Some(at) => entries[at] = Entry::Labelled(row, lines),
        None => panic!("{row:?} is not on the form"),
    }
    render_sheet(&Sheet { entries, template: facts.template(), language }, layout)
}

fn is_of(entry: &Entry, row: Row) -> bool {
    matches!(entry, Entry::Labelled(labelled, _) if *labelled == row)
}

/// What the library makes of a text.
fn outcome(text: &str) -> Outcome {
    process(&Message { value: Some(text.as_bytes()), ..Message::default() }, &Rules::default())
}

/// Whether something is found at a field, or at a part of it.
fn found_at(findings: &[Finding], field: &str) -> bool {
    findings.iter().any(|finding| finding.field.starts_with(field))
}
