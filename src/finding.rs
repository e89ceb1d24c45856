//! The catalogue of findings: facts about a document, never about the world.
//!
//! A finding is a value: collected, counted, published as a warning or dead-lettered as an error. A code, once
//! published, is never given another meaning.

use std::borrow::Cow;
use std::fmt;

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
    /// The JSON envelope holds a key that its contract does not list.
    UnknownEnvelopeKey, "unknown-envelope-key", Warning, "look for a misspelt key; the document was read without it";
    /// The text holds U+FFFD: characters were lost before it came here.
    LostCharacters, "lost-characters", Warning, "compare with the original document, and mend the extraction of its text";
    /// A header is not readable.
    InvalidHeader, "invalid-header", Warning, "fix the producer's header; the document was read without it";

    // Reading a PDF.
    /// The PDF is larger than `limits.max_pdf_bytes`.
    PdfTooLarge, "pdf-too-large", Error, "raise limits.max_pdf_bytes if such a form is real, then redrive";
    /// The PDF holds more of something than any form does.
    PdfTooComplex, "pdf-too-complex", Error, "look at the document: it is no form as the exchange publishes them, or was made to hurt";
    /// The bytes are no PDF that can be read.
    DamagedPdf, "damaged-pdf", Error, "fetch the document again; a viewer that opens it has repaired it";
    /// The file was broken and has been repaired: something of it may be lost.
    RepairedPdf, "repaired-pdf", Warning, "compare with the original document, and fetch it again";
    /// The PDF opens with a password only.
    EncryptedPdf, "encrypted-pdf", Error, "produce the document without its password";
    /// A page has no text: it is a picture, or empty.
    ScannedPdf, "scanned-pdf", Error, "recognise its text before producing, or ask for the document as it was made";
    /// What was filled in are form fields, not text on the pages.
    UnflattenedFormFields, "unflattened-form-fields", Error, "print the document to PDF, so that its fields become text";
    /// The form is XFA: its pages are made by the viewer only.
    XfaForm, "xfa-form", Error, "print the document to PDF from a viewer that knows XFA";
    /// A font does not say what its glyphs stand for.
    UnmappedGlyphs, "unmapped-glyphs", Error, "recognise its text before producing, or publish by hand; report the fonts of such a form";
    /// Read by its cells and read line by line, the PDF says two things of a date or an amount.
    ContradictoryReadings, "contradictory-readings", Warning, "compare with the original document; the event says what the cells say";
    /// A page is missing, by the numbers at the foot of the others.
    PageMissing, "page-missing", Warning, "fetch the whole document";

    // Reading the form.
    /// The document carries a form code or title that is none of EF001, EF002, EF003.
    UnsupportedTemplate, "unsupported-template", Error, "keep it until the template is supported, then redrive";
    /// The form code and the form title belong to different templates.
    TemplateMismatch, "template-mismatch", Error, "look at the document: one of the two was altered, or pages of two forms were joined";
    /// The sections of the form do not stand in their printed order.
    SectionsOutOfOrder, "sections-out-of-order", Error, "look at the extraction of the text: pages or columns were swapped";
    /// Two lines compete for one field with different values, and their place cannot decide.
    CompetingValues, "competing-values", Error, "compare both lines with the original document, and publish by hand";
    /// A date that the calendar does not have.
    ImpossibleDate, "impossible-date", Error, "compare with the original document; the issuer or the extraction erred";
    /// A line where a label is due is no known label.
    UnknownLabel, "unknown-label", Warning, "a new row or a new wording: add it to the vocabulary";
    /// A wording was accepted by a tolerant match that no real form has confirmed yet.
    UnconfirmedWording, "unconfirmed-wording", Warning, "compare with the original document, then confirm the wording in the vocabulary";
    /// Text that no row took.
    UnassignedText, "unassigned-text", Warning, "compare with the original document; the text may belong to a row";
    /// The text ends before the last section.
    TextCutOff, "text-cut-off", Warning, "fetch the whole document";

    // Meaning: what must be there.
    /// A field that every event needs is missing.
    RequiredFieldMissing, "required-field-missing", Error, "compare with the original document; the row is blank or was lost";
    /// A field that every event needs holds text outside its grammar.
    UnreadableRequiredValue, "unreadable-required-value", Error, "compare with the original document; extend the grammar if the wording is real";
    /// A field holds text outside its grammar; it is published as absent.
    UnreadableValue, "unreadable-value", Warning, "compare with the original document; extend the grammar if the wording is real";
    /// The stock code is not five digits.
    InvalidStockCode, "invalid-stock-code", Error, "compare with the original document";
    /// An amount is not a positive decimal, or has no currency.
    InvalidAmount, "invalid-amount", Error, "compare with the original document";

    // Meaning: what cannot be.
    /// The book closure ends before it begins.
    BookCloseReversed, "book-close-reversed", Error, "compare with the original document";
    /// The ex-date is after the record date.
    ExDateAfterRecordDate, "ex-date-after-record-date", Error, "compare with the original document";
    /// The ex-date is after the latest time to lodge transfers.
    ExDateAfterLodgement, "ex-date-after-lodgement", Error, "compare with the original document";
    /// The record date is after the payment date.
    RecordDateAfterPaymentDate, "record-date-after-payment-date", Error, "compare with the original document";
    /// The election ends after the payment date.
    ElectionAfterPaymentDate, "election-after-payment-date", Error, "compare with the original document";
    /// The same currency stands on both sides of the exchange rate, and the rate is not 1.
    ExchangeRateNotOne, "exchange-rate-not-one", Error, "compare with the original document";
    /// The paid amount is definite while the rate between two different currencies is to be announced.
    ExchangeRatePending, "exchange-rate-pending", Error, "compare with the original document; an update is likely to follow";
    /// The paid currency differs from the declared one, and the exchange rate is said to be not applicable.
    ExchangeRateNotApplicable, "exchange-rate-not-applicable", Error, "compare with the original document";

    // Meaning: what is suspicious.
    /// The exchange rate is between other currencies than the declared and the paid one.
    ExchangeRateCurrencies, "exchange-rate-currencies", Warning, "compare with the original document";
    /// Declared amount times rate is off the paid amount by more than half a unit of its last printed digit.
    PaidAmountOffRate, "paid-amount-off-rate", Warning, "compare with the original document; the amounts are published as printed";
    /// Declared amount times rate is off the paid amount by more than one unit of its last printed digit.
    PaidAmountFarOffRate, "paid-amount-far-off-rate", Warning, "compare with the original document; the amounts are published as printed";
    /// The exchange rate looks inverted, since the declared amount divided by it gives the paid amount.
    ExchangeRateInverted, "exchange-rate-inverted", Warning, "compare with the original document; the rate is published as printed";
    /// The ex-date is not where the settlement cycle puts it before the latest time to lodge transfers.
    ExDateOffSettlement, "ex-date-off-settlement", Warning, "compare with the original document";
    /// A session lies between the latest time to lodge transfers and the first day of the book closure.
    BookCloseOffLodgement, "book-close-off-lodgement", Warning, "compare with the original document";
    /// The record date is not the last day of the book closure.
    RecordDateOffBookClose, "record-date-off-book-close", Warning, "compare with the original document";
    /// Without a book closure, the record date is not the last day to lodge transfers.
    RecordDateOffLodgement, "record-date-off-lodgement", Warning, "compare with the original document";
    /// The exchange does not trade on this day.
    NotATradingDay, "not-a-trading-day", Warning, "compare with the original document and the exchange's calendar";
    /// Transfers are lodged until an unusual time of day.
    LodgementTimeUnusual, "lodgement-time-unusual", Warning, "compare with the original document";
    /// Fewer than three sessions lie between shareholders' approval and the latest time to lodge transfers.
    ApprovalTooLate, "approval-too-late", Warning, "compare with the original document";
    /// The payment date is more than 90 days after the record date.
    PaymentDateFar, "payment-date-far", Warning, "compare with the original document";
    /// Dealing in the new shares begins before their certificates are despatched.
    DealingBeforeCertificates, "dealing-before-certificates", Warning, "compare with the original document";
    /// The reporting period ends after the announcement.
    PeriodEndAfterAnnouncement, "period-end-after-announcement", Warning, "compare with the original document";
    /// The financial year ends before the reporting period does.
    YearEndBeforePeriodEnd, "year-end-before-period-end", Warning, "compare with the original document";
    /// The form's announcement date is after its release.
    AnnouncedAfterRelease, "announced-after-release", Warning, "check the published-at header and the document";
    /// A new form was released more than seven days after its announcement date.
    AnnouncedLongBeforeRelease, "announced-long-before-release", Warning, "check the published-at header and the document";
    /// An update or withdrawal states no period, so that its original cannot be told from content alone.
    UntiedUpdate, "untied-update", Warning, "tie it to its original by hand";
    /// The renminbi counter is not 8 followed by the last four digits of the stock code.
    CounterCodeUnusual, "counter-code-unusual", Warning, "compare with the original document";
    /// Dividend type and nature contradict each other.
    TypeContradictsNature, "type-contradicts-nature", Warning, "compare with the original document";
    /// The dividend type is a wording that is not known.
    UnknownDividendType, "unknown-dividend-type", Warning, "add the wording to the vocabulary";
    /// The stock code of the message's header is not that of the form.
    StockCodeOffHeader, "stock-code-off-header", Warning, "check the producer's stock-code header and the document";

    // Defects of our own.
    /// The reader itself failed on the document: a defect of exdate, not of the document.
    ReaderFailed, "reader-failed", Error, "report the document as a defect of exdate; redrive it once a release mends that";

    /// The process that reads PDFs ended on this one, each time it was tried.
    PdfReaderDied, "pdf-reader-died", Error, "report the document as a defect of exdate; redrive it once a release mends that";
    /// The process that reads PDFs gave no answer in time, each time this one was tried, and was ended.
    PdfReaderTimedOut, "pdf-reader-timed-out", Error, "redrive it when the machine is less busy; report it if that does not help";

    // Delivery.
    /// The broker refuses the record that the outcome needs.
    RejectedByBroker, "rejected-by-broker", Error, "see the detail; raise message.max.bytes on the topic, then redrive";
    /// Records that cannot be read on the broker's disk, and were stepped over by an operator's order.
    UnreadableRecords, "unreadable-records", Error, "the records are lost in the input topic: publish them again from their source";
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One fact about a document, with its place.
///
/// The field is a JSON pointer of the event. Who finds something before there is an event names it in words of its own,
/// and `event` turns those into the pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding<Field = Cow<'static, str>> {
    /// What.
    pub code: Code,
    /// Where in the event: a JSON pointer (`/dates/ex_date`); empty for the whole document.
    pub field: Field,
    /// Where in the document: a line, counted from 1.
    pub line: Option<u32>,
    /// What stands there, shortened.
    pub found: Option<String>,
    /// What should.
    pub expected: Option<String>,
}

/// Longest text, in characters, that a finding quotes from a document.
pub const QUOTE_CHARS_MAX: usize = 400;

impl Finding {
    /// A finding about a field (a JSON pointer of the event), or about the whole document when `field` is empty.
    pub fn new(code: Code, field: impl Into<Cow<'static, str>>) -> Finding {
        Finding::about(code, field.into())
    }

    /// One sentence: what it means, what stands there, what should, and on which line.
    pub fn message(&self) -> String {
        let mut sentence = self.code.summary().trim_end_matches('.').to_owned();
        let mut joint = ": ";
        let parts = [
            self.found.as_ref().map(|found| format!("found `{found}`")),
            self.expected.as_ref().map(|expected| format!("expected {expected}")),
            self.line.map(|line| format!("line {line}")),
        ];
        for part in parts.into_iter().flatten() {
            sentence.push_str(joint);
            sentence.push_str(&part);
            joint = ", ";
        }
        sentence.push('.');
        sentence
    }
}

impl<Field> Finding<Field> {
    /// A finding about a field, whatever names it.
    pub fn about(code: Code, field: Field) -> Self {
        Finding { code, field, line: None, found: None, expected: None }
    }

    /// Names the line, counted from 1; 0 is no line.
    #[must_use]
    pub fn at(mut self, line: u32) -> Self {
        self.line = (line > 0).then_some(line);
        self
    }

    /// Quotes what stands there, shortened to [`QUOTE_CHARS_MAX`] characters.
    #[must_use]
    pub fn found(mut self, found: impl fmt::Display) -> Self {
        self.found = Some(quoted(&found.to_string()).into_owned());
        self
    }

    /// Says what should stand there.
    #[must_use]
    pub fn expected(mut self, expected: impl fmt::Display) -> Self {
        self.expected = Some(expected.to_string());
        self
    }

    /// The same about a field named otherwise.
    pub fn with_field<Other>(self, name: impl FnOnce(Field) -> Other) -> Finding<Other> {
        let Finding { code, field, line, found, expected } = self;
        Finding { code, field: name(field), line, found, expected }
    }
}

/// At most [`QUOTE_CHARS_MAX`] characters of a text; an ellipsis says that there is more.
fn quoted(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(QUOTE_CHARS_MAX) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.chars().take(QUOTE_CHARS_MAX - 1).chain(['…']).collect()),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_kebab_case_and_explained() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} stands twice");
            assert!(text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{text}");
            assert!(code.summary().ends_with('.') && !code.advice().ends_with('.'), "{text}");
        }
    }

    #[test]
    fn a_message_is_one_sentence_with_whatever_is_known() {
        let bare = Finding::new(Code::TextCutOff, "");
        assert_eq!(bare.message(), "The text ends before the last section.");
        let full = Finding::new(Code::RecordDateAfterPaymentDate, "/dates/record_date")
            .at(41)
            .found("2025-06-03")
            .expected("on or before the payment date 2025-06-02");
        assert_eq!(
            full.message(),
            "The record date is after the payment date: found `2025-06-03`, expected on or before the payment date 2025-06-02, line 41."
        );
        assert_eq!(Finding::new(Code::TextCutOff, "").at(0).line, None);
    }

    #[test]
    fn a_quote_is_shortened_between_characters_and_says_so() {
        let exact = "末".repeat(QUOTE_CHARS_MAX);
        assert_eq!(Finding::new(Code::UnassignedText, "").found(&exact).found.as_deref(), Some(exact.as_str()));
        let quoted = Finding::new(Code::UnassignedText, "").found(format!("{exact}期")).found.unwrap_or_default();
        assert_eq!(quoted.chars().count(), QUOTE_CHARS_MAX);
        assert!(quoted.ends_with("末…"));
    }
}
