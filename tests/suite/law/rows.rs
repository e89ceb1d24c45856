//! A random form whose rows are not those of the template: one has another label, one is new, one is lost, a page line stands
//! anywhere, another form stands behind it. No text of it takes another row without a finding, and no value is another one.

use exdate::event::schema::Language;
use exdate::finding::Finding;
use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, process};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::render::damage::wrong_values;
use crate::render::facts::Facts;
use crate::render::layout::{Layout, layout, render};
use crate::render::words::{Row, choose};
use crate::render::{arbitrary, expect, runner};

/// How many damaged forms a run reads.
const CASES: u32 = 3_000;

/// What happens to a form; places are thousandths of its rows.
#[derive(Clone, Debug)]
enum Damage {
    Renamed(Row),
    Added(usize, NewRow),
    Lost(Row),
    PageLine(usize),
    FormBehind(Box<Facts>, Language),
}

/// A row that no form has: its label names what kind of value it has.
#[derive(Clone, Debug)]
struct NewRow {
    kind: usize,
    wording: usize,
}

type Words = [[(&'static str, &'static str); 3]; 3];

/// Labels by the kind of their value: days, money, absences.
const NEW_LABELS: Words = [
    [("Distribution date", "股息派付日期"), ("Second election deadline", "第二次選擇時限"), ("Cut-off day", "截止日")],
    [("Handling fee amount", "手續費金額"), ("Reference price", "參考價"), ("Special distribution", "特別派息")],
    [
        ("Severe weather arrangement", "惡劣天氣安排"),
        ("Arrangement for electronic payment (if any)", "電子派息安排（如有）"),
        ("Former counter", "曾用櫃檯"),
    ],
];
const NEW_VALUES: Words = [
    [("28 June 2025", "2025年6月28日"), ("28 June 2025 16:30", "2025年6月28日 16:30"), ("To be announced", "有待公佈")],
    [("HKD 0.02 per share", "每 股 0.02HKD"), ("HKD 1 : RMB 0.91", "1 HKD : 0.91RMB"), ("Not applicable", "不適用")],
    [("Not applicable", "不適用"), ("To be announced", "有待公佈"), ("Not applicable", "不適用")],
];

/// Rows of dates and figures, what each is called instead, and where it stands in the event.
const RENAMED: [(Row, &str, &str, &str); 6] = [
    (Row::ExDate, "Date ex entitlement", "除權日", "/dates/ex_date"),
    (Row::BookClose, "Transfer closure period", "停止過戶期間", "/dates/book_close_period"),
    (Row::RecordDate, "Entitlement day", "權益登記日", "/dates/record_date"),
    (Row::PaymentDate, "Distribution date", "派付日期", "/dates/payment_date"),
    (Row::Approval, "General meeting date", "股東大會日期", "/dates/shareholder_approval_date"),
    (Row::Declared, "Distribution declared", "宣佈派息", "/dividend/declared/amount"),
];

impl NewRow {
    fn label(&self, language: Language) -> &'static str {
        let (english, chinese) = NEW_LABELS[self.kind][self.wording % 3];
        choose(language, english, chinese)
    }

    fn value(&self, language: Language) -> &'static str {
        let (english, chinese) = NEW_VALUES[self.kind][self.wording / 3];
        choose(language, english, chinese)
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let row = select(&RENAMED[..]).prop_map(|(row, ..)| row);
    let new = (0usize..3, 0usize..9).prop_map(|(kind, wording)| NewRow { kind, wording });
    prop_oneof![
        3 => row.clone().prop_map(Damage::Renamed),
        6 => (0usize..1000, new).prop_map(|(place, row)| Damage::Added(place, row)),
        1 => row.prop_map(Damage::Lost),
        1 => (0usize..1000).prop_map(Damage::PageLine),
        1 => (arbitrary::facts(), language()).prop_map(|(facts, other)| Damage::FormBehind(Box::new(facts), other)),
    ]
}

fn language() -> impl Strategy<Value = Language> {
    prop_oneof![Just(Language::En), Just(Language::ZhHant)]
}

#[test]
fn a_damaged_row_is_told_and_never_part_of_another() {
    let cases = (arbitrary::facts(), language(), layout(), damage());
    let result = runner(CASES).run(&cases, |(facts, language, layout, damage)| {
        let Some(text) = damage.apply(&facts, language, &layout) else { return Ok(()) };
        let message = Message { value: Some(text.as_bytes()), ..Message::default() };
        match process(&message, &Rules::default()) {
            Outcome::DeadLetter(..) => {}
            Outcome::Skip(_) => return Err(TestCaseError::fail(format!("skipped\n{text}"))),
            Outcome::Publish(event, findings) => {
                let observed = serde_json::to_value(&*event).expect("an event is JSON");
                let wrong = damage.broken(&expect::event(&facts, language, &layout), &observed, &findings);
                prop_assert!(wrong.is_empty(), "{damage:?}\n{}\n{findings:?}\n{text}", wrong.join("\n"));
            }
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

impl Damage {
    /// The damaged text; `None` where the form has no such row on a line of its own.
    fn apply(&self, facts: &Facts, language: Language, layout: &Layout) -> Option<String> {
        let (mut lines, joint) = lines(facts, language, layout);
        match self {
            Damage::Renamed(row) => {
                let (_, english, chinese, _) = RENAMED.iter().find(|(renamed, ..)| renamed == row)?;
                let line = &mut lines[own_line(facts, language, layout, *row)?];
                *line = line.replacen(&as_printed(row.label(language), layout), choose(language, english, chinese), 1);
            }
            Damage::Lost(row) => drop(lines.remove(own_line(facts, language, layout, *row)?)),
            Damage::Added(place, new) => {
                let row = match layout {
                    Layout::Tabs { .. } => format!("{}\t{}", new.label(language), new.value(language)),
                    Layout::Html => {
                        format!("<tr><td>{}</td><td>{}</td></tr>", new.label(language), new.value(language))
                    }
                    _ => format!("{} {}", new.label(language), new.value(language)),
                };
                put_in(&mut lines, *place, row, language, layout);
            }
            Damage::PageLine(place) => {
                let page = choose(language, "Page 1 of 2", "第 1 頁 共 2 頁");
                let row = if matches!(layout, Layout::Html) { format!("<p>{page}</p>") } else { page.to_owned() };
                put_in(&mut lines, *place, row, language, layout);
            }
            Damage::FormBehind(other, language) => lines.push(render(other, *language, layout)),
        }
        let text = lines.join(joint);
        Some(if joint == " " { text.split_whitespace().collect::<Vec<_>>().join(" ") } else { text })
    }

    /// How an event breaks the law.
    fn broken(&self, expected: &Value, observed: &Value, findings: &[Finding]) -> Vec<String> {
        let mut wrong = wrong_values(expected, observed);
        let told = |codes: &[&str]| findings.iter().any(|finding| codes.contains(&finding.code.as_str()));
        match self {
            Damage::Renamed(row) => {
                let field = RENAMED.iter().find(|(renamed, ..)| renamed == row).map_or("", |(.., field)| field);
                let lost = !expected.pointer(field).unwrap_or(&Value::Null).is_null();
                let found = findings.iter().any(|finding| field.starts_with(&*finding.field));
                if lost && !found {
                    wrong.push(format!("{field} has another label, and nothing is found"));
                }
            }
            Damage::Added(..) => {
                // Words and an absence within the table of tax rates are a row of it without a rate.
                let told_as =
                    ["unknown-label", "unassigned-text", "unreadable-value", "unconfirmed-wording", "no-single-rate"];
                if !told(&told_as) {
                    wrong.push("nothing tells of the new row".to_owned());
                }
            }
            Damage::FormBehind(..) => wrong.push("two forms give an event".to_owned()),
            Damage::Lost(_) | Damage::PageLine(_) => {}
        }
        wrong
    }
}

/// The form's lines before their ends are lost, and what they are joined with.
fn lines(facts: &Facts, language: Language, layout: &Layout) -> (Vec<String>, &'static str) {
    let (layout, joint) = match layout {
        Layout::OneLine { wrapping, .. } => (Layout::Lines(wrapping.clone()), " "),
        other => (other.clone(), "\n"),
    };
    (render(facts, language, &layout).split('\n').map(str::to_owned).collect(), joint)
}

fn as_printed(label: &str, layout: &Layout) -> String {
    if matches!(layout, Layout::Html) { label.replace('\'', "&#39;") } else { label.to_owned() }
}

/// The one line that holds a row whole, label and value, and no other row.
fn own_line(facts: &Facts, language: Language, layout: &Layout, row: Row) -> Option<usize> {
    let label = as_printed(row.label(language), layout);
    let (lines, _) = lines(facts, language, layout);
    let begins = |line: &String| {
        let rest = line.trim_start_matches("<tr><td>").strip_prefix(label.as_str());
        rest.and_then(|rest| rest.strip_prefix(['\t', ' ', '<'])).is_some_and(|value| !value.trim().is_empty())
    };
    let mut places = (0..lines.len()).filter(|at| begins(&lines[*at]));
    let (place, another) = (places.next()?, places.next());
    let others = Row::IN_PRINTED_ORDER.iter().filter(|other| **other != row);
    let alone = !others.map(|other| other.label(language)).any(|other| lines[place].contains(other));
    (another.is_none() && alone).then_some(place)
}

/// Puts a line in where a row may begin: below the first row, and, where line ends are lost or cells make the rows, before a label.
fn put_in(lines: &mut Vec<String>, place: usize, row: String, language: Language, layout: &Layout) {
    let name = Row::IssuerName.label(language);
    let first = lines.iter().position(|line| line.contains(name)).unwrap_or_default() + 1;
    let further = [Row::StockCode, Row::AnnouncementDate, Row::Status, Row::DividendNature, Row::Tax];
    let labels: Vec<&str> = further.into_iter().chain(Row::IN_PRINTED_ORDER).map(|row| row.label(language)).collect();
    let begins = |line: &String| labels.iter().any(|label| line.trim_start_matches("<tr><td>").starts_with(label));
    let places: Vec<usize> =
        (first..lines.len()).filter(|at| matches!(layout, Layout::Lines(_)) || begins(&lines[*at])).collect();
    lines.insert(places[place * places.len() / 1000], row);
}
