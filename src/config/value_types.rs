//! The types of values that settings have: what is expected, how it is read, how it is shown.

use std::fmt::Debug;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use chrono::NaiveDate;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::raw::Raw;
use super::units::{self, Bytes};

/// A type of value, with its bounds.
pub(super) trait ValueType: Sync {
    type Value: PartialEq;

    /// What is expected, as it goes on after "expected ".
    fn expected(&self) -> String;

    /// The value; `None` when it is not what is expected.
    fn read(&self, raw: &Raw) -> Option<Self::Value>;

    /// The value as it stands in a configuration file.
    fn show(&self, value: &Self::Value) -> String;
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A text with a grammar.
pub(super) struct Text {
    pub(super) expected: &'static str,
    pub(super) holds: fn(&str) -> bool,
}

impl ValueType for Text {
    type Value = String;

    fn expected(&self) -> String {
        self.expected.into()
    }

    fn read(&self, raw: &Raw) -> Option<String> {
        raw.text().filter(|text| (self.holds)(text)).map(str::to_owned)
    }

    fn show(&self, value: &String) -> String {
        quoted(value)
    }
}

pub(super) const SERVERS: Text =
    Text { expected: "comma-separated host:port, as in \"kafka-1:9092,kafka-2:9092\"", holds: are_servers };
pub(super) const TOPIC: Text =
    Text { expected: "a topic name: 1 to 249 letters, digits, `.`, `_` and `-`, not `.` or `..`", holds: is_topic };
pub(super) const GROUP: Text =
    Text { expected: "a group id: 1 to 255 characters, none of them a control character", holds: is_group };
pub(super) const INSTANCE: Text =
    Text { expected: "nothing, or up to 200 letters, digits, `.`, `_` and `-`", holds: is_instance };
pub(super) const LOG_FILTER: Text = Text {
    expected: "a level (off, error, warn, info, debug, trace) or directives, as in \"info,exdate=debug\"",
    holds: is_filter,
};

fn are_servers(text: &str) -> bool {
    text.split(',').all(|server| is_server(server.trim()))
}

/// `host:port`, `[::1]:9092`; librdkafka also takes a protocol before and lets the port be absent.
fn is_server(text: &str) -> bool {
    let address = text.split_once("://").map_or(text, |(_, address)| address);
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (address, None),
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match bare {
        Some(ip) => ip.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')),
    };
    is_host && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// As brokers check it.
fn is_topic(text: &str) -> bool {
    (1..=249).contains(&text.len()) && text != "." && text != ".." && text.chars().all(is_name_char)
}

fn is_group(text: &str) -> bool {
    (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control) && text.trim() == text
}

/// Brokers check it as they check topics; the number of the worker is added.
fn is_instance(text: &str) -> bool {
    text.len() <= 200 && text != "." && text != ".." && text.chars().all(is_name_char)
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

/// A word alone must be a level: `tracing` takes any other for a target, so that `inof` would silence everything else.
fn is_filter(text: &str) -> bool {
    let words_are_levels =
        text.split(',').map(str::trim).all(|part| part.contains(['=', '[']) || part.parse::<LevelFilter>().is_ok());
    !text.trim().is_empty() && words_are_levels && EnvFilter::builder().parse(text).is_ok()
}

/// A whole number within bounds.
pub(super) struct Whole<T>(pub(super) RangeInclusive<T>);

impl<T> ValueType for Whole<T>
where
    T: Copy + PartialOrd + ToString + TryFrom<i64> + Sync + Debug,
{
    type Value = T;

    fn expected(&self) -> String {
        format!("a whole number from {} to {}", self.0.start().to_string(), self.0.end().to_string())
    }

    fn read(&self, raw: &Raw) -> Option<T> {
        let number = match raw {
            Raw::Number(number) => *number,
            Raw::Untyped(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        T::try_from(number).ok().filter(|number| self.0.contains(number))
    }

    fn show(&self, value: &T) -> String {
        value.to_string()
    }
}

/// A time span within bounds.
pub(super) struct Time(pub(super) RangeInclusive<Duration>);

impl ValueType for Time {
    type Value = Duration;

    fn expected(&self) -> String {
        let [least, most] = [self.0.start(), self.0.end()].map(|bound| units::show_duration(*bound));
        format!("a duration with a unit, as in \"10s\" or \"50ms\", from {least} to {most}")
    }

    fn read(&self, raw: &Raw) -> Option<Duration> {
        units::parse_duration(raw.text()?).filter(|duration| self.0.contains(duration))
    }

    fn show(&self, value: &Duration) -> String {
        quoted(&units::show_duration(*value))
    }
}

/// A size within bounds.
pub(super) struct Size<T> {
    pub(super) bounds: RangeInclusive<u64>,
    pub(super) from_bytes: fn(Bytes) -> Option<T>,
    pub(super) to_bytes: fn(&T) -> Bytes,
}

impl<T: PartialEq> ValueType for Size<T> {
    type Value = T;

    fn expected(&self) -> String {
        let [least, most] = [self.bounds.start(), self.bounds.end()].map(|bound| Bytes(*bound));
        format!("a size with a unit, as in \"8MiB\", from {least} to {most}")
    }

    fn read(&self, raw: &Raw) -> Option<T> {
        Bytes::parse(raw.text()?).filter(|bytes| self.bounds.contains(&bytes.0)).and_then(self.from_bytes)
    }

    fn show(&self, value: &T) -> String {
        quoted(&(self.to_bytes)(value).to_string())
    }
}

/// One of a few words.
pub(super) struct OneOf<T: 'static>(pub(super) &'static [(&'static str, T)]);

impl<T: Copy + PartialEq + Sync> ValueType for OneOf<T> {
    type Value = T;

    fn expected(&self) -> String {
        self.0.iter().map(|(word, _)| quoted(word)).collect::<Vec<_>>().join(" or ")
    }

    fn read(&self, raw: &Raw) -> Option<T> {
        let text = raw.text()?;
        self.0.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
    }

    fn show(&self, value: &T) -> String {
        quoted(self.0.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word))
    }
}

/// An address to listen on.
pub(super) struct Address;

impl ValueType for Address {
    type Value = SocketAddr;

    fn expected(&self) -> String {
        "an IP address and port, as in \"0.0.0.0:9464\" or \"[::]:9464\"".into()
    }

    fn read(&self, raw: &Raw) -> Option<SocketAddr> {
        raw.text()?.trim().parse().ok()
    }

    fn show(&self, value: &SocketAddr) -> String {
        quoted(&value.to_string())
    }
}

/// A day, or none.
pub(super) struct Day;

impl ValueType for Day {
    type Value = Option<NaiveDate>;

    fn expected(&self) -> String {
        "a day as \"2027-10-11\", or \"\" for none".into()
    }

    fn read(&self, raw: &Raw) -> Option<Option<NaiveDate>> {
        match raw.text()?.trim() {
            "" => Some(None),
            text => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text).map(Some),
        }
    }

    fn show(&self, value: &Option<NaiveDate>) -> String {
        quoted(&value.map(|day| day.to_string()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn untyped(text: &str) -> Raw {
        Raw::Untyped(text.into())
    }

    #[test]
    fn ok_texts() {
        let cases = [
            (&SERVERS, "localhost:9092"),
            (&SERVERS, "kafka-1.example:9092, kafka-2.example:9092"),
            (&SERVERS, "SASL_SSL://[::1]:9093"),
            (&SERVERS, "broker"),
            (&TOPIC, "hkex.announcements.dead-letter"),
            (&GROUP, "exdate blue"),
            (&INSTANCE, ""),
            (&INSTANCE, "exdate-0"),
            (&LOG_FILTER, "info"),
            (&LOG_FILTER, "warn,exdate=debug,exdate::kafka=trace"),
        ];
        for (kind, text) in cases {
            assert!(kind.read(&untyped(text)).is_some(), "{text}: {}", kind.expected());
        }
    }

    #[test]
    fn err_texts() {
        let cases = [
            (&SERVERS, ""),
            (&SERVERS, "localhost:9092,"),
            (&SERVERS, "localhost:kafka"),
            (&SERVERS, "localhost:0"),
            (&SERVERS, "localhost:99999"),
            (&SERVERS, "http://broker/path"),
            (&SERVERS, "[::z]:9092"),
            (&TOPIC, ""),
            (&TOPIC, ".."),
            (&TOPIC, "^hkex.*"),
            (&TOPIC, "股息"),
            (&GROUP, ""),
            (&GROUP, "ex\tdate"),
            (&GROUP, "exdate "),
            (&INSTANCE, "a b"),
            (&LOG_FILTER, ""),
            (&LOG_FILTER, "inof"),
            (&LOG_FILTER, "exdate=loud"),
        ];
        for (kind, text) in cases {
            assert!(kind.read(&untyped(text)).is_none(), "`{text}` is taken for {}", kind.expected());
        }
    }

    #[test]
    fn bounds_belong_to_the_range() {
        let workers = Whole(1..=64_usize);
        for (text, value) in [("1", Some(1)), ("64", Some(64)), ("0", None), ("65", None), ("-1", None), ("2.0", None)]
        {
            assert_eq!(workers.read(&untyped(text)), value, "{text}");
        }
        assert_eq!(workers.read(&Raw::Number(8)), Some(8));
        assert_eq!(workers.read(&Raw::Text("8".into())), None, "a string of the file is no number");
        let size = Size { bounds: 1024..=2048, from_bytes: Some, to_bytes: |bytes| *bytes };
        assert_eq!(size.read(&untyped("1KiB")), Some(Bytes(1024)));
        assert_eq!(size.read(&untyped("3KiB")), None);
        assert_eq!(size.read(&Raw::Number(1024)), None, "a number has no unit");
    }

    #[test]
    fn days_are_written_one_way() {
        assert_eq!(Day.read(&untyped("")), Some(None));
        assert_eq!(Day.read(&untyped("2027-10-11")), Some(NaiveDate::from_ymd_opt(2027, 10, 11)));
        for text in ["2027-10-1", "2027-02-30", "11/10/2027", "soon"] {
            assert_eq!(Day.read(&untyped(text)), None, "{text}");
        }
    }
}
