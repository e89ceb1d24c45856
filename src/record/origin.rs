//! A place in a topic, written `topic/partition@offset`: where a record stands, or was first read.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A place in a topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.topic, self.partition, self.offset)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> String {
        origin.to_string()
    }
}

impl TryFrom<String> for Origin {
    type Error = NotAPlace;

    fn try_from(text: String) -> Result<Origin, NotAPlace> {
        text.parse()
    }
}

/// That a text is no place in a topic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}`: expected TOPIC/PARTITION@OFFSET, as hkex.announcements.raw/2@1407")]
pub struct NotAPlace(String);

impl FromStr for Origin {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Origin, NotAPlace> {
        let read = || {
            let (topic, place) = text.rsplit_once('/')?;
            let (partition, offset) = place.split_once('@')?;
            let origin =
                Origin { topic: topic.to_owned(), partition: partition.parse().ok()?, offset: offset.parse().ok()? };
            (!topic.is_empty() && origin.partition >= 0 && origin.offset >= 0).then_some(origin)
        };
        read().ok_or_else(|| NotAPlace(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_a_place_is_read_as_it_is_written() {
        let place = Origin { topic: "hkex.raw".into(), partition: 2, offset: 1407 };
        assert_eq!(place.to_string(), "hkex.raw/2@1407");
        assert_eq!("hkex.raw/2@1407".parse(), Ok(place));
    }

    #[test]
    fn err_what_is_no_place() {
        for text in ["", "t", "t/1", "t@1", "/1@2", "t/-1@2", "t/1@-2", "t/1@x", "t/x@1"] {
            let told = text.parse::<Origin>().err().map(|error| error.to_string()).unwrap_or_default();
            assert!(told.starts_with(&format!("`{text}`: expected TOPIC/")), "{told}");
        }
    }
}
