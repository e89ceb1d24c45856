//! What a form can say: its rows and their grammars (`table`), what follows from them (`label`, `grammar`), and the values.
//!
//! Everything else in `form` builds on these; they build on nothing of it.

mod grammar;
mod label;
mod table;
mod words;

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};

pub use table::{Form, Grammar, Label};
pub use words::{AnnouncementStatus, DividendType, Frequency, Language, Nature};

use crate::finding;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A row whatever its value's type: for those who walk over all of them.
#[derive(Clone, Copy, Debug)]
pub struct Row<'f> {
    /// As [`Printed::value`].
    pub value: Value<&'f dyn Shown>,
    /// As [`Printed::text`].
    pub text: &'f str,
    /// As [`Printed::line`].
    pub line: u32,
}

/// A value in words, on one line, for a person.
pub trait Shown: std::fmt::Debug {
    /// The words; where the event has a name for the value, that one.
    fn shown(&self) -> String;
}

impl<T: Shown> Printed<'_, T> {
    /// The row without the type of its value.
    pub fn row(&self) -> Row<'_> {
        let value = match &self.value {
            Value::Stated(value) => Value::Stated(value as &dyn Shown),
            Value::NotApplicable => Value::NotApplicable,
            Value::ToBeAnnounced => Value::ToBeAnnounced,
            Value::NotStated => Value::NotStated,
            Value::Unparsed { expected } => Value::Unparsed { expected },
        };
        Row { value, text: &self.text, line: self.line }
    }
}

/// Who can read the rows that hold a type of value.
pub(crate) trait ReadRow<'t, T> {
    /// Reads a row.
    fn read(&mut self, label: Label) -> Printed<'t, T>;
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
    /// Column "tax rate", when it is one figure.
    pub rate_percent: Option<Amount>,
    /// What is printed there instead, when anything is.
    pub rate_text: Option<String>,
    /// Column "further information", its pieces joined.
    pub details: Option<String>,
}

/// What a holder gets who does not choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultOption {
    /// `現金`, `Cash`.
    Cash,
    /// `代息股份`, `Scrip`.
    Shares,
}

/// Who needs a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Every event does: without a value there is none.
    Required,
    /// Every event needs one of the rows so marked, unless it is a withdrawal.
    EitherAmount,
    /// Each form of its templates states a value, or says why there is none; an event can do without it, and says so.
    Due,
    /// Each form of its templates prints it; an event can do without its value.
    Usual,
    /// Updates and withdrawals print it.
    Later,
    /// It is printed where there is something to say.
    Seldom,
}

/// How many labels there are.
pub const LABELS: usize = Label::ALL.len();

/// What on a form a finding is about. Where that stands in the event is for `event` to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The document as a whole.
    Document,
    /// The code in the page header.
    FormCode,
    /// The title of the form.
    FormTitle,
    /// A row or section title.
    Row(Label),
}

/// A finding of the reading.
pub type Finding = finding::Finding<Subject>;

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading<'t> {
    /// Neither a form code, nor a known title, nor two sections of a form: not a dividend form.
    Foreign,
    /// A form code or title that is none of ours, or code and title disagree, or two forms in one text.
    Unsupported(Finding),
    /// A dividend form, as far as it could be read. The findings are about reading only: unknown labels,
    /// competing lines, unassigned text, cut-off text. What is missing or implausible is for `event` to say.
    Form(Box<Form<'t>>, Vec<Finding>),
}
