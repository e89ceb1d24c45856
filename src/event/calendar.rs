//! The sessions of the Stock Exchange of Hong Kong, and where the settlement cycle puts the ex-date.
//!
//! The days stand in `calendar.tsv`, with their source. Outside its range nothing is known: every answer is `None`, and who
//! asks must not conclude anything.
//!
//! A day that severe weather took away was a session when forms were written before it and is none since: see [`Sessions`].

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::message::Rules;

const TABLE: &str = include_str!("calendar.tsv");

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::read(TABLE));

/// Which days count as sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sessions {
    /// Days on which the exchange did trade.
    Held,
    /// As [`Sessions::Held`], and the days that severe weather took away: what an issuer could know in advance.
    Planned,
}

/// What the exchange does on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// Full or half session.
    Session,
    /// Weekend or holiday.
    Closed,
    /// A session until severe weather cancelled it.
    LostToWeather,
}

impl Day {
    fn is(self, sessions: Sessions) -> bool {
        self == Day::Session || self == Day::LostToWeather && sessions == Sessions::Planned
    }
}

/// What the exchange does on this day; `None` outside the table's range.
pub(super) fn day(date: NaiveDate) -> Option<Day> {
    CALENDAR.day(date)
}

/// The last session before this day.
pub(super) fn session_before(date: NaiveDate, sessions: Sessions) -> Option<NaiveDate> {
    let mut before = date.pred_opt()?;
    while !day(before)?.is(sessions) {
        before = before.pred_opt()?;
    }
    Some(before)
}

/// Number of sessions after `after` and not after `last`, counted up to `enough`; `None` where the table does not reach.
pub(super) fn sessions_until(after: NaiveDate, last: NaiveDate, enough: usize, sessions: Sessions) -> Option<usize> {
    let mut count = 0;
    let mut date = after;
    while date < last && count < enough {
        date = date.succ_opt()?;
        count += usize::from(day(date)?.is(sessions));
    }
    Some(count)
}

/// The ex-date that the settlement cycle gives to a last day of lodging transfers.
///
/// A purchase on the last day cum dividend must settle by the last lodging date. With T+2 (since 1992) the next session,
/// the ex-date, is the session before the last lodging date. With T+1 (from `rules.t_plus_1_from` on) a purchase on the
/// session before settles in time, and the ex-date is the last lodging date itself.
pub(super) fn ex_date_for(last_lodging: NaiveDate, sessions: Sessions, rules: &Rules) -> Option<NaiveDate> {
    let before = session_before(last_lodging, sessions)?;
    let t_plus_1 = rules.t_plus_1_from.is_some_and(|first| before >= first);
    Some(if t_plus_1 { last_lodging } else { before })
}

/// One entry per day of the table's range.
struct Calendar {
    first: NaiveDate,
    days: Vec<Day>,
}

impl Calendar {
    /// Reads the table; weekends are closed by themselves. A line that cannot be read would be lost here, so a test reads
    /// every line.
    fn read(table: &str) -> Calendar {
        let rows = || table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let range = rows().find_map(|row| match row.as_slice() {
            ["valid", first, last] => Some((first.parse().ok()?, last.parse().ok()?)),
            _ => None,
        });
        let (first, last): (NaiveDate, NaiveDate) = range.unwrap_or_default();
        let weekend = |date: &NaiveDate| matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        let open = |date: NaiveDate| if weekend(&date) { Day::Closed } else { Day::Session };
        let days = first.iter_days().take_while(|date| *date <= last).map(open).collect();
        let mut calendar = Calendar { first, days };
        for row in rows() {
            if let [date, kind @ ("closed" | "weather"), ..] = row.as_slice() {
                let day = if *kind == "closed" { Day::Closed } else { Day::LostToWeather };
                calendar.set(date, day);
            }
        }
        calendar
    }

    fn set(&mut self, date: &str, day: Day) {
        let place = date.parse().ok().and_then(|date| self.place(date));
        if let Some(entry) = place.and_then(|place| self.days.get_mut(place)) {
            *entry = day;
        }
    }

    fn day(&self, date: NaiveDate) -> Option<Day> {
        self.days.get(self.place(date)?).copied()
    }

    fn place(&self, date: NaiveDate) -> Option<usize> {
        usize::try_from(date.signed_duration_since(self.first).num_days()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap_or_else(|error| unreachable!("{text}: {error}"))
    }

    #[test]
    fn every_line_of_the_table_is_read() {
        let mut previous = date("2015-12-31");
        for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.starts_with("valid\t")) {
            let row: Vec<&str> = line.split('\t').collect();
            let [day_text, kind, name] = row.as_slice() else { unreachable!("three columns: {line}") };
            let here = date(day_text);
            assert!(here > previous, "{line} is out of order");
            assert!(!matches!(here.weekday(), Weekday::Sat | Weekday::Sun), "{line} is a weekend");
            assert!(!name.is_empty(), "{line}");
            let expected = match *kind {
                "closed" => Day::Closed,
                "half" => Day::Session,
                "weather" => Day::LostToWeather,
                other => unreachable!("{other}"),
            };
            assert_eq!(day(here), Some(expected), "{line}");
            previous = here;
        }
        assert!(previous > date("2027-12-01"));
    }

    /// Sessions of each year, as exchange_calendars 4.13.2 has them, two less in 2023.
    #[test]
    fn each_year_has_its_number_of_sessions() {
        for (year, expected) in SESSIONS_OF_YEARS {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
            let days = first.iter_days().take_while(|date| date.year() == year);
            assert_eq!(days.filter(|date| day(*date) == Some(Day::Session)).count(), expected, "{year}");
        }
    }

    const SESSIONS_OF_YEARS: [(i32, usize); 12] = [
        (2016, 245),
        (2017, 246),
        (2018, 246),
        (2019, 246),
        (2020, 248),
        (2021, 247),
        (2022, 246),
        (2023, 243),
        (2024, 246),
        (2025, 246),
        (2026, 247),
        (2027, 248),
    ];

    #[test]
    fn days_of_every_kind_are_told_apart() {
        for (text, expected) in [
            ("2024-04-12", Some(Day::Session)),
            ("2024-04-13", Some(Day::Closed)),
            ("2024-12-24", Some(Day::Session)),
            ("2024-12-25", Some(Day::Closed)),
            ("2021-10-13", Some(Day::LostToWeather)),
            ("2023-09-01", Some(Day::LostToWeather)),
            ("2023-09-08", Some(Day::LostToWeather)),
            ("2015-12-31", None),
            ("2016-01-01", Some(Day::Closed)),
            ("2027-12-31", Some(Day::Session)),
            ("2028-01-01", None),
        ] {
            assert_eq!(day(date(text)), expected, "{text}");
        }
    }

    #[test]
    fn the_session_before_skips_weekends_holidays_and_lost_days() {
        for (of, sessions, expected) in [
            ("2024-04-15", Sessions::Held, Some("2024-04-12")),
            ("2026-04-08", Sessions::Held, Some("2026-04-02")),
            ("2023-09-04", Sessions::Held, Some("2023-08-31")),
            ("2023-09-04", Sessions::Planned, Some("2023-09-01")),
            ("2016-01-04", Sessions::Held, None),
        ] {
            assert_eq!(session_before(date(of), sessions), expected.map(date), "{of}");
        }
    }

    #[test]
    fn sessions_are_counted_after_the_first_day_up_to_the_last() {
        let count = |after, last| sessions_until(date(after), date(last), 10, Sessions::Held);
        assert_eq!(count("2026-05-13", "2026-05-18"), Some(3));
        assert_eq!(count("2026-05-18", "2026-05-18"), Some(0));
        assert_eq!(count("2026-05-19", "2026-05-18"), Some(0));
        assert_eq!(count("2027-12-30", "2028-01-03"), None);
        assert_eq!(count("2024-01-01", "2099-01-01"), Some(10), "enough is enough, also beyond the table");
    }

    #[test]
    fn the_settlement_cycle_is_dated() {
        let t_plus_1 = Rules { t_plus_1_from: Some(date("2026-11-16")), ..Rules::default() };
        for (last_lodging, rules, expected) in [
            ("2026-11-18", &Rules::default(), "2026-11-17"),
            ("2026-11-13", &t_plus_1, "2026-11-12"),
            ("2026-11-16", &t_plus_1, "2026-11-13"),
            ("2026-11-17", &t_plus_1, "2026-11-17"),
            ("2026-11-18", &t_plus_1, "2026-11-18"),
        ] {
            assert_eq!(ex_date_for(date(last_lodging), Sessions::Held, rules), Some(date(expected)), "{last_lodging}");
        }
    }
}
