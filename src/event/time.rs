//! Dates and times of the event: `YYYY-MM-DD` in Hong Kong, and RFC 3339 with `+08:00`.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A calendar day in Hong Kong, `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub NaiveDate);

/// A moment on the Hong Kong wall clock, minute precision as printed. Hong Kong has had no summer time since 1979.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HongKongTime(pub NaiveDateTime);

const DATE: &str = "%Y-%m-%d";
const TIME: &str = "%Y-%m-%dT%H:%M:%S+08:00";

impl Date {
    /// `2024-04-12`; `None` beyond the years of four digits. An event holds eight dates, each written twice: worth more
    /// than the general formatter.
    pub(super) fn ascii(self) -> Option<[u8; 10]> {
        let mut text = *b"0000-00-00";
        let year = u32::try_from(self.0.year()).ok().filter(|year| *year < 10_000)?;
        put(text.get_mut(0..4)?, year);
        put(text.get_mut(5..7)?, self.0.month());
        put(text.get_mut(8..10)?, self.0.day());
        Some(text)
    }

    /// As it is published.
    pub(super) fn text(self) -> String {
        self.ascii().map_or_else(|| self.0.to_string(), |text| ascii(&text).to_owned())
    }
}

impl HongKongTime {
    /// `2024-04-15T16:30:00+08:00`; `None` as for dates.
    pub(crate) fn ascii(self) -> Option<[u8; 25]> {
        let mut text = *b"0000-00-00T00:00:00+08:00";
        text.get_mut(0..10)?.copy_from_slice(&Date(self.0.date()).ascii()?);
        put(text.get_mut(11..13)?, self.0.hour());
        put(text.get_mut(14..16)?, self.0.minute());
        put(text.get_mut(17..19)?, self.0.second());
        Some(text)
    }
}

/// Writes the last digits of a number.
pub(crate) fn put(places: &mut [u8], mut number: u32) {
    for place in places.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// What [`Date::ascii`] and [`HongKongTime::ascii`] wrote, as text.
fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.ascii() {
            Some(text) => serializer.serialize_str(ascii(&text)),
            None => serializer.collect_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        NaiveDate::parse_from_str(&text, DATE).map(Date).map_err(de::Error::custom)
    }
}

impl JsonSchema for Date {
    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "description": "A day in Hong Kong." })
    }
}

impl Serialize for HongKongTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.ascii() {
            Some(text) => serializer.serialize_str(ascii(&text)),
            None => serializer.collect_str(&self.0.format(TIME)),
        }
    }
}

impl<'de> Deserialize<'de> for HongKongTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        NaiveDateTime::parse_from_str(&text, TIME).map(HongKongTime).map_err(de::Error::custom)
    }
}

impl JsonSchema for HongKongTime {
    fn schema_name() -> Cow<'static, str> {
        "HongKongTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time", "pattern": r"\+08:00$", "description": "A moment in Hong Kong, RFC 3339." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_written_and_read_as_the_general_formatter_does() {
        let first = NaiveDate::from_ymd_opt(1999, 12, 28).unwrap_or_default();
        for (days, date) in first.iter_days().step_by(13).take(1000).enumerate() {
            let seconds = u32::try_from(days * 86 % 86_400).unwrap_or_default();
            let time =
                date.and_time(chrono::NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default());
            let (date_json, time_json) = (format!("\"{date}\""), format!("\"{}\"", time.format(TIME)));
            assert_eq!(serde_json::to_string(&Date(date)).ok().as_ref(), Some(&date_json));
            assert_eq!(serde_json::to_string(&HongKongTime(time)).ok().as_ref(), Some(&time_json));
            assert_eq!(serde_json::from_str(&date_json).ok(), Some(Date(date)));
            assert_eq!(serde_json::from_str(&time_json).ok(), Some(HongKongTime(time)));
        }
    }

    #[test]
    fn years_without_four_digits_are_still_written() {
        for (year, expected) in [(10_000, "\"+10000-01-01\""), (-1, "\"-0001-01-01\""), (12, "\"0012-01-01\"")] {
            let date = Date(NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default());
            assert_eq!(serde_json::to_string(&date).ok().as_deref(), Some(expected));
        }
    }
}
