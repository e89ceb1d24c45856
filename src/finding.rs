//! The catalogue of findings: facts about a document, never about the world.
//!
//! A finding is a value: collected, counted, published as a warning or dead-lettered as an error. A code, once
//! published, is never given another meaning.

use std::borrow::Cow;

use serde::Serialize;

/// Whether a finding stops a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Suspicious: published, listed in the event.
    Warning,
    /// Certain: dead-lettered.
    Error,
}

macro_rules! catalogue {
    ($( $(#[doc = $doc:literal])+ $name:ident, $code:literal, $severity:ident, $advice:literal; )+) => {
        /// What can be found about a document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $( $(#[doc = $doc])+ $name, )+ }

        impl Code {
            /// Every code, in catalogue order.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The stable kebab-case code.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)+ }
            }

            /// Whether the finding stops the document.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)+ }
            }

            /// One sentence: what it means.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// What to do about it.
            pub fn advice(self) -> &'static str {
                match self { $(Code::$name => $advice,)+ }
            }
        }
    };
}

catalogue! {
    // Decoding.
    /// The value is empty.
    EmptyDocument, "empty-document", Error, "ask the producer for the document; a tombstone would have been skipped";
    /// The document is larger than `limits.max_document_bytes`.
    DocumentTooLarge, "document-too-large", Error, "raise limits.max_document_bytes if such a form is real, then redrive";
    /// The content is of a type that holds no form text.
    UnsupportedMediaType, "unsupported-media-type", Error, "extract the text before producing, or declare the right content-type";
    /// Bytes could not be decoded in the declared or detected charset.
    UndecodableText, "undecodable-text", Error, "declare the charset in content-type, or fix the extraction";
    /// The declared charset is unknown.
    UnknownCharset, "unknown-charset", Error, "use utf-8, big5, big5-hkscs, gbk or gb18030";
    /// The JSON envelope does not follow its contract.
    InvalidEnvelope, "invalid-envelope", Error, "fix the producer; the contract is in the README";
    /// The envelope's sha256 is not that of its body.
    EnvelopeChecksumMismatch, "envelope-checksum-mismatch", Error, "the body was altered on the way; produce it again";
    /// A header is not readable.
    InvalidHeader, "invalid-header", Warning, "fix the producer's header; the document was read without it";

    // Reading the form.
    /// The document carries a form code or title that is none of EF001, EF002, EF003, or code and title disagree.
    UnsupportedTemplate, "unsupported-template", Error, "keep it until the template is supported, then redrive";

    // Meaning.

    // Delivery.
    /// The broker refuses the record that the outcome needs.
    RejectedByBroker, "rejected-by-broker", Error, "see the detail; raise message.max.bytes on the topic, then redrive";
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One fact about a document, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// Where in the event: a JSON pointer (`/dates/ex_date`); empty for the whole document.
    pub field: Cow<'static, str>,
    /// Where in the document: a line, counted from 1.
    pub line: Option<u32>,
    /// What stands there, shortened.
    pub found: Option<String>,
    /// What should.
    pub expected: Option<String>,
}

/// Which step gave a document up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Bytes → text.
    Document,
    /// Text → form.
    Form,
    /// Form → event.
    Event,
    /// The broker refuses the record.
    Delivery,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: &'static [Stage] = &[Stage::Document, Stage::Form, Stage::Event, Stage::Delivery];

    /// The stable name, for headers and labels.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Document => "document",
            Stage::Form => "form",
            Stage::Event => "event",
            Stage::Delivery => "delivery",
        }
    }
}
