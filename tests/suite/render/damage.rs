//! Damaged forms: cut off anywhere, a line lost, doubled or put in. What is read from them may be less, and may be a
//! dead letter, but no closed value is ever another one than the form's.

use exdate::event::schema::Language;
use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, process};
use proptest::prelude::*;
use serde_json::Value;

use super::facts::Phrase;
use super::layout::{layout, render};
use super::{arbitrary, expect, runner};

/// How many damaged forms a run reads.
const CASES: u32 = 3_000;

/// What happens to the text; places are thousandths of it.
#[derive(Clone, Debug)]
enum Damage {
    CutOff(usize),
    LineLost(usize),
    LineDoubled(usize),
    LinePutIn(usize, Phrase),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = 0usize..1000;
    prop_oneof![
        3 => place.clone().prop_map(Damage::CutOff),
        2 => place.clone().prop_map(Damage::LineLost),
        1 => place.clone().prop_map(Damage::LineDoubled),
        2 => (place, arbitrary::phrase()).prop_map(|(place, phrase)| Damage::LinePutIn(place, phrase)),
    ]
}

impl Damage {
    fn apply(&self, text: &str, language: Language) -> String {
        if let Damage::CutOff(place) = self {
            return text.chars().take(text.chars().count() * place / 1000).collect();
        }
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let at = |place: usize| place * lines.len() / 1000;
        match self {
            Damage::CutOff(_) => {}
            Damage::LineLost(place) => drop(lines.remove(at(*place))),
            Damage::LineDoubled(place) => lines.insert(at(*place), lines[at(*place)].clone()),
            Damage::LinePutIn(place, phrase) => lines.insert(at(*place), phrase.print(language)),
        }
        lines.join("\n")
    }
}

#[test]
fn a_damaged_form_never_gives_a_wrong_value() {
    let language = prop_oneof![Just(Language::En), Just(Language::ZhHant)];
    let result =
        runner(CASES).run(&(arbitrary::facts(), language, layout(), damage()), |(facts, language, layout, damage)| {
            let text = damage.apply(&render(&facts, language, &layout), language);
            let message = Message { value: Some(text.as_bytes()), ..Message::default() };
            if let Outcome::Publish(event, _) = process(&message, &Rules::default()) {
                let observed = serde_json::to_value(&*event).expect("an event is JSON");
                let wrong = wrong_values(&expect::event(&facts, language, &layout), &observed);
                prop_assert!(wrong.is_empty(), "{}\n{text}", wrong.join("\n"));
            }
            Ok(())
        });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// Closed values that are neither the form's nor absent.
pub(crate) fn wrong_values(expected: &Value, observed: &Value) -> Vec<String> {
    let closed = [
        "/instrument/stock_code",
        "/dividend/type",
        "/dividend/nature",
        "/dividend/financial_year_end",
        "/dividend/reporting_period_end",
    ];
    let mut wrong = Vec::new();
    for pointer in
        closed.into_iter().chain(["/dividend/declared", "/dates", "/election", "/payment_options", "/lineage/function"])
    {
        let (Some(expected), Some(observed)) = (expected.pointer(pointer), observed.pointer(pointer)) else { continue };
        compare(pointer, expected, observed, &mut wrong);
    }
    wrong
}

fn compare(place: &str, expected: &Value, observed: &Value, wrong: &mut Vec<String>) {
    match (expected, observed) {
        (_, Value::Null) => {}
        (Value::Object(fields), Value::Object(others)) => {
            for (name, value) in
                fields.iter().filter(|(name, _)| !["fraction_treatment", "is_default"].contains(&name.as_str()))
            {
                compare(&format!("{place}/{name}"), value, &others[name], wrong);
            }
        }
        (Value::Array(items), Value::Array(others)) => {
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                compare(&format!("{place}/{index}"), item, other, wrong);
            }
        }
        _ if expected == observed => {}
        _ => wrong.push(format!("{place}: the form says {expected}, the event {observed}")),
    }
}
