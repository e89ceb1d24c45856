//! The published contract: one dividend event, schema version 1. Additive changes only.
//!
//! Field order is the order in the JSON. An absent value is `null` (or `[]`), and [`DividendEvent::field_status`] says why.
//!
//! # Why a value is absent
//!
//! A value that a row of the form could have stated and did not has one entry in `field_status`, and no other value has:
//!
//! - The key is the JSON pointer of the value, or of the smallest object that is absent altogether: `/withholding_tax`
//!   while it has neither summary nor rates, else `/withholding_tax/summary`; `/dividend/declared` while nothing of it is
//!   known, else `/dividend/declared/amount`. A payment option is never absent: its values have an entry each.
//! - A value that the form's structure leaves no room for has none: `election` without options to choose from, `scrip` on
//!   cash, money on shares, `lineage.update_reason` on a new announcement, `dividend.frequency` (read off the type's
//!   wording), `classification.event_stage`. Neither has what no form states: `lineage.revision`, `lineage.supersedes`,
//!   and everything in `source`.
//! - `amount_per_share` is `NOT_APPLICABLE` beside an amount that has no exact quotient.
//!
//! Adding an optional field is a minor version; renaming, retyping or removing one is a new major topic (`.v2`).

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::time::{Date, HongKongTime};
pub use crate::form::{AnnouncementStatus, DividendType, Frequency, Language, Nature};
use crate::money::{Amount, Currency};

/// The `schema_version` of every event that this build publishes.
pub const SCHEMA_VERSION: &str = "1.0.0";

/// Names the JSON Schema of this version: its `$id`, and the `ce_dataschema` of every record. A name, not an address.
pub const SCHEMA_ID: &str = "urn:exdate:schema:dividend-event:1.0.0";

/// A dividend announced on an HKEX cash-dividend form (EF001, EF002, EF003), normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DividendEvent {
    /// Version of this schema, semantic versioning.
    #[schemars(regex(pattern = r"^1\.[0-9]+\.[0-9]+$"))]
    pub schema_version: Cow<'static, str>,
    /// MIC : stock code : CAEV : period : dividend type : nature. The same for all versions of one dividend that state the same of these.
    #[schemars(regex(
        pattern = r"^XHKG:[0-9]{5}:(DVCA|DVOP):[0-9]{4}-[0-9]{2}-[0-9]{2}:(INTE|FINL|QUAR|OTHR):(ORDI|SPEC|OTHR)$"
    ))]
    pub corporate_action_id: String,
    /// ISO 15022 / ISO 20022 codes.
    pub classification: Classification,
    /// Who pays.
    pub issuer: Issuer,
    /// What is held.
    pub instrument: Instrument,
    /// The decision of the issuer.
    pub dividend: Dividend,
    /// What a Hong Kong holder gets; option 001 is the form's default currency and amount.
    pub payment_options: Vec<PaymentOption>,
    /// How a holder chooses between the options; null where there is no choice.
    pub election: Option<Election>,
    /// The timetable, in Hong Kong.
    pub dates: Dates,
    /// Tax withheld at the source.
    pub withholding_tax: WithholdingTax,
    /// The Hong Kong share registrar.
    pub registrar: Option<Registrar>,
    /// Listed warrants or convertible securities of the issuer, as printed.
    pub listed_convertibles: Option<String>,
    /// Free text, as printed.
    pub narrative: Narrative,
    /// Why a value is absent: JSON pointer of the field, or of the whole object that is absent, to the reason.
    pub field_status: BTreeMap<Cow<'static, str>, FieldStatus>,
    /// What is suspicious about the form; the values are published as printed.
    pub warnings: Vec<Warning>,
    /// How this version relates to earlier ones.
    pub lineage: Lineage,
    /// The document that this event was read from.
    pub source: Source,
    /// SHA-256, lower-case hex, of the RFC 8785 canonical JSON of the facts: this value without `source`, `lineage`, `schema_version`, `warnings` and `content_sha256`.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub content_sha256: String,
}

/// ISO 15022 / ISO 20022 classification of the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Classification {
    /// CAEV: DVCA (cash) or DVOP (with a scrip option).
    pub event_type: EventType,
    /// CAMV: MAND, or CHOS where the holder may choose.
    pub mandatory_voluntary: Participation,
    /// DIVI: INTE, FINL, QUAR or OTHR.
    pub dividend_type: DividendType4,
    /// ESTA: SUAP while shareholders' approval is outstanding on the announcement date, APPD once given; null where none is needed, and on a withdrawal.
    pub event_stage: Option<EventStage>,
    /// INCO while something is to be announced, was not understood, or is not stated though the form calls for it, else COMP; a withdrawal is COMP, since nothing will follow.
    pub completeness: Completeness,
    /// CONF: the form is the issuer's own announcement.
    pub confirmation: Confirmation,
}

/// ISO 15022 CAEV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum EventType {
    /// Cash dividend.
    Dvca,
    /// Dividend with the choice of shares.
    Dvop,
}

/// ISO 15022 CAMV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Participation {
    /// Mandatory.
    Mand,
    /// Mandatory with options.
    Chos,
}

/// Dividend type in four letters, also part of the `corporate_action_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum DividendType4 {
    /// Interim.
    Inte,
    /// Final.
    Finl,
    /// Quarterly.
    Quar,
    /// Any other.
    Othr,
}

/// ISO 20022 corporate action event stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum EventStage {
    /// Subject to approval.
    Suap,
    /// Approved.
    Appd,
}

/// ISO 20022 event completeness status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Completeness {
    /// Complete.
    Comp,
    /// Incomplete.
    Inco,
}

/// ISO 20022 event confirmation status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Confirmation {
    /// Confirmed.
    Conf,
}

/// The issuer, as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issuer {
    /// Row "Issuer name".
    pub name: Option<String>,
}

/// The listed security.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Instrument {
    /// ISO 10383 market identifier: XHKG.
    pub mic: Cow<'static, str>,
    /// Five digits.
    #[schemars(regex(pattern = r"^[0-9]{5}$"))]
    pub stock_code: String,
    /// Row "Multi-counter stock code and currency".
    pub counters: Vec<Counter>,
    /// Row "Other related stock code(s) and name(s)".
    pub related_securities: Vec<RelatedSecurity>,
}

/// Another trading counter of the same share: not a payment currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counter {
    /// Five digits.
    #[schemars(regex(pattern = r"^[0-9]{5}$"))]
    pub stock_code: String,
    /// Trading currency.
    pub currency: Currency,
}

/// A related security: its code where one is printed first, and the whole text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RelatedSecurity {
    /// Five digits, when the text begins with them.
    pub stock_code: Option<String>,
    /// As printed.
    pub text: String,
}

/// The dividend as declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dividend {
    /// Plain word for the type; null when the type is not stated or its wording is unknown.
    #[serde(rename = "type")]
    pub kind: Option<DividendType>,
    /// Row "Dividend type", as printed.
    pub type_text: Option<String>,
    /// How often, where the type says so.
    pub frequency: Option<Frequency>,
    /// Row "Dividend nature".
    pub nature: Option<Nature>,
    /// Row "For the financial year end".
    pub financial_year_end: Option<Date>,
    /// Row "Reporting period end for the dividend declared".
    pub reporting_period_end: Option<Date>,
    /// Row "Dividend declared".
    pub declared: DeclaredAmount,
}

/// An amount per number of shares; partly or wholly null while it is to be announced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeclaredAmount {
    /// ISO 4217.
    pub currency: Option<Currency>,
    /// As printed.
    pub amount: Option<Amount>,
    /// Number of shares that the amount is for.
    pub per_shares: Option<u32>,
    /// Exact quotient; null when it has no exact form within 18 decimals.
    pub amount_per_share: Option<Amount>,
}

/// One way of being paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentOption {
    /// ISO 15022 CAON: 001 is the default currency and amount of the form.
    #[schemars(regex(pattern = r"^[0-9]{3}$"))]
    pub option_number: Cow<'static, str>,
    /// ISO 15022 CAOP.
    pub option_type: OptionType,
    /// What a holder gets who does not choose.
    pub is_default: bool,
    /// ISO 4217; null for shares.
    pub currency: Option<Currency>,
    /// As printed.
    pub amount: Option<Amount>,
    /// Number of shares that the amount is for.
    pub per_shares: Option<u32>,
    /// Exact quotient; null when it has no exact form within 18 decimals.
    pub amount_per_share: Option<Amount>,
    /// From the declared currency to this option's.
    pub exchange_rate: Option<ExchangeRate>,
    /// What the option delivers, as printed, where it is not shares of the issuer: a distribution in specie; left out elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<String>,
    /// Terms of the shares; null on cash options.
    pub scrip: Option<Scrip>,
}

/// ISO 15022 CAOP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum OptionType {
    /// Cash.
    Cash,
    /// Securities.
    Secu,
}

/// `base_amount` of `base_currency` is `quote_amount` of `quote_currency`, as printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExchangeRate {
    /// Left of the colon.
    pub base_currency: Currency,
    /// Left of the colon.
    pub base_amount: Amount,
    /// Right of the colon.
    pub quote_currency: Currency,
    /// Right of the colon.
    pub quote_amount: Amount,
}

/// Terms of a scrip election (EF003).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scrip {
    /// Price at which the cash converts into shares.
    pub price: Option<Price>,
    /// Despatch of the certificates.
    pub certificate_date: Option<Date>,
    /// First day of dealing in the new shares.
    pub first_dealing_date: Option<Date>,
    /// What becomes of fractions, as printed.
    pub fraction_treatment: Option<String>,
}

/// A price of one share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// ISO 4217.
    pub currency: Currency,
    /// As printed.
    pub amount: Amount,
}

/// How a holder chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Election {
    /// Latest time to elect.
    pub deadline: Option<HongKongTime>,
    /// What holds without an election.
    pub default_option: Option<OptionType>,
    /// Whether a holder may choose for a part of the holding.
    pub partial_allowed: Option<bool>,
}

/// The timetable of the dividend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dates {
    /// Row "Announcement date".
    pub announcement_date: Date,
    /// Row "Date of shareholders' approval".
    pub shareholder_approval_date: Option<Date>,
    /// Row "Ex-dividend date".
    pub ex_date: Option<Date>,
    /// Row "Latest time to lodge transfer documents ...".
    pub lodgement_deadline: Option<HongKongTime>,
    /// Row "Book close period".
    pub book_close_period: Option<BookClosePeriod>,
    /// Row "Record date".
    pub record_date: Option<Date>,
    /// Row "Payment date".
    pub payment_date: Option<Date>,
    /// IANA zone of all dates: Asia/Hong_Kong.
    pub time_zone: Cow<'static, str>,
}

/// Days on which no transfer is registered, both included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BookClosePeriod {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// Tax withheld at the source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithholdingTax {
    /// The free text above the table.
    pub summary: Option<String>,
    /// One per printed row of the table.
    pub rates: Vec<WithholdingRate>,
}

/// One row of the withholding table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithholdingRate {
    /// Column "type of shareholder".
    pub shareholder_type: String,
    /// Column "tax rate", without the percent sign; null where it is not one figure.
    pub rate_percent: Option<Amount>,
    /// What is printed in that column instead of one figure; left out where there is one, or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_text: Option<String>,
    /// Column "further information".
    pub details: Option<String>,
}

/// The share registrar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Registrar {
    /// First printed line.
    pub name: String,
    /// All further lines, joined by a space, in printed order.
    pub address: Option<String>,
}

/// Free text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Narrative {
    /// Row "Title of announcement".
    pub title: Option<String>,
    /// Section "Other information".
    pub other_information: Option<String>,
    /// Section "Directors of the issuer".
    pub directors: Option<String>,
}

/// Why a field is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldStatus {
    /// The form says "Not applicable"; or no exact `amount_per_share` exists.
    NotApplicable,
    /// The form says "To be announced".
    ToBeAnnounced,
    /// The row is missing or blank.
    NotStated,
    /// The row's text was not understood: form drift.
    Unparsed,
}

/// A suspicious fact about the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// Stable kebab-case code.
    pub code: Cow<'static, str>,
    /// JSON pointer of the field; empty for the whole document.
    pub field: String,
    /// One sentence, with line and values.
    pub message: String,
}

/// How this version relates to earlier ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lineage {
    /// ISO 15022 function.
    pub function: Function,
    /// What the form's "Status" row says.
    pub announcement_status: AnnouncementStatus,
    /// Number of this version, where a source states one.
    pub revision: Option<u32>,
    /// Identifier of the version that this one replaces, where a source states one.
    pub supersedes: Option<String>,
    /// Row "Reason for the update / change", as printed.
    pub update_reason: Option<String>,
}

/// ISO 15022 function of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Function {
    /// New.
    Newm,
    /// Replacement.
    Repl,
    /// Withdrawal by the issuer.
    With,
}

/// The document, and how it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// EF001, EF002 or EF003; from the title where the layout prints no code.
    #[schemars(regex(pattern = r"^EF[0-9]{3}$"))]
    pub form_code: Cow<'static, str>,
    /// The template's title, as printed.
    pub form_title: String,
    /// Identifier of the filing, from a header or the envelope.
    pub filing_id: Option<String>,
    /// Where the document was published; never fetched.
    pub url: Option<String>,
    /// When the exchange published it, RFC 3339, as given.
    pub published_at: Option<String>,
    /// `en`, `zh-Hant` or `zh-Hans`.
    pub language: Language,
    /// Media type as read, without parameters.
    pub media_type: Cow<'static, str>,
    /// Charset as read, lower case; `binary` for a PDF.
    pub charset: Cow<'static, str>,
    /// SHA-256, lower-case hex, of the document's bytes (of the body, where an envelope carried it).
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub document_sha256: String,
}
