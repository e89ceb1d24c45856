//! Why a value is absent: the one place where `null` and its entry in `field_status` are made together.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::pointer::{PaymentOptions, Pointer};
use super::schema::FieldStatus;
use crate::finding::{Code, Finding, Severity};
use crate::form::{Label, Need, Printed, Text, Value};

/// What is noted while an event is put together: what is absent, and what is wrong.
#[derive(Debug)]
pub(super) struct Notes {
    /// Where the payment options stand.
    pub(super) options: PaymentOptions,
    /// The event's `field_status`.
    pub(super) absent: BTreeMap<Cow<'static, str>, FieldStatus>,
    /// The rows that are missing or blank.
    pub(super) not_stated: Vec<Label>,
    /// All findings so far, those of the reading first.
    pub(super) findings: Vec<Finding>,
}

impl Notes {
    /// The definite value of a row. Its absence is noted: an error where every event needs the row.
    pub(super) fn value<'f, T>(&mut self, label: Label, row: &'f Printed<'_, T>) -> Option<&'f T> {
        if let Value::Stated(value) = &row.value {
            return Some(value);
        }
        if let Value::Unparsed { expected } = row.value {
            self.unreadable(unreadable(label), row, expected, label);
        }
        match label.need() {
            Need::Required => self.missing(label, row),
            Need::EitherAmount | Need::Due | Need::Usual | Need::Later | Need::Seldom => {
                self.not_stated(label, row);
                self.mark(label, reason(row));
            }
        }
        None
    }

    /// Keeps in mind that a row is missing or blank; what follows from it is for [`super::due`] to say.
    pub(super) fn not_stated<T>(&mut self, label: Label, row: &Printed<'_, T>) {
        if matches!(row.value, Value::NotStated) {
            self.not_stated.push(label);
        }
    }

    /// As [`Notes::value`], for a row of text.
    pub(super) fn text(&mut self, label: Label, row: &Printed<'_, Text<'_>>) -> Option<String> {
        self.value(label, row).map(Text::to_string)
    }

    fn missing<T>(&mut self, label: Label, row: &Printed<'_, T>) {
        let missing = Finding::new(Code::RequiredFieldMissing, self.options.pointer(label)).at(row.line);
        match &row.value {
            Value::Stated(_) | Value::Unparsed { .. } => {}
            Value::NotStated => self.report(missing),
            Value::NotApplicable | Value::ToBeAnnounced => self.report(missing.found(&row.text)),
        }
    }

    /// Notes text outside the field's grammar.
    pub(super) fn unreadable<T>(&mut self, code: Code, row: &Printed<'_, T>, expected: &str, at: impl Into<Pointer>) {
        let expected = expected.strip_prefix("expected ").unwrap_or(expected);
        self.report(Finding::new(code, self.options.pointer(at)).at(row.line).found(&row.text).expected(expected));
    }

    /// Notes that a row has no usable value, unless the reading has said why already: an error there, as an impossible date
    /// or two competing lines, or, where nothing worse is to be told, an unknown label in the row's place. One fact is one
    /// finding.
    pub(super) fn report(&mut self, finding: Finding) {
        // The reading knows a row of money as a whole: `/payment_options/0`, not its `/amount`.
        let row = finding.field.strip_suffix("/amount").unwrap_or(&finding.field);
        let is_warning = finding.code.severity() == Severity::Warning;
        let explains = |code: Code| code.severity() == Severity::Error || (is_warning && code == Code::UnknownLabel);
        let is_known = |earlier: &Finding| explains(earlier.code) && earlier.field == row;
        let known = self.findings.iter().any(is_known);
        if !known {
            self.findings.push(finding);
        }
    }

    /// Notes why a value is absent.
    pub(super) fn mark(&mut self, at: impl Into<Pointer>, status: FieldStatus) {
        self.mark_at(self.options.pointer(at), status);
    }

    /// As [`Notes::mark`], for a value that is neither a row's nor a part of one.
    pub(super) fn mark_at(&mut self, pointer: impl Into<Cow<'static, str>>, status: FieldStatus) {
        self.absent.insert(pointer.into(), status);
    }
}

/// What text outside a row's grammar is.
fn unreadable(label: Label) -> Code {
    match label {
        Label::StockCode => Code::InvalidStockCode,
        Label::DividendType => Code::UnknownDividendType,
        _ if label.need() == Need::Required => Code::UnreadableRequiredValue,
        _ => Code::UnreadableValue,
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
