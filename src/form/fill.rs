//! From places to values: each row's pieces, read by the row's grammar, become the [`Form`].

use std::borrow::Cow;
use std::ops::Range;

use super::choice::{self, Absence, Choice};
use super::date::{self, Impossible};
use super::label::{Grammar, Label};
use super::layout::Layout;
use super::rows::{Rows, Slot};
use super::scan::Scan;
use super::sheet::Sheet;
use super::template::Heading;
use super::words::{AnnouncementStatus, Language};
use super::{CurrencyOption, Form, Printed, Registrar, ScripTerms, Template, Text, Value, Withholding};
use super::{amount, code, rate, registrar, tax};
use crate::finding::{Code, Finding};

/// Reads every row.
pub fn fill<'t>(sheet: &Sheet<'t>, heading: &Heading, layout: Layout, rows: &Rows) -> (Box<Form<'t>>, Vec<Finding>) {
    let mut filler = Filler { sheet, heading, layout, rows, findings: Vec::new() };
    let form = filler.form();
    (form, filler.findings)
}

struct Filler<'s, 't> {
    sheet: &'s Sheet<'t>,
    heading: &'s Heading,
    layout: Layout,
    rows: &'s Rows,
    findings: Vec<Finding>,
}

/// A grammar read to a value, `Err` for days that the calendar does not have.
type Take<T> = fn(&mut Scan<'_>) -> Option<Result<T, Impossible>>;

impl<'s, 't> Filler<'s, 't> {
    fn form(&mut self) -> Box<Form<'t>> {
        use Label::*;
        let scrip = self.scrip();
        let partial_currency = self.choice(PartialCurrency, choice::take_yes_no, choice::EXPECTED_YES_NO);
        Box::new(Form {
            template: self.heading.template,
            language: self.heading.language,
            title: self.joined(&self.heading.title),
            issuer_name: self.text(IssuerName),
            stock_code: self.closed(StockCode, |scan| code::take(scan).map(Ok), code::EXPECTED_CODE),
            counters: self.closed(Counters, |scan| code::take_counters(scan).map(Ok), code::EXPECTED_COUNTERS),
            related_securities: self.text(RelatedSecurities),
            announcement_title: self.text(Title),
            announcement_date: self.closed(AnnouncementDate, date::take, date::EXPECTED_DATE),
            status: self.status(),
            update_reason: self.text(UpdateReason),
            dividend_type: self.choice(DividendType, choice::take_kind, choice::EXPECTED_KIND),
            dividend_nature: self.choice(DividendNature, choice::take_nature, choice::EXPECTED_NATURE),
            financial_year_end: self.closed(FinancialYearEnd, date::take, date::EXPECTED_DATE),
            reporting_period_end: self.closed(ReportingPeriodEnd, date::take, date::EXPECTED_DATE),
            declared: self.closed(Declared, |scan| amount::take(scan).map(Ok), amount::EXPECTED_AMOUNT),
            approval_date: self.closed(ApprovalDate, date::take, date::EXPECTED_DATE),
            default_payment: self.closed(DefaultPayment, |scan| amount::take(scan).map(Ok), amount::EXPECTED_AMOUNT),
            exchange_rate: self.closed(ExchangeRate, |scan| rate::take(scan).map(Ok), rate::EXPECTED),
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
            return (self.joined(piece), self.sheet.line(piece.start));
        }
        (self.sheet.join(&slot.pieces(), self.heading.language).into(), self.first_line(slot))
    }

    /// The lines of one piece, without the blanks around it, as one text.
    fn joined(&self, piece: &Range<usize>) -> Text<'t> {
        match self.sheet.as_given(piece) {
            Some(text) => text.into(),
            None => self.sheet.join(std::slice::from_ref(piece), self.heading.language).into(),
        }
    }

    /// The line that a row's text begins on, or, when it has none, its label.
    fn first_line(&self, slot: &Slot) -> u32 {
        let first = slot.pieces().into_iter().find(|piece| !piece.is_empty()).map(|piece| piece.start);
        first.or(slot.label_at).map_or(0, |at| self.sheet.line(at))
    }

    /// The printed lines of a row; its pieces themselves where line ends mean nothing.
    fn lines(&self, slot: &Slot) -> Vec<&'s str> {
        let mut lines = Vec::with_capacity(8);
        for piece in slot.pieces() {
            match self.layout {
                Layout::Flow => lines.push(self.sheet.slice(self.sheet.trim(piece))),
                Layout::Lines | Layout::Tabbed => {
                    lines.extend(self.sheet.lines(piece).map(|line| self.sheet.slice(line)));
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
        let mut scan = Scan::new(&text);
        let trusted = !slot.doubtful && !self.may_be_cut(label, slot);
        let value = match take(&mut scan) {
            Some(Ok(value)) if scan.is_done() && trusted => Value::Stated(value),
            Some(Err(Impossible)) if scan.is_done() => {
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
            && self.sheet.is_blank(slot.after.end..self.sheet.text.len())
            && {
                let printed = self.sheet.slice(slot.after.clone());
                printed.ends_with(|c: char| c.is_ascii_digit())
            }
    }

    /// A row of fixed wordings, some of them accepted on trust.
    fn choice<T>(
        &mut self,
        label: Label,
        take: fn(&mut Scan<'_>) -> Option<Choice<T>>,
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
        let mut scan = Scan::new(&text);
        let value = match take(&mut scan).filter(|_| scan.is_done() && !slot.doubtful) {
            Some(choice) => {
                if !choice.confirmed {
                    self.report(Code::UnconfirmedWording, label, line, &text, None);
                }
                Value::Stated(choice.value)
            }
            None => Value::Unparsed { expected },
        };
        Printed { value, text, line }
    }

    /// A status of unknown wording is a withdrawal when it says so.
    fn status(&mut self) -> Printed<'t, AnnouncementStatus> {
        let mut status = self.choice(Label::Status, choice::take_status, choice::EXPECTED_STATUS);
        let known = choice::take_status(&mut Scan::new(&status.text)).is_some();
        let unread = matches!(status.value, Value::Unparsed { .. }) && !known;
        if unread && choice::withdrawn_in_other_words(&status.text) {
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
            let mut scan = Scan::new(&printed.text);
            if scan.eat(title)
                && let Some(absent) = absence(scan.rest())
            {
                printed = Printed { value: absent, text: collapse(scan.rest()).into(), line: printed.line };
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
                    amount: self.closed(amount, |scan| amount::take(scan).map(Ok), amount::EXPECTED_AMOUNT),
                    rate: self.closed(rate, |scan| rate::take(scan).map(Ok), rate::EXPECTED),
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
            default_is_cash: self.choice(DefaultOption, choice::take_default_is_cash, choice::EXPECTED_DEFAULT),
            price: self.closed(ScripPrice, |scan| amount::take_price(scan).map(Ok), amount::EXPECTED_PRICE),
            certificate_date: self.closed(CertificateDate, date::take, date::EXPECTED_DATE),
            first_dealing_date: self.closed(FirstDealingDate, date::take, date::EXPECTED_DATE),
            partial_allowed: self.choice(PartialScrip, choice::take_yes_no, choice::EXPECTED_YES_NO),
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
                self.findings.push(Finding {
                    code: Code::UnreadableValue,
                    field: Cow::Borrowed("/withholding_tax/rates"),
                    line: Some(line),
                    found: Some(text.chars().take(120).collect()),
                    expected: Some(tax::EXPECTED.to_owned()),
                });
                Value::Stated(Withholding { summary: Some(text.to_string()), rates: Vec::new() })
            }
        };
        Printed { value, text, line }
    }

    fn report(&mut self, code: Code, label: Label, line: u32, found: &str, expected: Option<&str>) {
        self.findings.push(Finding {
            code,
            field: Cow::Borrowed(label.field()),
            line: (line > 0).then_some(line),
            found: Some(found.chars().take(120).collect()),
            expected: expected.map(str::to_owned),
        });
    }
}

/// A whole text that says why there is no value.
fn absence<T>(text: &str) -> Option<Value<T>> {
    Some(match choice::absence(text)? {
        Absence::NotApplicable => Value::NotApplicable,
        Absence::ToBeAnnounced => Value::ToBeAnnounced,
    })
}

fn collapse(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    super::sheet::push_line(&mut collapsed, text.trim_matches(super::scan::is_blank), Language::En);
    collapsed
}
