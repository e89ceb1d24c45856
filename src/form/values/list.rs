//! A list of names, one to a line: wrapped text is joined as its language joins it, names are joined with a separator.

use crate::form::model::Language;
use crate::form::text::{is_blank, push_line};
use crate::letters::is_wide;

/// Lines joined, names with a separator between them; `None` where no two names follow each other.
pub(crate) fn joined(lines: &[&str], language: Language) -> Option<String> {
    let parts = |line: &str, next: &str| is_name(line) && (is_name(next) || is_heading(next));
    let mut pairs = lines.iter().zip(lines.iter().skip(1));
    if !pairs.any(|(line, next)| is_name(line) && is_name(next)) {
        return None;
    }
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| lines.get(before));
        if before.is_some_and(|before| parts(before, line)) {
            text.push_str(if language == Language::En { "; " } else { "、" });
            text.push_str(line);
        } else {
            push_line(&mut text, line, language);
        }
    }
    Some(text)
}

const TITLES: [&str; 6] = ["先生", "女士", "博士", "教授", "醫生", "小姐"];

/// `Ms. Ada Fong`, `Dr. LEE Ka-shing (Chairman)`, `方雅達女士（主席）`.
fn is_name(line: &str) -> bool {
    if line.contains(is_wide) {
        let name = line.split(['（', '(', '﹙']).next().unwrap_or_default().trim_end();
        let name = TITLES.iter().find_map(|title| name.strip_suffix(title)).unwrap_or(name);
        // A section title of the form is as short.
        let is_title = name.ends_with("信息") || name.ends_with("董事");
        return name.chars().all(|c| is_wide(c) && c.is_alphabetic())
            && (2..=4).contains(&name.chars().count())
            && !is_title;
    }
    let mut words = line.split(is_blank).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let word = word.trim_start_matches('(');
        word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || ".-'’)".contains(c))
    };
    (2..=7).contains(&words.clone().count()) && words.all(capital)
}

/// `Independent non-executive directors:`, `獨立非執行董事：`.
fn is_heading(line: &str) -> bool {
    line.ends_with([':', '：'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted_and_wrapped_text_is_not() {
        let english =
            ["Executive directors:", "Ms. Ada Fong", "Mr. Ben Lau (Chairman)", "Independent directors:", "Dora Yip"];
        let expected = "Executive directors: Ms. Ada Fong; Mr. Ben Lau (Chairman); Independent directors: Dora Yip";
        assert_eq!(joined(&english, Language::En).as_deref(), Some(expected));
        let chinese = ["執行董事：", "方雅達（主席）", "劉本先生", "獨立非執行董事：", "葉多娜"];
        let expected = "執行董事：方雅達（主席）、劉本先生、獨立非執行董事：葉多娜";
        assert_eq!(joined(&chinese, Language::ZhHant).as_deref(), Some(expected));
        assert_eq!(joined(&["the directors are Mr. Ben Lau", "Mr. Ada Fong and"], Language::En), None);
        assert_eq!(
            joined(&["於本公告日期，執行董事為方雅達女士及劉本先", "生；其他董事為葉多娜女士。"], Language::ZhHant),
            None
        );
    }
}
