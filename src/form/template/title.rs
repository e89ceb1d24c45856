//! Where a text holds a title of a form: ours, one that is likely ours, or another one's.

use std::cmp::Reverse;
use std::ops::Range;

use memchr::memmem;

use crate::form::model::{Language, Template};
use crate::form::text::{Cursor, SourceText, is_blank};
use crate::needle::Needle;

/// A title found in the text.
pub(super) struct Title {
    pub(super) range: Range<usize>,
    pub(super) language: Language,
    pub(super) kind: TitleKind,
    pub(super) standing: Standing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TitleKind {
    Known(Template),
    /// A cash dividend with an election, in words that nobody has seen yet.
    Likely(Option<Template>),
    /// The title of another form.
    Other,
}

/// How sure it is that a title is one, the surest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    InProse,
    OwnLine,
    BeforeFirstRow,
}

/// The first title before a first row; else the first on a line of its own. Only when there is none of ours as it is
/// usually printed, one in capitals or in letters that stand apart.
pub(super) fn find(source: &SourceText<'_>) -> Option<Title> {
    let title = first_of_both(source);
    match title {
        Some(Title { kind: TitleKind::Other, .. }) | None => {
            surest(title.into_iter().chain(capital_titles(source)).chain(spaced_titles(source)))
        }
        ours => ours,
    }
}

/// The surest title of either language; of two equally sure ones the first.
fn first_of_both(source: &SourceText<'_>) -> Option<Title> {
    let english = surest(english_titles(source, 0));
    let sure = |title: &Title| title.standing == Standing::BeforeFirstRow;
    let end = english.as_ref().filter(|title| sure(title)).map_or(source.text.len(), |title| title.range.start);
    let chinese = surest(chinese_titles(source, 0..end));
    let rank = |title: &Title| (title.standing, title.kind != TitleKind::Other, Reverse(title.range.start));
    english.into_iter().chain(chinese).max_by_key(rank)
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

const ANNOUNCEMENT: &str = "Announcement for";

/// Titles whose words are found from a place on: English ones end with `Announcement for ... Issuer`, Chinese ones begin with
/// `股票發行人` and end with `公告`; and other form titles right above the first row.
pub(super) fn titles<'s>(source: &'s SourceText<'_>, from: usize) -> impl Iterator<Item = Title> + 's {
    english_titles(source, from).chain(chinese_titles(source, from..source.text.len()))
}

fn english_titles<'s>(source: &'s SourceText<'_>, from: usize) -> impl Iterator<Item = Title> + 's {
    static ENGLISH: Needle = Needle::new("Announcement");
    let text = source.slice(from..source.text.len());
    ENGLISH.all_in(text).filter_map(move |at| english_title(source, from + at))
}

fn chinese_titles<'s>(source: &'s SourceText<'_>, within: Range<usize>) -> impl Iterator<Item = Title> + 's {
    static CHINESE: Needle = Needle::new("股票發行人");
    let text = (!source.ascii).then(|| source.slice(within.clone()));
    let places = text.into_iter().flat_map(|text| CHINESE.all_in(text));
    places.filter_map(move |at| chinese_title(source, within.start + at))
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

/// Whether the beginning of the issuer's name stands between the title and the first row, in a text on one line.
fn is_before_a_name(source: &SourceText<'_>, end: usize) -> bool {
    let below = source.slice(source.window(end, 160));
    let name = ["Issuer name", "發行人名稱"].iter().find_map(|row| below.split_once(row)).map(|(name, _)| name);
    let is_name =
        |name: &str| name.starts_with(is_blank) && !name.contains([',', ';', '。', '，', '\n']) && !name.contains(". ");
    name.is_some_and(is_name)
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
    let own_line = source.begins_line(start) && source.ends_line(end);
    if own_line || is_before_a_name(source, end) { Standing::OwnLine } else { Standing::InProse }
}
