//! Random forms of which one row is damaged: a second value, words behind the value, the mark of a footnote at it, the row lost,
//! a rate of two figures. What is read is the printed value, or absent and told.

use exdate::event::schema::{AnnouncementStatus, Language};
use exdate::pipeline::Outcome;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::{found_at, is_of, outcome, with_row};
use crate::render::damage::wrong_values;
use crate::render::facts::{Facts, Slot};
use crate::render::layout::{Layout, layout, render};
use crate::render::sheet::{Entry, entries};
use crate::render::words::{Row, choose};
use crate::render::{arbitrary, cases, expect, runner};

/// How many damaged forms a run reads.
const CASES: u32 = 2_500;

/// The rows with a value of a closed grammar, and where it stands in the event.
const ROWS: [(Row, &str); 22] = [
    (Row::StockCode, "/instrument/stock_code"),
    (Row::AnnouncementDate, "/dates/announcement_date"),
    (Row::Status, "/lineage/announcement_status"),
    (Row::DividendNature, "/dividend/nature"),
    (Row::YearEnd, "/dividend/financial_year_end"),
    (Row::PeriodEnd, "/dividend/reporting_period_end"),
    (Row::Declared, "/dividend/declared"),
    (Row::Approval, "/dates/shareholder_approval_date"),
    (Row::DefaultOption, "/election/default_option"),
    (Row::ScripPrice, "/payment_options/1/scrip/price"),
    (Row::CertificateDate, "/payment_options/1/scrip/certificate_date"),
    (Row::FirstDealing, "/payment_options/1/scrip/first_dealing_date"),
    (Row::DefaultPayment, "/payment_options/0"),
    (Row::ExchangeRate, "/payment_options/0/exchange_rate"),
    (Row::FirstOption, "/payment_options/1"),
    (Row::FirstOptionRate, "/payment_options/1/exchange_rate"),
    (Row::ElectionDeadline, "/election/deadline"),
    (Row::ExDate, "/dates/ex_date"),
    (Row::Lodgement, "/dates/lodgement_deadline"),
    (Row::BookClose, "/dates/book_close_period"),
    (Row::RecordDate, "/dates/record_date"),
    (Row::PaymentDate, "/dates/payment_date"),
];

/// What happens to a row.
#[derive(Clone, Debug)]
enum Damage {
    Lost,
    /// The value of another form, behind a joint.
    SecondValue(usize, Box<Facts>),
    WordsBehind(usize),
    Mark(usize),
}

const JOINTS: [(&str, &str); 5] = [(" ", " "), (" and ", " 及 "), (" or ", "或"), (", ", "，"), ("\nand ", "\n及")];
const WORDS: [(&str, &str); 6] = [
    ("and a special dividend", "及特別股息"),
    ("Amended", "經修訂"),
    ("(revised)", "（經修訂）"),
    ("subject to approval", "尚待批准"),
    ("less tax of 10%", "另扣稅10%"),
    ("Note 1", "附註1"),
];
const MARKS: [&str; 5] = ["¹", " 1", "*", " (1)", "①"];

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        2 => Just(Damage::Lost),
        2 => (0..JOINTS.len(), arbitrary::facts()).prop_map(|(joint, other)| Damage::SecondValue(joint, Box::new(other))),
        2 => (0..WORDS.len()).prop_map(Damage::WordsBehind),
        2 => (0..MARKS.len()).prop_map(Damage::Mark),
    ]
}

impl Damage {
    /// The row's text; `None` where the row is lost. `None` in place of both where the damage changes nothing.
    fn apply(&self, value: &str, row: Row, language: Language) -> Option<Option<String>> {
        Some(Some(match self {
            Damage::Lost => return Some(None),
            Damage::SecondValue(joint, other) => {
                let second = printed(other, language, row).filter(|second| second != value)?;
                let (english, chinese) = JOINTS[*joint];
                format!("{value}{}{second}", choose(language, english, chinese))
            }
            Damage::WordsBehind(words) => {
                let (english, chinese) = WORDS[*words];
                format!("{value} {}", choose(language, english, chinese))
            }
            Damage::Mark(mark) => format!("{value}{}", MARKS[*mark]),
        }))
    }
}

impl Damage {
    /// Words between a value and the free text of the row below belong to either: a reason behind the status, a registrar
    /// behind the payment date, where these stand above their labels or nothing parts lines. A row that is lost may stand in a
    /// text that quotes it.
    fn is_undecidable(&self, facts: &Facts, row: Row, layout: &Layout) -> bool {
        let paged = !matches!(layout, Layout::Tabs { .. } | Layout::Html);
        let before_text = match row {
            Row::Status => facts.status != AnnouncementStatus::New,
            Row::PaymentDate => matches!(self, Damage::WordsBehind(_)),
            _ => false,
        };
        match self {
            Damage::Lost => facts.has_adversarial_text(),
            _ => paged && before_text,
        }
    }
}

/// What a row prints, if it is on the form.
fn printed(facts: &Facts, language: Language, row: Row) -> Option<String> {
    let entry = entries(facts, language).into_iter().find(|entry| is_of(entry, row))?;
    match entry {
        Entry::Labelled(_, lines) => Some(lines.join("\n")),
        _ => None,
    }
}

#[test]
fn a_damaged_value_is_read_as_printed_or_absent_and_told() {
    let language = prop_oneof![Just(Language::En), Just(Language::ZhHant)];
    let damaged = (arbitrary::facts(), language, layout(), select(&ROWS[..]), damage());
    let result = runner(cases(CASES)).run(&damaged, |(facts, language, layout, (row, field), damage)| {
        let Some(value) = printed(&facts, language, row) else { return Ok(()) };
        if damage.is_undecidable(&facts, row, &layout) {
            return Ok(());
        }
        let Some(otherwise) = damage.apply(&value, row, language) else { return Ok(()) };
        let layout = layout.decidable(&facts);
        let mut text = with_row(&facts, language, &layout, row, otherwise.as_deref());
        if let Layout::Html = layout {
            text = text.replace('¹', "<sup>1</sup>");
        }
        if let Outcome::Publish(event, findings) = outcome(&text) {
            let observed = serde_json::to_value(&*event).expect("an event is JSON");
            let lawful = expect::event(&facts, language, &layout);
            let wrong = wrong_values(&lawful, &observed);
            prop_assert!(wrong.is_empty(), "{row:?} {otherwise:?}: {}\n{text}", wrong.join("\n"));
            let told = found_at(&findings, field) || is_excused(&facts, row, otherwise.is_none());
            let absent = observed.pointer(field).is_none_or(is_absent);
            let seen = observed.pointer(field).cloned();
            prop_assert!(told && absent, "{row:?} {otherwise:?}: {findings:?} {seen:?}\n{text}");
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// Null; of a payment option, its amount; of another object, all of it.
fn is_absent(value: &Value) -> bool {
    match value {
        Value::Object(fields) => match fields.get("option_number").and(fields.get("amount")) {
            Some(amount) => amount.is_null(),
            None => fields.values().all(Value::is_null),
        },
        value => value.is_null(),
    }
}

/// A withdrawal calls for nothing, and only two currencies call for a rate.
fn is_excused(facts: &Facts, row: Row, is_lost: bool) -> bool {
    let paid = match row {
        Row::ExchangeRate => Some(&facts.payment),
        Row::FirstOptionRate => facts.options.first().map(|(paid, _)| paid),
        _ => None,
    };
    let one_currency = paid.is_some_and(|paid| paid.is().is_none_or(|paid| paid.currency == facts.declared.currency));
    is_lost && (facts.status == AnnouncementStatus::Withdrawn || one_currency || row == Row::DividendNature)
}

#[test]
fn a_rate_of_two_figures_stays_with_its_own_type() {
    let language = prop_oneof![Just(Language::En), Just(Language::ZhHant)];
    const COMPOUND: [(&str, &str); 4] =
        [("10% or 20", "10%或20"), ("5% to 15", "5%至15"), ("10%/20", "10%/20"), ("up to 10", "最高10")];
    let compounds = (arbitrary::facts(), language, layout(), any::<usize>(), select(&COMPOUND[..]));
    let result =
        runner(cases(CASES) / 2).run(&compounds, |(mut facts, language, layout, place, (english, chinese))| {
            let Slot::Is(tax) = &mut facts.tax else { return Ok(()) };
            if tax.rows.is_empty() {
                return Ok(());
            }
            let place = place % tax.rows.len();
            tax.rows[place].percent = choose(language, english, chinese).to_owned();
            let text = render(&facts, language, &layout);
            if let Outcome::Publish(event, findings) = outcome(&text) {
                let rates = event.withholding_tax.rates.clone();
                prop_assert!(found_at(&findings, "/withholding_tax/rates"), "{findings:?}\n{text}");
                let Slot::Is(tax) = &facts.tax else { return Ok(()) };
                prop_assert!(rates.is_empty() || rates.len() == tax.rows.len(), "{rates:?}\n{text}");
                for (rate, row) in rates.iter().zip(&tax.rows) {
                    let figure = rate.rate_percent.map(|percent| percent.to_string());
                    let words = rate.rate_text.clone().map(|words| words.trim_end_matches('%').to_owned());
                    let printed = figure.or(words);
                    prop_assert_eq!(printed.as_ref(), Some(&row.percent), "{:?}\n{}", rates, text);
                }
            }
            Ok(())
        });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}
