//! A document explained to a person: its lines with what was read from them, then the findings, then the outcome.
//!
//! ```text
//! form.txt: text/plain, utf-8, sha256 15cca2a1…
//! EF001 in en: Cash Dividend Announcement for Equity Issuer
//!
//!    7 | Stock code⇥03660
//!      |     /instrument/stock_code = 03660
//!
//! warning[not-a-trading-day]: The exchange does not trade on this day.
//!   --> form.txt:30:14
//!    |
//! 30 | Payment date⇥19 May 2024
//!    |              ^^^^^^^^^^^ /dates/payment_date
//!    |
//!    = found: 19 May 2024
//!    = expected: a trading day
//!    = help: compare with the original document and the exchange's calendar
//!
//! published XHKG:03660:DVCA:2023-12-31:INTE:ORDI: 0 errors, 1 warning
//! ```

mod paint;
mod report;
mod rows;

use std::io::{self, Write};

use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::form::Form;
use crate::pipeline::{Outcome, Trace};
use paint::{Paint, Style, visible};
use rows::{Reading, Row};

/// Columns of a document's line before it is wrapped.
const WIDTH: usize = 100;
/// Lines of a document that is no form before the rest is only counted.
const FOREIGN_LINES: usize = 20;

/// Writes the explanation of one document.
pub(in crate::commands) fn write(out: &mut impl Write, file: &str, trace: &Trace<'_>, colours: bool) -> io::Result<()> {
    let page = Page { file: visible(file), paint: Paint { colours } };
    if let Some(document) = &trace.document {
        page.title(out, document, trace.form.as_deref())?;
        page.lines(out, document, trace.form.as_deref())?;
    } else {
        writeln!(out, "{}", page.paint.style(Style::Strong, &page.file))?;
    }
    for finding in findings(&trace.outcome) {
        write!(out, "\n{}\n", report::report(&page.file, finding, trace, colours))?;
    }
    page.outcome(out, &trace.outcome)
}

fn findings(outcome: &Outcome) -> &[Finding] {
    match outcome {
        Outcome::Publish(_, findings) | Outcome::DeadLetter(_, findings, _) => findings,
        Outcome::Skip(_) => &[],
    }
}

struct Page {
    file: String,
    paint: Paint,
}

impl Page {
    fn title(&self, out: &mut impl Write, document: &Document<'_>, form: Option<&Form<'_>>) -> io::Result<()> {
        let file = self.paint.style(Style::Strong, &self.file);
        writeln!(out, "{file}: {}, {}, sha256 {}", document.media_type, document.charset, document.checksum.hex())?;
        if let Some(form) = form {
            writeln!(out, "{} in {}: {}", form.template.code(), form.language.tag(), visible(&form.title))?;
        }
        writeln!(out)
    }

    fn lines(&self, out: &mut impl Write, document: &Document<'_>, form: Option<&Form<'_>>) -> io::Result<()> {
        let rows = form.map(rows::rows).unwrap_or_default();
        let count = document.text.lines().count();
        let shown = if form.is_some() { count } else { FOREIGN_LINES.min(count) };
        let gutter = count.to_string().len().max(4);
        // Beside the lines of a PDF stands where they are on paper.
        let margin = if document.places.is_empty() { gutter } else { gutter + "  p1 123 mm".len() };
        for (number, line) in (1..).zip(document.text.lines().take(shown)) {
            let here: Vec<&Row> = rows.iter().filter(|row| row.line == number).collect();
            let style = if here.is_empty() { Style::Faint } else { Style::Plain };
            let place = document.place(number).map(|place| format!("  p{} {:>3} mm", place.page, place.below_top_mm));
            let head = format!("{number:>gutter$}{}", place.unwrap_or_default());
            for (index, piece) in textwrap::wrap(&visible(line), WIDTH).into_iter().enumerate() {
                let head = if index == 0 { &*head } else { "" };
                let shown = format!("{head:>margin$} | {}", self.paint.style(style, &piece));
                writeln!(out, "{}", shown.trim_end())?;
            }
            for row in here {
                writeln!(out, "{:margin$} |     {}", "", self.row(row, line))?;
            }
        }
        if shown < count {
            writeln!(out, "{:margin$} | ({} more lines)", "", count - shown)?;
        }
        self.rows_elsewhere(out, &rows, count)
    }

    /// Rows without a place in the document.
    fn rows_elsewhere(&self, out: &mut impl Write, rows: &[Row], count: usize) -> io::Result<()> {
        let nowhere = |row: &&Row| row.line == 0 || row.line as usize > count;
        let names: Vec<&str> = rows.iter().filter(nowhere).map(|row| row.field.as_str()).collect();
        if names.is_empty() {
            return Ok(());
        }
        writeln!(out, "\nnot on the form: {}", self.paint.style(Style::Absent, &names.join(", ")))
    }

    fn row(&self, row: &Row, line: &str) -> String {
        let field = self.paint.style(Style::Field, &row.field);
        let (read, value) = match &row.reading {
            Reading::Value(value) => {
                (format!("{field} = {}", self.paint.style(Style::Value, &beginning(value))), value)
            }
            Reading::Absent(status) => (format!("{field} : {}", self.paint.style(Style::Absent, status)), status),
        };
        // What stands on this line, or differs from the value by white space only, need not be shown twice.
        if line.contains(&row.text) || letters(value).eq(letters(&row.text)) {
            return read;
        }
        format!("{read}  {}", self.paint.style(Style::Faint, &format!("from `{}`", beginning(&row.text))))
    }

    fn outcome(&self, out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
        let verdict = match outcome {
            Outcome::Skip(reason) => {
                let skipped = self.paint.style(Style::Absent, "skipped");
                return writeln!(out, "\n{skipped}: {}\n", reason.as_str());
            }
            Outcome::Publish(event, _) => {
                format!("{} {}", self.paint.style(Style::Value, "published"), event.corporate_action_id)
            }
            Outcome::DeadLetter(stage, ..) => {
                format!("{} at stage {}", self.paint.style(Style::Error, "dead-lettered"), stage.as_str())
            }
        };
        let errors = findings(outcome).iter().filter(|finding| finding.code.severity() == Severity::Error).count();
        let warnings = findings(outcome).len() - errors;
        writeln!(out, "\n{verdict}: {}, {}\n", counted(errors, "error"), counted(warnings, "warning"))
    }
}

/// Enough of a text to see where it begins and that it goes on; the lines show all of it.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 72;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            format!("{}… ({} characters)", visible(text.get(..end).unwrap_or_default()), text.chars().count())
        }
        None => visible(text),
    }
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric())
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
