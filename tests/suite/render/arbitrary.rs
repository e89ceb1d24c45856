//! Random facts: lawful ones, so that each is publishable, with free texts that imitate the form.

use chrono::{Duration, NaiveDate, NaiveTime};
use exdate::event::schema::{AnnouncementStatus, Nature};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::facts::{Facts, Kind, Money, Phrase, Rate, Scrip, Slot, Tax, TaxRow, Text};
use super::words::{Row, Section};

const CURRENCIES: [&str; 3] = ["HKD", "RMB", "USD"];

/// Any facts.
pub(crate) fn facts() -> impl Strategy<Value = Facts> {
    (heading(), terms(), elections(), timetable(), narrative()).prop_map(
        |(heading, terms, elections, dates, narrative)| {
            let (issuer, code, counter, related, title, announced, status, reason) = heading;
            let (kind, nature, year_end, period_end, declared, approval, (payment, rate)) = terms;
            let (options, part_of_dividend, scrip) = elections;
            let (ex_date, lodgement, book_close, record_date, payment_date, deadline) = dates;
            let (registrar, address_lines, tax, other, directors) = narrative;
            let counters =
                counter.then(|| (format!("8{}", code.get(1..).unwrap_or_default()), "RMB")).into_iter().collect();
            let rate = consistent_rate(&declared, &payment, rate);
            let options = options.into_iter().map(|(money, amount)| {
                let rate = consistent_rate(&declared, &money, amount);
                (money, rate)
            });
            let options = if scrip.is_some() { Vec::new() } else { options.collect() };
            Facts {
                issuer,
                code,
                counters,
                related,
                title,
                announced,
                status,
                reason,
                kind,
                nature,
                year_end,
                period_end,
                declared,
                approval,
                payment,
                rate,
                options,
                part_of_dividend,
                deadline,
                scrip,
                ex_date,
                lodgement,
                book_close,
                record_date,
                payment_date,
                registrar,
                address_lines,
                tax,
                other,
                directors,
            }
        },
    )
}

/// The rate that belongs to the two amounts: 1 between equal currencies, pending while the paid amount is.
fn consistent_rate(declared: &Money, paid: &Slot<Money>, amount: String) -> Slot<Rate> {
    let Some(money) = paid.is() else { return Slot::Pending };
    let amount = if money.currency == declared.currency { "1".to_owned() } else { amount };
    if money.amount.is_none() && money.currency != declared.currency {
        return Slot::Pending;
    }
    Slot::Is(Rate { base: declared.currency, quote: money.currency, amount })
}

type Heading = (usize, String, bool, Option<usize>, Text, NaiveDate, AnnouncementStatus, Text);

fn heading() -> impl Strategy<Value = Heading> {
    use AnnouncementStatus::{New, Update, Withdrawn};
    let status = prop_oneof![4 => Just(New), 5 => Just(Update), 1 => Just(Withdrawn)];
    (
        any::<usize>(),
        (1u32..10_000).prop_map(|code| format!("{code:05}")),
        prop::bool::weighted(0.2),
        option::weighted(0.2, any::<usize>()),
        text(2, false),
        date(),
        status,
        text(4, false),
    )
}

type Terms = (Kind, Nature, Slot<NaiveDate>, Slot<NaiveDate>, Money, Slot<NaiveDate>, (Slot<Money>, String));

fn terms() -> impl Strategy<Value = Terms> {
    let kind = prop_oneof![4 => Just(Kind::Final), 3 => Just(Kind::Interim), 1 => plain(2).prop_map(Kind::Other)];
    let nature = prop_oneof![3 => Just(Nature::Ordinary), 1 => Just(Nature::Special)];
    let paid = prop_oneof![
        8 => money().prop_map(Slot::Is),
        1 => select(&CURRENCIES[..]).prop_map(|currency| Slot::Is(Money { currency, amount: None, per: 1 })),
        1 => Just(Slot::Pending),
    ];
    (kind, nature, slot(date(), 0.0), slot(date(), 0.0), money(), slot(date(), 0.5), (paid, amount()))
}

type Elections = (Vec<(Slot<Money>, String)>, bool, Option<Scrip>);

fn elections() -> impl Strategy<Value = Elections> {
    let money = prop_oneof![
        3 => money().prop_map(Slot::Is),
        1 => select(&CURRENCIES[..]).prop_map(|currency| Slot::Is(Money { currency, amount: None, per: 1 })),
    ];
    let options = prop_oneof![4 => Just(Vec::new()), 2 => vec((money, amount()), 1..3)];
    (options, any::<bool>(), option::weighted(0.15, scrip()))
}

fn scrip() -> impl Strategy<Value = Scrip> {
    let price = (select(&CURRENCIES[..]), amount());
    (any::<bool>(), slot(price, 1.0), slot(date(), 1.0), slot(date(), 1.0), any::<bool>(), any::<usize>()).prop_map(
        |(cash_is_default, price, certificates, first_dealing, partly, fractions)| Scrip {
            cash_is_default,
            price,
            certificates,
            first_dealing,
            partly,
            fractions,
        },
    )
}

type Timetable = (
    Slot<NaiveDate>,
    Slot<(NaiveDate, NaiveTime)>,
    Slot<(NaiveDate, NaiveDate)>,
    Slot<NaiveDate>,
    Slot<NaiveDate>,
    Slot<(NaiveDate, NaiveTime)>,
);

/// In the order that the checks call certain: ex-date, lodging, closure, record date, payment. Whether the exchange
/// trades on these days is left to chance: that only makes warnings.
fn timetable() -> impl Strategy<Value = Timetable> {
    let steps = (0i64..4, 0i64..3, 0i64..9, 0i64..100);
    let known = (any::<[u8; 6]>(), prop::bool::weighted(0.7));
    (date(), steps, time(), time(), known).prop_map(|(ex, (lodge, close, length, pay), at, until, (dice, dated))| {
        let ex_date = ex;
        let lodging = ex + Duration::days(lodge);
        let from = lodging + Duration::days(close);
        let record = from + Duration::days(length);
        let payment = record + Duration::days(pay);
        let known = |index: usize| dated || dice[index] % 3 == 0;
        let book_close = match dice[0] % 4 {
            _ if !known(2) => Slot::Pending,
            0 => Slot::NotApplicable,
            _ => Slot::Is((from, record)),
        };
        (
            maybe(known(0), ex_date),
            maybe(known(1), (lodging, at)),
            book_close,
            maybe(known(3), record),
            maybe(known(4), payment),
            maybe(known(5), (record, until)),
        )
    })
}

type Narrative = (usize, usize, Slot<Tax>, Option<Text>, Text);

fn narrative() -> impl Strategy<Value = Narrative> {
    let row = (any::<usize>(), select(&["10", "20", "5", "7.5"][..]), any::<usize>())
        .prop_map(|(holder, percent, details)| TaxRow { holder, percent: percent.to_owned(), details });
    let tax = prop_oneof![
        6 => Just(Slot::NotApplicable),
        1 => Just(Slot::Pending),
        1 => text(3, false).prop_map(|text| Slot::Is(Tax { text: Some(text), rows: Vec::new() })),
        2 => vec(row, 1..5).prop_map(|rows| Slot::Is(Tax { text: None, rows })),
    ];
    (any::<usize>(), 1usize..7, tax, option::weighted(0.4, text(4, true)), text(3, true))
}

fn maybe<T>(known: bool, value: T) -> Slot<T> {
    if known { Slot::Is(value) } else { Slot::Pending }
}

/// Mostly a value; `pending` is how much of the rest is "to be announced".
fn slot<S: Strategy>(value: S, pending: f64) -> impl Strategy<Value = Slot<S::Value>>
where
    S::Value: Clone,
{
    (value, 0u32..5, prop::bool::weighted(pending)).prop_map(|(value, dice, pending)| match (dice, pending) {
        (0, true) => Slot::Pending,
        (0, false) => Slot::NotApplicable,
        _ => Slot::Is(value),
    })
}

fn date() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2019, 1, 1).expect("a date");
    (0i64..3200).prop_map(move |days| first + Duration::days(days))
}

fn time() -> impl Strategy<Value = NaiveTime> {
    select(&[(16, 30), (16, 0), (12, 0), (9, 5)][..])
        .prop_map(|(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time"))
}

fn money() -> impl Strategy<Value = Money> {
    let per = prop_oneof![4 => Just(1u32), 1 => Just(10u32)];
    (select(&CURRENCIES[..]), amount(), per).prop_map(|(currency, amount, per)| Money {
        currency,
        amount: Some(amount),
        per,
    })
}

/// A positive decimal of at most eight places, trailing zeros included.
fn amount() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => (1u32..40).prop_map(|whole| whole.to_string()),
        6 => (0u32..3, 1u32..99_999_999, 1usize..9).prop_map(|(whole, fraction, places)| {
            let digits = format!("{fraction:08}");
            let fraction: String = digits.chars().rev().take(places).collect();
            let whole = if fraction.bytes().all(|digit| digit == b'0') { whole + 1 } else { whole };
            format!("{whole}.{fraction}")
        }),
    ]
}

/// Harmless text.
fn plain(lines: usize) -> impl Strategy<Value = Text> {
    vec((0usize..6).prop_map(Phrase::Plain), 1..=lines).prop_map(Text)
}

/// Text that often imitates the form. The last sections cannot be told from a title in their own text, so theirs are
/// not imitated there (`at_the_end`).
fn text(lines: usize, at_the_end: bool) -> impl Strategy<Value = Text> {
    let ambiguous = move |phrase: &Phrase| {
        let title = match phrase {
            Phrase::Titles(section) | Phrase::EndsLike(section) => Some(*section),
            _ => None,
        };
        at_the_end && matches!(title, Some(Section::OtherInformation | Section::Directors))
    };
    let phrase = phrase().prop_map(move |phrase| if ambiguous(&phrase) { Phrase::Plain(0) } else { phrase });
    prop_oneof![4 => plain(lines), 4 => vec(phrase, 1..=lines).prop_map(Text), 1 => quoted_rows()]
}

/// One line, harmless or not.
pub(crate) fn phrase() -> impl Strategy<Value = Phrase> {
    let row = select(&Row::QUOTED[..]);
    prop_oneof![
        6 => (0usize..6).prop_map(Phrase::Plain),
        3 => row.clone().prop_map(Phrase::Mentions),
        2 => (row, date(), amount()).prop_map(|(row, date, amount)| Phrase::Quotes(row, date, amount)),
        1 => select(&Section::QUOTED[..]).prop_map(Phrase::Titles),
        1 => select(&Section::QUOTED[..]).prop_map(Phrase::EndsLike),
        1 => date().prop_map(Phrase::Value),
    ]
}

/// Several rows in printed order, with valid values, between two sentences or at the end of one: a correction that
/// quotes the earlier announcement, or a timetable for another class of shares.
fn quoted_rows() -> impl Strategy<Value = Text> {
    let rows = subsequence(Row::IN_PRINTED_ORDER.to_vec(), 2..7);
    (rows, vec((date(), amount()), 7), any::<bool>()).prop_map(|(rows, values, closed)| {
        let quotes = rows.into_iter().zip(values).map(|(row, (date, amount))| Phrase::Quotes(row, date, amount));
        let last = closed.then_some(Phrase::Plain(0));
        Text(std::iter::once(Phrase::Plain(4)).chain(quotes).chain(last).collect())
    })
}
