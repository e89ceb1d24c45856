//! Which form this is: from the code in the page header and the title, which must agree; without a code, from the title.

use std::ops::Range;

use memchr::memmem;

use super::model::{Finding, Language, Subject, Template};
use super::text::{Cursor, SourceText, is_blank};
use crate::finding::Code;
use crate::needle::Needle;

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

/// A title found in the text.
struct Title {
    range: Range<usize>,
    language: Language,
    kind: TitleKind,
    standing: Standing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TitleKind {
    Known(Template),
    /// A cash dividend with an election, in words that nobody has seen yet.
    Likely(Option<Template>),
    /// The title of another form.
    Other,
}

/// How sure it is that a title is one, the surest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    InProse,
    OwnLine,
    BeforeFirstRow,
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
    let Some(title) = find_title(source) else {
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

/// What a text without a title of ours is: a dividend form all the same, whose title is lost, when two of its sections are there.
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
        _ => Head::Foreign,
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

/// The first title before a first row; else the first on a line of its own. Only when there is none of ours as it is
/// usually printed, one in capitals or in letters that stand apart.
fn find_title(source: &SourceText<'_>) -> Option<Title> {
    let title = surest(titles(source, 0));
    match title {
        Some(Title { kind: TitleKind::Other, .. }) | None => {
            surest(title.into_iter().chain(capital_titles(source)).chain(spaced_titles(source)))
        }
        ours => ours,
    }
}

fn surest(titles: impl Iterator<Item = Title>) -> Option<Title> {
    let mut best: Option<Title> = None;
    for title in titles {
        let surest = title.standing == Standing::BeforeFirstRow;
        let known = |title: &Title| title.kind != TitleKind::Other;
        if title.standing > Standing::InProse
            && best.as_ref().is_none_or(|best| (title.standing, known(&title)) > (best.standing, known(best)))
        {
            best = Some(title);
            if surest {
                break;
            }
        }
    }
    best
}

/// Another form that begins below the first one: its title, its first row and its stock code.
pub(crate) fn second_form(source: &SourceText<'_>, first: &Heading) -> Option<Range<usize>> {
    let below = titles(source, first.title.end).filter(|title| title.range.start >= first.title.end);
    let mut others = below.filter(|title| title.standing == Standing::BeforeFirstRow);
    let has_code = |title: &Title| {
        let below = source.slice(source.window(title.range.end, 400));
        ["Stock code", "股份代號"].iter().any(|label| below.contains(label))
    };
    others.find(has_code).map(|title| title.range)
}

const ANNOUNCEMENT: &str = "Announcement for";

/// Titles whose words are found from a place on: English ones end with `Announcement for ... Issuer`, Chinese ones begin with
/// `股票發行人` and end with `公告`; and other form titles right above the first row.
fn titles<'s>(source: &'s SourceText<'_>, from: usize) -> impl Iterator<Item = Title> + 's {
    static ENGLISH: Needle = Needle::new("Announcement");
    static CHINESE: Needle = Needle::new("股票發行人");
    let text = source.slice(from..source.text.len());
    let english = ENGLISH.all_in(text).filter_map(move |at| english_title(source, from + at));
    let chinese = (!source.ascii).then(|| CHINESE.all_in(text)).into_iter().flatten();
    let chinese = chinese.filter_map(move |at| chinese_title(source, from + at));
    english.chain(chinese)
}

/// The title whose `Announcement` stands at a place; behind it are a few words, the last of them `Issuer`.
fn english_title(source: &SourceText<'_>, announcement: usize) -> Option<Title> {
    let mut cursor = Cursor::at(&source.text, announcement);
    if !cursor.eat(ANNOUNCEMENT) {
        return None;
    }
    let window = source.window(cursor.position(), 60);
    let ours = cursor.eat("Equity Issuer").then(|| cash_dividend(source, announcement)).flatten();
    let (start, end, kind) = match ours {
        Some((start, after)) => (start, cursor.position(), english_kind(source.slice(after..announcement))),
        None => {
            let words = source.slice(window.clone()).as_bytes();
            let issuer = ["Issuer", "ISSUER"].iter().filter_map(|word| memmem::find(words, word.as_bytes())).min()?;
            let end = window.start + issuer + "Issuer".len();
            (source.trim(source.line_start(announcement)..end).start, end, TitleKind::Other)
        }
    };
    Some(Title { standing: standing(source, start, end), range: start..end, language: Language::En, kind })
}

/// Where `Cash Dividend` begins and ends that stands before a place, nearly always right before it.
fn cash_dividend(source: &SourceText<'_>, at: usize) -> Option<(usize, usize)> {
    let start = [24, 120].into_iter().find_map(|reach| {
        let before = source.slice(source.window_before(at, reach)).as_bytes();
        let cash = before.windows(4).rposition(|word| word == b"Cash" || word == b"CASH")?;
        Some(at - (before.len() - cash))
    })?;
    let mut cursor = Cursor::at(&source.text, start);
    cursor.eat("Cash Dividend").then(|| (start, cursor.position()))
}

/// `CASH DIVIDEND ANNOUNCEMENT FOR EQUITY ISSUER`.
fn capital_titles<'s>(source: &'s SourceText<'_>) -> impl Iterator<Item = Title> + 's {
    static CAPITALS: Needle = Needle::new("ANNOUNCEMENT");
    CAPITALS.all_in(&source.text).filter_map(|at| english_title(source, at))
}

/// Titles that begin a line, in letters that an extraction has set apart: `C a s h D i v i d e n d`, `股 票 發 行 人`.
fn spaced_titles<'s>(source: &'s SourceText<'_>) -> impl Iterator<Item = Title> + 's {
    let lines = source.lines(0..source.text.len());
    lines.filter_map(|line| spaced_english_title(source, line.start).or_else(|| chinese_title(source, line.start)))
}

fn spaced_english_title(source: &SourceText<'_>, start: usize) -> Option<Title> {
    let mut cursor = Cursor::at(&source.text, start);
    if !cursor.eat("Cash Dividend") {
        return None;
    }
    let after = cursor.position();
    let window = source.slice(source.window(after, 120));
    let ends = window.char_indices().map(|(at, _)| after + at);
    let (announcement, end) = ends.into_iter().find_map(|at| {
        let mut cursor = Cursor::at(&source.text, at);
        (cursor.eat(ANNOUNCEMENT) && cursor.eat("Equity Issuer")).then(|| (at, cursor.position()))
    })?;
    let kind = english_kind(source.slice(after..announcement));
    Some(Title { standing: standing(source, start, end), range: start..end, language: Language::En, kind })
}

/// What stands between `Cash Dividend` and `Announcement` in the title.
fn english_kind(between: &str) -> TitleKind {
    if between.chars().all(is_blank) {
        return TitleKind::Known(Template::Ef001);
    }
    let between: String = between.chars().filter(|c| !is_blank(*c)).map(|c| c.to_ascii_lowercase()).collect();
    let currency = between.contains("currenc");
    let scrip = ["scrip", "share", "stock"].iter().any(|word| between.contains(word));
    match (currency, scrip) {
        (true, false) => TitleKind::Likely(Some(Template::Ef002)),
        (false, true) => TitleKind::Likely(Some(Template::Ef003)),
        (true, true) => TitleKind::Likely(None),
        (false, false) => TitleKind::Other,
    }
}

fn chinese_title(source: &SourceText<'_>, start: usize) -> Option<Title> {
    let mut cursor = Cursor::at(&source.text, start);
    if !cursor.eat("股票發行人") {
        return None;
    }
    let cash = cursor.eat("現金股息");
    let after = cursor;
    let kinds = [
        ("公告", TitleKind::Known(Template::Ef001)),
        ("(可選擇貨幣)公告", TitleKind::Known(Template::Ef002)),
        ("(可選擇以股份代替)公告", TitleKind::Known(Template::Ef003)),
    ];
    let known = kinds.into_iter().find(|(rest, _)| cash && cursor.eat(rest));
    let (kind, end) = match known {
        Some((_, kind)) => (kind, cursor.position()),
        None => {
            let window = source.window(after.position(), 90);
            let text = source.slice(window.clone());
            let end = window.start + memmem::find(text.as_bytes(), "公告".as_bytes())? + "公告".len();
            let between = source.slice(after.position()..end);
            let both = cash && between.contains("貨幣") && between.contains("股份");
            (if both { TitleKind::Likely(None) } else { TitleKind::Other }, end)
        }
    };
    Some(Title { standing: standing(source, start, end), range: start..end, language: Language::ZhHant, kind })
}

fn standing(source: &SourceText<'_>, start: usize, end: usize) -> Standing {
    let next = Cursor::at(&source.text, end);
    let first_rows = ["Issuer name", "發行人名稱", "Instrument"];
    if first_rows.iter().any(|row| {
        let mut cursor = next;
        cursor.eat(row)
    }) {
        return Standing::BeforeFirstRow;
    }
    if source.begins_line(start) && source.ends_line(end) { Standing::OwnLine } else { Standing::InProse }
}
