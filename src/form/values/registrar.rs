//! The share registrar: its name first, then the address, in layouts made from pages with the label somewhere between.

use std::cmp::Reverse;

use crate::form::model::{Registrar, Shown};
use crate::form::text::{is_blank, is_plain};

/// In words, for findings.
pub(crate) const EXPECTED: &str = "the registrar's name and address";

/// What the name of a company ends with.
const NAME_ENDS: [&str; 5] = ["Limited", "有限公司", "Ltd.", "Ltd", "LIMITED"];

/// Reads the printed lines, label removed, without the blanks around them, in printed order. `None` when there are none.
///
/// In one-line texts the lines are the pieces before and after the label, and the name ends where a company's name ends.
pub(crate) fn read(lines: &[&str], wrapped: bool) -> Option<Registrar> {
    let (first, mut rest) = lines.split_first()?;
    let split = if lines.len() > 1 && wrapped { None } else { split_name(first) };
    let (printed_name, beside) = split.unwrap_or((first, ""));
    let mut name = String::with_capacity(printed_name.len());
    push_words(&mut name, printed_name);
    // A name too long for its line: the next one holds nothing but its end.
    if wrapped
        && !ends_name(&name)
        && let Some((end, further)) = rest.split_first()
        && NAME_ENDS.contains(end)
    {
        if !name.ends_with(|c: char| !c.is_ascii()) {
            name.push(' ');
        }
        name.push_str(end);
        rest = further;
    }
    let mut address = String::with_capacity(beside.len() + rest.iter().map(|line| line.len() + 1).sum::<usize>());
    for line in std::iter::once(&beside).chain(rest) {
        push_words(&mut address, line);
    }
    Some(Registrar { name, address })
}

fn ends_name(text: &str) -> bool {
    NAME_ENDS.iter().any(|end| text.ends_with(end))
}

/// Where the first company's name of a text ends.
pub(crate) fn after_name(text: &str) -> Option<usize> {
    // Of two that begin at the same place the longer one: `Ltd.` holds `Ltd`.
    let ends = NAME_ENDS.iter().filter_map(|end| Some((text.find(end)?, end.len())));
    ends.min_by_key(|(start, length)| (*start, Reverse(*length))).map(|(start, length)| start + length)
}

/// Name and the rest, when the line goes on after the first company's name.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_at_checked(after_name(text)?)?;
    (!rest.chars().all(is_blank)).then_some((name, rest.trim_start_matches(' ')))
}

/// Appends words, each with a single space before it.
fn push_words(text: &mut String, line: &str) {
    let mut push = |words: &str| {
        if !text.is_empty() && !words.is_empty() {
            text.push(' ');
        }
        text.push_str(words);
    };
    if is_plain(line) {
        return push(line);
    }
    // A zero-width space is where a word may be broken, not where it ends.
    line.split(|c| is_blank(c) && c != '\u{200b}').for_each(push);
}

impl Shown for Registrar {
    fn shown(&self) -> String {
        format!("{} | {}", self.name, self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], wrapped: bool, name: &str, address: &str) {
        let expected = Registrar { name: name.to_owned(), address: address.to_owned() };
        assert_eq!(read(lines, wrapped), Some(expected), "{lines:?}");
    }

    #[test]
    fn the_first_line_is_the_name_and_the_others_are_the_address() {
        check(
            &["Harbour Registrars Limited", "9th Floor", "Hong Kong"],
            true,
            "Harbour Registrars Limited",
            "9th Floor Hong Kong",
        );
        check(&["海港證券登記有限公司", "海港中心17 樓", "香港"], true, "海港證券登記有限公司", "海港中心17 樓 香港");
        check(&["Harbour Registrars"], true, "Harbour Registrars", "");
    }

    #[test]
    fn a_name_longer_than_its_line_goes_on_below() {
        check(
            &["Harbour Investor Services", "Limited", "Hong Kong"],
            true,
            "Harbour Investor Services Limited",
            "Hong Kong",
        );
    }

    #[test]
    fn without_lines_the_name_ends_where_a_company_name_ends() {
        let lines = ["Harbour Registrars Limited Shops 1-6 17th Floor", "Hopeful Centre Hong Kong"];
        check(&lines, false, "Harbour Registrars Limited", "Shops 1-6 17th Floor Hopeful Centre Hong Kong");
        check(&["海港證券登記有限公司海港中心17樓", "香港"], false, "海港證券登記有限公司", "海港中心17樓 香港");
        check(&["Harbour Registrars Limited 9th Floor"], true, "Harbour Registrars Limited", "9th Floor");
        check(&["Straits Registrars Pte. Ltd. 1 Quay Street"], true, "Straits Registrars Pte. Ltd.", "1 Quay Street");
    }

    #[test]
    fn nothing_is_no_registrar() {
        assert_eq!(read(&[], true), None);
    }
}
