//! From places to values: each row's pieces, read by the row's grammar, become the [`Form`].

use std::ops::Range;

use super::labels::Layout;
use super::model::{
    AnnouncementStatus, CurrencyOption, Form, Grammar, Label, Language, Printed, Registrar, ScripTerms, Template, Text,
    Value, Withholding,
};
use super::rows::{AssignedRows, Slot};
use super::template::Heading;
use super::text::{Cursor, SourceText, is_blank, push_line};
use super::values::date::Impossible;
use super::values::fixed::{Absence, Fixed};
use super::values::{amount, code, date, fixed, rate, registrar, tax};
use crate::finding::{Code, Finding};

/// Reads every row.
pub(crate) fn build<'t>(
    source: &SourceText<'t>,
    heading: &Heading,
    layout: Layout,
    rows: &AssignedRows,
) -> (Box<Form<'t>>, Vec<Finding>) {
    let mut builder = Builder { source, heading, layout, rows, findings: Vec::new() };
    let form = builder.form();
    (form, builder.findings)
}

struct Builder<'s, 't> {
    source: &'s SourceText<'t>,
    heading: &'s Heading,
    layout: Layout,
    rows: &'s AssignedRows,
    findings: Vec<Finding>,
}

/// A grammar read to a value, `Err` for days that the calendar does not have.
type Take<T> = fn(&mut Cursor<'_>) -> Option<Result<T, Impossible>>;

impl<'s, 't> Builder<'s, 't> {
    fn form(&mut self) -> Box<Form<'t>> {
        use Label::*;
        let scrip = self.scrip();
        let partial_currency = self.fixed(PartialCurrency, fixed::take_yes_no, fixed::EXPECTED_YES_NO);
        Box::new(Form {
            template: self.heading.template,
            language: self.heading.language,
            title: self.joined(&self.heading.title),
            issuer_name: self.text(IssuerName),
            stock_code: self.closed(StockCode, |cursor| code::take(cursor).map(Ok), code::EXPECTED_CODE),
            counters: self.closed(Counters, |cursor| code::take_counters(cursor).map(Ok), code::EXPECTED_COUNTERS),
            related_securities: self.text(RelatedSecurities),
            announcement_title: self.text(Title),
            announcement_date: self.closed(AnnouncementDate, date::take, date::EXPECTED_DATE),
            status: self.status(),
            update_reason: self.text(UpdateReason),
            dividend_type: self.fixed(DividendType, fixed::take_dividend_type, fixed::EXPECTED_TYPE),
            dividend_nature: self.fixed(DividendNature, fixed::take_nature, fixed::EXPECTED_NATURE),
            financial_year_end: self.closed(FinancialYearEnd, date::take, date::EXPECTED_DATE),
            reporting_period_end: self.closed(ReportingPeriodEnd, date::take, date::EXPECTED_DATE),
            declared: self.closed(Declared, |cursor| amount::take(cursor).map(Ok), amount::EXPECTED_AMOUNT),
            approval_date: self.closed(ApprovalDate, date::take, date::EXPECTED_DATE),
            default_payment: self.closed(
                DefaultPayment,
                |cursor| amount::take(cursor).map(Ok),
                amount::EXPECTED_AMOUNT,
            ),
            exchange_rate: self.closed(ExchangeRate, |cursor| rate::take(cursor).map(Ok), rate::EXPECTED),
            currency_options: self.currency_options(),
            partial_currency_election: partial_currency,
            election_deadline: self.closed(ElectionDeadline, date::take_moment, date::EXPECTED_MOMENT),
            scrip,
            ex_date: self.closed(ExDate, date::take, date::EXPECTED_DATE),
            lodgement_deadline: self.closed(Lodgement, date::take_moment, date::EXPECTED_MOMENT),
            book_close: self.closed(BookClose, date::take_period, date::EXPECTED_PERIOD),
            record_date: self.closed(RecordDate, date::take, date::EXPECTED_DATE),
            payment_date: self.closed(PaymentDate, date::take, date::EXPECTED_DATE),
            registrar: self.registrar(),
            withholding_tax: self.withholding_tax(),
            convertibles: self.text(Convertibles),
            other_information: self.other_information(),
            directors: self.text(DirectorsSection),
        })
    }

    /// A row's text as printed, pieces joined, without the tick of a ticked box; the line that it begins on.
    fn printed(&self, slot: &Slot) -> (Text<'t>, u32) {
        if slot.label_at.is_none() {
            return (Text::default(), 0);
        }
        if let Some(piece) = slot.lone_piece() {
            return (self.joined(piece), self.source.line(piece.start));
        }
        (self.source.join(&slot.pieces(), self.heading.language).into(), self.first_line(slot))
    }

    /// The lines of one piece, without the blanks around it, as one text.
    fn joined(&self, piece: &Range<usize>) -> Text<'t> {
        match self.source.as_given(piece) {
            Some(text) => text.into(),
            None => self.source.join(std::slice::from_ref(piece), self.heading.language).into(),
        }
    }

    /// The line that a row's text begins on, or, when it has none, its label.
    fn first_line(&self, slot: &Slot) -> u32 {
        let first = slot.pieces().into_iter().find(|piece| !piece.is_empty()).map(|piece| piece.start);
        first.or(slot.label_at).map_or(0, |at| self.source.line(at))
    }

    /// The printed lines of a row; its pieces themselves where line ends mean nothing.
    fn lines(&self, slot: &Slot) -> Vec<&'s str> {
        let mut lines = Vec::with_capacity(8);
        for piece in slot.pieces() {
            match self.layout {
                Layout::Flow => lines.push(self.source.slice(self.source.trim(piece))),
                Layout::Lines | Layout::Tabbed => {
                    lines.extend(self.source.lines(piece).map(|line| self.source.slice(line)));
                }
            }
        }
        lines.retain(|line| !line.is_empty());
        lines
    }

    /// A row whose grammar is closed: the whole text must match.
    fn closed<T>(&mut self, label: Label, take: Take<T>, expected: &'static str) -> Printed<'t, T> {
        let slot = self.rows.slot(label);
        let (text, line) = self.printed(slot);
        if text.is_empty() {
            return Printed { value: Value::NotStated, text, line };
        }
        if let Some(absent) = absence(&text) {
            return Printed { value: absent, text, line };
        }
        let mut cursor = Cursor::new(&text);
        let trusted = !slot.doubtful && !self.may_be_cut(label, slot);
        let value = match take(&mut cursor) {
            Some(Ok(value)) if cursor.is_done() && trusted => Value::Stated(value),
            Some(Err(Impossible)) if cursor.is_done() => {
                self.report(Code::ImpossibleDate, label, line, &text, Some("a day that the calendar has"));
                Value::Unparsed { expected }
            }
            _ => Value::Unparsed { expected },
        };
        Printed { value, text, line }
    }

    /// A figure without an end mark of its own, at the very end of a text that is cut off: `HKD 1.0` may have been `HKD 1.083`.
    fn may_be_cut(&self, label: Label, slot: &Slot) -> bool {
        let open = matches!(label.grammar(), Grammar::Rate | Grammar::Price | Grammar::Counters | Grammar::Amount);
        open && !self.rows.has(Label::DirectorsSection)
            && self.source.is_blank(slot.after.end..self.source.text.len())
            && {
                let printed = self.source.slice(slot.after.clone());
                printed.ends_with(|c: char| c.is_ascii_digit())
            }
    }

    /// A row of fixed wordings, some of them accepted on trust.
    fn fixed<T>(
        &mut self,
        label: Label,
        take: fn(&mut Cursor<'_>) -> Option<Fixed<T>>,
        expected: &'static str,
    ) -> Printed<'t, T> {
        let slot = self.rows.slot(label);
        let (text, line) = self.printed(slot);
        if text.is_empty() {
            return Printed { value: Value::NotStated, text, line };
        }
        if let Some(absent) = absence(&text) {
            return Printed { value: absent, text, line };
        }
        let mut cursor = Cursor::new(&text);
        let value = match take(&mut cursor).filter(|_| cursor.is_done() && !slot.doubtful) {
            Some(fixed) => {
                if !fixed.confirmed {
                    self.report(Code::UnconfirmedWording, label, line, &text, None);
                }
                Value::Stated(fixed.value)
            }
            None => Value::Unparsed { expected },
        };
        Printed { value, text, line }
    }

    /// A status of unknown wording is a withdrawal when it says so.
    fn status(&mut self) -> Printed<'t, AnnouncementStatus> {
        let mut status = self.fixed(Label::Status, fixed::take_status, fixed::EXPECTED_STATUS);
        let known = fixed::take_status(&mut Cursor::new(&status.text)).is_some();
        let unread = matches!(status.value, Value::Unparsed { .. }) && !known;
        if unread && fixed::withdrawn_in_other_words(&status.text) {
            self.report(Code::UnconfirmedWording, Label::Status, status.line, &status.text, None);
            status.value = Value::Stated(AnnouncementStatus::Withdrawn);
        }
        status
    }

    fn text(&mut self, label: Label) -> Printed<'t, Text<'t>> {
        let slot = self.rows.slot(label);
        let (text, line) = self.printed(slot);
        if text.is_empty() {
            return Printed { value: Value::NotStated, text, line };
        }
        let value = absence(&text).unwrap_or_else(|| Value::Stated(text.clone()));
        Printed { value, text, line }
    }

    /// With nothing to say, the section prints its title again as a label, and `Not applicable`.
    fn other_information(&mut self) -> Printed<'t, Text<'t>> {
        let mut printed = self.text(Label::OtherSection);
        for title in ["Other information", "其他信息"] {
            let mut cursor = Cursor::new(&printed.text);
            if cursor.eat(title)
                && let Some(absent) = absence(cursor.rest())
            {
                printed = Printed { value: absent, text: collapse(cursor.rest()).into(), line: printed.line };
                break;
            }
        }
        printed
    }

    fn currency_options(&mut self) -> Vec<CurrencyOption<'t>> {
        use Label::{FirstOption, FirstOptionRate, SecondOption, SecondOptionRate};
        let mut options = Vec::new();
        for (amount, rate) in [(FirstOption, FirstOptionRate), (SecondOption, SecondOptionRate)] {
            if self.rows.has(amount) || self.rows.has(rate) {
                options.push(CurrencyOption {
                    amount: self.closed(amount, |cursor| amount::take(cursor).map(Ok), amount::EXPECTED_AMOUNT),
                    rate: self.closed(rate, |cursor| rate::take(cursor).map(Ok), rate::EXPECTED),
                });
            }
        }
        options
    }

    fn scrip(&mut self) -> Option<ScripTerms<'t>> {
        use Label::{CertificateDate, DefaultOption, FirstDealingDate, Fractions, PartialScrip, ScripPrice};
        let rows = [DefaultOption, ScripPrice, CertificateDate, FirstDealingDate, PartialScrip, Fractions];
        if self.heading.template != Template::Ef003 && !rows.iter().any(|label| self.rows.has(*label)) {
            return None;
        }
        Some(ScripTerms {
            default_is_cash: self.fixed(DefaultOption, fixed::take_default_is_cash, fixed::EXPECTED_DEFAULT),
            price: self.closed(ScripPrice, |cursor| amount::take_price(cursor).map(Ok), amount::EXPECTED_PRICE),
            certificate_date: self.closed(CertificateDate, date::take, date::EXPECTED_DATE),
            first_dealing_date: self.closed(FirstDealingDate, date::take, date::EXPECTED_DATE),
            partial_allowed: self.fixed(PartialScrip, fixed::take_yes_no, fixed::EXPECTED_YES_NO),
            fraction_treatment: self.text(Fractions),
        })
    }

    fn registrar(&mut self) -> Printed<'t, Registrar> {
        let slot = self.rows.slot(Label::Registrar);
        let (text, line) = self.printed(slot);
        if text.is_empty() {
            return Printed { value: Value::NotStated, text, line };
        }
        if let Some(absent) = absence(&text) {
            return Printed { value: absent, text, line };
        }
        let value = match registrar::read(&self.lines(slot), self.layout != Layout::Flow).filter(|_| !slot.doubtful) {
            Some(registrar) => Value::Stated(registrar),
            None => Value::Unparsed { expected: "the registrar's name and address" },
        };
        Printed { value, text, line }
    }

    fn withholding_tax(&mut self) -> Printed<'t, Withholding> {
        let slot = self.rows.slot(Label::WithholdingTax);
        let (text, line) = self.printed(slot);
        if text.is_empty() {
            return Printed { value: Value::NotStated, text, line };
        }
        if let Some(absent) = absence(&text) {
            return Printed { value: absent, text, line };
        }
        let value = match tax::read(&self.lines(slot), self.heading.language, self.layout != Layout::Flow) {
            Some(tax) => Value::Stated(tax),
            None => {
                // Nothing printed is lost: the text is whole, its table is not told apart.
                let finding = Finding::new(Code::UnreadableValue, "/withholding_tax/rates");
                self.findings.push(finding.at(line).found(&text).expected(tax::EXPECTED));
                Value::Stated(Withholding { summary: Some(text.to_string()), rates: Vec::new() })
            }
        };
        Printed { value, text, line }
    }

    fn report(&mut self, code: Code, label: Label, line: u32, found: &str, expected: Option<&str>) {
        let finding = Finding::new(code, label.field()).at(line).found(found);
        self.findings.push(Finding { expected: expected.map(str::to_owned), ..finding });
    }
}

/// A whole text that says why there is no value.
fn absence<T>(text: &str) -> Option<Value<T>> {
    Some(match fixed::absence(text)? {
        Absence::NotApplicable => Value::NotApplicable,
        Absence::ToBeAnnounced => Value::ToBeAnnounced,
    })
}

fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    push_line(&mut collapsed, text.trim_matches(is_blank), Language::En);
    collapsed
}
