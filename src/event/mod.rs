//! 3. `Form` → [`DividendEvent`]: what it means. Pure.

mod absence;
mod calendar;
mod checks;
mod due;
mod identity;
mod in_specie;
mod json;
mod json_schema;
mod payment;
mod pointer;
pub mod schema;
pub mod time;
mod verbatim;

pub use json::{content_sha256, to_json};
pub use json_schema::json_schema;
pub use pointer::{PaymentOptions, Pointer};
pub use schema::DividendEvent;

use absence::Notes;
use schema::{
    BookClosePeriod, Classification, Completeness, Confirmation, Dates, Dividend, DividendType4, EventStage, EventType,
    FieldStatus, Participation, SCHEMA_VERSION, Warning,
};
use time::{Date, HongKongTime};

use crate::document::Document;
use crate::finding::{Finding, Severity};
use crate::form::{AnnouncementStatus, DividendType, Form, Label, Printed, Value};
use crate::message::Rules;

/// Gives a form its meaning: the event with its warnings inside.
///
/// `reading` holds the findings of the earlier steps; those of severity warning become warnings of the event.
///
/// # Errors
///
/// All findings of the document when at least one of them is an error.
pub fn normalise(
    document: &Document<'_>,
    form: &Form<'_>,
    reading: Vec<Finding>,
    rules: &Rules,
) -> Result<(Box<DividendEvent>, Vec<Finding>), Vec<Finding>> {
    let mut notes = Notes {
        options: PaymentOptions::of(form),
        absent: Default::default(),
        not_stated: Vec::new(),
        findings: reading,
    };
    let assembled = assemble(document, form, &mut notes);
    let lacking = due::lacking(form, &mut notes);
    checks::run(document, form, rules, notes.options, &mut notes.findings);
    let stopped = notes.findings.iter().any(|finding| finding.code.severity() == Severity::Error);
    match assembled {
        Some(event) if !stopped => Ok(seal(event, document, notes, lacking)),
        _ => Err(notes.findings),
    }
}

/// The event without what only the whole can tell; `None` when a required row has no value, which has been noted.
/// Boxed here, since it is large and has a way to go.
fn assemble(document: &Document<'_>, form: &Form<'_>, notes: &mut Notes) -> Option<Box<DividendEvent>> {
    let issuer = verbatim::issuer(form, notes);
    let stock_code = notes.value(Label::StockCode, &form.stock_code);
    let counters = verbatim::counters(form, notes);
    let related_securities = verbatim::related_securities(form, notes);
    let announced = notes.value(Label::AnnouncementDate, &form.announcement_date);
    let status = notes.value(Label::Status, &form.status);
    let dividend = dividend(form, notes);
    let payment_options = payment::options(form, notes);
    payment::require_an_amount(form, notes);
    let election = payment::election(form, &payment_options, notes);
    let dates = dates(form, announced.map(|&date| Date(date)), notes);
    let registrar = verbatim::registrar(form, notes);
    let withholding_tax = verbatim::withholding_tax(form, notes);
    let listed_convertibles = notes.text(Label::Convertibles, &form.convertibles);
    let narrative = verbatim::narrative(form, notes);
    let lineage = verbatim::lineage(form, *status?, notes);

    let classification = Classification {
        event_type: if notes.options.has_shares() { EventType::Dvop } else { EventType::Dvca },
        mandatory_voluntary: if payment_options.len() > 1 { Participation::Chos } else { Participation::Mand },
        dividend_type: type_code(dividend.kind),
        event_stage: event_stage(form),
        completeness: Completeness::Comp,
        confirmation: Confirmation::Conf,
    };
    let dates = dates?;
    let period = dividend.reporting_period_end.or(dividend.financial_year_end).unwrap_or(dates.announcement_date);
    Some(Box::new(DividendEvent {
        schema_version: SCHEMA_VERSION.into(),
        corporate_action_id: identity::corporate_action_id(stock_code?, &classification, period, dividend.nature),
        classification,
        issuer,
        instrument: verbatim::instrument(stock_code?, counters, related_securities),
        dividend,
        payment_options,
        election,
        dates,
        withholding_tax,
        registrar,
        listed_convertibles,
        narrative,
        field_status: Default::default(),
        warnings: Vec::new(),
        lineage,
        source: verbatim::source(document, form),
        content_sha256: String::new(),
    }))
}

/// Adds what only the whole can tell: what is absent, what is suspicious, whether more will follow, and the hashes.
fn seal(
    mut event: Box<DividendEvent>,
    document: &Document<'_>,
    notes: Notes,
    lacking: bool,
) -> (Box<DividendEvent>, Vec<Finding>) {
    event.classification.completeness = completeness(event.lineage.announcement_status, &notes, lacking);
    event.field_status = notes.absent;
    event.warnings = notes.findings.iter().map(warning).collect();
    event.source.document_sha256 = document.checksum.hex();
    event.content_sha256 = content_sha256(&event);
    (event, notes.findings)
}

/// `INCO` while something is to be announced, was not understood, or is lacking that the form calls for.
///
/// A withdrawal is complete: it prints "to be announced" for dates and amounts that will never be, and who waits for
/// an `INCO` event to be completed must not wait for those.
fn completeness(status: AnnouncementStatus, notes: &Notes, lacking: bool) -> Completeness {
    let open = |status: &FieldStatus| matches!(status, FieldStatus::ToBeAnnounced | FieldStatus::Unparsed);
    let incomplete = lacking || notes.absent.values().any(open);
    if incomplete && status != AnnouncementStatus::Withdrawn { Completeness::Inco } else { Completeness::Comp }
}

fn warning(finding: &Finding) -> Warning {
    Warning {
        code: finding.code.as_str().into(),
        field: finding.field.clone().into_owned(),
        message: finding.message(),
    }
}

/// The decision of the issuer: rows 9 to 13.
fn dividend(form: &Form<'_>, notes: &mut Notes) -> Dividend {
    let kind = notes.value(Label::DividendType, &form.dividend_type);
    let row = &form.dividend_type;
    let has_text = matches!(row.value, Value::Stated(_) | Value::Unparsed { .. }) && !row.text.is_empty();
    if !has_text {
        notes.mark_at("/dividend/type_text", absence::reason(row));
    }
    Dividend {
        kind: kind.map(|row| row.dividend_type),
        type_text: has_text.then(|| row.text.to_string()),
        frequency: kind.and_then(|kind| kind.frequency),
        nature: notes.value(Label::DividendNature, &form.dividend_nature).copied(),
        financial_year_end: date(Label::FinancialYearEnd, &form.financial_year_end, notes),
        reporting_period_end: date(Label::ReportingPeriodEnd, &form.reporting_period_end, notes),
        declared: payment::declared(form, notes),
    }
}

fn type_code(kind: Option<DividendType>) -> DividendType4 {
    match kind {
        Some(DividendType::Interim) => DividendType4::Inte,
        Some(DividendType::Final) => DividendType4::Finl,
        Some(DividendType::Quarterly) => DividendType4::Quar,
        Some(DividendType::Other) | None => DividendType4::Othr,
    }
}

/// Whether shareholders still have to approve, as of the announcement date that the form prints.
///
/// A withdrawal has no stage: its row 14 may carry the very meeting that turned the dividend down.
fn event_stage(form: &Form<'_>) -> Option<EventStage> {
    if form.status.stated() == Some(&AnnouncementStatus::Withdrawn) {
        return None;
    }
    match (&form.approval_date.value, form.announcement_date.stated()) {
        (Value::Stated(approval), Some(announced)) if approval <= announced => Some(EventStage::Appd),
        (Value::Stated(_), Some(_)) | (Value::ToBeAnnounced, _) => Some(EventStage::Suap),
        _ => None,
    }
}

/// The timetable; `None` without an announcement date. Every other row is read all the same, for its findings.
fn dates(form: &Form<'_>, announced: Option<Date>, notes: &mut Notes) -> Option<Dates> {
    let shareholder_approval_date = date(Label::ApprovalDate, &form.approval_date, notes);
    let ex_date = date(Label::ExDate, &form.ex_date, notes);
    let lodgement = notes.value(Label::Lodgement, &form.lodgement_deadline);
    let book_close = notes.value(Label::BookClose, &form.book_close);
    let record_date = date(Label::RecordDate, &form.record_date, notes);
    let payment_date = date(Label::PaymentDate, &form.payment_date, notes);
    Some(Dates {
        announcement_date: announced?,
        shareholder_approval_date,
        ex_date,
        lodgement_deadline: lodgement.map(|&time| HongKongTime(time)),
        book_close_period: book_close.map(|period| BookClosePeriod { from: Date(period.from), to: Date(period.to) }),
        record_date,
        payment_date,
        time_zone: "Asia/Hong_Kong".into(),
    })
}

fn date(label: Label, row: &Printed<'_, chrono::NaiveDate>, notes: &mut Notes) -> Option<Date> {
    notes.value(label, row).map(|&day| Date(day))
}
