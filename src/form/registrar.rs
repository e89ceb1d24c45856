//! The share registrar: its name first, then the address, in layouts made from pages with the label somewhere between.

use super::Registrar;
use super::scan::{is_blank, is_plain};

/// What the name of a company ends with.
const NAME_ENDS: [&str; 5] = ["Limited", "有限公司", "Ltd.", "Ltd", "LIMITED"];

/// Reads the printed lines, label removed, in printed order. `None` when there are none.
///
/// In one-line texts the lines are the pieces before and after the label, and the name ends where a company's name ends.
pub fn read(lines: &[&str], wrapped: bool) -> Option<Registrar> {
    let (first, rest) = lines.split_first()?;
    let (mut name, mut address) = match lines.len() > 1 && wrapped {
        true => (collapse(first), Vec::new()),
        false => match split_name(first) {
            Some((name, rest)) => (collapse(name), vec![collapse(rest)]),
            None => (collapse(first), Vec::new()),
        },
    };
    let mut rest = rest.iter().map(|line| collapse(line)).peekable();
    // A name too long for its line: the next one holds nothing but its end.
    if wrapped
        && !ends_name(&name)
        && let Some(end) = rest.next_if(|line| NAME_ENDS.contains(&line.as_str()))
    {
        if !name.ends_with(|c: char| !c.is_ascii()) {
            name.push(' ');
        }
        name.push_str(&end);
    }
    address.extend(rest);
    address.retain(|line| !line.is_empty());
    Some(Registrar { name, address: address.join(" ") })
}

fn ends_name(text: &str) -> bool {
    NAME_ENDS.iter().any(|end| text.ends_with(end))
}

/// Name and the rest, when the line goes on after the first company's name.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let end = NAME_ENDS.iter().filter_map(|end| Some(text.find(end)? + end.len())).min()?;
    let (name, rest) = text.split_at_checked(end)?;
    (!rest.trim_matches(is_blank).is_empty()).then_some((name, rest))
}

fn collapse(text: &str) -> String {
    let text = text.trim_matches(' ');
    if is_plain(text) {
        return text.to_owned();
    }
    let words = text.split(|c| is_blank(c) && c != '\u{200b}').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
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
    }

    #[test]
    fn nothing_is_no_registrar() {
        assert_eq!(read(&[], true), None);
    }
}
