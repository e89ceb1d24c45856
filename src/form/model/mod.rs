//! What a form can say: its rows ([`Label`], the table), and the values that they hold ([`Form`], what was printed).
//!
//! Everything else in `form` builds on these; they build on nothing of it.

mod table;
mod words;

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};

pub use table::{Grammar, LABELS, Label};
pub use words::{AnnouncementStatus, DividendType, Frequency, Language, Nature};

use crate::finding::Finding;
use crate::money::{Amount, Currency};

/// Printed text: the document's own where it stands there in one line, else its pieces joined.
pub type Text<'t> = Cow<'t, str>;

/// What one row of the form says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed<'t, T> {
    /// The row's text, understood.
    pub value: Value<T>,
    /// The row's text as printed, its pieces joined; empty when the row is not there.
    pub text: Text<'t>,
    /// First line of the value (of the label, when there is no value), counted from 1; 0 when the row is not there.
    pub line: u32,
}

/// A row's text, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<T> {
    /// A definite value.
    Stated(T),
    /// `Not applicable`, `不適用`.
    NotApplicable,
    /// `To be announced`, `有待公佈`.
    ToBeAnnounced,
    /// The row is not on the form, or blank.
    NotStated,
    /// Text outside the field's grammar; says what would have been inside it.
    Unparsed {
        /// The grammar, in words: "expected ...".
        expected: &'static str,
    },
}

impl<T> Default for Printed<'_, T> {
    fn default() -> Self {
        Printed { value: Value::NotStated, text: Text::default(), line: 0 }
    }
}

impl<T> Printed<'_, T> {
    /// The definite value, when there is one.
    pub fn stated(&self) -> Option<&T> {
        match &self.value {
            Value::Stated(value) => Some(value),
            _ => None,
        }
    }
}

/// Which form this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Template {
    /// Plain cash.
    Ef001,
    /// With a currency election.
    Ef002,
    /// With a scrip election.
    Ef003,
}

impl Template {
    /// The form code, `EF001`.
    pub fn code(self) -> &'static str {
        match self {
            Template::Ef001 => "EF001",
            Template::Ef002 => "EF002",
            Template::Ef003 => "EF003",
        }
    }
}

/// `RMB 0.4076 per 10 share`, `每 股 5.3HKD`, or half known: `HKD， 金額有待公佈`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PerShare {
    /// Currency, amount, number of shares it is for.
    Definite {
        /// As printed, RMB read as CNY.
        currency: Currency,
        /// As printed.
        amount: Amount,
        /// 1 unless printed.
        per_shares: u32,
    },
    /// The currency is known, the amount to be announced.
    AmountToBeAnnounced {
        /// As printed, RMB read as CNY.
        currency: Currency,
    },
}

/// `RMB 1 : HKD 1.0983`, `1 RMB : 1.144387HKD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Left of the colon.
    pub base_currency: Currency,
    /// Left of the colon.
    pub base_amount: Amount,
    /// Right of the colon.
    pub quote_currency: Currency,
    /// Right of the colon.
    pub quote_amount: Amount,
}

/// `HKD 155.6`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// As printed, RMB read as CNY.
    pub currency: Currency,
    /// As printed.
    pub amount: Amount,
}

/// `80700 RMB`: another trading counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// Five digits.
    pub stock_code: String,
    /// Trading currency.
    pub currency: Currency,
}

/// `From 05 June 2024 to 11 June 2024`, `由 2026年5月19日至 2026年5月20日`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day, included.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
}

/// `Final`, `Interim (Semi-annual)`, `其他` + free text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeAndFrequency {
    /// The plain word.
    pub dividend_type: DividendType,
    /// Where the text says how often.
    pub frequency: Option<Frequency>,
}

/// The registrar's printed lines, label removed, in printed order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrar {
    /// First line.
    pub name: String,
    /// Further lines, joined by a space; empty when there are none.
    pub address: String,
}

/// Section "withholding tax": free text, then perhaps a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withholding {
    /// Text above the table.
    pub summary: Option<String>,
    /// Rows of the table.
    pub rates: Vec<WithholdingRow>,
}

/// One row of the withholding table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithholdingRow {
    /// Column "type of shareholder", its pieces joined.
    pub shareholder_type: String,
    /// Column "tax rate".
    pub rate_percent: Amount,
    /// Column "further information", its pieces joined.
    pub details: Option<String>,
}

/// An alternative currency of EF002: rows E1 and E2, or E3 and E4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrencyOption<'t> {
    /// What is paid in this currency.
    pub amount: Printed<'t, PerShare>,
    /// From the declared currency to this one.
    pub rate: Printed<'t, Rate>,
}

/// Rows C1 to C6 of EF003.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScripTerms<'t> {
    /// C1: true when the default is cash, false when it is shares.
    pub default_is_cash: Printed<'t, bool>,
    /// C2.
    pub price: Printed<'t, Price>,
    /// C3.
    pub certificate_date: Printed<'t, NaiveDate>,
    /// C4.
    pub first_dealing_date: Printed<'t, NaiveDate>,
    /// C5.
    pub partial_allowed: Printed<'t, bool>,
    /// C6.
    pub fraction_treatment: Printed<'t, Text<'t>>,
}

/// Everything that the form prints, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form<'t> {
    /// From code and title, or from the title alone.
    pub template: Template,
    /// From the title.
    pub language: Language,
    /// The title, as printed.
    pub title: Text<'t>,
    /// Row 1.
    pub issuer_name: Printed<'t, Text<'t>>,
    /// Row 2, five digits.
    pub stock_code: Printed<'t, String>,
    /// Row 3.
    pub counters: Printed<'t, Vec<Counter>>,
    /// Row 4, as printed; nobody has seen how several are separated.
    pub related_securities: Printed<'t, Text<'t>>,
    /// Row 5.
    pub announcement_title: Printed<'t, Text<'t>>,
    /// Row 6.
    pub announcement_date: Printed<'t, NaiveDate>,
    /// Row 7.
    pub status: Printed<'t, AnnouncementStatus>,
    /// Row 8.
    pub update_reason: Printed<'t, Text<'t>>,
    /// Row 9.
    pub dividend_type: Printed<'t, TypeAndFrequency>,
    /// Row 10.
    pub dividend_nature: Printed<'t, Nature>,
    /// Row 11, or the 2021 schema's `For the financial year / period end`.
    pub financial_year_end: Printed<'t, NaiveDate>,
    /// Row 12.
    pub reporting_period_end: Printed<'t, NaiveDate>,
    /// Row 13.
    pub declared: Printed<'t, PerShare>,
    /// Row 14.
    pub approval_date: Printed<'t, NaiveDate>,
    /// Row 15.
    pub default_payment: Printed<'t, PerShare>,
    /// Row 16.
    pub exchange_rate: Printed<'t, Rate>,
    /// Rows E1 to E4; empty outside EF002.
    pub currency_options: Vec<CurrencyOption<'t>>,
    /// Row E5.
    pub partial_currency_election: Printed<'t, bool>,
    /// Row E6 or C7.
    pub election_deadline: Printed<'t, NaiveDateTime>,
    /// Rows C1 to C6; `None` outside EF003.
    pub scrip: Option<ScripTerms<'t>>,
    /// Row 17.
    pub ex_date: Printed<'t, NaiveDate>,
    /// Row 18.
    pub lodgement_deadline: Printed<'t, NaiveDateTime>,
    /// Row 19.
    pub book_close: Printed<'t, Period>,
    /// Row 20.
    pub record_date: Printed<'t, NaiveDate>,
    /// Row 21.
    pub payment_date: Printed<'t, NaiveDate>,
    /// Row 22.
    pub registrar: Printed<'t, Registrar>,
    /// Row 23 and the table.
    pub withholding_tax: Printed<'t, Withholding>,
    /// Row 24.
    pub convertibles: Printed<'t, Text<'t>>,
    /// Section S5.
    pub other_information: Printed<'t, Text<'t>>,
    /// Section S6.
    pub directors: Printed<'t, Text<'t>>,
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<'t> {
    /// Neither a form code, nor a known title, nor two sections of a form: not a dividend form.
    Foreign,
    /// A form code or title that is none of ours, or code and title disagree.
    Unsupported(Finding),
    /// A dividend form, as far as it could be read. The findings are about reading only: unknown labels,
    /// competing lines, unassigned text, cut-off text. What is missing or implausible is for `event` to say.
    Form(Box<Form<'t>>, Vec<Finding>),
}
