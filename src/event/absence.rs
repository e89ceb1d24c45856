//! Why a value is absent: the one place where `null` and its entry in `field_status` are made together.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::schema::FieldStatus;
use crate::finding::{Code, Finding, Severity};
use crate::form::{Printed, Text, Value};

/// A JSON pointer in two parts, put together only when it is needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pointer<'a>(pub(super) &'a str, pub(super) &'static str);

impl From<&'static str> for Pointer<'_> {
    fn from(whole: &'static str) -> Self {
        Pointer("", whole)
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        f.write_str(self.1)
    }
}

impl From<Pointer<'_>> for Cow<'static, str> {
    fn from(pointer: Pointer<'_>) -> Self {
        if pointer.0.is_empty() { Cow::Borrowed(pointer.1) } else { Cow::Owned([pointer.0, pointer.1].concat()) }
    }
}

/// What is noted while an event is put together: what is absent, and what is wrong.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The event's `field_status`.
    pub(super) absent: BTreeMap<Cow<'static, str>, FieldStatus>,
    /// All findings so far, those of the reading first.
    pub(super) findings: Vec<Finding>,
}

impl Notes {
    /// The definite value of a row that an event can do without. Text outside the grammar is a warning.
    pub(super) fn optional<'f, T>(&mut self, row: &'f Printed<'_, T>, pointer: Pointer<'_>) -> Option<&'f T> {
        self.optional_or(Code::UnreadableValue, row, pointer)
    }

    /// As [`Notes::optional`], for a row of text.
    pub(super) fn text(&mut self, row: &Printed<'_, Text<'_>>, pointer: Pointer<'_>) -> Option<String> {
        self.optional(row, pointer).map(Text::to_string)
    }

    /// As [`Notes::optional`], with an own code for text outside the grammar.
    pub(super) fn optional_or<'f, T>(
        &mut self,
        unreadable: Code,
        row: &'f Printed<'_, T>,
        pointer: Pointer<'_>,
    ) -> Option<&'f T> {
        if let Value::Stated(value) = &row.value {
            return Some(value);
        }
        if let Value::Unparsed { expected } = row.value {
            self.unreadable(unreadable, row, expected, pointer);
        }
        self.mark(pointer, reason(row));
        None
    }

    /// The definite value of a row that every event needs; its absence is an error.
    pub(super) fn required<'f, T>(
        &mut self,
        unreadable: Code,
        row: &'f Printed<'_, T>,
        pointer: &'static str,
    ) -> Option<&'f T> {
        let missing = Finding::new(Code::RequiredFieldMissing, pointer).at(row.line);
        match &row.value {
            Value::Stated(value) => return Some(value),
            Value::Unparsed { expected } => self.unreadable(unreadable, row, expected, pointer.into()),
            Value::NotStated => self.report(missing),
            Value::NotApplicable | Value::ToBeAnnounced => self.report(missing.found(&row.text)),
        }
        None
    }

    /// Notes text outside the field's grammar.
    pub(super) fn unreadable<T>(&mut self, code: Code, row: &Printed<'_, T>, expected: &str, pointer: Pointer<'_>) {
        let expected = expected.strip_prefix("expected ").unwrap_or(expected);
        self.report(Finding::new(code, pointer).at(row.line).found(&row.text).expected(expected));
    }

    /// Notes that a row has no usable value, unless an error of the reading has said why already: an impossible date, two
    /// competing lines. One fact is one finding.
    pub(super) fn report(&mut self, finding: Finding) {
        // The reading knows a row of money as a whole: `/payment_options/0`, not its `/amount`.
        let row = finding.field.strip_suffix("/amount").unwrap_or(&finding.field);
        let is_known = |earlier: &Finding| earlier.code.severity() == Severity::Error && earlier.field == row;
        let known = self.findings.iter().any(is_known);
        if !known {
            self.findings.push(finding);
        }
    }

    /// Whether the reading has called this field, or something in it, unreadable.
    pub(super) fn is_unreadable(&self, pointer: &str) -> bool {
        self.findings.iter().any(|finding| finding.code == Code::UnreadableValue && finding.field.starts_with(pointer))
    }

    /// Notes why a value is absent.
    pub(super) fn mark(&mut self, pointer: Pointer<'_>, status: FieldStatus) {
        self.absent.insert(pointer.into(), status);
    }
}

/// Why a row has no definite value. Asked only of rows that have none.
pub(super) fn reason<T>(row: &Printed<'_, T>) -> FieldStatus {
    match row.value {
        Value::NotApplicable => FieldStatus::NotApplicable,
        Value::ToBeAnnounced => FieldStatus::ToBeAnnounced,
        Value::Unparsed { .. } => FieldStatus::Unparsed,
        Value::Stated(_) | Value::NotStated => FieldStatus::NotStated,
    }
}
