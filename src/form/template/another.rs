//! Another form in the same text: then no value can be trusted to belong to the first one's title.

use std::ops::Range;

use memchr::memmem;

use super::Heading;
use super::title::{self, Standing, Title};
use crate::form::model::Language;
use crate::form::text::SourceText;

/// Where another form begins, below the form's title or above it, or in the other language anywhere.
pub(crate) fn another_form(source: &SourceText<'_>, first: &Heading) -> Option<usize> {
    let title = titled(source, first).map(|title| title.start);
    title.or_else(|| {
        let [own, other] = match first.language {
            Language::En => [ENGLISH, CHINESE],
            Language::ZhHant | Language::ZhHans => [CHINESE, ENGLISH],
        };
        let above = source.slice(0..first.title.start);
        let foreign = |rows| if rows == ENGLISH || !source.ascii { rows_of(&source.text, &rows) } else { None };
        let simplified = || foreign(SIMPLIFIED);
        rows_of(above, &own).or_else(|| foreign(other)).or_else(simplified).or_else(|| twice(&source.text, &own))
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
type Rows = [&'static str; 9];

const ENGLISH: Rows = [
    "Stock code",
    "Title of announcement",
    "Dividend declared",
    "Ex-dividend date",
    "Book close period",
    "Announcement date",
    "Dividend type",
    "Record date",
    "Payment date",
];
const CHINESE: Rows =
    ["股份代號", "公告標題", "發行人名稱", "除淨日", "股東批准日期", "公告日期", "股息類型", "記錄日期", "股息派發日"];
const SIMPLIFIED: Rows =
    ["股份代号", "公告标题", "发行人名称", "除净日", "股东批准日期", "公告状态", "股息类型", "记录日期", "股息派发日"];

/// So many of them are a form, and no quotation from one in another.
const FEWEST: usize = 7;

/// Where the second of the titles stands, when each row is there twice.
fn twice(text: &str, rows: &Rows) -> Option<usize> {
    let second = |label: &&str| memmem::find_iter(text.as_bytes(), label.as_bytes()).nth(1);
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
    [ENGLISH, CHINESE, SIMPLIFIED].iter().find_map(|rows| rows_of(text, rows))
}

/// Where the first of the rows stands, when most of them are there.
fn rows_of(text: &str, rows: &Rows) -> Option<usize> {
    let find = |label: &str| memmem::find(text.as_bytes(), label.as_bytes());
    let first = find(rows.first()?)?;
    let found = rows.iter().filter(|label| find(label).is_some()).count();
    (found >= FEWEST).then_some(first)
}
