//! The event of the seed form, byte for byte.
use exdate::event::schema::DividendEvent;
use exdate::event::{content_sha256, normalise};
use exdate::message::Rules;
use exdate::pipeline::{Message, Outcome, process};

use crate::printed;

const GOLDEN: &str = include_str!("../../golden/03660-qifu-interim-2023.json");

#[test]
fn the_rows_of_the_seed_give_the_golden_event() {
    let (document, form) = printed::seed();
    let (event, warnings) = normalise(&document, &form, Vec::new(), &Rules::default()).expect("the seed's event");
    assert_eq!(warnings, []);
    assert_eq!(serde_json::to_string(&event).expect("JSON"), one_line(GOLDEN));
}

#[test]
fn the_golden_event_is_read_back_whole() {
    let event: DividendEvent = serde_json::from_str(GOLDEN).expect("the golden event");
    assert_eq!(serde_json::to_string(&event).expect("JSON"), one_line(GOLDEN));
    assert_eq!(content_sha256(&event), event.content_sha256);
}

/// The golden file breaks lines between members, for the reader; the record has one line.
fn one_line(golden: &str) -> String {
    golden.lines().map(str::trim_start).collect()
}

/// The seed is a real form, so not on every machine.
#[test]
fn the_seed_gives_the_golden_event_byte_for_byte() {
    let Some(text) = seed_text() else { return };
    let message = Message { topic: "raw", value: Some(&text), ..Message::default() };
    let Outcome::Publish(event, warnings) = process(&message, &Rules::default()) else {
        unreachable!("the seed is published")
    };
    assert_eq!(warnings, []);
    let record = exdate::record::event::encode(&event, &message);
    assert_eq!(record.value, Some(one_line(GOLDEN).into_bytes()));
}

fn seed_text() -> Option<Vec<u8>> {
    let folder = crate::machine::shared_forms()?;
    Some(std::fs::read(folder.join("03660-qifu-interim-2023.en.tsv.txt")).expect("the seed form"))
}
