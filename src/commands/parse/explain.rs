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
//!   --> form.txt:30 (/dates/payment_date)
//!    |
//! 30 | Payment date⇥19 May 2024
//!    |              ^^^^^^^^^^^
//!    = found:    19 May 2024
//!    = expected: a trading day
//!    = help:     compare with the original document and the exchange's calendar
//!
//! published XHKG:03660:DVCA:2023-12-31:INTE:ORDI: 0 errors, 1 warning
//! ```

mod paint;
mod rows;

use std::io::{self, Write};

use super::summary::language;
use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::form::Form;
use crate::pipeline::{Outcome, Trace};
use paint::{Paint, Style, columns, visible, wrapped};
use rows::{Reading, Row};

/// Columns of a document's line before it is wrapped.
const WIDTH: usize = 100;
/// Lines of a document that is no form before the rest is only counted.
const FOREIGN_LINES: usize = 20;

/// Writes the explanation of one document.
pub(super) fn write(out: &mut impl Write, file: &str, trace: &Trace<'_>, colours: bool) -> io::Result<()> {
    let page = Page { file: visible(file), paint: Paint { colours } };
    if let Some(document) = &trace.document {
        page.title(out, document, trace.form.as_deref())?;
        page.lines(out, document, trace.form.as_deref())?;
    } else {
        writeln!(out, "{}", page.paint.style(Style::Strong, &page.file))?;
    }
    for finding in findings(&trace.outcome) {
        page.finding(out, finding, trace)?;
    }
    page.outcome(out, &trace.outcome)
}

fn findings(outcome: &Outcome) -> &[Finding] {
    match outcome {
        Outcome::Publish(_, findings) | Outcome::DeadLetter(_, findings) => findings,
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
            writeln!(out, "{} in {}: {}", form.template.code(), language(form.language), visible(&form.title))?;
        }
        writeln!(out)
    }

    fn lines(&self, out: &mut impl Write, document: &Document<'_>, form: Option<&Form<'_>>) -> io::Result<()> {
        let rows = form.map(rows::rows).unwrap_or_default();
        let count = document.text.lines().count();
        let shown = if form.is_some() { count } else { FOREIGN_LINES.min(count) };
        let gutter = count.to_string().len().max(4);
        for (number, line) in (1..).zip(document.text.lines().take(shown)) {
            let here: Vec<&Row> = rows.iter().filter(|row| row.line == number).collect();
            let style = if here.is_empty() { Style::Faint } else { Style::Plain };
            for (index, piece) in wrapped(&visible(line), WIDTH).into_iter().enumerate() {
                let number = if index == 0 { number.to_string() } else { String::new() };
                let shown = format!("{number:>gutter$} | {}", self.paint.style(style, piece.trim_end()));
                writeln!(out, "{}", shown.trim_end())?;
            }
            for row in here {
                writeln!(out, "{:gutter$} |     {}", "", self.row(row, line))?;
            }
        }
        if shown < count {
            writeln!(out, "{:gutter$} | ({} more lines)", "", count - shown)?;
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

    fn finding(&self, out: &mut impl Write, finding: &Finding, trace: &Trace<'_>) -> io::Result<()> {
        let (word, style) = match finding.code.severity() {
            Severity::Error => ("error", Style::Error),
            Severity::Warning => ("warning", Style::Warning),
        };
        let head = self.paint.style(style, &format!("{word}[{}]", finding.code.as_str()));
        writeln!(out, "\n{head}: {}", self.paint.style(Style::Strong, finding.code.summary()))?;
        let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        let field = Some(&finding.field).filter(|field| !field.is_empty()).map(|field| format!(" ({field})"));
        writeln!(out, "  --> {}{line}{}", self.file, field.unwrap_or_default())?;
        self.excerpt(out, finding, trace, style)?;
        let notes = [("found", finding.found.as_deref()), ("expected", finding.expected.as_deref())];
        for (name, text) in notes.into_iter().chain([("help", Some(finding.code.advice()))]) {
            if let Some(text) = text {
                writeln!(out, "     = {:9} {}", format!("{name}:"), visible(text))?;
            }
        }
        Ok(())
    }

    /// The line that the finding is about, with what was found there, or the text of its row, underlined.
    fn excerpt(&self, out: &mut impl Write, finding: &Finding, trace: &Trace<'_>, style: Style) -> io::Result<()> {
        let number = finding.line.unwrap_or_default();
        let lines = trace.document.as_ref().map(|document| document.text.lines());
        let line = lines.and_then(|mut lines| lines.nth((number as usize).checked_sub(1)?));
        let Some(line) = line.map(visible) else { return Ok(()) };
        writeln!(out, "     |")?;
        let rows = trace.form.as_deref().map(rows::rows).unwrap_or_default();
        let row = rows.iter().find(|row| row.line == number && finding.field.starts_with(&row.field));
        let marked = [finding.found.as_deref(), row.map(|row| row.text.as_str())];
        let place = marked.into_iter().flatten().map(visible).find_map(|text| Some((line.find(&text)?, text)));
        let Some((before, found)) = place.and_then(|(at, found)| Some((line.get(..at)?, found))) else {
            let shown = wrapped(&line, WIDTH).first().copied().unwrap_or_default();
            return writeln!(out, "{number:>4} | {shown}");
        };
        // Of a long line, what leads up to the place is enough.
        let lead = wrapped(before, WIDTH / 2).last().copied().unwrap_or_default();
        let cut = if lead.len() < before.len() { "…" } else { "" };
        let tail =
            line.get(before.len()..).and_then(|tail| wrapped(tail, WIDTH / 2).first().copied().map(str::to_owned));
        let tail = tail.unwrap_or_default();
        writeln!(out, "{number:>4} | {cut}{lead}{tail}")?;
        let marks = "^".repeat(columns(&found).min(columns(&tail)).max(1));
        let indent = " ".repeat(columns(cut) + columns(lead));
        writeln!(out, "     | {indent}{}", self.paint.style(style, &marks))
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
            Outcome::DeadLetter(stage, _) => {
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
