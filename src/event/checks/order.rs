//! The order of the timetable's days: what is the wrong way round cannot be.

use std::fmt::Display;

use chrono::NaiveDate;

use crate::event::pointer::PaymentOptions;
use crate::finding::{Code, Finding};
use crate::form::{Form, Label, Printed};

/// Ex-date, last lodging, closure, record, election, payment.
pub(super) fn check(form: &Form<'_>, options: PaymentOptions, findings: &mut Vec<Finding>) {
    if let Some(period) = form.book_close.stated()
        && period.from > period.to
    {
        let expected = format!("a last day on or after {}", period.from);
        findings.push(
            Finding::new(Code::BookCloseReversed, options.pointer(Label::BookClose))
                .at(form.book_close.line)
                .found(format!("{} to {}", period.from, period.to))
                .expected(expected),
        );
    }
    let ex = day(&form.ex_date);
    let record = day(&form.record_date);
    let payment = day(&form.payment_date);
    let lodgement = form.lodgement_deadline.stated().map(|time| time.date());
    let election = form.election_deadline.stated().map(|time| time.date());
    let line = |code: Code| match code {
        Code::ExDateAfterRecordDate | Code::ExDateAfterLodgement => form.ex_date.line,
        Code::ElectionAfterPaymentDate => form.election_deadline.line,
        _ => form.record_date.line,
    };
    let pairs = [
        (Code::ExDateAfterRecordDate, Label::ExDate, ex, "the record date", record),
        (Code::ExDateAfterLodgement, Label::ExDate, ex, "the last lodging date", lodgement),
        (Code::RecordDateAfterPaymentDate, Label::RecordDate, record, "the payment date", payment),
        (Code::ElectionAfterPaymentDate, Label::ElectionDeadline, election, "the payment date", payment),
    ];
    for (code, label, earlier, name, later) in pairs {
        let finding = || Finding::new(code, options.pointer(label)).at(line(code));
        findings.extend(not_after(finding, earlier, name, later));
    }
}

fn day(row: &Printed<'_, NaiveDate>) -> Option<NaiveDate> {
    row.stated().copied()
}

/// A finding when `earlier` is after `later`.
fn not_after<T: PartialOrd + Display>(
    finding: impl FnOnce() -> Finding,
    earlier: Option<T>,
    name: &str,
    later: Option<T>,
) -> Option<Finding> {
    let (earlier, later) = (earlier?, later?);
    (earlier > later).then(|| finding().found(earlier).expected(format_args!("on or before {name} {later}")))
}
