//! HTML → lines: the rows of tables as `label<TAB>value`, everything else as plain lines.
//!
//! - A row of two cells is `label<TAB>value`; further lines of the value (`<br>`, paragraphs) follow as `<TAB>text`.
//! - A cell that fills its row is a section title or free text: `text<TAB>`, or plain lines when there are several.
//! - A row of three or more (the withholding table) is its cells joined by tabs. Empty cells only keep other cells apart,
//!   but an empty first one (of a column that has text elsewhere) before a value says that the row goes on from the one above, as a `rowspan` does.
//! - The rows of a table inside a cell stand on their own, what its row held before and after them too.
//! - What is raised or lowered (`sup`, `sub`) is a word of its own: the mark of a footnote joins no figure.
//! - Script, style and comments are no text. White space, `&nbsp;` included, is one space, except in `<pre>`.

mod reader;

use reader::Element;

use crate::letters::is_wide;

/// The text of an HTML document, line by line.
pub(super) fn lines(html: &str) -> String {
    let mut writer = Writer { out: String::with_capacity(html.len() / 2), ..Writer::default() };
    reader::read(html, &mut writer);
    writer.finish()
}

/// Tables deeper than this are read as part of the one around them.
const DEPTH: usize = 16;
/// Columns over which a `rowspan` is followed, and rows that it may span.
const COLUMNS: usize = 32;
const ROWS: u32 = 1000;

#[derive(Default)]
struct Writer {
    out: String,
    /// Text outside of cells, up to the end of its block.
    block: String,
    tables: Vec<Table>,
    /// Open tables beyond [`DEPTH`].
    too_deep: usize,
    preformatted: usize,
}

#[derive(Default)]
struct Table {
    /// The cells of the open row; `None` where a row above goes on.
    cells: Vec<Option<String>>,
    in_cell: bool,
    /// The first column that has had text so far: one before it only sets the table in.
    first_used: Option<usize>,
    /// For each column, how many further rows a cell above reaches into.
    reaching: Vec<u32>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        let preformatted = self.preformatted > 0;
        let target = self.target();
        for c in text.chars() {
            push(target, c, preformatted);
        }
    }

    /// Where text goes: the open cell, or the lines outside of tables.
    fn target(&mut self) -> &mut String {
        match self.tables.last_mut() {
            Some(Table { cells, in_cell: true, .. }) => match cells.last_mut() {
                Some(Some(cell)) => cell,
                _ => &mut self.block,
            },
            _ => &mut self.block,
        }
    }

    fn open(&mut self, element: Element, rowspan: Option<u32>) {
        match element {
            Element::Table => self.open_table(),
            Element::Row => {
                self.end_row();
                self.skip_reached();
            }
            Element::Cell => self.open_cell(rowspan),
            Element::Preformatted => {
                self.end_line();
                self.preformatted += 1;
            }
            Element::Block => self.end_line(),
            Element::Apart => self.text(" "),
            Element::Hidden(_) | Element::Inline => {}
        }
    }

    fn close(&mut self, element: Element) {
        match element {
            Element::Table => self.close_table(),
            Element::Row => self.end_row(),
            Element::Cell => self.close_cell(),
            Element::Preformatted => {
                self.end_line();
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            Element::Block => self.end_line(),
            Element::Apart => self.text(" "),
            Element::Hidden(_) | Element::Inline => {}
        }
    }

    fn end_line(&mut self) {
        let target = self.target();
        let kept = target.trim_end_matches(' ').len();
        target.truncate(kept);
        if !target.is_empty() && !target.ends_with('\n') {
            target.push('\n');
        }
    }

    fn open_table(&mut self) {
        if self.tables.len() == DEPTH {
            self.too_deep += 1;
            return;
        }
        self.flush_block();
        if let Some(outer) = self.tables.last_mut() {
            outer.write_row(&mut self.out);
            // What its row still holds after the inner table belongs to the same column.
            let first_column = outer.cells.len() <= 1;
            outer.cells = if first_column { vec![Some(String::new())] } else { vec![None, Some(String::new())] };
        }
        self.tables.push(Table::default());
    }

    fn close_table(&mut self) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        self.end_row();
        self.tables.pop();
    }

    fn end_row(&mut self) {
        self.flush_block();
        if let Some(table) = self.tables.last_mut() {
            table.in_cell = false;
            table.write_row(&mut self.out);
            table.cells.clear();
        }
    }

    fn open_cell(&mut self, rowspan: Option<u32>) {
        self.end_line();
        let Some(table) = self.tables.last_mut() else { return };
        table.in_cell = true;
        table.cells.push(Some(String::new()));
        let rows = rowspan.unwrap_or(1).min(ROWS);
        let column = table.cells.len() - 1;
        if rows > 1 && column < COLUMNS {
            table.reaching.resize(table.reaching.len().max(column + 1), 0);
            table.reaching[column] = rows - 1;
        }
    }

    fn close_cell(&mut self) {
        self.end_line();
        if let Some(table) = self.tables.last_mut() {
            table.in_cell = false;
        }
        self.skip_reached();
    }

    /// Leaves out the columns that a cell of an earlier row reaches into.
    fn skip_reached(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        while let Some(rows) = table.reaching.get_mut(table.cells.len()).filter(|rows| **rows > 0) {
            *rows -= 1;
            table.cells.push(None);
        }
    }

    fn flush_block(&mut self) {
        for line in self.block.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
            self.out.extend([line, "\n"]);
        }
        self.block.clear();
    }

    fn finish(mut self) -> String {
        while !self.tables.is_empty() {
            self.end_row();
            self.tables.pop();
        }
        self.flush_block();
        self.out
    }
}

/// One space for any white space, none at the start of a line.
fn push(target: &mut String, c: char, preformatted: bool) {
    match c {
        '\r' | '\u{200B}' | '\u{FEFF}' => {}
        _ if preformatted => target.push(c),
        ' ' | '\t' | '\n' | '\u{C}' | '\u{A0}' => {
            if !target.is_empty() && !target.ends_with([' ', '\n']) {
                target.push(' ');
            }
        }
        _ => target.push(c),
    }
}

impl Table {
    fn write_row(&mut self, out: &mut String) {
        let begins = self.cells.iter().position(|cell| cell.as_ref().is_some_and(|cell| !cell.trim().is_empty()));
        self.first_used = self.first_used.into_iter().chain(begins).min();
        write_row(out, &self.cells, self.first_used.unwrap_or_default());
    }
}

fn write_row(out: &mut String, cells: &[Option<String>], first_used: usize) {
    let texts: Vec<&str> = cells.iter().flatten().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let goes_on = cells.get(first_used).is_some_and(|first| match first {
        None => true,
        Some(first) => first.trim().is_empty() && texts.len() == 1,
    });
    match texts.as_slice() {
        [] => {}
        [value] if goes_on => write_value(out, value),
        [title] if !title.contains('\n') => out.extend([*title, "\t\n"]),
        [text] => out.extend([*text, "\n"]),
        [label, value] if !goes_on => {
            out.push_str(&one_line(label));
            write_value(out, value);
        }
        many => {
            let cells: Vec<String> = many.iter().map(|cell| one_line(cell)).collect();
            out.extend([if goes_on { "\t" } else { "" }, &cells.join("\t"), "\n"]);
        }
    }
}

/// Each line of a value after a tab, the first one after its label.
fn write_value(out: &mut String, value: &str) {
    for line in value.lines() {
        out.extend(["\t", line.trim(), "\n"]);
    }
}

/// Joins the lines of a cell that is one thing: with a space, but none between Chinese characters.
fn one_line(cell: &str) -> String {
    let mut joined = String::with_capacity(cell.len());
    for line in cell.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let glued = joined.chars().next_back().is_some_and(is_wide) && line.chars().next().is_some_and(is_wide);
        if !joined.is_empty() && !glued {
            joined.push(' ');
        }
        joined.push_str(line);
    }
    joined
}

#[cfg(test)]
mod tests;
