//! Settings with units: `"8MiB"`, `"50ms"`. A bare number is refused: nobody should have to know the unit by heart.

use std::fmt;
use std::time::Duration;

/// A number of bytes, written with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// Largest first, so that [`Bytes`] is shown in the largest unit that divides it.
const UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1000),
    ("B", 1),
];

impl Bytes {
    /// `8MiB`, `8 MiB` and `8mib` are 8,388,608; `8MB` is 8,000,000. Whole numbers only.
    pub fn parse(text: &str) -> Option<Bytes> {
        let text = text.trim();
        let (number, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
        let (_, factor) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()))?;
        number.parse::<u64>().ok()?.checked_mul(*factor).map(Bytes)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, factor): &&(&str, u64)| self.0 >= *factor && self.0.is_multiple_of(*factor);
        let (unit, factor) = UNITS.iter().find(fits).unwrap_or(&("B", 1));
        write!(f, "{}{unit}", self.0 / factor)
    }
}

/// `50ms`, `10s`, `1m 30s`. A bare `0` needs no unit.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    humantime::parse_duration(text.trim()).ok()
}

/// As it is written in a configuration file: `1m 30s`.
pub(super) fn show_duration(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_sizes() {
        let cases = [
            ("8MiB", 8 << 20, "8MiB"),
            ("8 mib", 8 << 20, "8MiB"),
            ("8MB", 8_000_000, "8MB"),
            (" 1024 B ", 1024, "1KiB"),
            ("1500B", 1500, "1500B"),
            ("3kB", 3000, "3kB"),
            ("0B", 0, "0B"),
            ("2GiB", 2 << 30, "2GiB"),
        ];
        for (text, bytes, shown) in cases {
            assert_eq!(Bytes::parse(text), Some(Bytes(bytes)), "{text}");
            assert_eq!(Bytes(bytes).to_string(), shown);
        }
    }

    #[test]
    fn err_sizes() {
        for text in ["", "8", "MiB", "8.5MiB", "-1B", "8 MiB MiB", "8M", "99999999999GiB", "８MiB"] {
            assert_eq!(Bytes::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ok_durations() {
        for (text, milliseconds) in
            [("50ms", 50), ("10s", 10_000), ("1m 30s", 90_000), ("1.5s", 1500), ("2h", 7_200_000)]
        {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(milliseconds)), "{text}");
            let shown = show_duration(Duration::from_millis(milliseconds));
            assert_eq!(parse_duration(&shown), parse_duration(text), "{shown}");
        }
    }

    #[test]
    fn err_durations() {
        for text in ["", "10", "ms", "-1s", "ten seconds"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
}
