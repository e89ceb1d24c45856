//! The timetable against the exchange's sessions and the settlement cycle: what is off is suspicious.
//!
//! A form written before severe weather took a session away followed the calendar as it was planned. A law holds when it
//! holds for the sessions as planned or as held; that a printed day was lost is a finding by itself.

use chrono::{NaiveDate, NaiveTime, Timelike};

use crate::event::calendar::{self, Day, Sessions};
use crate::event::pointer::PaymentOptions;
use crate::finding::{Code, Finding};
use crate::form::{Form, Label, Period, Value};
use crate::message::Rules;

/// Days between record and payment beyond which a payment date looks mistaken; 73 have been seen.
const PAYMENT_DAYS_MAX: i64 = 90;
/// Sessions that the listing rules put between shareholders' approval and the last lodging date.
const SESSIONS_AFTER_APPROVAL: usize = 3;

/// Trading days, settlement, closure, record, payment.
pub(super) fn check(form: &Form<'_>, rules: &Rules, options: PaymentOptions, findings: &mut Vec<Finding>) {
    let lodgement = form.lodgement_deadline.stated().map(|time| time.date());
    let ex = form.ex_date.stated().copied();
    let payment = form.payment_date.stated().copied();
    findings.extend(
        [
            approval(form, lodgement, options),
            trading_day(ex, options, Label::ExDate, form.ex_date.line),
            settlement(form, lodgement, rules, options),
            trading_day(lodgement, options, Label::Lodgement, form.lodgement_deadline.line),
            lodgement_time(form, options),
            closure(form, lodgement, options),
            record(form, lodgement, options),
            trading_day(payment, options, Label::PaymentDate, form.payment_date.line),
            payment_far(form, options),
        ]
        .into_iter()
        .flatten(),
    );
}

fn trading_day(date: Option<NaiveDate>, options: PaymentOptions, label: Label, line: u32) -> Option<Finding> {
    let date = date?;
    let expected = match calendar::day(date)? {
        Day::Session => return None,
        Day::Closed => "a trading day",
        Day::LostToWeather => "a trading day; severe weather cancelled this one",
    };
    let found = format!("{date}, {}", date.format("%A"));
    Some(Finding::new(Code::NotATradingDay, options.pointer(label)).at(line).found(found).expected(expected))
}

fn settlement(
    form: &Form<'_>,
    lodgement: Option<NaiveDate>,
    rules: &Rules,
    options: PaymentOptions,
) -> Option<Finding> {
    let (ex, lodgement) = (*form.ex_date.stated()?, lodgement?);
    let held = calendar::ex_date_for(lodgement, Sessions::Held, rules)?;
    let planned = calendar::ex_date_for(lodgement, Sessions::Planned, rules)?;
    // An ex-date after the last lodging date is an error already.
    if [held, planned].contains(&ex) || ex > lodgement {
        return None;
    }
    let cycle = if held == lodgement { "T+1" } else { "T+2" };
    let expected = format!("{held}, by {cycle} settlement before the last lodging date {lodgement}");
    Some(
        Finding::new(Code::ExDateOffSettlement, options.pointer(Label::ExDate))
            .at(form.ex_date.line)
            .found(ex)
            .expected(expected),
    )
}

/// 16:30 almost always, 16:00 seen, 12:00 on half days.
fn lodgement_time(form: &Form<'_>, options: PaymentOptions) -> Option<Finding> {
    let row = &form.lodgement_deadline;
    let time: NaiveTime = row.stated()?.time();
    if matches!((time.hour(), time.minute()), (16, 30) | (16, 0) | (12, 0)) {
        return None;
    }
    Some(
        Finding::new(Code::LodgementTimeUnusual, options.pointer(Label::Lodgement))
            .at(row.line)
            .found(time.format("%H:%M"))
            .expected("16:30, 16:00 or 12:00"),
    )
}

/// The closure, unless it is reversed: an error already, and neither of its days is definite.
fn closure_period<'f>(form: &'f Form<'_>) -> Option<&'f Period> {
    form.book_close.stated().filter(|period| period.from <= period.to)
}

/// The closure begins after the last lodging date, and no session lies between.
fn closure(form: &Form<'_>, lodgement: Option<NaiveDate>, options: PaymentOptions) -> Option<Finding> {
    let (period, lodgement) = (closure_period(form)?, lodgement?);
    let follows = period.from > lodgement;
    let eve = period.from.pred_opt()?;
    if follows && calendar::sessions_until(lodgement, eve, 1, Sessions::Held)? == 0 {
        return None;
    }
    let expected = format!("no session between the last lodging date {lodgement} and the first day of the closure");
    Some(
        Finding::new(Code::BookCloseOffLodgement, options.pointer(Label::BookClose))
            .at(form.book_close.line)
            .found(period.from)
            .expected(expected),
    )
}

/// The record date is the last day of the closure; without a closure, the last lodging date.
fn record(form: &Form<'_>, lodgement: Option<NaiveDate>, options: PaymentOptions) -> Option<Finding> {
    let record = *form.record_date.stated()?;
    let (code, law, expected) = match (&form.book_close.value, lodgement) {
        (Value::Stated(_), _) => {
            (Code::RecordDateOffBookClose, "the last day of the book closure", closure_period(form)?.to)
        }
        (Value::NotApplicable, Some(lodgement)) => (Code::RecordDateOffLodgement, "the last lodging date", lodgement),
        _ => return None,
    };
    (record != expected).then(|| {
        let finding = Finding::new(code, options.pointer(Label::RecordDate)).at(form.record_date.line);
        finding.found(record).expected(format_args!("{expected}, {law}"))
    })
}

fn approval(form: &Form<'_>, lodgement: Option<NaiveDate>, options: PaymentOptions) -> Option<Finding> {
    let (approval, lodgement) = (*form.approval_date.stated()?, lodgement?);
    let sessions = calendar::sessions_until(approval, lodgement, SESSIONS_AFTER_APPROVAL, Sessions::Planned)?;
    (sessions < SESSIONS_AFTER_APPROVAL).then(|| {
        Finding::new(Code::ApprovalTooLate, options.pointer(Label::ApprovalDate))
            .at(form.approval_date.line)
            .found(approval)
            .expected(format_args!(
                "at least {SESSIONS_AFTER_APPROVAL} sessions before the last lodging date {lodgement}"
            ))
    })
}

fn payment_far(form: &Form<'_>, options: PaymentOptions) -> Option<Finding> {
    let (record, payment) = (*form.record_date.stated()?, *form.payment_date.stated()?);
    let days = payment.signed_duration_since(record).num_days();
    (days > PAYMENT_DAYS_MAX).then(|| {
        Finding::new(Code::PaymentDateFar, options.pointer(Label::PaymentDate))
            .at(form.payment_date.line)
            .found(format_args!("{payment}, {days} days after the record date"))
            .expected(format_args!("at most {PAYMENT_DAYS_MAX} days"))
    })
}
