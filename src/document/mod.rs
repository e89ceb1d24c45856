//! 1. Message bytes → [`Document`]: the text of the announcement, and how it was read. Pure.

use crate::finding::Finding;
use crate::message::{Message, Rules};

/// The text of an announcement, and how it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Decoded text. Tables of HTML are lines of `label<TAB>value`.
    pub text: String,
    /// Media type as read, without parameters: `text/plain`, `text/html`.
    pub media_type: String,
    /// Charset as read, lower case: `utf-8`, `big5`, `gbk`.
    pub charset: &'static str,
    /// SHA-256, lower-case hex, of the document's bytes (of the body, where an envelope carried it).
    pub sha256: String,
    /// From header or envelope.
    pub filing_id: Option<String>,
    /// From header or envelope; never fetched.
    pub source_url: Option<String>,
    /// From header or envelope, RFC 3339, as given.
    pub published_at: Option<String>,
    /// From a header: five digits, to compare with the form's.
    pub stock_code: Option<String>,
    /// Suspicious facts about the reading.
    pub warnings: Vec<Finding>,
}

/// Reads a message's value.
///
/// # Errors
///
/// Every reason why there is no text: at least one finding of severity error.
pub fn read(message: &Message<'_>, value: &[u8], rules: &Rules) -> Result<Document, Vec<Finding>> {
    let _ = (message, value, rules);
    Err(vec![])
}
