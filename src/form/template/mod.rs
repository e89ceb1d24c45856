//! Which form this is: from the code in the page header and the title, which must agree; without a code, from the title.

mod another;
mod title;

use std::ops::Range;

use memchr::memmem;

use super::model::{Finding, Language, Subject, Template};
use super::text::{Cursor, SourceText, is_blank};
use crate::finding::Code;
use crate::needle::Needle;
pub(crate) use another::{another_form, is_simplified};
use title::{Standing, Title, TitleKind};

/// The form's title, and where its rows begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// From the code, or from the title alone.
    pub(crate) template: Template,
    /// From the title.
    pub(crate) language: Language,
    /// Where the title stands.
    pub(crate) title: Range<usize>,
    /// False for titles that no real form has shown yet.
    pub(crate) confirmed: bool,
    /// Whether the first row follows, or a form code or the disclaimer stands before: without one of them the rows decide.
    pub(crate) certain: bool,
}

/// What the head of a text says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// A dividend form, if its rows follow.
    Form(Heading),
    /// A form, but none of ours.
    Unsupported(Finding),
    /// No form.
    Foreign,
}

/// What is expected where none is.
const A_TITLE: &str = "a title of EF001, EF002 or EF003";

/// The same, where the code beside it is one of ours.
const THE_TITLE: &str = "the title of that form: its code is known, its title is not";

fn a_title(code: Option<Template>) -> &'static str {
    if code.is_some() { THE_TITLE } else { A_TITLE }
}

/// Reads the head of a text.
pub(crate) fn read(source: &SourceText<'_>) -> Head {
    let code = source.codes.first().map(|range| (range.clone(), source.original(range.clone())));
    let Some(title) = title::find(source) else {
        return match code {
            Some((range, code)) if opens_text(source, range.start) => {
                unsupported(source, range.start, code, a_title(template_of(code)))
            }
            _ => without_title(source),
        };
    };
    let of_code = code.as_ref().map(|(_, code)| template_of(code));
    match (of_code, title.kind) {
        (Some(None), _) => {
            let (range, code) = code.unwrap_or_default();
            unsupported(source, range.start, code, "EF001, EF002 or EF003")
        }
        (None, TitleKind::Other) if title.standing != Standing::BeforeFirstRow => without_title(source),
        (_, TitleKind::Other) | (None, TitleKind::Likely(None)) => {
            let printed = source.slice(title.range.clone());
            unsupported(source, title.range.start, printed, a_title(of_code.flatten()))
        }
        (Some(Some(of_code)), TitleKind::Known(of_title) | TitleKind::Likely(Some(of_title)))
            if of_code != of_title =>
        {
            mismatch(source, &title, of_code)
        }
        (Some(Some(of_code)), TitleKind::Likely(None)) if of_code == Template::Ef001 => {
            mismatch(source, &title, of_code)
        }
        (of_code, kind) => {
            let of_title = match kind {
                TitleKind::Known(template) => Some(template),
                TitleKind::Likely(template) => template,
                TitleKind::Other => None,
            };
            let Some(template) = of_code.flatten().or(of_title) else { return Head::Foreign };
            if let Some(other) = other_code(source, template) {
                return mismatch(source, &title, other);
            }
            let certain =
                title.standing == Standing::BeforeFirstRow || of_code.is_some() || after_disclaimer(source, &title);
            let confirmed = matches!(kind, TitleKind::Known(_));
            Head::Form(Heading { template, language: title.language, title: title.range, confirmed, certain })
        }
    }
}

/// What a text without a title of ours is: a dividend form all the same, whose title is lost, when two of its sections are there, or most of its rows.
fn without_title(source: &SourceText<'_>) -> Head {
    const SECTIONS: [[&str; 2]; 4] = [
        ["Information relating to the dividend", "股息信息"],
        ["Information relating to Hong Kong share register", "香港過戶登記處相關信息"],
        ["Information relating to withholding tax", "代扣所得稅信息"],
        ["Information relating to listed warrants / convertible securities", "上市權證/可轉換債券的相關信息"],
    ];
    let place = |title: &'static str| Some((memmem::find(source.text.as_bytes(), title.as_bytes())?, title));
    let mut found = SECTIONS.into_iter().filter_map(|titles| titles.into_iter().find_map(place));
    match (found.next(), found.next()) {
        (Some((at, title)), Some(_)) => unsupported(source, at, title, A_TITLE),
        _ => match another::has_rows(&source.text) {
            Some(at) => unsupported(source, at, source.slice(at..source.line_end(at).max(at)), A_TITLE),
            None => Head::Foreign,
        },
    }
}

fn template_of(code: &str) -> Option<Template> {
    [Template::Ef001, Template::Ef002, Template::Ef003].into_iter().find(|template| template.code() == code)
}

/// The code of another template on a later page.
fn other_code(source: &SourceText<'_>, template: Template) -> Option<Template> {
    let codes = source.codes.iter().filter_map(|range| template_of(source.original(range.clone())));
    codes.into_iter().find(|other| *other != template)
}

fn unsupported(source: &SourceText<'_>, at: usize, found: &str, expected: &'static str) -> Head {
    Head::Unsupported(finding(source, Code::UnsupportedTemplate, at, found, expected))
}

fn mismatch(source: &SourceText<'_>, title: &Title, of_code: Template) -> Head {
    let expected = match of_code {
        Template::Ef001 => "the title of EF001, which the form code names",
        Template::Ef002 => "the title of EF002, which the form code names",
        Template::Ef003 => "the title of EF003, which the form code names",
    };
    let found = source.slice(title.range.clone());
    Head::Unsupported(finding(source, Code::TemplateMismatch, title.range.start, found, expected))
}

fn finding(source: &SourceText<'_>, code: Code, at: usize, found: &str, expected: &'static str) -> Finding {
    let words: Vec<&str> = found.split(is_blank).filter(|word| !word.is_empty()).collect();
    Finding::about(code, Subject::FormCode).at(source.line(at)).found(words.join(" ")).expected(expected)
}

/// Whether a code stands at the very beginning, or before the disclaimer: elsewhere a line that holds just `EF001` may
/// be part of a list.
fn opens_text(source: &SourceText<'_>, code: usize) -> bool {
    source.is_blank(0..code) || Cursor::at(&source.text, code).eat_any(&["Disclaimer", "免責聲明"])
}

fn after_disclaimer(source: &SourceText<'_>, title: &Title) -> bool {
    static DISCLAIMERS: [Needle; 3] = [Needle::new("Disclaimer"), Needle::new("DISCLAIMER"), Needle::new("免責聲明")];
    let before = source.slice(0..title.range.start);
    DISCLAIMERS.iter().any(|disclaimer| disclaimer.is_in(before))
}
