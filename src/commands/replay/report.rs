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
