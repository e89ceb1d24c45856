//! What the form's state calls for and does not say: dates, amounts, a rate between two currencies, the rows of an election.

use super::absence::Notes;
use super::payment::is_withdrawn;
use crate::finding::{Code, Finding};
use crate::form::{Form, Label, Need, PerShare, Printed};
use crate::money::Currency;

/// Notes every such value, and says whether there is any. A withdrawal calls for nothing.
///
/// One fact is one finding: what a text lost that is cut off, or whose sections were swapped, and that there is no amount at
/// all, has been told.
pub(super) fn lacking(form: &Form<'_>, notes: &mut Notes) -> bool {
    let told = |code: Code| notes.findings.iter().any(|finding| finding.code == code);
    if notes.not_stated.is_empty() || is_withdrawn(form) || told(Code::SectionsOutOfOrder) {
        return false;
    }
    if told(Code::RequiredFieldMissing) {
        notes.not_stated.retain(|label| label.need() != Need::EitherAmount);
    }
    let lost = notes.not_stated.iter().copied().filter(|label| calls_for(form, *label)).collect::<Vec<_>>();
    let end = end(form);
    for label in lost.iter().copied().filter(|label| end.is_none_or(|end| *label < end)) {
        let line = form.row(label).map_or(0, |row| row.line);
        notes.report(Finding::new(Code::ValueNotStated, notes.options.pointer(label)).at(line));
    }
    !lost.is_empty()
}

/// The last row of a text that is cut off.
fn end(form: &Form<'_>) -> Option<Label> {
    let is_there = |label: &&Label| form.row(**label).is_some_and(|row| row.line > 0);
    let last = Label::ALL.iter().rev().find(is_there).copied();
    last.filter(|last| *last != Label::DirectorsSection)
}

fn calls_for(form: &Form<'_>, label: Label) -> bool {
    let due = matches!(label.need(), Need::Due | Need::EitherAmount) && label.templates().contains(&form.template);
    let paid = match label {
        Label::ExchangeRate => return due && differ(&form.declared, &form.default_payment) == Some(true),
        Label::ReportingPeriodEnd => return !form.one_period_row,
        Label::FirstOptionRate => &form.first_option,
        _ => return due,
    };
    due && differ(&form.declared, paid) != Some(false)
}

/// Whether two rows name two currencies; `None` while one of them names none.
fn differ(declared: &Printed<'_, PerShare>, paid: &Printed<'_, PerShare>) -> Option<bool> {
    Some(currency(declared)? != currency(paid)?)
}

fn currency(row: &Printed<'_, PerShare>) -> Option<Currency> {
    match row.stated()? {
        PerShare::Definite { currency, .. } | PerShare::AmountToBeAnnounced { currency } => Some(*currency),
    }
}
