//! Random facts, rendered in every layout and both languages, are read back: the same facts, or, where a text that
//! imitates the form leaves no way to tell, a dead letter that names the lines which compete. Never a wrong value.

pub(crate) mod arbitrary;
pub(crate) mod damage;
pub(crate) mod expect;
pub(crate) mod facts;
pub(crate) mod layout;
pub(crate) mod sheet;
pub(crate) mod words;

use std::cell::Cell;

use exdate::event::schema::Language;
use exdate::finding::{Code, Finding, Severity};
use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, process};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::compare::differences;
use facts::Facts;
use layout::Layout;

/// How many random forms a run reads in each language; `EXDATE_RENDER_CASES` asks for more.
const CASES: u32 = 5_000;

/// A run reads the same forms each time, so that a failure is a change's and nobody else's; `EXDATE_RENDER_SEED`, any
/// number, gives other ones.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    let seed: u64 = std::env::var("EXDATE_RENDER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_default();
    let bytes: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(32).collect();
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// As many cases as are asked for, or as a usual run has.
pub(crate) fn cases(usual: u32) -> u32 {
    std::env::var("EXDATE_RENDER_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

#[test]
fn random_english_facts_are_read_back_from_every_layout() {
    read_back_random_facts(Language::En);
}

#[test]
fn random_chinese_facts_are_read_back_from_every_layout() {
    read_back_random_facts(Language::ZhHant);
}

fn read_back_random_facts(language: Language) {
    let cases = cases(CASES);
    let undecided = Cell::new(0u32);
    let result = runner(cases).run(&(arbitrary::facts(), layout::layout()), |(facts, layout)| {
        match read_back(&facts, language, &layout) {
            Ok(Verdict::SameFacts) => {}
            Ok(Verdict::Undecided) => undecided.set(undecided.get() + 1),
            Err(wrong) => return Err(TestCaseError::fail(wrong)),
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    let undecided = undecided.get();
    assert!(undecided * 1000 <= cases * UNDECIDED_PER_MILLE, "{undecided} of {cases} forms end as competing values");
}

/// About half of the random forms hold a text that imitates rows or titles; of all forms, so many may stay undecided.
const UNDECIDED_PER_MILLE: u32 = 5;

pub(crate) enum Verdict {
    SameFacts,
    Undecided,
}

fn read_back(facts: &Facts, language: Language, layout: &Layout) -> Result<Verdict, String> {
    let text = layout::render(facts, language, layout);
    judge(facts, language, layout, text.as_bytes(), &text)
}

/// Whether a document is read as the facts that it was made from; `text` is what a failure shows of it.
pub(crate) fn judge(
    facts: &Facts,
    language: Language,
    layout: &Layout,
    document: &[u8],
    text: &str,
) -> Result<Verdict, String> {
    let message = Message { value: Some(document), ..Message::default() };
    match process(&message, &Rules::default()) {
        Outcome::Publish(event, warnings) => {
            let observed = serde_json::to_value(&*event).map_err(|error| error.to_string())?;
            let wrong = disagreements(facts, language, layout, observed, &warnings);
            if wrong.is_empty() { Ok(Verdict::SameFacts) } else { Err(format!("{}\n{text}", wrong.join("\n"))) }
        }
        Outcome::DeadLetter(_, findings, _) if facts.has_adversarial_text() && is_undecided(&findings) => {
            Ok(Verdict::Undecided)
        }
        Outcome::DeadLetter(_, findings, _) => Err(format!("dead letter: {findings:?}\n{text}")),
        Outcome::Skip(reason) => Err(format!("skipped: {}\n{text}", reason.as_str())),
    }
}

/// Where the event differs from the facts, and warnings about the reading of a form that is whole.
fn disagreements(
    facts: &Facts,
    language: Language,
    layout: &Layout,
    mut observed: Value,
    warnings: &[Finding],
) -> Vec<String> {
    let mut expected = expect::event(facts, language, layout);
    // Without line ends the cells of a table are told apart by known names only: refusing the table is right too.
    let has_table = facts.tax.is().is_some_and(|tax| !tax.rows.is_empty());
    let refused = has_table && layout.is_one_line() && observed["withholding_tax"]["rates"] == json!([]);
    if refused {
        expected["withholding_tax"] = json!({ "rates": [] });
    }
    expect::letters_only(&mut expected, layout);
    expect::letters_only(&mut observed, layout);
    let mut found = Vec::new();
    differences("", &expected, &observed, &mut found);
    let about_reading = warnings.iter().filter(|warning| is_about_reading(warning.code));
    let needless = about_reading.filter(|warning| !(refused && warning.field.starts_with("/withholding_tax")));
    found.extend(needless.map(|warning| format!("needless warning {warning:?}")));
    found
}

/// Whether competing values are all that speaks against the form.
fn is_undecided(findings: &[Finding]) -> bool {
    let mut errors = findings.iter().filter(|finding| finding.code.severity() == Severity::Error).peekable();
    errors.peek().is_some() && errors.all(|error| error.code == Code::CompetingValues)
}

/// Findings that a whole form, read rightly, does not have.
fn is_about_reading(code: Code) -> bool {
    matches!(code, Code::UnknownLabel | Code::UnassignedText | Code::TextCutOff | Code::UnreadableValue)
}
