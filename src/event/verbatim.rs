//! Everything that is carried over as printed: issuer, codes, registrar, tax, free text, lineage, source.

use super::absence::{self, Notes};
use super::identity::MIC;
use super::pointer::Pointer;
use super::schema::{
    Counter, FieldStatus, Function, Instrument, Issuer, Lineage, Narrative, Registrar, RelatedSecurity, Source,
    WithholdingRate, WithholdingTax,
};
use crate::document::Document;
use crate::finding::{Code, Finding};
use crate::form::{self, AnnouncementStatus, Form, Label, Text, Value, WithholdingRow};

/// Row 1.
pub(super) fn issuer(form: &Form<'_>, notes: &mut Notes) -> Issuer {
    Issuer { name: notes.text(Label::IssuerName, &form.issuer_name) }
}

/// Row 3.
pub(super) fn counters(form: &Form<'_>, notes: &mut Notes) -> Vec<Counter> {
    let Some(printed) = notes.value(Label::Counters, &form.counters) else { return Vec::new() };
    if printed.is_empty() {
        notes.mark(Label::Counters, FieldStatus::NotStated);
    }
    let counter =
        |counter: &form::Counter| Counter { stock_code: counter.stock_code.clone(), currency: counter.currency };
    printed.iter().map(counter).collect()
}

/// Row 4: one entry, since nobody has seen how several are separated.
pub(super) fn related_securities(form: &Form<'_>, notes: &mut Notes) -> Vec<RelatedSecurity> {
    let printed = notes.value(Label::RelatedSecurities, &form.related_securities);
    let Some(text) = printed else { return Vec::new() };
    let stock_code = leading_code(text);
    if stock_code.is_none() {
        notes.mark(Pointer(Label::RelatedSecurities, "/0/stock_code"), FieldStatus::NotStated);
    }
    vec![RelatedSecurity { stock_code, text: text.to_string() }]
}

/// `80700 (RMB counter)` begins with the code 80700; `123456` begins with none.
fn leading_code(text: &str) -> Option<String> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).take(6).collect();
    (digits.len() == 5).then_some(digits)
}

/// The listed security.
pub(super) fn instrument(
    stock_code: &str,
    counters: Vec<Counter>,
    related_securities: Vec<RelatedSecurity>,
) -> Instrument {
    Instrument { mic: MIC.into(), stock_code: stock_code.into(), counters, related_securities }
}

/// Row 22.
pub(super) fn registrar(form: &Form<'_>, notes: &mut Notes) -> Option<Registrar> {
    let printed = notes.value(Label::Registrar, &form.registrar)?;
    let address = (!printed.address.is_empty()).then(|| printed.address.clone());
    if address.is_none() {
        notes.mark(Pointer(Label::Registrar, "/address"), FieldStatus::NotStated);
    }
    Some(Registrar { name: printed.name.clone(), address })
}

/// Row 23 and its table. One entry for the whole when neither text nor table is there.
///
/// A table that cannot be cut into its cells for certain is kept whole, as text: nothing printed is lost.
pub(super) fn withholding_tax(form: &Form<'_>, notes: &mut Notes) -> WithholdingTax {
    let rates_at = Pointer(Label::WithholdingTax, "/rates");
    let row = &form.withholding_tax;
    if let Value::Unparsed { expected } = row.value
        && !row.text.is_empty()
    {
        notes.unreadable(Code::UnreadableValue, row, expected, rates_at);
        notes.mark(rates_at, FieldStatus::Unparsed);
        return WithholdingTax { summary: Some(row.text.to_string()), rates: Vec::new() };
    }
    let Some(printed) = notes.value(Label::WithholdingTax, row) else { return WithholdingTax::default() };
    match (&printed.summary, printed.rates.is_empty()) {
        (None, true) => notes.mark(Label::WithholdingTax, absence::reason(row)),
        (None, false) => notes.mark(Pointer(Label::WithholdingTax, "/summary"), FieldStatus::NotStated),
        (Some(_), true) => notes.mark(rates_at, FieldStatus::NotStated),
        (Some(_), false) => {}
    }
    let rates = printed.rates.iter().enumerate();
    let rates = rates.map(|(place, rate)| withholding_rate(place, rate, row.line, notes)).collect();
    WithholdingTax { summary: printed.summary.clone(), rates }
}

fn withholding_rate(place: usize, rate: &WithholdingRow, line: u32, notes: &mut Notes) -> WithholdingRate {
    let rates = notes.options.pointer(Pointer(Label::WithholdingTax, "/rates"));
    if rate.details.is_none() {
        notes.mark_at(format!("{rates}/{place}/details"), FieldStatus::NotStated);
    }
    if rate.rate_percent.is_none() {
        no_single_rate(format!("{rates}/{place}/rate_percent"), rate, line, notes);
    }
    WithholdingRate {
        shareholder_type: rate.shareholder_type.clone(),
        rate_percent: rate.rate_percent,
        rate_text: rate.rate_text.clone(),
        details: rate.details.clone(),
    }
}

/// `10% or 20%`, words, or nothing where a rate is due: it stays with its own type, and no figure is made of it.
fn no_single_rate(field: String, rate: &WithholdingRow, line: u32, notes: &mut Notes) {
    let words = rate.rate_text.as_deref().unwrap_or_default();
    let status = match form::absence(words) {
        _ if words.is_empty() => FieldStatus::NotStated,
        Some(form::Absence::NotApplicable) => FieldStatus::NotApplicable,
        Some(form::Absence::ToBeAnnounced) => FieldStatus::ToBeAnnounced,
        None => FieldStatus::Unparsed,
    };
    let found = format!("{} {words}", rate.shareholder_type);
    notes.report(
        Finding::new(Code::NoSingleRate, field.clone()).at(line).found(found.trim_end()).expected("one figure"),
    );
    notes.mark_at(field, status);
}

/// Row 5 and the sections S5 and S6.
pub(super) fn narrative(form: &Form<'_>, notes: &mut Notes) -> Narrative {
    Narrative {
        title: notes.text(Label::Title, &form.announcement_title),
        other_information: notes.text(Label::OtherSection, &form.other_information),
        directors: notes.text(Label::DirectorsSection, &form.directors),
    }
}

/// Rows 7 and 8. A new announcement has no reason to give; an update or withdrawal that gives none says why not.
pub(super) fn lineage(form: &Form<'_>, status: AnnouncementStatus, notes: &mut Notes) -> Lineage {
    let (function, update_reason) = match status {
        AnnouncementStatus::New => (Function::Newm, form.update_reason.stated().map(Text::to_string)),
        AnnouncementStatus::Update => (Function::Repl, reason(form, notes)),
        AnnouncementStatus::Withdrawn => (Function::With, reason(form, notes)),
    };
    Lineage { function, announcement_status: status, revision: None, supersedes: None, update_reason }
}

fn reason(form: &Form<'_>, notes: &mut Notes) -> Option<String> {
    notes.text(Label::UpdateReason, &form.update_reason)
}

/// The document, and how it was read; its hash is still to come.
pub(super) fn source(document: &Document<'_>, form: &Form<'_>) -> Source {
    Source {
        form_code: form.template.code().into(),
        form_title: form.title.to_string(),
        filing_id: document.filing_id.clone(),
        url: document.source_url.clone(),
        published_at: document.published_at.clone(),
        language: form.language,
        media_type: document.media_type.into(),
        charset: document.charset.into(),
        document_sha256: String::new(),
    }
}
