//! What a replay found, for people or as one JSON object.

use std::fmt::Write as _;

use crate::commands::terminal::{Tone, has_colours, print};
use crate::commands::trouble::Trouble;
use crate::record::event::PRODUCER;
use crate::replay::{Class, Summary};

/// Prints the summary.
pub(super) fn write(input_topic: &str, summary: &Summary, human: bool) -> Result<(), Trouble> {
    if human {
        print(&text(input_topic, summary, has_colours()));
    } else {
        print(&format!("{}\n", serde_json::to_string(summary).map_err(std::io::Error::from)?));
    }
    Ok(())
}

fn text(input_topic: &str, summary: &Summary, colours: bool) -> String {
    let mut text = format!("{input_topic}: {} records read again by {PRODUCER}\n\n", grouped(summary.records));
    for class in Class::ALL {
        let Some(records) = summary.classes.get(class.as_str()) else { continue };
        let templates: Vec<String> = summary.templates.get(class.as_str()).map_or_else(Vec::new, |templates| {
            templates.iter().map(|(template, records)| format!("{template} {}", grouped(*records))).collect()
        });
        let name = tone(*class).paint(&format!("{:<22}", class.as_str()), colours);
        let line = format!("  {name} {:>12}  {}", grouped(*records), templates.join(", "));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if summary.foreign > 0 {
        let _ = writeln!(
            text,
            "  {:<22} {:>12}  on the topics, and not from this input",
            "foreign",
            grouped(summary.foreign)
        );
    }
    for (field, tally) in &summary.fields {
        let _ = writeln!(text, "\n{field}  {}", grouped(tally.records));
        tally.samples.iter().for_each(|sample| {
            let _ = writeln!(text, "  {sample}");
        });
    }
    for (class, codes) in &summary.codes {
        for (code, tally) in codes {
            let _ = writeln!(text, "\n{class}, {code}  {}", grouped(tally.records));
            tally.samples.iter().for_each(|sample| {
                let _ = writeln!(text, "  {sample}");
            });
        }
    }
    if summary.too_late > 0 {
        let _ = writeln!(
            text,
            "\n{} of these events stay as they are: a later version of their dividend stands",
            grouped(summary.too_late)
        );
    }
    let verdict = match summary.is_different() {
        true => "This build gives something else than what stands.",
        false => "This build gives what stands.",
    };
    let _ = writeln!(text, "\n{verdict}");
    text
}

fn tone(class: Class) -> Tone {
    match class {
        Class::Same => Tone::Plain,
        Class::NoLongerDeadLettered | Class::NoLongerSkipped | Class::New => Tone::Good,
        Class::Changed => Tone::Doubtful,
        Class::Gone | Class::NowDeadLettered | Class::NowSkipped => Tone::Bad,
    }
}

/// `1234567` → `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Origin;
    use crate::replay::{Change, Detail};

    #[test]
    fn a_summary_is_a_page_that_can_be_read() {
        let place = |topic: &str| Origin { topic: topic.into(), partition: 0, offset: 17 };
        let mut detail = Detail::gone(&place("raw"), &place("events"));
        detail.class = Class::Changed.as_str().into();
        detail.template = Some("EF001".into());
        let mut summary = Summary { foreign: 2, ..Summary::default() };
        (0..1_234).for_each(|_| summary.same());
        summary.differs(Class::Changed, &detail);
        let change = Change { path: "/dates/record_date".into(), from: "2024-09-05".into(), to: "2024-09-04".into() };
        summary.fields(&detail.record, &[change]);
        let expected = format!(
            "raw: 1,235 records read again by {PRODUCER}\n\n\
            \x20 same                          1,234\n\
            \x20 changed                           1  EF001 1\n\
            \x20 foreign                           2  on the topics, and not from this input\n\n\
            /dates/record_date  1\n\
            \x20 raw/0@17  \"2024-09-05\" → \"2024-09-04\"\n\n\
            This build gives something else than what stands.\n"
        );
        assert_eq!(text("raw", &summary, false), expected);
    }
}
