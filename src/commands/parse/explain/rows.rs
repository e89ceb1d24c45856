//! The rows of a form, in printed order: which field of the event each belongs to, where it stands, what was read.

use std::fmt::Display;

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

use crate::form::{
    AnnouncementStatus, Counter, Form, Nature, PerShare, Period, Price, Printed, Rate, Registrar, ScripTerms, Text,
    TypeAndFrequency, Value, Withholding,
};

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

/// All rows that the form's template has, in printed order.
pub(super) fn rows(form: &Form<'_>) -> Vec<Row> {
    let mut rows = vec![
        row("/issuer/name", &form.issuer_name),
        row("/instrument/stock_code", &form.stock_code),
        row("/instrument/counters", &form.counters),
        row("/instrument/related_securities", &form.related_securities),
        row("/narrative/title", &form.announcement_title),
        row("/dates/announcement_date", &form.announcement_date),
        row("/lineage/announcement_status", &form.status),
    ];
    // The form prints the reason on updates and withdrawals only.
    if form.update_reason.line > 0 || form.status.stated() != Some(&AnnouncementStatus::New) {
        rows.push(row("/lineage/update_reason", &form.update_reason));
    }
    rows.extend([
        row("/dividend/type", &form.dividend_type),
        row("/dividend/nature", &form.dividend_nature),
        row("/dividend/financial_year_end", &form.financial_year_end),
        row("/dividend/reporting_period_end", &form.reporting_period_end),
        row("/dividend/declared", &form.declared),
        row("/dates/shareholder_approval_date", &form.approval_date),
    ]);
    let shares = form.currency_options.len() + 1;
    rows.extend(form.scrip.iter().flat_map(|terms| scrip(shares, terms)));
    rows.push(row("/payment_options/0", &form.default_payment));
    rows.push(row("/payment_options/0/exchange_rate", &form.exchange_rate));
    for (number, option) in (1..).zip(&form.currency_options) {
        rows.push(row(&format!("/payment_options/{number}"), &option.amount));
        rows.push(row(&format!("/payment_options/{number}/exchange_rate"), &option.rate));
    }
    if !form.currency_options.is_empty() {
        rows.push(row("/election/partial_allowed", &form.partial_currency_election));
    }
    if !form.currency_options.is_empty() || form.scrip.is_some() {
        rows.push(row("/election/deadline", &form.election_deadline));
    }
    rows.extend([
        row("/dates/ex_date", &form.ex_date),
        row("/dates/lodgement_deadline", &form.lodgement_deadline),
        row("/dates/book_close_period", &form.book_close),
        row("/dates/record_date", &form.record_date),
        row("/dates/payment_date", &form.payment_date),
        row("/registrar", &form.registrar),
        row("/withholding_tax", &form.withholding_tax),
        row("/listed_convertibles", &form.convertibles),
        row("/narrative/other_information", &form.other_information),
        row("/narrative/directors", &form.directors),
    ]);
    rows
}

fn scrip(option: usize, terms: &ScripTerms<'_>) -> [Row; 6] {
    let field = |name: &str| format!("/payment_options/{option}/scrip/{name}");
    [
        default_option(terms),
        row(&field("price"), &terms.price),
        row(&field("certificate_date"), &terms.certificate_date),
        row(&field("first_dealing_date"), &terms.first_dealing_date),
        row("/election/partial_allowed", &terms.partial_allowed),
        row(&field("fraction_treatment"), &terms.fraction_treatment),
    ]
}

/// The form says which of the two is the default, the event names it.
fn default_option(terms: &ScripTerms<'_>) -> Row {
    let mut read = row("/election/default_option", &terms.default_is_cash);
    if let Some(cash) = terms.default_is_cash.stated() {
        read.reading = Reading::Value(if *cash { "CASH" } else { "SECU" }.into());
    }
    read
}

fn row<T: Shown>(field: &str, printed: &Printed<'_, T>) -> Row {
    let reading = match &printed.value {
        Value::Stated(value) => Reading::Value(value.shown()),
        Value::NotApplicable => Reading::Absent("NOT_APPLICABLE".into()),
        Value::ToBeAnnounced => Reading::Absent("TO_BE_ANNOUNCED".into()),
        Value::NotStated => Reading::Absent("NOT_STATED".into()),
        Value::Unparsed { expected } => Reading::Absent(format!("UNPARSED, {expected}")),
    };
    Row { field: field.to_owned(), line: printed.line, text: printed.text.to_string(), reading }
}

/// A value in the event's words, on one line.
trait Shown {
    fn shown(&self) -> String;
}

impl Shown for String {
    fn shown(&self) -> String {
        self.clone()
    }
}

impl Shown for Text<'_> {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        if *self { "yes" } else { "no" }.into()
    }
}

impl Shown for NaiveDate {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for NaiveDateTime {
    fn shown(&self) -> String {
        self.format("%Y-%m-%d %H:%M").to_string()
    }
}

impl Shown for Period {
    fn shown(&self) -> String {
        format!("{} to {}", self.from, self.to)
    }
}

impl Shown for PerShare {
    fn shown(&self) -> String {
        match self {
            PerShare::Definite { currency, amount, per_shares } => format!("{currency} {amount} per {per_shares}"),
            PerShare::AmountToBeAnnounced { currency } => format!("{currency}, amount TO_BE_ANNOUNCED"),
        }
    }
}

impl Shown for Rate {
    fn shown(&self) -> String {
        format!("{} {} : {} {}", self.base_currency, self.base_amount, self.quote_currency, self.quote_amount)
    }
}

impl Shown for Price {
    fn shown(&self) -> String {
        format!("{} {}", self.currency, self.amount)
    }
}

impl Shown for Vec<Counter> {
    fn shown(&self) -> String {
        listed(self.iter().map(|counter| format!("{} {}", counter.stock_code, counter.currency)))
    }
}

impl Shown for AnnouncementStatus {
    fn shown(&self) -> String {
        word(self)
    }
}

impl Shown for Nature {
    fn shown(&self) -> String {
        word(self)
    }
}

impl Shown for TypeAndFrequency {
    fn shown(&self) -> String {
        let frequency = self.frequency.as_ref().map(|frequency| format!(", {}", word(frequency)));
        format!("{}{}", word(&self.dividend_type), frequency.unwrap_or_default())
    }
}

impl Shown for Registrar {
    fn shown(&self) -> String {
        format!("{} | {}", self.name, self.address)
    }
}

impl Shown for Withholding {
    fn shown(&self) -> String {
        let rates = self.rates.iter().map(|rate| format!("{} {} %", rate.shareholder_type, rate.rate_percent));
        listed(self.summary.iter().cloned().chain(rates))
    }
}

fn listed(items: impl Iterator<Item = impl Display>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(" | ")
}

/// A word of a closed vocabulary, as the event spells it.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
