//! Cells → rows, as the tables of HTML become lines: `label<TAB>value`, further lines of a value as `<TAB>text`, a cell
//! alone as `title<TAB>`, rows of more cells with tabs between them. What is in no cell is lines of text among them.

use std::fmt;

use super::cells::{Cell, Cells};
use super::geometry::Area;
use super::lines::{self, Line};
use super::page::Glyph;

/// A row of a table, or a line outside of tables.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row {
    Boxed(Boxed),
    /// The parts of a line, where wide gaps stand between them.
    Loose(Vec<Line>),
}

/// Cells side by side.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Boxed {
    top: f64,
    cells: Vec<Filled>,
    /// Whether it goes on from the row above: a cell of that reaches down beside it.
    goes_on: bool,
    /// Whether its first cell is a label beside several rows of a table of their own.
    labels_table: bool,
}

/// A cell and what is written in it.
#[derive(Clone, Debug, PartialEq)]
struct Filled {
    area: Area,
    open: bool,
    text: Vec<String>,
}

impl Row {
    pub(super) fn top(&self) -> f64 {
        match self {
            Row::Boxed(row) => row.top,
            Row::Loose(parts) => parts.first().map_or(0.0, |part| part.base + part.size),
        }
    }
}

/// Cells whose tops are nearer than this stand side by side.
const SAME_TOP: f64 = 3.0;

/// The rows of a page, from top to bottom. Where the texts of tables begin at the left is kept from page to page: empty
/// cells before that only set a table in.
pub(super) fn rows(glyphs: &[Glyph], cells: &Cells, texts_begin: &mut f64) -> Vec<Row> {
    let mut inside: Vec<Vec<Glyph>> = vec![Vec::new(); cells.cells.len()];
    let mut outside = Vec::new();
    for glyph in glyphs {
        match cells.at(glyph.middle()).and_then(|cell| inside.get_mut(cell)) {
            Some(cell) => cell.push(*glyph),
            None => outside.push(*glyph),
        }
    }
    let mut filled: Vec<Filled> = cells.cells.iter().zip(inside).map(|(cell, glyphs)| fill(cell, glyphs)).collect();
    let lefts = filled.iter().filter(|cell| !cell.text.is_empty()).map(|cell| cell.area.left);
    *texts_begin = lefts.fold(*texts_begin, f64::min);
    filled.retain(|cell| !cell.text.is_empty() || cell.area.right > *texts_begin + SAME_TOP);
    let boxed = side_by_side(without_frames(filled)).into_iter().map(Row::Boxed);
    let loose = lines::lines(outside).into_iter().map(Row::Loose);
    let mut rows: Vec<Row> = boxed.chain(loose).collect();
    rows.sort_by(|one, other| other.top().total_cmp(&one.top()));
    rows
}

fn fill(cell: &Cell, glyphs: Vec<Glyph>) -> Filled {
    let rows = lines::lines(glyphs);
    let single: Option<Vec<Line>> = rows
        .iter()
        .map(|parts| match parts.as_slice() {
            [line] => Some(line.clone()),
            _ => None,
        })
        .collect();
    let text = match single {
        Some(single) => lines::unwrapped(&single, cell.area),
        // Columns without a line between them.
        None => rows.iter().map(|parts| joined(parts, "\t")).collect(),
    };
    Filled { area: cell.area, open: cell.open, text }
}

pub(super) fn joined(parts: &[Line], with: &str) -> String {
    parts.iter().map(|part| part.text.trim_end()).collect::<Vec<_>>().join(with)
}

/// An empty cell around others is a frame.
fn without_frames(cells: Vec<Filled>) -> Vec<Filled> {
    let frame = |cell: &Filled| {
        let around = |other: &Filled| other.area != cell.area && other.area.within(cell.area) == other.area;
        cell.text.is_empty() && cells.iter().any(around)
    };
    cells.iter().filter(|cell| !frame(cell)).cloned().collect()
}

fn side_by_side(mut cells: Vec<Filled>) -> Vec<Boxed> {
    cells.sort_by(|one, other| other.area.top.total_cmp(&one.area.top));
    let table_left = cells.iter().map(|cell| cell.area.left).fold(f64::INFINITY, f64::min);
    let mut rows: Vec<Boxed> = Vec::new();
    for cell in cells {
        match rows.last_mut() {
            Some(row) if row.top - cell.area.top < SAME_TOP => row.cells.push(cell),
            _ => rows.push(Boxed { top: cell.area.top, cells: vec![cell], goes_on: false, labels_table: false }),
        }
    }
    for row in &mut rows {
        row.cells.sort_by(|one, other| one.area.left.total_cmp(&other.area.left));
    }
    for place in 0..rows.len() {
        let (above, from) = rows.split_at_mut(place);
        if let [row, ..] = from {
            relate(row, above, table_left);
        }
    }
    rows
}

/// How a row stands to those above it, and to the label beside it.
fn relate(row: &mut Boxed, above: &[Boxed], table_left: f64) {
    let Some(first) = row.cells.first() else { return };
    let reaches = |cell: &&Filled| {
        cell.area.bottom < row.top - SAME_TOP
            && cell.area.right < first.area.left + SAME_TOP
            && first.area.left - cell.area.right < SAME_TOP
    };
    let beside = above.iter().flat_map(|row| &row.cells).rfind(reaches);
    let of_form = |cell: &Filled| cell.area.left - table_left < SAME_TOP;
    // Beside a label of the form, several cells are a row of a table of its own.
    row.goes_on = beside.is_some_and(|cell| !of_form(cell) || row.cells.len() < 2);
    row.labels_table = of_form(first) && row.cells.len() > 2;
}

/// Rows to lines, page after page.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) text: String,
    /// Of each line, the page and how far below its top it stands.
    pub(super) places: Vec<Place>,
    /// A row that the end of a page has cut: it may go on at the top of the next one.
    cut: Option<(Boxed, Place)>,
}

/// Where a line of the text stands on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counted from 1.
    pub page: u32,
    /// From the top of the page, in millimetres.
    pub below_top_mm: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {}, {} mm below its top", self.page, self.below_top_mm)
    }
}

impl Writer {
    /// Writes the rows of a page. `margins` are the heights between which a page has its rows; beyond them stand its
    /// header and footer, which are lines of their own.
    pub(super) fn page(&mut self, rows: &[Row], place: impl Fn(f64) -> Place, margins: (f64, f64)) {
        for row in rows {
            let at = place(row.top());
            match row {
                Row::Loose(parts) => {
                    let furniture = row.top() < margins.0 || row.top() > margins.1;
                    if !furniture {
                        self.end_cut();
                    }
                    self.line(&joined(parts, if furniture { " " } else { "\t" }), at);
                }
                Row::Boxed(row) => self.boxed(row, at),
            }
        }
    }

    pub(super) fn line(&mut self, text: &str, at: Place) {
        self.text.push_str(text);
        self.text.push('\n');
        self.places.push(at);
    }

    fn boxed(&mut self, row: &Boxed, at: Place) {
        if let Some((above, before)) = self.cut.take() {
            if before.page != at.page && goes_on(&above, row) {
                let whole = continued(above, row);
                return self.row(&whole, before);
            }
            self.row(&above, before);
        }
        if row.cells.iter().any(|cell| cell.open) {
            self.cut = Some((row.clone(), at));
        } else {
            self.row(row, at);
        }
    }

    fn end_cut(&mut self) {
        if let Some((row, at)) = self.cut.take() {
            self.row(&row, at);
        }
    }

    fn row(&mut self, row: &Boxed, at: Place) {
        let empty_first = row.cells.first().is_some_and(|first| first.text.is_empty());
        let filled: Vec<&[String]> =
            row.cells.iter().map(|cell| cell.text.as_slice()).filter(|text| !text.is_empty()).collect();
        let goes_on = row.goes_on || (empty_first && filled.len() == 1 && row.cells.len() > 1);
        match filled.as_slice() {
            [] => {}
            [value] if goes_on => value.iter().for_each(|line| self.line(&format!("\t{line}"), at)),
            [[title]] => self.line(&format!("{title}\t"), at),
            [text] => text.iter().for_each(|line| self.line(line, at)),
            [label, value] if !goes_on => {
                let mut label = one_line(label);
                for line in *value {
                    self.line(&format!("{label}\t{line}"), at);
                    label.clear();
                }
            }
            [label, table @ ..] if row.labels_table && !empty_first => {
                self.line(&format!("{}\t", one_line(label)), at);
                self.line(&tabbed(table), at);
            }
            many => self.line(&format!("{}{}", if goes_on { "\t" } else { "" }, tabbed(many)), at),
        }
    }

    pub(super) fn finish(mut self) -> (String, Vec<Place>) {
        self.end_cut();
        (self.text, self.places)
    }
}

/// Whether a row at the top of a page is the rest of one cut by the page before: the same columns, both without a line there.
fn goes_on(above: &Boxed, row: &Boxed) -> bool {
    let same = |(one, other): (&Filled, &Filled)| (one.area.left - other.area.left).abs() < SAME_TOP;
    above.cells.len() == row.cells.len()
        && row.cells.iter().any(|cell| cell.open)
        && above.cells.iter().zip(&row.cells).all(same)
}

fn continued(mut above: Boxed, row: &Boxed) -> Boxed {
    for (cell, rest) in above.cells.iter_mut().zip(&row.cells) {
        cell.text.extend(rest.text.iter().cloned());
    }
    above
}

fn tabbed(cells: &[&[String]]) -> String {
    cells.iter().map(|cell| one_line(cell)).collect::<Vec<_>>().join("\t")
}

fn one_line(text: &[String]) -> String {
    let mut line = String::new();
    text.iter().for_each(|next| lines::join(&mut line, next));
    line
}
