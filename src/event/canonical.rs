//! RFC 8785 canonical JSON of the event, written directly: members in the order of their names, no spaces.
//!
//! Leaves are written by `serde_json`, whose strings and integers are already canonical; the event holds no floats.
//! Each object names its members once, in sorted order. The compiler refuses a forgotten member (the pattern is
//! exhaustive), and a test compares the whole with an independent RFC 8785 writer.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::schema::*;
use super::time::{Date, HongKongTime};
use crate::money::{Amount, Currency};

/// SHA-256, lower-case hex, of the canonical JSON of an event without `source`, `lineage` and `content_sha256`.
pub fn content_sha256(event: &DividendEvent) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digest = Sha256::digest(content(event));
    let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| HEX.get(usize::from(nibble))).map(|&digit| char::from(digit)).collect()
}

/// The canonical JSON that [`content_sha256`] is taken over.
pub(super) fn content(event: &DividendEvent) -> Vec<u8> {
    let mut out = Vec::with_capacity(4096);
    event.write(&mut out);
    out
}

/// A value that knows its canonical JSON.
trait Canonical {
    fn write(&self, out: &mut Vec<u8>);
}

impl<T: Canonical> Canonical for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl<T: Canonical> Canonical for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        let mut joint = b'[';
        for element in self {
            out.push(joint);
            element.write(out);
            joint = b',';
        }
        out.extend_from_slice(if self.is_empty() { b"[]" } else { b"]" });
    }
}

/// The map sorts by bytes, RFC 8785 by UTF-16 units: the same for pointers, which are ASCII.
impl Canonical for BTreeMap<String, FieldStatus> {
    fn write(&self, out: &mut Vec<u8>) {
        let mut joint = b'{';
        for (name, value) in self {
            out.push(joint);
            name.write(out);
            out.push(b':');
            value.write(out);
            joint = b',';
        }
        out.extend_from_slice(if self.is_empty() { b"{}" } else { b"}" });
    }
}

macro_rules! leaves {
    ($($leaf:ty),+ $(,)?) => { $(
        impl Canonical for $leaf {
            fn write(&self, out: &mut Vec<u8>) {
                leaf(self, out);
            }
        }
    )+ };
}

fn leaf(value: &impl Serialize, out: &mut Vec<u8>) {
    let written = serde_json::to_writer(out, value);
    debug_assert!(written.is_ok(), "strings, integers and enums are always written, and a Vec takes them");
}

/// `Type { first, second, other as "name" } without ignored`: members sorted by their name in the JSON.
macro_rules! objects {
    ($( $object:ident { $first:ident $(as $first_name:literal)? $(, $member:ident $(as $name:literal)?)* $(,)? }
        $(without $($left_out:ident),+)?; )+) => { $(
        impl Canonical for $object {
            fn write(&self, out: &mut Vec<u8>) {
                let $object { $first $(, $member)* $($(, $left_out: _)+)? } = self;
                out.extend_from_slice(concat!("{\"", member_name!($first $($first_name)?), "\":").as_bytes());
                $first.write(out);
                $(
                    out.extend_from_slice(concat!(",\"", member_name!($member $($name)?), "\":").as_bytes());
                    $member.write(out);
                )*
                out.push(b'}');
            }
        }
    )+ };
}

macro_rules! member_name {
    ($member:ident) => {
        stringify!($member)
    };
    ($member:ident $name:literal) => {
        $name
    };
}

leaves! {
    String, u32, bool, Amount, Currency, Date, HongKongTime, EventType, Participation, DividendType4, EventStage,
    Completeness, Confirmation, DividendType, Frequency, Nature, OptionType, FieldStatus,
}

objects! {
    DividendEvent {
        classification, corporate_action_id, dates, dividend, election, field_status, instrument, issuer,
        listed_convertibles, narrative, payment_options, registrar, schema_version, warnings, withholding_tax,
    } without source, lineage, content_sha256;
    Classification { completeness, confirmation, dividend_type, event_stage, event_type, mandatory_voluntary };
    Issuer { name };
    Instrument { counters, mic, related_securities, stock_code };
    Counter { currency, stock_code };
    RelatedSecurity { stock_code, text };
    Dividend {
        declared, financial_year_end, frequency, nature, reporting_period_end, kind as "type", type_text,
    };
    DeclaredAmount { amount, amount_per_share, currency, per_shares };
    PaymentOption {
        amount, amount_per_share, currency, exchange_rate, is_default, option_number, option_type, per_shares, scrip,
    };
    ExchangeRate { base_amount, base_currency, quote_amount, quote_currency };
    Scrip { certificate_date, first_dealing_date, fraction_treatment, price };
    Price { amount, currency };
    Election { deadline, default_option, partial_allowed };
    Dates {
        announcement_date, book_close_period, ex_date, lodgement_deadline, payment_date, record_date,
        shareholder_approval_date, time_zone,
    };
    BookClosePeriod { from, to };
    WithholdingTax { rates, summary };
    WithholdingRate { details, rate_percent, shareholder_type };
    Registrar { address, name };
    Narrative { directors, other_information, title };
    Warning { code, field, message };
}
