//! An English table on one line: no cell can be seen, so only what reads like a type and its rate is taken for a row.

use super::header;
use super::row;
use crate::form::words::Language;
use crate::form::{Withholding, WithholdingRow};
use crate::money::Amount;

/// Words that no type of shareholder holds, but every sentence about a tax.
const VERBS: [&str; 10] =
    [" will ", " shall ", " withhold ", " withheld ", " is ", " are ", " may ", " be ", " pay ", " has "];

/// Longest type of shareholder.
const TYPE_BYTES: usize = 120;

pub(super) fn read(text: &str) -> Option<Withholding> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let head = header_words(&words);
    let Some(head) = head else {
        return Some(Withholding { summary: (!words.is_empty()).then(|| words.join(" ")), rates: Vec::new() });
    };
    let rates = rows(words.get(head.1..)?)?;
    let summary = words.get(..head.0)?.join(" ");
    Some(Withholding { summary: (!summary.is_empty()).then_some(summary), rates })
}

/// First and last word of the table's head: a run of title words that ends before a capital.
fn header_words(words: &[&str]) -> Option<(usize, usize)> {
    let found = header::find(words, Language::En)?;
    Some((found.start, found.end))
}

fn rows(words: &[&str]) -> Option<Vec<WithholdingRow>> {
    let mut rows = Vec::new();
    let mut kind_start = 0;
    let mut open: Option<(String, Amount)> = None;
    for (index, word) in words.iter().enumerate() {
        let Some(rate) = word.strip_suffix('%').and_then(Amount::from_printed) else { continue };
        let between = words.get(kind_start..index)?;
        let sentence_end = between.iter().rposition(|word| word.ends_with(['.', ';'])).map_or(0, |at| at + 1);
        let kind = between.get(sentence_end..)?.join(" ");
        if !is_kind(&kind) {
            continue;
        }
        if let Some((kind, rate)) = open.take() {
            rows.push(row(&[&kind], rate, &[&between.get(..sentence_end)?.join(" ")], Language::En)?);
        } else if sentence_end > 0 {
            return None;
        }
        open = Some((kind, rate));
        kind_start = index + 1;
    }
    let (kind, rate) = open?;
    rows.push(row(&[&kind], rate, &[&words.get(kind_start..)?.join(" ")], Language::En)?);
    Some(rows)
}

fn is_kind(text: &str) -> bool {
    let padded = format!(" {} ", text.to_ascii_lowercase());
    let last = text.rsplit(' ').next().unwrap_or_default();
    text.starts_with(|c: char| c.is_uppercase() || c == '(')
        && text.len() <= TYPE_BYTES
        && !["of", "at", "by", "to", "rate", "than", "the"].contains(&last)
        && !VERBS.iter().any(|verb| padded.contains(verb))
}
