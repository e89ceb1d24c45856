//! `--skip TOPIC/PARTITION@FROM..TO`: records that an operator allows the service to step over, should they be unreadable.

use std::ops::Range;
use std::str::FromStr;

/// Offsets of one partition; the last is not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    topic: String,
    partition: i32,
    offsets: Range<i64>,
}

impl Skip {
    /// Whether all of these offsets may be stepped over.
    pub fn covers(&self, topic: &str, partition: i32, offsets: &Range<i64>) -> bool {
        let is_within = self.offsets.start <= offsets.start && offsets.end <= self.offsets.end;
        self.topic == topic && self.partition == partition && is_within
    }
}

impl FromStr for Skip {
    type Err = String;

    fn from_str(text: &str) -> Result<Skip, String> {
        read(text)
            .ok_or_else(|| "expected TOPIC/PARTITION@FROM..TO, as in hkex.announcements.raw/0@1200..1250".to_owned())
    }
}

fn read(text: &str) -> Option<Skip> {
    let (place, offsets) = text.rsplit_once('@')?;
    let (topic, partition) = place.rsplit_once('/')?;
    let (from, to) = offsets.split_once("..")?;
    let offsets = from.parse().ok()?..to.parse().ok()?;
    let partition = partition.parse().ok().filter(|partition| *partition >= 0)?;
    let is_sound = !topic.is_empty() && offsets.start >= 0 && !offsets.is_empty();
    is_sound.then(|| Skip { topic: topic.to_owned(), partition, offsets })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_covers_what_lies_within() {
        let skip: Result<Skip, String> = "raw.a/3@10..20".parse();
        let covers = |topic: &str, partition, offsets: Range<i64>| {
            skip.as_ref().is_ok_and(|skip| skip.covers(topic, partition, &offsets))
        };
        assert!(covers("raw.a", 3, 10..20) && covers("raw.a", 3, 12..13));
        assert!(!covers("raw.a", 3, 9..20) && !covers("raw.a", 3, 10..21));
        assert!(!covers("raw.a", 2, 10..20) && !covers("raw", 3, 10..20));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in [
            "",
            "raw@1..2",
            "raw/x@1..2",
            "raw/0@1",
            "raw/0@2..2",
            "raw/0@3..2",
            "raw/-1@1..2",
            "/0@1..2",
            "raw/0@-1..2",
        ] {
            assert!(text.parse::<Skip>().is_err(), "{text}");
        }
    }
}
