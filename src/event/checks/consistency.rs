//! Codes, period, release, election: what contradicts itself or its surroundings is suspicious.

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::document::Document;
use crate::event::in_specie;
use crate::event::pointer::PaymentOptions;
use crate::finding::{Code, Finding};
use crate::form::{AnnouncementStatus, Counter, DividendType, Form, Label, Nature};
use crate::money::Currency;

/// Days that a new form may be dated before its release.
const DAYS_BEFORE_RELEASE_MAX: i64 = 7;

/// Everything that is neither money nor timetable.
pub(super) fn check(document: &Document<'_>, form: &Form<'_>, options: PaymentOptions, findings: &mut Vec<Finding>) {
    findings.extend(header_code(document, form, options));
    findings.extend(renminbi_counters(form, options));
    findings.extend(release(document, form, options));
    findings.extend(type_and_nature(form, options));
    findings.extend(period_after_announcement(form, options));
    findings.extend(year_before_period(form, options));
    findings.extend(untied_update(form));
    findings.extend(shared_identity(form));
    findings.extend(dealing_before_certificates(form, options));
}

/// A producer may name any counter of the share, and may leave out leading zeroes.
fn header_code(document: &Document<'_>, form: &Form<'_>, options: PaymentOptions) -> Option<Finding> {
    let header = document.stock_code.as_deref()?;
    let printed = form.stock_code.stated()?;
    let digits = |code: &str| code.trim_start_matches('0').to_owned();
    let counters = form.counters.stated().into_iter().flatten().map(|counter| &counter.stock_code);
    let known = counters.chain([printed]).any(|code| digits(code) == digits(header));
    (!known).then(|| {
        Finding::new(Code::StockCodeOffHeader, options.pointer(Label::StockCode))
            .at(form.stock_code.line)
            .found(printed)
            .expected(format_args!("{header}, as the message's header says"))
    })
}

/// `80700` for `00700`: 8 and the last four digits.
fn renminbi_counters(form: &Form<'_>, options: PaymentOptions) -> impl Iterator<Item = Finding> {
    let last_four = form.stock_code.stated().and_then(|code| code.get(1..));
    let counters = form.counters.stated().into_iter().flatten();
    let unusual = move |counter: &Counter| {
        let last_four = last_four?;
        (counter.currency == Currency::CNY && counter.stock_code.strip_prefix('8') != Some(last_four)).then(|| {
            Finding::new(Code::CounterCodeUnusual, options.pointer(Label::Counters))
                .at(form.counters.line)
                .found(&counter.stock_code)
                .expected(format_args!("8{last_four}"))
        })
    };
    counters.filter_map(unusual)
}

/// Later versions may keep the date of the first: only a new form is too old.
fn release(document: &Document<'_>, form: &Form<'_>, options: PaymentOptions) -> Option<Finding> {
    let hong_kong = FixedOffset::east_opt(8 * 3600)?;
    let published = DateTime::parse_from_rfc3339(document.published_at.as_deref()?).ok()?;
    let released = published.with_timezone(&hong_kong).date_naive();
    let announced = *form.announcement_date.stated()?;
    let is_new = form.status.stated() == Some(&AnnouncementStatus::New);
    let days = released.signed_duration_since(announced).num_days();
    let (code, expected) = match days {
        ..0 => (Code::AnnouncedAfterRelease, format!("on or before the release on {released}")),
        _ if is_new && days > DAYS_BEFORE_RELEASE_MAX => (
            Code::AnnouncedLongBeforeRelease,
            format!("at most {DAYS_BEFORE_RELEASE_MAX} days before the release on {released}"),
        ),
        _ => return None,
    };
    let line = form.announcement_date.line;
    Some(Finding::new(code, options.pointer(Label::AnnouncementDate)).at(line).found(announced).expected(expected))
}

/// The type's free text is never relied on; that it says the opposite of the nature is worth a look. Fixed words name none.
fn type_and_nature(form: &Form<'_>, options: PaymentOptions) -> Option<Finding> {
    const SPECIAL: [&str; 3] = ["special", "特別", "特别"];
    const ORDINARY: [&str; 2] = ["ordinary", "普通"];
    if form.dividend_type.stated().is_some_and(|row| row.dividend_type != DividendType::Other) {
        return None;
    }
    let text = form.dividend_type.text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let contradicts = match form.dividend_nature.stated()? {
        Nature::Ordinary => says(&SPECIAL) && !says(&ORDINARY),
        Nature::Special => says(&ORDINARY) && !says(&SPECIAL),
        Nature::Other => false,
    };
    contradicts.then(|| {
        Finding::new(Code::TypeContradictsNature, options.pointer(Label::DividendNature))
            .at(form.dividend_nature.line)
            .found(&form.dividend_nature.text)
            .expected(format_args!("the nature that the dividend type `{}` names", form.dividend_type.text))
    })
}

fn period_after_announcement(form: &Form<'_>, options: PaymentOptions) -> Option<Finding> {
    let (period, announced) = (*form.reporting_period_end.stated()?, *form.announcement_date.stated()?);
    (period > announced).then(|| {
        Finding::new(Code::PeriodEndAfterAnnouncement, options.pointer(Label::ReportingPeriodEnd))
            .at(form.reporting_period_end.line)
            .found(period)
            .expected(format_args!("on or before the announcement date {announced}"))
    })
}

fn year_before_period(form: &Form<'_>, options: PaymentOptions) -> Option<Finding> {
    let (year, period): (NaiveDate, _) = (*form.financial_year_end.stated()?, *form.reporting_period_end.stated()?);
    (year < period).then(|| {
        Finding::new(Code::YearEndBeforePeriodEnd, options.pointer(Label::FinancialYearEnd))
            .at(form.financial_year_end.line)
            .found(year)
            .expected(format_args!("on or after the reporting period end {period}"))
    })
}

/// Without a period the identity holds the date of this version, not of the first.
fn untied_update(form: &Form<'_>) -> Option<Finding> {
    let later = matches!(form.status.stated()?, AnnouncementStatus::Update | AnnouncementStatus::Withdrawn);
    let tied = form.reporting_period_end.stated().is_some() || form.financial_year_end.stated().is_some();
    (later && !tied).then(|| {
        Finding::new(Code::UntiedUpdate, "/corporate_action_id")
            .at(form.reporting_period_end.line)
            .expected("a reporting period end or a financial year end")
    })
}

/// Without a reporting period end, the id rests on the financial year, which has one ordinary final dividend and perhaps several
/// others; without a year too, on the day of a new announcement, which later versions of a dividend for a period do not keep.
/// A special dividend needs no period. What is distributed in specie tells itself apart.
fn shared_identity(form: &Form<'_>) -> Option<Finding> {
    let kind = form.dividend_type.stated().map(|row| row.dividend_type);
    let special = form.dividend_nature.stated() == Some(&Nature::Special);
    if form.reporting_period_end.stated().is_some() || form.one_period_row || in_specie::asset(form).is_some() {
        return None;
    }
    let shared = match form.financial_year_end.stated() {
        Some(_) => special || kind != Some(DividendType::Final),
        None => {
            let new = form.status.stated() == Some(&AnnouncementStatus::New);
            new && !special && kind != Some(DividendType::Other)
        }
    };
    shared.then(|| {
        Finding::new(Code::IdentityMayBeShared, "/corporate_action_id")
            .at(form.reporting_period_end.line)
            .expected("a reporting period end")
    })
}

fn dealing_before_certificates(form: &Form<'_>, options: PaymentOptions) -> Option<Finding> {
    let (dealing, certificates) = (*form.first_dealing_date.stated()?, *form.certificate_date.stated()?);
    (dealing < certificates).then(|| {
        Finding::new(Code::DealingBeforeCertificates, options.pointer(Label::FirstDealingDate))
            .at(form.first_dealing_date.line)
            .found(dealing)
            .expected(format_args!("on or after the certificates' despatch {certificates}"))
    })
}
