//! English wordings that nobody has seen yet: rows of EF002 and EF003, and the section title of a withdrawal.
//!
//! A label matches when it holds all the words of its rule, in any order and case, and a value of its grammar follows.

use std::ops::Range;

use memchr::memmem;

use super::candidate::{Candidate, after_withdrawn, looked_for};
use super::layout::Layout;
use crate::form::model::{Grammar, Label, Language, Template};
use crate::form::template::Heading;
use crate::form::text::{SourceText, is_blank};
use crate::form::values::measure;

/// All of these must be there, each in one of its forms; then none of those.
struct Rule {
    label: Label,
    words: &'static [&'static [&'static str]],
    not: &'static [&'static str],
}

const OPTION: &[&str] = &["option", "elect", "alternative"];

const RULES: &[Rule] = &[
    Rule { label: Label::ScripPrice, words: &[&["price"], &["scrip", "share"]], not: &[] },
    Rule {
        label: Label::CertificateDate,
        words: &[&["certificate"], &["despatch", "dispatch", "date"]],
        not: &["latest", "deadline"],
    },
    Rule { label: Label::FirstDealingDate, words: &[&["first"], &["dealing", "trading"]], not: &[] },
    Rule { label: Label::PartialScrip, words: &[&["part"], &["cash"], &["share", "scrip"]], not: &["currenc"] },
    Rule { label: Label::PartialCurrency, words: &[&["part"], &["currenc"], &["elect", "option"]], not: &[] },
    // The words of the treatment itself stand in no wording.
    Rule {
        label: Label::Fractions,
        words: &[&["fraction"]],
        not: &["will ", "shall ", "rounded", "sold", "aggregated", "disregarded"],
    },
    Rule { label: Label::FirstOptionRate, words: &[&["first"], OPTION, &["exchange rate"]], not: &[] },
    Rule { label: Label::SecondOptionRate, words: &[&["second"], OPTION, &["exchange rate"]], not: &[] },
    Rule { label: Label::FirstOption, words: &[&["first"], OPTION, &["currenc"], &["amount"]], not: &["rate"] },
    Rule { label: Label::SecondOption, words: &[&["second"], OPTION, &["currenc"], &["amount"]], not: &["rate"] },
    Rule { label: Label::ElectionDeadline, words: &[&["latest", "deadline"], &["elect", "option"]], not: &[] },
    Rule { label: Label::DefaultOption, words: &[&["default"], &["option", "election"]], not: &["currenc", "amount"] },
];

/// Longest wording of a label.
const LABEL_BYTES: usize = 240;

/// Looks for missing rows in a stretch of text where they are due.
pub(crate) fn find(
    source: &SourceText<'_>,
    heading: &Heading,
    layout: Layout,
    zone: Range<usize>,
    due: &[Label],
) -> Vec<Candidate> {
    if due.last() == Some(&Label::DividendSection) {
        return withdrawn_section(source, heading.language, layout, zone).into_iter().collect();
    }
    if !may_find(heading, due) {
        return Vec::new();
    }
    rows(source, layout, zone, due)
}

/// Whether one of the missing rows may have another wording than the known ones.
pub(crate) fn may_find(heading: &Heading, due: &[Label]) -> bool {
    let elections = heading.template != Template::Ef001 && heading.language == Language::En;
    due.last() == Some(&Label::DividendSection) || (elections && due.iter().any(|label| label.is_election()))
}

/// `Information relating to the withdrawn dividend`, or the like, near the end of the stretch before the dividend type.
fn withdrawn_section(
    source: &SourceText<'_>,
    language: Language,
    layout: Layout,
    zone: Range<usize>,
) -> Option<Candidate> {
    if layout != Layout::Flow {
        let lines: Vec<_> = source.lines(source.window_within(&zone, 400)).collect();
        let title =
            lines.into_iter().rev().take(3).find(|line| says_withdrawn(source.slice(line.clone()), language))?;
        return Some(looked_for(source, Label::DividendSection, title, None));
    }
    let text = source.slice(zone.clone());
    let information = memmem::rfind(text.as_bytes(), b"nformation")?.checked_sub(1)?;
    let before = text.get(..information)?.trim_end();
    let adjective = ["Withdrawn", "Cancelled"].into_iter().find(|word| before.ends_with(word));
    let start = zone.start + adjective.map_or(information, |word| before.len() - word.len());
    let title = start..zone.end;
    says_withdrawn(source.slice(title.clone()), language)
        .then(|| looked_for(source, Label::DividendSection, title, None))
}

fn says_withdrawn(title: &str, language: Language) -> bool {
    let lower = title.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let section = match language {
        Language::En => {
            says(&["information"]) && says(&["dividend"]) && says(&["withdr", "cancel"]) && !lower.starts_with("the ")
        }
        Language::ZhHant | Language::ZhHans => {
            lower.ends_with("股息信息") || (lower.contains("股息信息") && says(&["撤回", "取消"]))
        }
    };
    section && title.len() <= 120 && !title.ends_with(['.', '。', ','])
}

/// The section title of a withdrawal that only adds a word to the known one: `Information relating to the dividend withdrawn`.
pub(crate) fn lengthen_withdrawn_title(source: &SourceText<'_>, title: &mut Candidate) -> bool {
    let Some(end) = after_withdrawn(&source.text, title.end) else { return false };
    title.end = end;
    title.gap = end..end;
    true
}

/// Wording, value, wording, value: each wording that a rule accepts is a label.
fn rows(source: &SourceText<'_>, layout: Layout, zone: Range<usize>, due: &[Label]) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut at = zone.start;
    while at < zone.end {
        let end = if layout == Layout::Tabbed { source.line_end(at).min(zone.end) } else { zone.end };
        let line = source.lines(at..end).next();
        if let Some(title) = line.filter(|line| layout != Layout::Flow && is_scrip_title(source.slice(line.clone()))) {
            at = title.end.max(at + 1);
            found.push(looked_for(source, Label::ScripSection, title, None));
            continue;
        }
        let of_lines = || broken_row(source, at..end, due).or_else(|| fractions_alone(source, at..end, due));
        let of_lines = (layout == Layout::Lines).then(of_lines).flatten();
        match of_lines.or_else(|| row(source, layout, source.trim(at..end), due)) {
            Some(row) => {
                at = row.reach().max(at + 1);
                found.push(row);
            }
            None if layout == Layout::Flow => match after_value(source, at..end) {
                Some(after) => at = after,
                None => break,
            },
            None => at = source.line_end(at).max(at) + 1,
        }
    }
    found.dedup_by_key(|row| row.label);
    found
}

/// Where the first value of a stretch ends: a row that nobody knows may stand before the one that is looked for.
fn after_value(source: &SourceText<'_>, zone: Range<usize>) -> Option<usize> {
    const VALUES: [Grammar; 6] =
        [Grammar::Moment, Grammar::Date, Grammar::Period, Grammar::Amount, Grammar::Rate, Grammar::Price];
    let text = source.slice(zone.clone());
    let mut starts = text.char_indices().filter(|(_, c)| is_blank(*c)).map(|(at, c)| at + c.len_utf8());
    let value_at = |at: usize| VALUES.iter().filter_map(|grammar| measure(*grammar, text, at)).max();
    starts.find_map(value_at).map(|end| zone.start + end)
}

/// `Information relating to scrip shares`: a title within the section, without a value.
fn is_scrip_title(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.contains("information")
        && lower.contains("scrip")
        && !line.contains(|c: char| c.is_ascii_digit() || c == '\t')
}

/// A wording that is broken around its value, as the known long labels are: the beginning of it, the value beside or below that, and on a line of
/// its own the end of it, in small letters.
fn broken_row(source: &SourceText<'_>, zone: Range<usize>, due: &[Label]) -> Option<Candidate> {
    let mut lines = source.lines(zone);
    let (first, second) = (lines.next()?, lines.next()?);
    let beside = broken_beside(source, &first, &second, due);
    beside.or_else(|| broken(source, &first, &second, &lines.next()?, due))
}

/// The value ends the wording's first line.
fn broken_beside(
    source: &SourceText<'_>,
    first: &Range<usize>,
    last: &Range<usize>,
    due: &[Label],
) -> Option<Candidate> {
    let line = source.slice(first.clone());
    // No value has more words than `HKD 1 : RMB 0.915`.
    let mut blanks = line.char_indices().rev().filter(|(_, c)| is_blank(*c)).take(8);
    blanks.find_map(|(at, blank)| {
        let head = first.start..first.start + at;
        broken(source, &head, &(head.end + blank.len_utf8()..first.end), last, due)
    })
}

/// The label whose wording is `head` and `tail`, with a whole value between them.
fn broken(
    source: &SourceText<'_>,
    head: &Range<usize>,
    value: &Range<usize>,
    tail: &Range<usize>,
    due: &[Label],
) -> Option<Candidate> {
    let [begins, printed, ends] = [head, value, tail].map(|piece| source.slice(piece.clone()));
    // What joins another value to this one ends no wording that is whole without it.
    let joins = ["and ", "or ", "plus ", "less ", "subject "].iter().any(|word| ends.starts_with(word));
    let ends_wording = ends.starts_with(|c: char| c.is_ascii_lowercase())
        && !ends.contains(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
        && !(joins && rule_for(begins, due).is_some());
    if !ends_wording || printed.is_empty() || begins.len() + ends.len() > LABEL_BYTES {
        return None;
    }
    let label = rule_for(&format!("{begins} {ends}"), due)?;
    (measure(label.grammar(), printed, 0) == Some(printed.len()))
        .then(|| Candidate { gap: value.clone(), ..looked_for(source, label, head.start..tail.end, Some(value.end)) })
}

/// The wording of the fraction row on a line of its own: its text stands above it, below it, or around it.
fn fractions_alone(source: &SourceText<'_>, zone: Range<usize>, due: &[Label]) -> Option<Candidate> {
    let line = source.lines(zone).next()?;
    let wording = source.slice(line.clone());
    let whole = wording.starts_with(|c: char| c.is_ascii_uppercase()) && !wording.ends_with('.') && wording.len() <= 80;
    let alone =
        whole && wording.split_whitespace().skip(1).all(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
    (alone && rule_for(wording, due) == Some(Label::Fractions))
        .then(|| looked_for(source, Label::Fractions, line, None))
}

/// The row that begins the stretch.
fn row(source: &SourceText<'_>, layout: Layout, zone: Range<usize>, due: &[Label]) -> Option<Candidate> {
    let text = source.slice(zone.clone());
    let mut words = text
        .char_indices()
        .filter(|(_, c)| is_blank(*c))
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|at| *at <= LABEL_BYTES);
    words.find_map(|at| {
        let wording = text.get(..at).filter(|wording| !holds_value(wording))?;
        let label = rule_for(wording, due)?;
        if layout == Layout::Lines && wording.trim_end().lines().count() > 2 {
            return None;
        }
        let value_end = measured(source, label.grammar(), zone.start + at, zone.end);
        let free = label.grammar().is_text() && begins_value(layout, wording, text.get(at..)?);
        (value_end.is_some() || free).then(|| {
            let end = zone.start + wording.trim_end_matches(is_blank).len();
            let whole = source.begins_line(zone.start) && wording.starts_with(|c: char| c.is_ascii_uppercase());
            let start = if whole { 0 } else { beginning(wording, label, due)? };
            Some(looked_for(source, label, zone.start + start..end, value_end))
        })?
    })
}

/// Where a wording begins that stands behind more of another row's value: at the last capital from which on it still is one,
/// and what is before that goes on from the value.
fn beginning(wording: &str, label: Label, due: &[Label]) -> Option<usize> {
    let words = wording.char_indices().filter(|(_, c)| is_blank(*c)).map(|(at, c)| at + c.len_utf8());
    let begins = |at: &usize| {
        let rest = wording.get(*at..).unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_uppercase()) && rule_for(rest, due) == Some(label)
    };
    let start = std::iter::once(0).chain(words).rfind(begins)?;
    // The title of the scrip shares may stand between, which belongs to no value.
    let before = wording.get(..start)?;
    let title = before.rfind("Information").filter(|at| before.get(*at..).is_some_and(is_scrip_title));
    Some(title.unwrap_or(start))
}

/// Whether words are more than a wording: none of them is a figure, or says why there is none.
fn holds_value(wording: &str) -> bool {
    wording.contains(|c: char| c.is_ascii_digit())
        || ["Not applicable", "To be announced"].iter().any(|absence| wording.contains(absence))
}

fn measured(source: &SourceText<'_>, grammar: Grammar, at: usize, end: usize) -> Option<usize> {
    let begins_at_once = source.slice(at..end).chars().next().is_some_and(|c| !is_blank(c));
    begins_at_once.then(|| measure(grammar, &source.text, at))?.filter(|value_end| *value_end <= end)
}

/// The fraction row holds free text: it begins at a capital after the wording, or behind the tab.
fn begins_value(layout: Layout, wording: &str, rest: &str) -> bool {
    match layout {
        Layout::Tabbed => wording.ends_with('\t'),
        Layout::Lines | Layout::Flow => rest.starts_with(|c: char| c.is_ascii_uppercase()),
    }
}

fn rule_for(wording: &str, due: &[Label]) -> Option<Label> {
    let wording = wording.to_ascii_lowercase();
    let holds = |word: &&str| wording.contains(*word);
    let fits = |rule: &&Rule| {
        due.contains(&rule.label)
            && rule.words.iter().all(|forms| forms.iter().any(holds))
            && !rule.not.iter().any(holds)
    };
    RULES.iter().find(fits).map(|rule| rule.label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wordings_are_told_apart() {
        let due = Label::ALL;
        for (wording, expected) in [
            ("Dividend amount in the first optional currency", Label::FirstOption),
            ("First currency option: amount in which the dividend will be paid", Label::FirstOption),
            ("Exchange rate for the first optional currency", Label::FirstOptionRate),
            ("Second option currency and amount", Label::SecondOption),
            ("Exchange rate of the second currency option", Label::SecondOptionRate),
            ("Currency election may be made for part of the dividend", Label::PartialCurrency),
            ("Latest time for election", Label::ElectionDeadline),
            ("Deadline to exercise the option", Label::ElectionDeadline),
            ("Default option", Label::DefaultOption),
            ("Price at which the cash dividend is converted into scrip shares", Label::ScripPrice),
            ("Date of despatch of share certificates", Label::CertificateDate),
            ("First day of dealing in scrip shares", Label::FirstDealingDate),
            ("Dividend may be received partly in cash and partly in new shares", Label::PartialScrip),
            ("Treatment of fractional shares", Label::Fractions),
            ("Fractional entitlements", Label::Fractions),
        ] {
            assert_eq!(rule_for(wording, due), Some(expected), "{wording}");
        }
        for wording in
            ["Ex-dividend date", "Some other row", "Number of shares", "Fractional entitlements will be sold"]
        {
            assert_eq!(rule_for(wording, due), None, "{wording}");
        }
    }
}
