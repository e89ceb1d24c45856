//! From places to values: each row's pieces, read by the grammar of its type, become the [`Form`].

use std::borrow::Cow;
use std::ops::Range;

use super::labels::Layout;
use super::model::{
    Finding, Form, Grammar, Label, Language, Need, Printed, ReadRow, Registrar, Subject, Text, Value, Withholding,
};
use super::rows::{AssignedRows, Slot};
use super::template::Heading;
use super::text::{Cursor, SourceText, is_blank, join_lines, push_line};
use super::values::fixed::{self, Absence};
use super::values::{Parse, Taken, list, registrar, tax};
use crate::finding::Code;

/// Reads every row.
pub(crate) fn build<'t>(
    source: &SourceText<'t>,
    heading: &Heading,
    layout: Layout,
    rows: &AssignedRows,
) -> (Box<Form<'t>>, Vec<Finding>) {
    let mut builder = Builder { source, heading, layout, rows, findings: Vec::new() };
    let title = builder.joined(&heading.title);
    let language = if source.is_simplified() { Language::ZhHans } else { heading.language };
    let mut form = Form::read(heading.template, language, title, &mut builder);
    form.one_period_row = builder.has_one_period_row();
    // The choices of the holder are told before the other rows: so the events published so far have it, and a replay gives the same bytes.
    builder.findings.sort_by_key(|finding| !matches!(finding.field, Subject::Row(row) if row.is_election()));
    (form, builder.findings)
}

struct Builder<'s, 't> {
    source: &'s SourceText<'t>,
    heading: &'s Heading,
    layout: Layout,
    rows: &'s AssignedRows,
    findings: Vec<Finding>,
}

/// A row whose grammar is closed, or begins with fixed words: the whole text must match.
impl<'t, T: Parse> ReadRow<'t, T> for Builder<'_, 't> {
    fn read(&mut self, label: Label) -> Printed<'t, T> {
        self.row(label, |builder, text, line| {
            let slot = builder.rows.slot(label);
            let trusted = !slot.doubtful && !builder.may_be_cut(label, slot);
            let matched = builder.matched(slot, text);
            let mut cursor = Cursor::new(&matched);
            match T::take(&mut cursor) {
                Some(Taken::Known(value)) if cursor.is_done() && trusted => return Value::Stated(value),
                Some(Taken::OnTrust(value)) if cursor.is_done() && trusted => {
                    return builder.on_trust(label, line, text, value);
                }
                Some(Taken::InCents(value)) if cursor.is_done() && trusted => {
                    let finding = builder.finding(Code::AmountInCents, label, line, text);
                    builder.findings.push(finding);
                    return Value::Stated(value);
                }
                Some(Taken::Impossible) if cursor.is_done() => {
                    let finding = builder.finding(Code::ImpossibleDate, label, line, text);
                    builder.findings.push(finding.expected("a day that the calendar has"));
                }
                Some(_) => {}
                None => {
                    if let Some(value) = T::in_other_words(&matched) {
                        return builder.on_trust(label, line, text, value);
                    }
                }
            }
            Value::Unparsed { expected: T::EXPECTED }
        })
    }
}

impl<'t> ReadRow<'t, Text<'t>> for Builder<'_, 't> {
    fn read(&mut self, label: Label) -> Printed<'t, Text<'t>> {
        let mut printed = self.row(label, |_, text, _| Value::Stated(text.clone()));
        if label.grammar() == Grammar::OpenSection && self.layout != Layout::Flow {
            printed = self.with_list(label, printed);
        }
        if label != Label::OtherSection {
            return printed;
        }
        let matched = self.matched(self.rows.slot(label), &printed.text).into_owned();
        without_repeated_title(printed, &matched)
    }
}

impl<'t> ReadRow<'t, Registrar> for Builder<'_, 't> {
    fn read(&mut self, label: Label) -> Printed<'t, Registrar> {
        self.row(label, |builder, _, _| {
            let slot = builder.rows.slot(label);
            let lines = builder.lines(slot, SourceText::printed);
            let registrar = registrar::read(&lines, builder.layout != Layout::Flow).filter(|_| !slot.doubtful);
            registrar.map_or(Value::Unparsed { expected: registrar::EXPECTED }, Value::Stated)
        })
    }
}

impl<'t> ReadRow<'t, Withholding> for Builder<'_, 't> {
    fn read(&mut self, label: Label) -> Printed<'t, Withholding> {
        self.row(label, |builder, _, _| {
            let slot = builder.rows.slot(label);
            let read = |lines: &[&str]| tax::read(lines, builder.heading.language, builder.layout != Layout::Flow);
            let tax = read(&builder.cells(slot, SourceText::printed));
            // In simplified characters a table may not look like one: then it is not read.
            let rows = |tax: &Option<Withholding>| tax.as_ref().map_or(0, |tax| tax.rates.len());
            let is_whole =
                !builder.source.is_simplified() || rows(&tax) == rows(&read(&builder.cells(slot, SourceText::slice)));
            tax.filter(|_| is_whole).map_or(Value::Unparsed { expected: tax::EXPECTED }, Value::Stated)
        })
    }
}

impl<'s, 't> Builder<'s, 't> {
    /// A row: absent, or read from its text, which begins on the given line.
    fn row<T>(&mut self, label: Label, read: impl FnOnce(&mut Self, &Text<'t>, u32) -> Value<T>) -> Printed<'t, T> {
        let slot = self.rows.slot(label);
        if slot.label_at.is_none() && label.is_election() && label.need() == Need::Due {
            return self.in_other_words(label);
        }
        let (text, line) = self.printed(slot);
        let value = match fixed::absence(&self.matched(slot, &text)) {
            _ if text.is_empty() => Value::NotStated,
            _ if slot.doubtful => read(self, &text, line),
            Some(Absence::NotApplicable) => Value::NotApplicable,
            Some(Absence::ToBeAnnounced) => Value::ToBeAnnounced,
            None => read(self, &text, line),
        };
        Printed { value, text, line }
    }

    /// Whether the year's label is that of the schema of 2021, which has no other row for a period.
    fn has_one_period_row(&self) -> bool {
        let year = self.rows.slot(Label::FinancialYearEnd).label_at;
        let lone = year.filter(|_| self.rows.slot(Label::ReportingPeriodEnd).label_at.is_none());
        lone.is_some_and(|at| Cursor::at(&self.source.text, at).eat("For the financial year / period end"))
    }

    /// A row of an election whose label was not found: what is printed in its place is not understood.
    fn in_other_words<T>(&self, label: Label) -> Printed<'t, T> {
        let due = label.templates().contains(&self.heading.template);
        let printed = due.then(|| self.rows.in_place_of(self.source, label)).flatten();
        printed.map_or_else(Printed::default, |(text, at)| Printed {
            value: Value::Unparsed { expected: "a label of the form before the value" },
            text: text.into(),
            line: self.source.line(at),
        })
    }

    /// A text with its names, one to a line, as a list.
    fn with_list(&self, label: Label, printed: Printed<'t, Text<'t>>) -> Printed<'t, Text<'t>> {
        let lines = self.lines(self.rows.slot(label), SourceText::printed);
        match (&printed.value, list::joined(&lines, self.heading.language)) {
            (Value::Stated(_), Some(text)) => {
                Printed { value: Value::Stated(text.clone().into()), text: text.into(), ..printed }
            }
            _ => printed,
        }
    }

    /// A value by a wording that no real form has shown yet.
    fn on_trust<T>(&mut self, label: Label, line: u32, text: &str, value: T) -> Value<T> {
        let finding = self.finding(Code::UnconfirmedWording, label, line, text);
        self.findings.push(finding);
        Value::Stated(value)
    }

    fn finding(&self, code: Code, label: Label, line: u32, found: &str) -> Finding {
        Finding::about(code, Subject::Row(label)).at(line).found(found)
    }

    /// A row's text as printed, pieces joined, without the tick of a ticked box; the line that it begins on.
    fn printed(&self, slot: &Slot) -> (Text<'t>, u32) {
        if slot.label_at.is_none() {
            return (Text::default(), 0);
        }
        if let Some(piece) = slot.lone_piece() {
            return (self.joined(piece), self.source.line(piece.start));
        }
        (self.source.join(&slot.pieces(), self.heading.language).into(), self.first_line(slot))
    }

    /// A row's text as it is matched: in simplified Chinese by the traditional characters.
    fn matched<'a>(&self, slot: &Slot, printed: &'a str) -> Cow<'a, str> {
        if !self.source.is_simplified() {
            return Cow::Borrowed(printed);
        }
        let pieces = slot.pieces();
        let lines = pieces.iter().flat_map(|piece| self.source.lines(piece.clone()));
        let lines: Vec<&str> = lines.map(|line| self.source.slice(line)).collect();
        join_lines(&lines, self.heading.language).into()
    }

    /// The lines of one piece, without the blanks around it, as one text.
    fn joined(&self, piece: &Range<usize>) -> Text<'t> {
        match self.source.as_given(piece) {
            Some(text) => text.into(),
            None => self.source.join(std::slice::from_ref(piece), self.heading.language).into(),
        }
    }

    /// The line that a row's text begins on, or, when it has none, its label.
    fn first_line(&self, slot: &Slot) -> u32 {
        let first = slot.pieces().into_iter().find(|piece| !piece.is_empty()).map(|piece| piece.start);
        first.or(slot.label_at).map_or(0, |at| self.source.line(at))
    }

    /// The printed lines of a row; its pieces themselves where line ends mean nothing.
    fn lines(&self, slot: &Slot, text: fn(&'s SourceText<'t>, Range<usize>) -> &'s str) -> Vec<&'s str> {
        let mut lines = Vec::with_capacity(8);
        for piece in slot.pieces() {
            match self.layout {
                Layout::Flow => lines.push(text(self.source, self.source.trim(piece))),
                Layout::Lines | Layout::Tabbed => {
                    lines.extend(self.source.lines(piece).map(|line| text(self.source, line)));
                }
            }
        }
        lines.retain(|line| !line.is_empty());
        lines
    }

    /// The lines of a table, each with the tabs before it: they say which column it begins in.
    fn cells(&self, slot: &Slot, text: fn(&'s SourceText<'t>, Range<usize>) -> &'s str) -> Vec<&'s str> {
        if self.layout != Layout::Tabbed {
            return self.lines(slot, text);
        }
        let with_tabs = |line: Range<usize>| {
            let start = self.source.line_start(line.start);
            let tabs = self.source.is_blank(start..line.start) && start >= slot.after.start;
            text(self.source, if tabs { start } else { line.start }..line.end)
        };
        self.source.lines(slot.after.clone()).map(with_tabs).collect()
    }

    /// A figure without an end mark of its own, at the very end of a text that is cut off: `HKD 1.0` may have been `HKD 1.083`.
    fn may_be_cut(&self, label: Label, slot: &Slot) -> bool {
        let at_end = || self.source.is_blank(slot.after.end..self.source.text.len());
        let digit = || self.source.slice(slot.after.clone()).ends_with(|c: char| c.is_ascii_digit());
        label.grammar().is_open_ended() && !self.rows.has(Label::DirectorsSection) && at_end() && digit()
    }
}

/// With nothing to say, the section prints its title again as a label, and `Not applicable`.
fn without_repeated_title<'t>(mut printed: Printed<'t, Text<'t>>, matched: &str) -> Printed<'t, Text<'t>> {
    for title in ["Other information", "其他信息"] {
        let mut cursor = Cursor::new(matched);
        if !cursor.eat(title) {
            continue;
        }
        let value = match fixed::absence(cursor.rest()) {
            _ if cursor.is_done() => Value::NotStated,
            Some(Absence::NotApplicable) => Value::NotApplicable,
            Some(Absence::ToBeAnnounced) => Value::ToBeAnnounced,
            None => continue,
        };
        let text = collapse(printed.text.get(cursor.position()..).unwrap_or_default()).into();
        printed = Printed { value, text, line: printed.line };
        break;
    }
    printed
}

fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    push_line(&mut collapsed, text.trim_matches(is_blank), Language::En);
    collapsed
}
