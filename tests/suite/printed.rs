//! A form as printed, built by hand row by row: what `event` is given, without the reading.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use exdate::document::{Checksum, Document};
use exdate::form::{
    AnnouncementStatus, DefaultOption, DividendType, Form, Frequency, Language, Nature, PerShare, Period, Price,
    Printed, Rate, Registrar, Template, Text, TypeAndFrequency, Value, Withholding,
};
use exdate::money::{Amount, Currency};

/// A row with a definite value.
pub(crate) fn stated<T>(value: T, text: &str, line: u32) -> Printed<'static, T> {
    Printed { value: Value::Stated(value), text: text.to_owned().into(), line }
}

/// A row that says "Not applicable".
pub(crate) fn not_applicable<T>(line: u32) -> Printed<'static, T> {
    Printed { value: Value::NotApplicable, text: "Not applicable".into(), line }
}

/// A row that says "To be announced".
pub(crate) fn to_be_announced<T>(line: u32) -> Printed<'static, T> {
    Printed { value: Value::ToBeAnnounced, text: "To be announced".into(), line }
}

/// A row whose text is outside its grammar.
pub(crate) fn unparsed<T>(text: &str, line: u32) -> Printed<'static, T> {
    Printed { value: Value::Unparsed { expected: "expected something else" }, text: text.to_owned().into(), line }
}

/// A row of free text.
pub(crate) fn text(text: &str, line: u32) -> Printed<'static, Text<'static>> {
    stated(text.to_owned().into(), text, line)
}

/// A row with a stock code.
pub(crate) fn code(code: &str, line: u32) -> Printed<'static, String> {
    stated(code.to_owned(), code, line)
}

/// `2024-04-12`.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date of the test")
}

/// A row with a date.
pub(crate) fn on(date: &str, line: u32) -> Printed<'static, NaiveDate> {
    stated(day(date), date, line)
}

/// A row with a date and a time: `2024-04-15 16:30`.
pub(crate) fn at(moment: &str, line: u32) -> Printed<'static, NaiveDateTime> {
    let (date, time) = moment.split_once(' ').expect("a date and a time");
    let time = NaiveTime::parse_from_str(time, "%H:%M").expect("a time of the test");
    stated(day(date).and_time(time), moment, line)
}

/// A row with a period.
pub(crate) fn closed(from: &str, to: &str, line: u32) -> Printed<'static, Period> {
    stated(Period { from: day(from), to: day(to) }, &format!("From {from} to {to}"), line)
}

/// `0.29`.
pub(crate) fn amount(text: &str) -> Amount {
    Amount::from_printed(text).expect("an amount of the test")
}

/// `RMB`, read as `CNY`.
pub(crate) fn currency(text: &str) -> Currency {
    Currency::from_printed(text).expect("a currency of the test")
}

/// `USD 0.29 per 1`.
pub(crate) fn money(code: &str, figure: &str, per_shares: u32, line: u32) -> Printed<'static, PerShare> {
    let value = PerShare::Definite { currency: currency(code), amount: amount(figure), per_shares };
    stated(value, &format!("{code} {figure} per {per_shares} share"), line)
}

/// `HKD amount to be announced`.
pub(crate) fn half_known(code: &str, line: u32) -> Printed<'static, PerShare> {
    stated(PerShare::AmountToBeAnnounced { currency: currency(code) }, &format!("{code} amount to be announced"), line)
}

/// `RMB 1 : HKD 1.0983`.
pub(crate) fn rate(base: (&str, &str), quote: (&str, &str), line: u32) -> Printed<'static, Rate> {
    let value = Rate {
        base_currency: currency(base.0),
        base_amount: amount(base.1),
        quote_currency: currency(quote.0),
        quote_amount: amount(quote.1),
    };
    stated(value, &format!("{} {} : {} {}", base.0, base.1, quote.0, quote.1), line)
}

/// A complete, lawful EF001 of an issuer of our own; each test changes what it is about.
pub(crate) fn form() -> Form<'static> {
    Form {
        issuer_name: text("Lantau Kites Limited", 6),
        stock_code: code("09876", 7),
        counters: not_applicable(8),
        related_securities: not_applicable(9),
        announcement_title: text("Final dividend for 2024", 10),
        announcement_date: on("2025-03-20", 11),
        status: stated(AnnouncementStatus::New, "New announcement", 12),
        dividend_type: stated(TypeAndFrequency { dividend_type: DividendType::Final, frequency: None }, "Final", 14),
        dividend_nature: stated(Nature::Ordinary, "Ordinary", 15),
        financial_year_end: on("2024-12-31", 16),
        reporting_period_end: on("2024-12-31", 17),
        declared: money("HKD", "0.25", 1, 18),
        approval_date: on("2025-05-20", 19),
        default_payment: money("HKD", "0.25", 1, 21),
        exchange_rate: rate(("HKD", "1"), ("HKD", "1"), 22),
        ex_date: on("2025-05-26", 23),
        lodgement_deadline: at("2025-05-27 16:30", 24),
        book_close: closed("2025-05-28", "2025-05-30", 25),
        record_date: on("2025-05-30", 26),
        payment_date: on("2025-06-16", 27),
        registrar: stated(
            Registrar { name: "Harbour Registrars Limited".into(), address: "1 Example Road Hong Kong".into() },
            "Harbour Registrars Limited 1 Example Road Hong Kong",
            28,
        ),
        withholding_tax: not_applicable(31),
        convertibles: not_applicable(33),
        other_information: not_applicable(35),
        directors: text("Ms. Example", 37),
        ..Form::blank(Template::Ef001, Language::En, "Cash Dividend Announcement for Equity Issuer".into())
    }
}

/// A withdrawal as issuers print it: the declared amount stays, everything to come "to be announced".
pub(crate) fn withdrawal() -> Form<'static> {
    Form {
        status: stated(AnnouncementStatus::Withdrawn, "Withdrawal of dividend", 12),
        update_reason: text("The resolution was not passed", 13),
        default_payment: to_be_announced(21),
        exchange_rate: to_be_announced(22),
        ex_date: to_be_announced(23),
        lodgement_deadline: to_be_announced(24),
        book_close: not_applicable(25),
        record_date: to_be_announced(26),
        payment_date: to_be_announced(27),
        ..form()
    }
}

/// An EF003: cash, or shares at HKD 155.6.
pub(crate) fn scrip_form() -> Form<'static> {
    Form {
        template: Template::Ef003,
        default_option: stated(DefaultOption::Cash, "Cash", 40),
        scrip_price: stated(Price { currency: Currency::HKD, amount: amount("155.6") }, "HKD 155.6", 41),
        certificate_date: on("2025-06-16", 42),
        first_dealing_date: on("2025-06-16", 43),
        partial_scrip_election: stated(false, "No", 44),
        fraction_treatment: text("Rounded down", 45),
        election_deadline: at("2025-06-10 16:30", 46),
        ..form()
    }
}

/// An EF002: HKD, or RMB at a rate of its own.
pub(crate) fn currency_form() -> Form<'static> {
    Form {
        template: Template::Ef002,
        first_option: money("RMB", "0.23", 1, 48),
        first_option_rate: rate(("HKD", "1"), ("RMB", "0.92"), 49),
        partial_currency_election: stated(false, "No", 50),
        election_deadline: at("2025-06-10 16:30", 51),
        ..form()
    }
}

/// How the text of [`form`] was read.
pub(crate) fn document() -> Document<'static> {
    Document {
        places: Vec::new(),
        in_order: None,
        text: "".into(),
        media_type: "text/plain",
        charset: "utf-8",
        checksum: Checksum::Is("0".repeat(64)),
        filing_id: None,
        source_url: None,
        published_at: None,
        stock_code: None,
        warnings: Vec::new(),
    }
}

/// The rows of the seed, as its 43 lines print them.
pub(crate) fn seed() -> (Document<'static>, Form<'static>) {
    let checksum = Checksum::Is("15cca2a1fea580266bd7104258e139eae157b50879026451731ff3c99157e96b".into());
    let document = Document { checksum, ..document() };
    let kind = TypeAndFrequency { dividend_type: DividendType::Interim, frequency: Some(Frequency::SemiAnnual) };
    let form = Form {
        issuer_name: text("Qifu Technology, Inc.", 6),
        stock_code: code("03660", 7),
        announcement_title: text("Dividend Announcement for the Second Half of 2023", 10),
        announcement_date: on("2024-03-13", 11),
        dividend_type: stated(kind, "Interim (Semi-annual)", 14),
        financial_year_end: on("2023-12-31", 16),
        reporting_period_end: on("2023-12-31", 17),
        declared: money("USD", "0.29", 1, 18),
        approval_date: not_applicable(19),
        default_payment: money("USD", "0.29", 1, 21),
        exchange_rate: rate(("USD", "1"), ("USD", "1"), 22),
        ex_date: on("2024-04-12", 23),
        lodgement_deadline: at("2024-04-15 16:30", 24),
        book_close: not_applicable(25),
        record_date: on("2024-04-15", 26),
        payment_date: on("2024-05-21", 27),
        registrar: stated(
            Registrar {
                name: "Computershare Hong Kong Investor Services Limited".into(),
                address: "Shop 1712-1716 17th Floor Hopewell Centre 183 Queen's Road East Wan Chai Hong Kong".into(),
            },
            "Computershare Hong Kong Investor Services Limited ...",
            28,
        ),
        other_information: text("Nasdaq ADSs symbol: QFIN", 36),
        directors: text(
            "As at the date of this announcement, the board of directors of the Company comprises Mr. Hongyi Zhou, \
             Mr. Haisheng Wu, Mr. Alex Zuoli Xu, Mr. Eric Xiaohuan Chen, Mr. Dan Zhao and Ms. Jiao Jiao as Directors; \
             and Mr. Gang Xiao, Mr. Andrew Y Yan and Mr. Fan Zhao as Independent Directors.",
            38,
        ),
        ..form()
    };
    (document, form)
}

/// A stated withholding row with nothing but text.
pub(crate) fn tax_text(summary: &str, line: u32) -> Printed<'static, Withholding> {
    stated(Withholding { summary: Some(summary.into()), rates: Vec::new() }, summary, line)
}
