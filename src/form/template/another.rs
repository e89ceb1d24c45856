//! Another form in the same text: then no value can be trusted to belong to the first one's title.

use std::ops::Range;

use super::Heading;
use super::title::{self, Standing, Title};
use crate::form::model::Language;
use crate::form::text::SourceText;
use crate::needle::Needle;

/// Where another form begins, below the form's title or above it, or in the other language anywhere.
pub(crate) fn another_form(source: &SourceText<'_>, first: &Heading) -> Option<usize> {
    let title = titled(source, first).map(|title| title.start);
    title.or_else(|| {
        let own = if first.language == Language::En { &ENGLISH } else { &CHINESE };
        let english = || rows_of(&source.text, &ENGLISH).filter(|_| first.language != Language::En);
        let chinese = || rows_of(&source.text, &CHINESE).filter(|_| first.language == Language::En);
        let in_chinese = || if source.ascii { None } else { chinese().or_else(|| rows_of(&source.text, &SIMPLIFIED)) };
        let above = rows_of(source.slice(0..first.title.start), own);
        above.or_else(english).or_else(in_chinese).or_else(|| twice(&source.text, own))
    })
}

/// Its title, its first row and its stock code, below the first one's.
fn titled(source: &SourceText<'_>, first: &Heading) -> Option<Range<usize>> {
    let below = title::titles(source, first.title.end).filter(|title| title.range.start >= first.title.end);
    let mut others = below.filter(|title| title.standing == Standing::BeforeFirstRow);
    let has_code = |title: &Title| {
        let below = source.slice(source.window(title.range.end, 400));
        ["Stock code", "股份代號"].iter().any(|label| below.contains(label))
    };
    others.find(has_code).map(|title| title.range)
}

/// Labels of rows that every form has: the one that tells a form from other texts, the one that no text quotes, the others.
type Rows = [Needle; 9];

static ENGLISH: Rows = [
    Needle::new("Stock code"),
    Needle::new("Title of announcement"),
    Needle::new("Dividend declared"),
    Needle::new("Ex-dividend date"),
    Needle::new("Book close period"),
    Needle::new("Announcement date"),
    Needle::new("Dividend type"),
    Needle::new("Record date"),
    Needle::new("Payment date"),
];
static CHINESE: Rows = [
    Needle::new("股份代號"),
    Needle::new("公告標題"),
    Needle::new("發行人名稱"),
    Needle::new("除淨日"),
    Needle::new("股東批准日期"),
    Needle::new("公告日期"),
    Needle::new("股息類型"),
    Needle::new("記錄日期"),
    Needle::new("股息派發日"),
];
static SIMPLIFIED: Rows = [
    Needle::new("股份代号"),
    Needle::new("公告标题"),
    Needle::new("发行人名称"),
    Needle::new("除净日"),
    Needle::new("股东批准日期"),
    Needle::new("公告状态"),
    Needle::new("股息类型"),
    Needle::new("记录日期"),
    Needle::new("股息派发日"),
];

/// So many of them are a form, and no quotation from one in another.
const FEWEST: usize = 7;

/// Where the second of the titles stands, when each row is there twice.
fn twice(text: &str, rows: &'static Rows) -> Option<usize> {
    let second = |label: &'static Needle| label.all_in(text).nth(1);
    let (_, others) = rows.split_first()?;
    let title = others.first().and_then(second)?;
    others.iter().all(|label| second(label).is_some()).then_some(title)
}

/// Whether a text without a title that is known has the rows of a form in simplified Chinese.
pub(crate) fn is_simplified(source: &SourceText<'_>) -> bool {
    !source.ascii && rows_of(&source.text, &SIMPLIFIED).is_some()
}

/// Whether a text has the rows of a dividend form, in any language.
pub(super) fn has_rows(text: &str) -> Option<usize> {
    [&ENGLISH, &CHINESE, &SIMPLIFIED].into_iter().find_map(|rows| rows_of(text, rows))
}

/// Where the first of the rows stands, when most of them are there.
fn rows_of(text: &str, rows: &'static Rows) -> Option<usize> {
    let first = rows.first()?.first_in(text)?;
    let found = rows.iter().filter(|label| label.is_in(text)).count();
    (found >= FEWEST).then_some(first)
}
