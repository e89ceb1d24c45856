//! Dates and times of the event: `YYYY-MM-DD` in Hong Kong, and RFC 3339 with `+08:00`.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};
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

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
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
        serializer.collect_str(&self.0.format(TIME))
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
