//! Whose filing a dead letter is: what could be read of it in spite of the errors, so that a list of dead letters says who waits.

use super::provenance::shortened;
use crate::document::{self, Document};
use crate::event::DividendEvent;
use crate::form::Form;
use crate::message::Message;

/// Whose a filing is, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filing {
    /// Of the form, else of the message's header.
    pub stock_code: Option<String>,
    /// As printed.
    pub issuer: Option<String>,
    /// `EF001`.
    pub form: Option<String>,
    /// `en` or `zh-Hant`.
    pub language: Option<String>,
    /// Of the header or envelope.
    pub filing_id: Option<String>,
}

impl Filing {
    /// Of a message whose document could not be read: its headers may tell.
    pub fn of_message(message: &Message<'_>) -> Filing {
        let (filing_id, stock_code) = document::named_by(message);
        Filing { stock_code, filing_id, ..Filing::default() }
    }

    /// Of a document that is no form that can be read.
    pub fn of_document(document: &Document<'_>) -> Filing {
        Filing { stock_code: document.stock_code.clone(), filing_id: document.filing_id.clone(), ..Filing::default() }
    }

    /// Of a form without an event.
    pub fn of_form(document: &Document<'_>, form: &Form<'_>) -> Filing {
        let header = Filing::of_document(document);
        Filing {
            stock_code: form.stock_code.stated().map(ToString::to_string).or(header.stock_code),
            issuer: form.issuer_name.stated().map(ToString::to_string),
            form: Some(form.template.code().to_owned()),
            language: Some(form.language.tag().to_owned()),
            filing_id: header.filing_id,
        }
    }

    /// Of an event that could not be delivered.
    pub fn of_event(event: &DividendEvent) -> Filing {
        Filing {
            stock_code: Some(event.instrument.stock_code.clone()),
            issuer: event.issuer.name.clone(),
            form: Some(event.source.form_code.to_string()),
            language: Some(event.source.language.tag().to_owned()),
            filing_id: event.source.filing_id.clone(),
        }
    }

    /// The same on a form whose code, or title, is none that is read.
    #[must_use]
    pub fn on_form(self, found: Option<&str>) -> Filing {
        let code = found.filter(|found| found.starts_with("EF") && found.len() == "EF001".len());
        Filing { form: code.map(str::to_owned), ..self }
    }

    /// Short enough for a header, and nothing empty.
    pub(super) fn shortened(&self) -> Filing {
        let short = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).map(shortened);
        Filing {
            stock_code: short(&self.stock_code),
            issuer: short(&self.issuer),
            form: short(&self.form),
            language: short(&self.language),
            filing_id: short(&self.filing_id),
        }
    }

    /// Where this says nothing, what the other says.
    #[must_use]
    pub(super) fn or(self, other: &Filing) -> Filing {
        let either = |ours: Option<String>, theirs: &Option<String>| ours.or_else(|| theirs.clone());
        Filing {
            stock_code: either(self.stock_code, &other.stock_code),
            issuer: either(self.issuer, &other.issuer),
            form: either(self.form, &other.form),
            language: either(self.language, &other.language),
            filing_id: either(self.filing_id, &other.filing_id),
        }
    }
}
