//! The table by its cells, which tabs part: each row is its own, whatever its words.

use super::line::Line;
use super::rate::Rate;
use super::{header, joined, known, row, text_alone};
use crate::form::model::{Language, Withholding, WithholdingRow};

/// The head's columns, and how many tabs a row of the body begins with.
struct Columns {
    kind: usize,
    rate: usize,
    count: usize,
    tabs: usize,
}

/// A row's cells so far.
#[derive(Default)]
struct Cells<'a> {
    kind: &'a str,
    rate: &'a str,
    details: Vec<&'a str>,
}

/// Reads lines of which some have tabs; `None` when a row of the table cannot be told from the information of the one above.
pub(super) fn read(lines: &[&str], language: Language) -> Option<Withholding> {
    let split = |line: &str| line.trim().split('\t').map(str::trim).map(str::to_owned).collect::<Vec<String>>();
    let head = lines.iter().enumerate().find_map(|(at, line)| {
        let cells = split(line);
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        header::columns(&cells).map(|(kind, rate)| (at, kind, rate, cells.len()))
    });
    let Some((at, kind, rate, count)) = head else { return text_alone(lines, language) };
    let body = lines.get(at + 1..)?;
    let tabs = body.iter().find(|line| line.trim().contains('\t')).map_or(0, |line| leading_tabs(line));
    let columns = Columns { kind, rate, count, tabs };
    let title = lines.get(at)?.trim();
    let mut rows: Vec<Cells<'_>> = Vec::new();
    let (notes, body): (Vec<&str>, Vec<&str>) =
        body.iter().copied().filter(|line| line.trim() != title).partition(|line| columns.is_note(line));
    for line in body {
        columns.add(line, &mut rows)?;
    }
    let rates = rows.iter().map(|cells| row(&[cells.kind], Rate::of_cell(cells.rate), &cells.details, language));
    let rates = rates.collect::<Option<Vec<WithholdingRow>>>().filter(|rates| !rates.is_empty())?;
    let text: Vec<&str> = lines.get(..at)?.iter().copied().chain(notes).collect();
    Some(Withholding { summary: joined(&text, language), rates })
}

impl Columns {
    /// A sentence that fills its line, below a table that has no column for it.
    fn is_note(&self, line: &str) -> bool {
        let line = line.trim();
        self.count == 2 && !line.contains('\t') && Line::read(line).speaks()
    }

    /// A line of the body: a row, or more of the row above.
    fn add<'a>(&self, line: &'a str, rows: &mut Vec<Cells<'a>>) -> Option<()> {
        let cells: Vec<&str> = line.trim().split('\t').map(str::trim).collect();
        let first = cells.first().copied().unwrap_or_default();
        let further = leading_tabs(line) > self.tabs;
        match (rows.last_mut(), further, cells.len()) {
            // The type of the row above holds for this one too.
            (Some(above), true, _) if Rate::whole(first).is_some() => {
                let (kind, details) = (above.kind, cells.into_iter().skip(1).collect());
                rows.push(Cells { kind, rate: first, details });
            }
            (Some(above), true, 1) => above.details.push(first),
            (_, true, _) => return None,
            (Some(above), false, 1) if self.count > 2 && Line::read(first).speaks() => above.details.push(first),
            (_, false, 1) if self.count == 2 || known::is_name(first) => {
                rows.push(Cells { kind: first, ..Cells::default() })
            }
            (_, false, 1) => return None,
            _ => rows.push(self.row(&cells)?),
        }
        Some(())
    }

    /// Of fewer cells than the head has, the last is the rate where it reads as one; else an empty one is lost, and which
    /// cannot be seen.
    fn row<'a>(&self, cells: &[&'a str]) -> Option<Cells<'a>> {
        let (kind, rate) = (*cells.get(self.kind)?, *cells.get(self.rate)?);
        let certain = cells.len() >= self.count || Rate::whole(rate).is_some();
        let others = cells.iter().enumerate().filter(|(at, _)| *at != self.kind && *at != self.rate);
        let details = others.map(|(_, cell)| *cell).filter(|cell| !cell.is_empty()).collect();
        certain.then_some(Cells { kind, rate, details })
    }
}

fn leading_tabs(line: &str) -> usize {
    line.chars().take_while(|c| *c == '\t').count()
}
