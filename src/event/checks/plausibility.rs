//! What one row alone says that cannot be, or can hardly: a currency that does not exist, a zero, a day out of all reach.

use chrono::{Days, NaiveDate};

use super::iso4217;
use crate::event::pointer::{PaymentOptions, Pointer};
use crate::finding::{Code, Finding};
use crate::form::{AnnouncementStatus, Form, Label, PerShare, Printed, Rate};
use crate::money::{Amount, Currency};

/// Days after a new announcement beyond which its timetable looks mistaken.
const TIMETABLE_DAYS_MAX: u64 = 731;
/// Days before the announcement beyond which nobody pays a dividend for a year or period any more.
const PERIOD_DAYS_BEFORE_MAX: u64 = 731;
/// Days after the announcement beyond which no financial year ends that it can be about.
const YEAR_END_DAYS_AFTER_MAX: u64 = 400;

/// Currencies, zeros, codes, and days far from the announcement.
pub(super) fn check(form: &Form<'_>, options: PaymentOptions, findings: &mut Vec<Finding>) {
    currencies(form, options, findings);
    findings.extend(zeros(form, options));
    findings.extend(stock_code(form, options));
    timetable(form, options, findings);
    periods(form, options, findings);
}

/// Every currency that the form prints is one of ISO 4217 on the day of the announcement.
fn currencies(form: &Form<'_>, options: PaymentOptions, findings: &mut Vec<Finding>) {
    let mut seen = None;
    let mut check = |currency: Currency, at: Pointer, line: u32| {
        // Nearly always all of them are the same few.
        if seen == Some(currency) || currency == Currency::HKD || currency == Currency::CNY {
            return;
        }
        let day = form.announcement_date.stated().copied().unwrap_or_default();
        match iso4217::objection(currency.as_str(), day) {
            None => seen = Some(currency),
            Some(expected) => findings.push(
                Finding::new(Code::UnknownCurrency, options.pointer(at)).at(line).found(currency).expected(expected),
            ),
        }
    };
    for (label, row) in amounts(form) {
        if let Some(PerShare::Definite { currency, .. } | PerShare::AmountToBeAnnounced { currency }) = row.stated() {
            check(*currency, Pointer(label, "/currency"), row.line);
        }
    }
    for (label, row) in rates(form) {
        if let Some(rate) = row.stated() {
            check(rate.base_currency, Pointer(label, "/base_currency"), row.line);
            check(rate.quote_currency, Pointer(label, "/quote_currency"), row.line);
        }
    }
    if let Some(price) = form.scrip_price.stated() {
        check(price.currency, Pointer(Label::ScripPrice, "/currency"), form.scrip_price.line);
    }
    for counter in form.counters.stated().into_iter().flatten() {
        check(counter.currency, Pointer(Label::Counters, ""), form.counters.line);
    }
}

fn amounts<'f, 't>(form: &'f Form<'t>) -> [(Label, &'f Printed<'t, PerShare>); 4] {
    [
        (Label::Declared, &form.declared),
        (Label::DefaultPayment, &form.default_payment),
        (Label::FirstOption, &form.first_option),
        (Label::SecondOption, &form.second_option),
    ]
}

fn rates<'f, 't>(form: &'f Form<'t>) -> [(Label, &'f Printed<'t, Rate>); 3] {
    [
        (Label::ExchangeRate, &form.exchange_rate),
        (Label::FirstOptionRate, &form.first_option_rate),
        (Label::SecondOptionRate, &form.second_option_rate),
    ]
}

/// A rate or a price of zero. Amounts are seen where the event's are made.
fn zeros(form: &Form<'_>, options: PaymentOptions) -> impl Iterator<Item = Finding> {
    let is_zero = |amount: &Amount| amount.0.is_zero();
    let rates = rates(form).into_iter().filter_map(move |(label, row)| {
        let rate = row.stated()?;
        (is_zero(&rate.base_amount) || is_zero(&rate.quote_amount)).then_some((label, row.text.clone(), row.line))
    });
    let price = form.scrip_price.stated().filter(|price| is_zero(&price.amount));
    let price = price.map(|_| (Label::ScripPrice, form.scrip_price.text.clone(), form.scrip_price.line));
    rates.chain(price).map(move |(label, text, line)| {
        Finding::new(Code::InvalidAmount, options.pointer(label)).at(line).found(text).expected("a positive amount")
    })
}

/// Zeros are no code; one of 80000 to 89999, or one that the form itself lists as a counter, is that of a counter.
fn stock_code(form: &Form<'_>, options: PaymentOptions) -> Option<Finding> {
    let code = form.stock_code.stated()?;
    let mut counters = form.counters.stated().into_iter().flatten();
    let (finding, expected) = if code.bytes().all(|digit| digit == b'0') {
        (Code::StockCodeZero, "the issuer's code")
    } else if code.starts_with('8') || counters.any(|counter| counter.stock_code == *code) {
        (Code::StockCodeOfACounter, "the issuer's code, and this one among the counters")
    } else {
        return None;
    };
    let at = options.pointer(Label::StockCode);
    Some(Finding::new(finding, at).at(form.stock_code.line).found(code).expected(expected))
}

/// The timetable of a new announcement lies behind it, and not absurdly far. A later version may repeat its original's date.
fn timetable(form: &Form<'_>, options: PaymentOptions, findings: &mut Vec<Finding>) {
    let (Some(&announced), Some(AnnouncementStatus::New)) = (form.announcement_date.stated(), form.status.stated())
    else {
        return;
    };
    let last = announced.checked_add_days(Days::new(TIMETABLE_DAYS_MAX));
    let rows = [
        (Label::ExDate, &form.ex_date),
        (Label::RecordDate, &form.record_date),
        (Label::PaymentDate, &form.payment_date),
    ];
    for (label, row) in rows {
        let Some(&day) = row.stated() else { continue };
        let code = match day {
            day if day < announced => Code::DateBeforeAnnouncement,
            day if last.is_some_and(|last| day > last) => Code::DateFarAfterAnnouncement,
            _ => continue,
        };
        let expected = format!("within two years after the announcement date {announced}");
        findings.push(Finding::new(code, options.pointer(label)).at(row.line).found(day).expected(expected));
    }
}

/// A dividend is paid for a year or a period that ends near its announcement.
fn periods(form: &Form<'_>, options: PaymentOptions, findings: &mut Vec<Finding>) {
    let Some(&announced) = form.announcement_date.stated() else { return };
    let first = announced.checked_sub_days(Days::new(PERIOD_DAYS_BEFORE_MAX));
    let last = announced.checked_add_days(Days::new(YEAR_END_DAYS_AFTER_MAX));
    let mut check = |label: Label, row: &Printed<'_, NaiveDate>, last: Option<NaiveDate>| {
        let Some(&day) = row.stated() else { return };
        if first.is_some_and(|first| day < first) || last.is_some_and(|last| day > last) {
            let expected = format!("near the announcement date {announced}");
            let finding = Finding::new(Code::PeriodOutOfReach, options.pointer(label)).at(row.line);
            findings.push(finding.found(day).expected(expected));
        }
    };
    check(Label::FinancialYearEnd, &form.financial_year_end, last);
    // One that ends after the announcement has a finding of its own.
    check(Label::ReportingPeriodEnd, &form.reporting_period_end, None);
}
