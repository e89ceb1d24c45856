//! What became of a document, in plain words.

use std::fmt::Write as _;

use crate::event::DividendEvent;
use crate::event::schema::{FieldStatus, Function, PaymentOption};
use crate::record::dead_letter::{Detail, Provenance};

/// `Lantau Night Ferries Limited pays HKD 0.35 a share; ex-date 2026-05-28, paid on 2026-06-22`
pub(in crate::commands) fn event(event: &DividendEvent) -> Vec<String> {
    let issuer = event.issuer.name.as_deref().unwrap_or("the issuer");
    let mut options = event.payment_options.iter();
    let default = options.next().map(|option| amount(event, 1, option)).unwrap_or_default();
    let mut first = format!("{issuer} pays {default}");
    for (number, option) in (2..).zip(options) {
        let _ = write!(first, ", or {}", amount(event, number, option));
    }
    if let Some(deadline) = event.election.as_ref().and_then(|election| election.deadline) {
        let _ = write!(first, ", to be chosen by {}", deadline.0.format("%Y-%m-%d %H:%M"));
    }
    let declared = &event.dividend.declared;
    let paid = event.payment_options.first().and_then(|option| option.currency);
    if let (Some(currency), Some(amount)) = (declared.currency, declared.amount)
        && paid != Some(currency)
    {
        let _ = write!(first, " (declared: {currency} {amount})");
    }
    let dates = &event.dates;
    let ex_date = date(event, "/dates/ex_date", dates.ex_date.map(|date| date.0.to_string()));
    let payment = date(event, "/dates/payment_date", dates.payment_date.map(|date| date.0.to_string()));
    let mut lines = vec![first, format!("ex-date {ex_date}, payment date {payment}")];
    match event.lineage.function {
        Function::Newm => {}
        Function::Repl => lines.push("replaces the version above: the same id".to_owned()),
        Function::With => lines.push("withdraws the version above: the same id".to_owned()),
    }
    lines.extend(event.warnings.iter().map(|warning| format!("warning {}: {}", warning.code, warning.message)));
    lines
}

/// `HKD 0.35 a share`, `CNY 2.4 for 10 shares`, `HKD, the amount to be announced`, `new shares`.
fn amount(event: &DividendEvent, number: usize, option: &PaymentOption) -> String {
    if option.scrip.is_some() {
        return "new shares".to_owned();
    }
    let currency = option.currency.map(|currency| currency.to_string());
    match (currency, option.amount, option.per_shares) {
        (Some(currency), Some(amount), Some(1) | None) => format!("{currency} {amount} a share"),
        (Some(currency), Some(amount), Some(shares)) => format!("{currency} {amount} for {shares} shares"),
        (Some(currency), None, _) => {
            format!("{currency}, the amount {}", absent(event, &format!("/payment_options/{}/amount", number - 1)))
        }
        _ => format!("an amount {}", absent(event, &format!("/payment_options/{}", number - 1))),
    }
}

fn date(event: &DividendEvent, pointer: &str, date: Option<String>) -> String {
    date.unwrap_or_else(|| absent(event, pointer).to_owned())
}

fn absent(event: &DividendEvent, pointer: &str) -> &'static str {
    match event.field_status.get(pointer) {
        Some(FieldStatus::ToBeAnnounced) => "to be announced",
        Some(FieldStatus::NotApplicable) => "not applicable",
        Some(FieldStatus::Unparsed) => "not understood",
        Some(FieldStatus::NotStated) | None => "not stated",
    }
}

/// One line for each error: code, line, what was found and what was expected.
pub(super) fn dead_letter(provenance: &Provenance) -> Vec<String> {
    let (errors, others): (Vec<_>, Vec<_>) =
        provenance.details.iter().partition(|detail| provenance.error_codes.contains(&detail.code));
    let mut lines: Vec<_> = errors.into_iter().map(detail).collect();
    match others.len() {
        0 => {}
        1 => lines.push("and a suspicion, which alone would not have stopped it".to_owned()),
        count => lines.push(format!("and {count} suspicions, which alone would not have stopped it")),
    }
    lines
}

fn detail(detail: &Detail) -> String {
    let mut text = detail.code.clone();
    if let Some(number) = detail.line {
        let _ = write!(text, ", line {number}");
    }
    if let Some(found) = &detail.found {
        let _ = write!(text, ": found `{found}`");
    }
    if let Some(expected) = &detail.expected {
        let _ = write!(text, ", expected {expected}");
    }
    text
}

/// The event as it stands in the topic, one line there, with a line break after each of its parts.
pub(super) fn in_full(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 100);
    let (mut depth, mut in_string, mut is_escaped) = (0, false, false);
    for character in json.chars() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if in_string => is_escaped = true,
            '"' => in_string = !in_string,
            '{' | '[' if !in_string => depth += 1,
            '}' | ']' if !in_string => depth -= 1,
            _ => {}
        }
        text.push(character);
        if character == ',' && depth == 1 && !in_string {
            text.push_str("\n ");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_in_full_breaks_after_its_parts_only() {
        let json = r#"{"a":"x, \" {,","b":{"c":[1,2]},"d":null}"#;
        let expected = "{\"a\":\"x, \\\" {,\",\n \"b\":{\"c\":[1,2]},\n \"d\":null}";
        assert_eq!(in_full(json), expected);
    }
}
