//! Dates, times and periods in Hong Kong: `13 March 2024`, `2026年6月12日 16:00`, `From 05 June 2024 to 11 June 2024`.
//!
//! Whether the calendar has the day is asked last: `31 February 2026` is a date, and an impossible one.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};

use super::{Parse, Taken, time_of_day};
use crate::form::model::{Period, Shown};
use crate::form::text::Cursor;

/// The months, as the form prints them.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A printed day that the calendar may not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    year: i32,
    month: u32,
    day: u32,
}

/// The calendar does not have this day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Impossible;

impl Day {
    fn in_calendar(self) -> Result<NaiveDate, Impossible> {
        NaiveDate::from_ymd_opt(self.year, self.month, self.day).ok_or(Impossible)
    }
}

/// Takes a date.
pub(crate) fn take(cursor: &mut Cursor<'_>) -> Option<Result<NaiveDate, Impossible>> {
    take_day(cursor).map(Day::in_calendar)
}

/// Takes a date and a time of day, 24 hours.
pub(crate) fn take_moment(cursor: &mut Cursor<'_>) -> Option<Result<NaiveDateTime, Impossible>> {
    let start = *cursor;
    let Some((day, hour, minute)) = take_day_and_time(cursor) else {
        *cursor = start;
        return None;
    };
    Some(day.in_calendar().and_then(|date| date.and_hms_opt(hour, minute, 0).ok_or(Impossible)))
}

/// Takes a period of days.
pub(crate) fn take_period(cursor: &mut Cursor<'_>) -> Option<Result<Period, Impossible>> {
    let start = *cursor;
    let Some((from, to)) = take_two_days(cursor) else {
        *cursor = start;
        return None;
    };
    Some(from.in_calendar().and_then(|from| Ok(Period { from, to: to.in_calendar()? })))
}

fn take_day(cursor: &mut Cursor<'_>) -> Option<Day> {
    let start = *cursor;
    let found = match cursor.figure()? {
        (day, 1 | 2) => finish_english(cursor, day),
        (year, 4) => finish_chinese(cursor, year),
        _ => None,
    };
    match found {
        None => *cursor = start,
        Some(day) => take_weekday(cursor, day),
    }
    found
}

/// `04 June 2024`, `4 June 2024`, `4 Jun 2024`, its day taken.
fn finish_english(cursor: &mut Cursor<'_>, day: u32) -> Option<Day> {
    let month = take_month(cursor)?;
    let (year, 4) = cursor.figure()? else { return None };
    in_these_times(Day { year: i32::try_from(year).ok()?, month, day })
}

/// Of the twelve names only those are tried that begin with the same letter.
fn take_month(cursor: &mut Cursor<'_>) -> Option<u32> {
    let first = u8::try_from(cursor.peek()?).ok()?.to_ascii_uppercase();
    let mut months = (1..).zip(&MONTHS).filter(|(_, name)| name.as_bytes().first() == Some(&first));
    let whole = months.clone().find(|(_, name)| cursor.eat(name));
    let found = whole.or_else(|| {
        months.find(|(_, name)| {
            let short = name.get(..4).is_some_and(|short| short == "Sept" && cursor.eat_word(short));
            short || name.get(..3).is_some_and(|short| cursor.eat_word(short))
        })
    });
    if whole.is_none() && found.is_some() {
        let _dot = cursor.eat_symbol('.');
    }
    found.map(|(month, _)| month)
}

/// `2026年3月18日`, `2026/3/18`, its year taken.
fn finish_chinese(cursor: &mut Cursor<'_>, year: u32) -> Option<Day> {
    let slashes = cursor.peek()? == '/';
    let (after_year, after_month) = if slashes { ('/', '/') } else { ('年', '月') };
    let month = cursor.eat_symbol(after_year).then(|| cursor.number(2))??;
    let day = cursor.eat_symbol(after_month).then(|| cursor.number(2))??;
    if !slashes && !cursor.eat_symbol('日') {
        return None;
    }
    in_these_times(Day { year: i32::try_from(year).ok()?, month, day })
}

/// A year of this century or its neighbours.
fn in_these_times(day: Day) -> Option<Day> {
    (1900..2200).contains(&day.year).then_some(day)
}

/// Takes `(Wednesday)`, `（星期三）`, if that day is one: then it says nothing new. Any other is left, and makes the text
/// unreadable.
fn take_weekday(cursor: &mut Cursor<'_>, day: Day) {
    if cursor.peek() != Some('(') {
        return;
    }
    let mut bracket = *cursor;
    let Ok(date) = day.in_calendar() else { return };
    let named = bracket.eat_symbol('(') && eat_name_of(&mut bracket, date.weekday());
    if named && bracket.eat_symbol(')') {
        *cursor = bracket;
    }
}

fn eat_name_of(cursor: &mut Cursor<'_>, weekday: Weekday) -> bool {
    const NAMES: [[&str; 3]; 7] = [
        ["Monday", "Mon", "一"],
        ["Tuesday", "Tue", "二"],
        ["Wednesday", "Wed", "三"],
        ["Thursday", "Thu", "四"],
        ["Friday", "Fri", "五"],
        ["Saturday", "Sat", "六"],
        ["Sunday", "Sun", "日"],
    ];
    let _week = cursor.eat_any(&["星期", "週", "周"]);
    let names = NAMES.get(usize::try_from(weekday.num_days_from_monday()).unwrap_or_default());
    names.is_some_and(|names| cursor.eat_any(names))
}

fn take_day_and_time(cursor: &mut Cursor<'_>) -> Option<(Day, u32, u32)> {
    let day = take_day(cursor)?;
    let (hour, minute) = time_of_day::take(cursor)?;
    Some((day, hour, minute))
}

fn take_two_days(cursor: &mut Cursor<'_>) -> Option<(Day, Day)> {
    let _from = cursor.eat("From") || cursor.eat_symbol('由');
    let from = take_day(cursor)?;
    let to = cursor.eat("to") || cursor.eat_symbol('至');
    let days = (from, to.then(|| take_day(cursor))??);
    if cursor.peek() == Some('(') {
        let _inclusive = cursor.eat_any(&INCLUSIVE);
    }
    Some(days)
}

/// What may be said of a period, which always is so.
const INCLUSIVE: [&str; 6] = [
    "(both days inclusive)",
    "(both dates inclusive)",
    "(包括首尾兩天)",
    "(包括首尾兩日)",
    "(首尾兩天包括在內)",
    "(包括首尾兩天在內)",
];

impl<T> From<Result<T, Impossible>> for Taken<T> {
    fn from(day: Result<T, Impossible>) -> Taken<T> {
        day.map_or(Taken::Impossible, Taken::Known)
    }
}

impl Parse for NaiveDate {
    const EXPECTED: &'static str = "a date, as in `13 March 2024` or `2024年3月13日`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take(cursor).map(Taken::from)
    }
}

impl Shown for NaiveDate {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Parse for NaiveDateTime {
    const EXPECTED: &'static str = "a date and a time, as in `15 April 2024 16:30` or `2024年4月15日 16:30`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take_moment(cursor).map(Taken::from)
    }
}

impl Shown for NaiveDateTime {
    fn shown(&self) -> String {
        self.format("%Y-%m-%d %H:%M").to_string()
    }
}

impl Parse for Period {
    const EXPECTED: &'static str =
        "two dates, as in `From 05 June 2024 to 11 June 2024` or `由 2024年6月5日至 2024年6月11日`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take_period(cursor).map(Taken::from)
    }
}

impl Shown for Period {
    fn shown(&self) -> String {
        format!("{} to {}", self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole<T>(text: &str, take: fn(&mut Cursor<'_>) -> Option<T>) -> Option<T> {
        let mut cursor = Cursor::new(text);
        take(&mut cursor).filter(|_| cursor.is_done())
    }

    #[test]
    fn ok_dates_of_both_languages() {
        for (text, expected) in [
            ("13 March 2024", "2024-03-13"),
            ("04 June 2024", "2024-06-04"),
            ("4 june 2024", "2024-06-04"),
            ("29 February 2024", "2024-02-29"),
            ("2026年3月18日", "2026-03-18"),
            ("2026 年 12 月 1 日", "2026-12-01"),
            ("2026年\n3月18日", "2026-03-18"),
            ("31 Dec 2025", "2025-12-31"),
            ("1 Sept. 2025", "2025-09-01"),
            ("1 Sep 2025", "2025-09-01"),
            ("2025/12/31", "2025-12-31"),
            ("2025/6/3", "2025-06-03"),
            ("31 December 2025 (Wednesday)", "2025-12-31"),
            ("31 Dec 2025 (Wed)", "2025-12-31"),
            ("2025年12月31日（星期三）", "2025-12-31"),
            ("２０２５年１２月３１日", "2025-12-31"),
            ("3\u{ad}1 December 20\u{200b}25", "2025-12-31"),
        ] {
            let date = whole(text, take).and_then(Result::ok).map(|date| date.to_string());
            assert_eq!(date.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn err_days_that_the_calendar_does_not_have() {
        for text in ["31 February 2026", "2026年2月30日", "2025年2月29日", "00 June 2024", "2026年13月1日"] {
            assert_eq!(whole(text, take), Some(Err(Impossible)), "{text}");
        }
    }

    #[test]
    fn err_everything_else() {
        for text in [
            "on or about 5 June 2024",
            "5 June",
            "5 June 24",
            "5 June 0024",
            "5 June 20245",
            "June 2024",
            "2024-06-05",
            "05/06/2024",
            "2024/06",
            "2024/06/005",
            "5 Juno 2024",
            "31 December 2025 (Thursday)",
            "31 December 2025 (Note 1)",
            "二零二五年三月一日",
            "2026年3月",
            "5 June 2024 16:30",
            "",
        ] {
            assert_eq!(whole(text, take), None, "{text}");
        }
    }

    #[test]
    fn ok_moments() {
        for (text, expected) in [
            ("15 April 2024 16:30", "2024-04-15 16:30:00"),
            ("2026年6月12日 16:00", "2026-06-12 16:00:00"),
            ("2026年6月12日16：00", "2026-06-12 16:00:00"),
            ("15 April 2024\n9:00", "2024-04-15 09:00:00"),
            ("15 April 2024 4:30 p.m.", "2024-04-15 16:30:00"),
            ("15 April 2024 (Monday) 4:30pm", "2024-04-15 16:30:00"),
            ("15 April 2024 12:30 PM", "2024-04-15 12:30:00"),
            ("15 April 2024 12:00 noon", "2024-04-15 12:00:00"),
            ("2024年4月15日下午4時30分", "2024-04-15 16:30:00"),
            ("2024年4月15日（星期一） 下午 4 時", "2024-04-15 16:00:00"),
            ("2024年4月15日中午12時正", "2024-04-15 12:00:00"),
            ("2024/4/15 16時30分", "2024-04-15 16:30:00"),
        ] {
            let moment = whole(text, take_moment).and_then(Result::ok).map(|moment| moment.to_string());
            assert_eq!(moment.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn err_moments_without_a_time_of_day() {
        for text in [
            "15 April 2024",
            "15 April 2024 16:3",
            "15 April 2024 24:00",
            "15 April 2024 16:60",
            "16:30",
            "15 April 2024 16:30 p.m.",
            "15 April 2024 0:30 p.m.",
            "15 April 2024 4:30 noon",
            "2024年4月15日下午16時30分",
            "2024年4月15日下午四時三十分",
            "4:30 p.m. on 15 April 2024",
        ] {
            assert_eq!(whole(text, take_moment), None, "{text}");
        }
    }

    #[test]
    fn ok_periods() {
        for text in [
            "From 05 June 2024 to 11 June 2024",
            "From 05 June 2024\nto 11 June 2024",
            "由 2024年6月5日至 2024年6月11日",
            "由 2024年6月5日 至 2024年6月11日",
            "From 05 June 2024 to 11 June 2024 (both days inclusive)",
            "From 5 Jun 2024 (Wednesday) to 11 Jun 2024 (Tuesday) (both days inclusive)",
            "由 2024年6月5日至 2024年6月11日（包括首尾兩天）",
            "由2024年6月5日（星期三）至2024年6月11日（星期二）（首尾兩天包括在內）",
        ] {
            let period =
                whole(text, take_period).and_then(Result::ok).map(|period| format!("{}/{}", period.from, period.to));
            assert_eq!(period.as_deref(), Some("2024-06-05/2024-06-11"), "{text}");
        }
    }

    #[test]
    fn err_half_a_period() {
        for text in ["From 05 June 2024", "From 05 June 2024 to", "05 June 2024", "由 2024年6月5日"] {
            assert_eq!(whole(text, take_period), None, "{text}");
        }
    }
}
