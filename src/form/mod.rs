//! 2. Text → [`Form`]: what the document says, nothing inferred. Pure; never fails: a form and its findings.
//!
//! One reading for all layouts, in the order of its steps:
//!
//! | step | file |
//! | --- | --- |
//! | blank out page furniture, number the lines | `sheet`, `breaks`, `furniture` |
//! | which form this is, from code and title | `template` |
//! | every place that may be a label, whole or in pieces; the layout, from where they stand | `anchor`, `layout`, with the rows in `label`, their wordings in `vocabulary` and how those begin in `openings` and `heads` |
//! | which of them are the form's own, by their looks and their order | `looks`, `place` |
//! | rows still missing: lost halves of labels, wordings on trust | `mend`, `tolerant` |
//! | who gets the text between them | `rows`, cut by `share` |
//! | what nobody took | `leftover` |
//! | values, by grammar | `fill`; `amount`, `rate`, `date`, `code`, `choice`, `registrar`, `tax` on top of `scan` |

pub mod amount;
pub mod anchor;
pub mod block;
pub mod breaks;
pub mod choice;
pub mod code;
pub mod date;
pub mod fill;
pub mod furniture;
pub mod heads;
pub mod label;
pub mod layout;
pub mod leftover;
pub mod looks;
pub mod mend;
pub mod openings;
pub mod place;
pub mod rate;
pub mod registrar;
pub mod rows;
pub mod scan;
pub mod share;
pub mod sheet;
pub mod tax;
pub mod template;
pub mod tolerant;
pub mod vocabulary;
pub mod words;

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};

use anchor::Anchor;
use layout::Layout;
use sheet::Sheet;
use template::Head;
use vocabulary::Vocabulary;

use crate::finding::Finding;
use crate::money::{Amount, Currency};
use words::{AnnouncementStatus, DividendType, Frequency, Language, Nature};

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
pub struct Kind {
    /// The plain word.
    pub kind: DividendType,
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
    pub dividend_type: Printed<'t, Kind>,
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

/// Reads a text.
pub fn read(text: &str) -> Reading<'_> {
    let sheet = Sheet::new(text);
    let heading = match template::read(&sheet) {
        Head::Form(heading) => heading,
        Head::Unsupported(finding) => return Reading::Unsupported(finding),
        Head::Foreign => return Reading::Foreign,
    };
    let from = heading.title.end;
    let (mut anchors, layout) = find_anchors(&sheet, heading.language, from);
    let placed = place::choose(&sheet, &mut anchors, layout);
    if !heading.certain && placed.chosen.len() < FEWEST_ROWS {
        return Reading::Foreign;
    }
    let mended = mend::mend(&sheet, &heading, layout, &anchors, &placed.chosen);
    let rows = rows::give_out(&sheet, &mended.labels, layout, from);
    let (form, mut findings) = fill::fill(&sheet, &heading, layout, &rows);
    findings.extend(leftover::unconfirmed(&sheet, &heading, &mended));
    findings
        .extend(template::second_form(&sheet, &heading).map(|second| leftover::two_forms(&sheet, &heading, second)));
    findings.extend(leftover::findings(&sheet, &anchors, &placed, &rows, layout));
    Reading::Form(form, findings)
}

/// A title alone, without form code, disclaimer or first row, makes no form unless so many rows follow.
const FEWEST_ROWS: usize = 6;

/// The tab-separated layout has labels at line starts only; if it is not that, they may be anywhere.
fn find_anchors(sheet: &Sheet<'_>, language: Language, from: usize) -> (Vec<Anchor>, Layout) {
    let vocabulary = Vocabulary::of(language);
    if memchr::memchr_iter(b'\t', sheet.text.as_bytes()).nth(4).is_some() {
        let anchors = anchor::at_line_starts(sheet, vocabulary, from);
        if layout::tell(&anchors) == Layout::Tabbed {
            return (anchors, Layout::Tabbed);
        }
    }
    let anchors = anchor::everywhere(sheet, vocabulary, from);
    let layout = layout::tell(&anchors);
    (anchors, layout)
}

#[cfg(test)]
mod tests;
