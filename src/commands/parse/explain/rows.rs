//! The rows of a form, in printed order: which field of the event each belongs to, where it stands, what was read.

use crate::event::PaymentOptions;
use crate::form::{AnnouncementStatus, Form, Label, Need, Value};

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// JSON pointer of the field in the event.
    pub(super) field: String,
    /// Counted from 1; 0 where the row is not on the form.
    pub(super) line: u32,
    /// As printed, its pieces joined.
    pub(super) text: String,
    pub(super) reading: Reading,
}

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Value(String),
    /// Why there is no value, as the event's `field_status` says it.
    Absent(String),
}

/// All rows that the form prints or should print, in printed order.
pub(super) fn rows(form: &Form<'_>) -> Vec<Row> {
    let options = PaymentOptions::of(form);
    let shown = Label::ALL.iter().filter_map(|label| Some((*label, form.row(*label)?)));
    let shown = shown.filter(|(label, row)| row.line > 0 || is_due(*label, form));
    let read = |(label, row): (Label, crate::form::Row<'_>)| Row {
        field: options.pointer(label).into_owned(),
        line: row.line,
        text: row.text.to_owned(),
        reading: reading(&row.value),
    };
    shown.map(read).collect()
}

/// Whether the form should print a row.
fn is_due(label: Label, form: &Form<'_>) -> bool {
    let printed = match label.need() {
        Need::Required | Need::EitherAmount | Need::Due | Need::Usual => true,
        Need::Later => form.status.stated() != Some(&AnnouncementStatus::New),
        Need::Seldom => false,
    };
    printed && label.templates().contains(&form.template)
}

fn reading(value: &Value<&dyn crate::form::Shown>) -> Reading {
    match value {
        Value::Stated(value) => Reading::Value(value.shown()),
        Value::NotApplicable => Reading::Absent("NOT_APPLICABLE".into()),
        Value::ToBeAnnounced => Reading::Absent("TO_BE_ANNOUNCED".into()),
        Value::NotStated => Reading::Absent("NOT_STATED".into()),
        Value::Unparsed { expected } => Reading::Absent(format!("UNPARSED, {expected}")),
    }
}
