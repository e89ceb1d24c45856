//! What `process` promises about any bytes at all. A broken promise is a panic that names it.
//!
//! Shared by the suite and by the fuzz targets, which include this file.

use exdate::event::DividendEvent;
use exdate::finding::{Finding, Severity};
use exdate::form::SourceText;
use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, Trace, process, trace};
use exdate::record;
use serde_json::Value;

/// Processes the bytes and checks every promise.
pub(crate) fn hold(bytes: &[u8], content_type: Option<&str>) {
    let headers = content_type.map(|text| ("content-type", Some(text.as_bytes()))).into_iter().collect();
    let message = Message { topic: "in", value: Some(bytes), headers, ..Message::default() };
    let rules = Rules { max_document_bytes: 1024 * 1024, ..Rules::default() };
    trace(&message, &rules, |traced| check(&message, &rules, &traced));
}

fn check(message: &Message<'_>, rules: &Rules, traced: &Trace<'_>) {
    assert_eq!(traced.outcome, process(message, rules), "the same bytes give the same outcome");
    match &traced.outcome {
        Outcome::Publish(event, warnings) => {
            assert!(warnings.iter().all(|finding| !is_error(finding)), "published in spite of an error");
            assert_eq!(warnings.len(), event.warnings.len(), "a warning is not in the event");
            places_exist(traced, warnings);
            let text = traced.document.as_ref().map_or("", |document| &document.text);
            assert_eq!(invented(event, text), None, "not printed in the document");
            one_line(&record::event::encode(event, message));
        }
        Outcome::DeadLetter(stage, findings, filing) => {
            assert!(findings.iter().any(is_error), "dead-lettered without an error");
            places_exist(traced, findings);
            let reason = record::dead_letter::Reason { stage: *stage, findings, filing };
            let record = record::dead_letter::encode(message, &reason, 0);
            assert_eq!(record.value.as_deref(), message.value, "a dead letter keeps the bytes");
        }
        Outcome::Skip(_) => assert!(traced.form.is_none(), "a form was skipped"),
    }
}

fn is_error(finding: &Finding) -> bool {
    finding.code.severity() == Severity::Error
}

/// A finding's line is a line of the document, where there is one.
fn places_exist(traced: &Trace<'_>, findings: &[Finding]) {
    let Some(document) = &traced.document else { return };
    let lines = document.text.split('\n').count();
    for finding in findings {
        assert!(!finding.message().is_empty());
        assert!(finding.line.is_none_or(|line| (1..=lines).contains(&(line as usize))), "no such line: {finding:?}");
    }
}

fn one_line(record: &record::Record) {
    let value = record.value.as_deref().unwrap_or_default();
    assert!(!value.contains(&b'\n'), "an event is one line");
    let read: Result<DividendEvent, _> = serde_json::from_slice(value);
    assert!(read.is_ok(), "an event that cannot be read back: {read:?}");
}

/// A stock code, currency, amount, date or time of the event that is not printed in the document. A page's end may fall
/// into a value, so that what is printed is also looked for in the text without page furniture.
pub(crate) fn invented(event: &DividendEvent, text: &str) -> Option<String> {
    let pages_joined = SourceText::new(text);
    not_in(event, text).and_then(|_| not_in(event, &pages_joined.text))
}

fn not_in(event: &DividendEvent, text: &str) -> Option<String> {
    let mut event = serde_json::to_value(event).unwrap_or_default();
    for computed in
        ["corporate_action_id", "classification", "source", "lineage", "warnings", "narrative", "content_sha256"]
    {
        if let Value::Object(members) = &mut event {
            members.remove(computed);
        }
    }
    first_invented("", &event, &folded(text))
}

/// Walks the event; `name` is that of the innermost member.
fn first_invented(name: &str, value: &Value, text: &str) -> Option<String> {
    let printed = match value {
        Value::Object(members) => return members.iter().find_map(|(name, value)| first_invented(name, value, text)),
        Value::Array(items) => return items.iter().find_map(|item| first_invented(name, item, text)),
        Value::String(value) => match name {
            "amount" | "base_amount" | "quote_amount" | "rate_percent" | "stock_code" => figure_is_printed(value, text),
            "currency" | "base_currency" | "quote_currency" => currency_is_printed(value, text),
            "lodgement_deadline" | "deadline" => moment_is_printed(value, text),
            _ => !is_date(value) || date_is_printed(value, text),
        },
        Value::Number(number) if name == "per_shares" => {
            number.as_u64() == Some(1) || text.contains(&number.to_string())
        }
        _ => true,
    };
    (!printed).then(|| format!("{name} {value}"))
}

/// As it is, with separators of thousands, or as so many cents.
fn figure_is_printed(figure: &str, text: &str) -> bool {
    let in_cents = || {
        let Some((whole, fraction)) = figure.split_once('.') else { return false };
        let Some((cents, rest)) = fraction.split_at_checked(2) else { return false };
        let whole = [whole, cents].concat();
        let whole = Some(whole.trim_start_matches('0')).filter(|whole| !whole.is_empty()).unwrap_or("0");
        let cents = if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") };
        (text.contains("cents") || text.contains("港仙")) && text.contains(&cents)
    };
    text.contains(figure) || text.replace(',', "").contains(figure) || in_cents()
}

fn currency_is_printed(code: &str, text: &str) -> bool {
    let sign = match code {
        "CNY" => "rmb",
        "HKD" => "hk",
        "USD" => "us",
        _ => return text.contains(&code.to_lowercase()),
    };
    text.contains(&code.to_lowercase()) || text.contains(sign) || code == "HKD" && text.contains("港仙")
}

fn moment_is_printed(moment: &str, text: &str) -> bool {
    let Some((date, time)) = moment.split_once('T') else { return false };
    let time = time.get(..5).unwrap_or_default();
    date_is_printed(date, text) && (text.contains(time.trim_start_matches('0')) || other_time_is_printed(time, text))
}

/// `16:30` as `4:30 p.m.`, `下午4時30分`, `16時30分`.
fn other_time_is_printed(time: &str, text: &str) -> bool {
    let (Some(hour), Some(minute)) = (time.get(..2).and_then(|hour| hour.parse::<u32>().ok()), time.get(3..5)) else {
        return false;
    };
    let half = if hour < 12 { "a" } else { "p" };
    let of_twelve = (hour + 11) % 12 + 1;
    let minutes = if minute == "00" { String::new() } else { format!("{}分", minute.trim_start_matches('0')) };
    let ends = [format!("{of_twelve}:{minute}{half}"), format!("{of_twelve}時{minutes}"), format!("{hour}時{minutes}")];
    ends.iter().chain([&format!("{of_twelve}時{minute}分")]).any(|end| text.contains(end))
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
}

/// `2024-09-04` is printed as `4 September 2024` or `2024年9月4日`, days and months padded or not.
fn date_is_printed(date: &str, text: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let mut parts = date.split('-').map(|part| part.trim_start_matches('0'));
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let name = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?)).copied().unwrap_or("?");
    let chinese = [("", ""), ("0", ""), ("", "0"), ("0", "0")].into_iter().any(|(pad_month, pad_day)| {
        let (month, day) = (format!("{pad_month}{month}"), format!("{pad_day}{day}"));
        text.contains(&format!("{year}年{month}月{day}日")) || text.contains(&format!("{year}/{month}/{day}"))
    });
    chinese || text.match_indices(&format!("{day}{name}")).any(|(at, _)| english_date_at(text, at, year))
}

/// Day and month stand at a place; no other digit may stand before them, and the year follows the rest of the month's name.
fn english_date_at(text: &str, at: usize, year: &str) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end_matches('0');
    let after = text.get(at..).unwrap_or_default().trim_start_matches(|c: char| c.is_ascii_digit());
    let after = after.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
    !before.ends_with(|c: char| ('1'..='9').contains(&c)) && after.starts_with(year)
}

/// What the reader looks through as well: without white space (but between two digits), narrow, lower case.
fn folded(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    };
    let mut folded = String::with_capacity(text.len());
    let mut parted = false;
    // Within a figure these are not seen.
    let seen = |c: &char| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
    for c in text.chars().filter(seen).map(narrow).flat_map(char::to_lowercase) {
        if c.is_whitespace() || c.is_control() || is_invisible(c) {
            parted = true;
            continue;
        }
        if parted && c.is_ascii_digit() && folded.ends_with(|before: char| before.is_ascii_digit()) {
            folded.push(' ');
        }
        parted = false;
        folded.push(c);
    }
    folded
}

/// Soft hyphens, joiners, marks of direction and the like: nothing is printed.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}
