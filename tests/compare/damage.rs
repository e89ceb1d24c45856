//! Damaged variants of a text: the same each time, and near enough to the whole one that most rows are still read.

/// What is done to one line of a text.
const DAMAGES: [(&str, fn(&[&str], usize) -> Vec<String>); 6] = [
    ("without it", |lines, at| owned(&[&lines[..at], &lines[at + 1..]])),
    ("with it twice", |lines, at| owned(&[&lines[..=at], &lines[at..]])),
    ("cut off behind it", |lines, at| owned(&[&lines[..=at]])),
    ("joined with the next", |lines, at| around(lines, at, |line, next| vec![format!("{line} {next}")])),
    ("after the next", |lines, at| around(lines, at, |line, next| vec![next.to_owned(), line.to_owned()])),
    ("broken at its middle", |lines, at| {
        around(lines, at, |line, next| [&broken(line)[..], &[next.to_owned()]].concat())
    }),
];

/// The variant with this number, and what was done to which line; `None` when the text has too few lines for it.
pub(crate) fn damaged(text: &str, number: usize) -> Option<(String, String)> {
    let lines: Vec<&str> = text.split('\n').collect();
    let (damage, apply) = DAMAGES[number % DAMAGES.len()];
    // Spread over the text: neighbouring numbers meet lines far apart.
    let at = (number / DAMAGES.len()) * 7919 % lines.len().max(1);
    (lines.len() > 2 && at + 1 < lines.len())
        .then(|| (format!("line {} {damage}", at + 1), apply(&lines, at).join("\n")))
}

fn owned(parts: &[&[&str]]) -> Vec<String> {
    parts.concat().into_iter().map(str::to_owned).collect()
}

/// Replaces a line and the next one.
fn around(lines: &[&str], at: usize, with: impl Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    [owned(&[&lines[..at]]), with(lines[at], lines[at + 1]), owned(&[&lines[at + 2..]])].concat()
}

/// The two halves of a line.
fn broken(line: &str) -> [String; 2] {
    let middle = line.chars().count() / 2;
    [line.chars().take(middle).collect(), line.chars().skip(middle).collect()]
}
