//! What comes in: a record of the input topic, and the rules that it is read by.

use chrono::NaiveDate;

/// A record of the input topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message<'a> {
    /// Input topic.
    pub topic: &'a str,
    /// Input partition.
    pub partition: i32,
    /// Input offset.
    pub offset: i64,
    /// Milliseconds since the epoch, when the broker has one.
    pub timestamp_ms: Option<i64>,
    /// Any bytes, or none.
    pub key: Option<&'a [u8]>,
    /// The document; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// In order; a name may occur twice, a value may be null.
    pub headers: Vec<(&'a str, Option<&'a [u8]>)>,
}

impl<'a> Message<'a> {
    /// The last value of a header that is present and UTF-8, as Kafka's own `lastHeader`. Names are compared without case.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.headers.iter().rev().find(|(n, _)| n.eq_ignore_ascii_case(name))?;
        std::str::from_utf8((*value)?).ok()
    }
}

/// What the outcome depends on besides the message: part of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Larger documents are dead-lettered without being read.
    pub max_document_bytes: usize,
    /// Larger PDFs are too, whatever other documents may have.
    pub max_pdf_bytes: usize,
    /// First trading day of T+1 settlement, when the ex-date becomes the last lodging date; `None` while T+2 holds.
    pub t_plus_1_from: Option<NaiveDate>,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { max_document_bytes: 8 * 1024 * 1024, max_pdf_bytes: 8 * 1024 * 1024, t_plus_1_from: None }
    }
}
