//! PDFs that the tests draw themselves, read back: random facts in the ways of several producers and fonts, the hazards of
//! real files one by one, and files made to hurt.

#![expect(clippy::float_arithmetic, reason = "places on paper")]

mod document;
mod face;
mod file;
mod form;
pub(crate) mod hostile;
mod sheet;
mod specimens;

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use exdate::event::schema::Language;
use exdate::finding::Code;
use exdate::message::{Message, Rules};
use exdate::pdf::{self, Limits};
use exdate::pipeline::{Outcome, SkipReason, process, process_with};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::compare::differences;
use crate::memory;
use crate::render::layout::{Layout, render};
use crate::render::{Verdict, arbitrary, judge, runner};
use face::Face;
use form::{draw, faces};
use sheet::{Lines, Style};
pub(crate) use specimens::specimens;

/// How many random forms are drawn in each language; `EXDATE_RENDER_CASES` asks for more.
const CASES: u32 = 120;

#[test]
fn random_english_facts_are_read_back_from_paper() {
    read_back_random_facts(Language::En);
}

#[test]
fn random_chinese_facts_are_read_back_from_paper() {
    read_back_random_facts(Language::ZhHant);
}

fn read_back_random_facts(language: Language) {
    let cases = std::env::var("EXDATE_RENDER_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let undecided = Cell::new(0_u32);
    let result = runner(cases).run(&(arbitrary::facts(), style(language)), |(facts, style)| {
        let document = draw(&facts, language, &style);
        let text = pdf::read(&document, &Limits::default()).map_or_else(|finding| finding.message(), |read| read.text);
        match judge(&facts, language, &Layout::Html, &document, &text) {
            Ok(Verdict::SameFacts) => {}
            Ok(Verdict::Undecided) => undecided.set(undecided.get() + 1),
            Err(wrong) => return Err(TestCaseError::fail(wrong)),
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    assert!(undecided.get() * 100 <= cases, "{} of {cases} forms end as competing values", undecided.get());
}

fn style(language: Language) -> impl Strategy<Value = Style> {
    let lines = prop_oneof![3 => Just(Lines::Boxes), 1 => Just(Lines::Shared), 1 => Just(Lines::Thin)];
    let face = proptest::sample::select(faces(language));
    (face, lines, 120.0..260.0_f64, any::<bool>(), any::<bool>(), 60.0..500.0_f64).prop_map(
        |(face, lines, middle, titles_boxed, furniture_first, foot)| Style {
            face,
            lines,
            middle,
            titles_boxed,
            furniture_first,
            foot,
        },
    )
}

#[test]
fn the_same_facts_give_the_same_event_as_tabs_and_on_paper() {
    for language in [Language::En, Language::ZhHant] {
        let style = Style {
            face: Face::Gb1,
            lines: Lines::Boxes,
            middle: 180.0,
            titles_boxed: true,
            furniture_first: true,
            foot: 60.0,
        };
        let result = runner(40).run(&arbitrary::facts(), |facts| {
            prop_assume!(!facts.has_adversarial_text());
            let tabs = render(&facts, language, &Layout::Tabs { trailing: true, crlf: false });
            let of_tabs = event(tabs.as_bytes()).map_err(TestCaseError::fail)?;
            let of_paper = event(&draw(&facts, language, &style)).map_err(TestCaseError::fail)?;
            let mut found = Vec::new();
            differences("", &of_tabs, &of_paper, &mut found);
            prop_assert!(found.is_empty(), "{}", found.join("\n"));
            Ok(())
        });
        if let Err(failure) = result {
            panic!("{failure}");
        }
    }
}

/// An event without its source block, its texts without blanks: where a line of free text ends is not the same.
fn event(document: &[u8]) -> Result<Value, String> {
    let message = Message { value: Some(document), ..Message::default() };
    let Outcome::Publish(event, _) = process(&message, &Rules::default()) else { return Err("no event".into()) };
    let mut event = serde_json::to_value(&*event).map_err(|error| error.to_string())?;
    event["source"] = json!(null);
    event["content_sha256"] = json!(null);
    event["warnings"] = json!(null);
    without_blanks(&mut event);
    Ok(event)
}

fn without_blanks(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|c| !c.is_whitespace()),
        Value::Array(values) => values.iter_mut().for_each(without_blanks),
        Value::Object(values) => values.values_mut().for_each(without_blanks),
        _ => {}
    }
}

#[test]
fn every_specimen_is_read_as_expected() {
    let specimens = specimens();
    let wrong: Vec<String> = specimens.iter().filter_map(|specimen| specimen.disagreement()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// What is read for what it is: it holds much, but within the limits.
const HARMLESS: [&str; 3] = ["widths", "names of glyphs", "characters of a table"];

#[test]
fn hostile_files_end_in_a_finding_soon_and_without_much_memory() {
    // A debug build on a busy machine takes twenty times as long.
    let longest = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 1 });
    let hostile = hostile::hostile();
    assert!(hostile.len() >= 48, "only {} files", hostile.len());
    let mut wrong = Vec::new();
    for (name, bytes) in hostile {
        let start = Instant::now();
        let (read, peak) = memory::peak(|| pdf::read(bytes, &Limits::default()));
        let took = start.elapsed();
        if took > longest || peak > 200 << 20 {
            wrong.push(format!("{name}: {} ms and {} MB", took.as_millis(), peak >> 20));
        }
        if read.is_ok() != HARMLESS.contains(name) {
            wrong.push(format!("{name}: {read:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_bytes_give_the_same_text() {
    for specimen in specimens() {
        assert_eq!(specimen.read(), specimen.read());
    }
}

/// The text that the demo's PDF prints, and how it is drawn: three pages.
pub(crate) const SAMPLE: &str = include_str!("sample.en.txt");
const SAMPLE_PDF: &str = "src/commands/demo/samples/piers-final.en.pdf";

pub(crate) fn drawn_sample() -> Vec<u8> {
    drawn(SAMPLE)
}

/// The PDF of a form in the tab-separated layout.
pub(crate) fn drawn(form: &str) -> Vec<u8> {
    let style = Style {
        face: Face::WinAnsi,
        lines: Lines::Boxes,
        middle: 200.0,
        titles_boxed: false,
        furniture_first: true,
        foot: 520.0,
    };
    sheet::draw_tabs(form, 1, &style)
}

/// The file is written by this test where it is missing, and the test fails once.
#[test]
fn the_pdf_of_the_demo_is_the_one_drawn_here() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SAMPLE_PDF);
    let drawn = drawn_sample();
    if !path.exists() {
        fs::write(&path, &drawn).expect("a file that can be written");
        panic!("{SAMPLE_PDF} was missing and has been drawn");
    }
    assert!(fs::read(&path).expect("the PDF") == drawn, "remove {SAMPLE_PDF}: it is not what is drawn here");
}

#[test]
fn a_pdf_beyond_the_limit_is_refused_unless_it_is_no_form() {
    let rules = Rules { max_pdf_bytes: 1_000, ..Rules::default() };
    let outcome = |bytes: &[u8]| process(&Message { value: Some(bytes), ..Message::default() }, &rules);
    let report = specimens().iter().find(|specimen| specimen.is("an annual report")).expect("a report");
    for (document, expected) in [(report.bytes(), None), (&drawn_sample(), Some(Code::PdfTooLarge))] {
        assert!(document.len() > rules.max_pdf_bytes);
        match (outcome(document), expected) {
            (Outcome::Skip(reason), None) => assert_eq!(reason, SkipReason::NotADividendForm),
            (Outcome::DeadLetter(_, findings, _), Some(code)) => assert_eq!(findings[0].code, code),
            (outcome, _) => panic!("{outcome:?}"),
        }
    }
}

#[test]
fn a_form_of_three_pages_takes_little_memory() {
    let document = drawn_sample();
    let read = || pdf::read(&document, &Limits::default());
    read().expect("a form");
    let (read, peak) = memory::peak(read);
    assert_eq!(read.map(|read| read.pages), Ok(3));
    assert!(peak < 2 << 20, "{peak} bytes");
}

/// What the two readings of a PDF are that has boxed rows and others.
fn read_twice(cells: &str, in_order: &str) -> Vec<Code> {
    let reading = |_: &[u8]| {
        let places = cells.lines().map(|_| pdf::Place { page: 1, below_top_mm: 0 }).collect();
        Ok(pdf::Reading {
            text: cells.to_owned(),
            places,
            in_order: Some(in_order.to_owned()),
            pages: 1,
            is_form: true,
            warnings: Vec::new(),
        })
    };
    let message = Message { value: Some(b"%PDF-1.7"), ..Message::default() };
    match process_with(&message, &Rules::default(), &reading) {
        Outcome::Publish(_, warnings) => warnings.iter().map(|warning| warning.code).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_readings_that_differ_in_a_date_or_an_amount_are_told() {
    assert_eq!(read_twice(SAMPLE, &SAMPLE.replace('\t', " ")), []);
    for (printed, other) in [("22 June 2026", "23 June 2026"), ("HKD 0.35 per share", "HKD 0.36 per share")] {
        assert!(read_twice(SAMPLE, &SAMPLE.replace(printed, other)).contains(&Code::ContradictoryReadings), "{other}");
    }
    // What is no form in reading order says nothing about the cells.
    assert_eq!(read_twice(SAMPLE, "Annual report"), []);
}

#[test]
fn rows_with_and_without_boxes_are_read_twice() {
    let twice = |name: &str| {
        let specimen = specimens().iter().find(|specimen| specimen.is(name)).expect("a specimen");
        specimen.read().map(|read| read.in_order.is_some())
    };
    assert_eq!(twice("underlined rows beside boxed ones"), Ok(true));
    assert_eq!(twice("a label over several rows"), Ok(false));
}
