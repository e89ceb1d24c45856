//! The event as JSON, in two orders: as published, members in declared order; and RFC 8785 canonical, members sorted.
//!
//! Written directly, since an event is written twice on its way and this takes a third of the general serialiser's time.
//! Leaves that are not text are left to `serde_json`, whose strings and integers are already canonical; the event holds no
//! floats. The compiler refuses a forgotten member (the patterns are exhaustive), and a property compares both orders with
//! independent writers: `serde_json` and an RFC 8785 one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::schema::*;
use super::time::{Date, HongKongTime};
use crate::hash::sha256_hex;
use crate::money::{Amount, Currency};

/// Bytes that hold an event whose free text is not unusually long.
const TYPICAL_BYTES: usize = 4096;

/// The event as it is published: one line.
pub fn to_json(event: &DividendEvent) -> Vec<u8> {
    let mut out = Vec::with_capacity(TYPICAL_BYTES);
    event.write(&mut out, Order::Declared);
    out
}

/// SHA-256, lower-case hex, of the [`canonical`] JSON.
pub fn content_sha256(event: &DividendEvent) -> String {
    sha256_hex(&canonical(event))
}

/// The canonical JSON of the facts of an event: without `source` and `lineage`, which are about the document, and without
/// `schema_version` and `warnings`, which are this program's words about the facts.
pub(super) fn canonical(event: &DividendEvent) -> Vec<u8> {
    let mut canonical = Vec::with_capacity(TYPICAL_BYTES);
    event.write(&mut canonical, Order::Sorted);
    canonical
}

/// In which order an object's members are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// That of the types: as published.
    Declared,
    /// By name, and what the content hash leaves out is left out.
    Sorted,
}

/// A value that writes itself as JSON without spaces.
trait Json {
    fn write(&self, out: &mut Vec<u8>, order: Order);
}

impl<T: Json> Json for Option<T> {
    fn write(&self, out: &mut Vec<u8>, order: Order) {
        match self {
            Some(value) => value.write(out, order),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl<T: Json> Json for Vec<T> {
    fn write(&self, out: &mut Vec<u8>, order: Order) {
        out.push(b'[');
        for (place, element) in self.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            element.write(out, order);
        }
        out.push(b']');
    }
}

/// The map sorts by bytes, RFC 8785 by UTF-16 units: the same for pointers, which are ASCII.
impl Json for BTreeMap<Cow<'static, str>, FieldStatus> {
    fn write(&self, out: &mut Vec<u8>, order: Order) {
        out.push(b'{');
        for (place, (name, value)) in self.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            name.write(out, order);
            out.push(b':');
            value.write(out, order);
        }
        out.push(b'}');
    }
}

impl Json for String {
    fn write(&self, out: &mut Vec<u8>, _: Order) {
        text(self, out);
    }
}

/// Borrowed text is of this program, and holds nothing to escape.
impl Json for Cow<'static, str> {
    fn write(&self, out: &mut Vec<u8>, _: Order) {
        match self {
            Cow::Borrowed(ours) => {
                debug_assert!(!needs_escape(ours.as_bytes()), "{ours:?} is borrowed");
                quote(ours.as_bytes(), out);
            }
            Cow::Owned(printed) => text(printed, out),
        }
    }
}

/// Text without anything to escape, which most is, is copied whole.
fn text(text: &str, out: &mut Vec<u8>) {
    match needs_escape(text.as_bytes()) {
        true => leaf(text, out),
        false => quote(text.as_bytes(), out),
    }
}

/// Looks at many bytes at a time: most texts are too short for a loop over single bytes to get going.
fn needs_escape(text: &[u8]) -> bool {
    // Not `any`: without an early way out the compiler takes a chunk as a whole.
    let found = |chunk: &[u8]| chunk.iter().fold(false, |found, &b| found | (b < b' ') | (b == b'"') | (b == b'\\'));
    // Where the chunks do not come out even, the last one shares bytes with the one before it.
    if let Some(last) = text.last_chunk::<32>() {
        return found(last) || text.as_chunks::<32>().0.iter().any(|chunk| found(chunk));
    }
    if let Some(last) = text.last_chunk::<8>() {
        return found(last) || text.as_chunks::<8>().0.iter().any(|chunk| found(chunk));
    }
    found(text)
}

/// Three letters.
impl Json for Currency {
    fn write(&self, out: &mut Vec<u8>, _: Order) {
        quote(self.as_bytes(), out);
    }
}

impl Json for Date {
    fn write(&self, out: &mut Vec<u8>, _: Order) {
        match self.ascii() {
            Some(text) => quote(&text, out),
            None => leaf(self, out),
        }
    }
}

impl Json for HongKongTime {
    fn write(&self, out: &mut Vec<u8>, _: Order) {
        match self.ascii() {
            Some(text) => quote(&text, out),
            None => leaf(self, out),
        }
    }
}

impl Json for Amount {
    fn write(&self, out: &mut Vec<u8>, _: Order) {
        match self.digits(&mut [0; 40]) {
            Some(digits) => quote(digits, out),
            None => leaf(self, out),
        }
    }
}

impl Json for bool {
    fn write(&self, out: &mut Vec<u8>, _: Order) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

/// Writes text that holds nothing to escape.
fn quote(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

/// Values that have a fixed few names. The compiler refuses a forgotten one, and a test compares each name with the
/// general serialiser's.
macro_rules! names {
    ($( $kind:ident { $($value:ident $name:literal),+ $(,)? } )+) => {
        $( impl Json for $kind {
            fn write(&self, out: &mut Vec<u8>, _: Order) {
                out.extend_from_slice(match self { $( $kind::$value => concat!('"', $name, '"').as_bytes(), )+ });
            }
        } )+

        /// Each value as written here, and as the general serialiser writes it.
        #[cfg(test)]
        fn names_twice() -> Vec<(Vec<u8>, Vec<u8>)> {
            let mut pairs = Vec::new();
            $( $(
                let (mut ours, mut theirs) = (Vec::new(), Vec::new());
                $kind::$value.write(&mut ours, Order::Declared);
                leaf(&$kind::$value, &mut theirs);
                pairs.push((ours, theirs));
            )+ )+
            pairs
        }
    };
}

fn leaf(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    let written = serde_json::to_writer(out, value);
    debug_assert!(written.is_ok(), "strings, integers and enums are always written, and a Vec takes them");
}

/// `Type { members in declared order } sorted { the same, by name }`; the second list only where the order differs.
/// `member as "name"` where the name in the JSON is another; `member [where present]` where none is written without a value.
macro_rules! objects {
    ($( $object:ident { $($member:ident $(as $name:literal)? $([$where:ident present])?),+ $(,)? }
        $(sorted { $($sorted:ident $(as $sorted_name:literal)? $([$sorted_where:ident present])?),+ $(,)? })?; )+) => { $(
        impl Json for $object {
            fn write(&self, out: &mut Vec<u8>, order: Order) {
                let $object { $($member),+ } = self;
                let begin = out.len();
                match order {
                    $( Order::Sorted => { $( write_member!(out, order, $sorted $($sorted_name)? $($sorted_where)?); )+ } )?
                    _ => { $( write_member!(out, order, $member $($name)? $($where)?); )+ }
                }
                close(out, begin);
            }
        }
    )+ };
}

/// Every member is written with a comma before it; that of the first becomes the object's brace.
fn close(out: &mut Vec<u8>, begin: usize) {
    if let Some(first) = out.get_mut(begin) {
        *first = b'{';
    }
    out.push(b'}');
}

macro_rules! write_member {
    ($out:ident, $order:ident, $member:ident) => {
        $out.extend_from_slice(concat!(",\"", stringify!($member), "\":").as_bytes());
        $member.write($out, $order);
    };
    ($out:ident, $order:ident, $member:ident where) => {
        if $member.is_some() {
            write_member!($out, $order, $member);
        }
    };
    ($out:ident, $order:ident, $member:ident $name:literal) => {
        $out.extend_from_slice(concat!(",\"", $name, "\":").as_bytes());
        $member.write($out, $order);
    };
}

impl Json for u32 {
    fn write(&self, out: &mut Vec<u8>, _: Order) {
        leaf(self, out);
    }
}

names! {
    EventType { Dvca "DVCA", Dvop "DVOP" }
    Participation { Mand "MAND", Chos "CHOS" }
    DividendType4 { Inte "INTE", Finl "FINL", Quar "QUAR", Othr "OTHR" }
    EventStage { Suap "SUAP", Appd "APPD" }
    Completeness { Comp "COMP", Inco "INCO" }
    Confirmation { Conf "CONF" }
    DividendType { Interim "INTERIM", Final "FINAL", Quarterly "QUARTERLY", Other "OTHER" }
    Frequency { SemiAnnual "SEMI_ANNUAL", Quarterly "QUARTERLY", Monthly "MONTHLY" }
    Nature { Ordinary "ORDINARY", Special "SPECIAL", Other "OTHER" }
    OptionType { Cash "CASH", Secu "SECU" }
    FieldStatus {
        NotApplicable "NOT_APPLICABLE", ToBeAnnounced "TO_BE_ANNOUNCED", NotStated "NOT_STATED", Unparsed "UNPARSED",
    }
    AnnouncementStatus { New "NEW", Update "UPDATE", Withdrawn "WITHDRAWN" }
    Function { Newm "NEWM", Repl "REPL", With "WITH" }
    Language { En "en", ZhHant "zh-Hant", ZhHans "zh-Hans" }
}

objects! {
    DividendEvent {
        schema_version, corporate_action_id, classification, issuer, instrument, dividend, payment_options, election, dates,
        withholding_tax, registrar, listed_convertibles, narrative, field_status, warnings, lineage, source, content_sha256,
    } sorted {
        classification, corporate_action_id, dates, dividend, election, field_status, instrument, issuer,
        listed_convertibles, narrative, payment_options, registrar, withholding_tax,
    };
    Classification {
        event_type, mandatory_voluntary, dividend_type, event_stage, completeness, confirmation,
    } sorted {
        completeness, confirmation, dividend_type, event_stage, event_type, mandatory_voluntary,
    };
    Issuer { name };
    Instrument { mic, stock_code, counters, related_securities }
        sorted { counters, mic, related_securities, stock_code };
    Counter { stock_code, currency } sorted { currency, stock_code };
    RelatedSecurity { stock_code, text };
    Dividend {
        kind as "type", type_text, frequency, nature, financial_year_end, reporting_period_end, declared,
    } sorted {
        declared, financial_year_end, frequency, nature, reporting_period_end, kind as "type", type_text,
    };
    DeclaredAmount { currency, amount, per_shares, amount_per_share }
        sorted { amount, amount_per_share, currency, per_shares };
    PaymentOption {
        option_number, option_type, is_default, currency, amount, per_shares, amount_per_share, exchange_rate,
        security [where present], scrip,
    } sorted {
        amount, amount_per_share, currency, exchange_rate, is_default, option_number, option_type, per_shares, scrip,
        security [where present],
    };
    ExchangeRate { base_currency, base_amount, quote_currency, quote_amount }
        sorted { base_amount, base_currency, quote_amount, quote_currency };
    Scrip { price, certificate_date, first_dealing_date, fraction_treatment }
        sorted { certificate_date, first_dealing_date, fraction_treatment, price };
    Price { currency, amount } sorted { amount, currency };
    Election { deadline, default_option, partial_allowed };
    Dates {
        announcement_date, shareholder_approval_date, ex_date, lodgement_deadline, book_close_period, record_date,
        payment_date, time_zone,
    } sorted {
        announcement_date, book_close_period, ex_date, lodgement_deadline, payment_date, record_date,
        shareholder_approval_date, time_zone,
    };
    BookClosePeriod { from, to };
    WithholdingTax { summary, rates } sorted { rates, summary };
    WithholdingRate { shareholder_type, rate_percent, rate_text [where present], details }
        sorted { details, rate_percent, rate_text [where present], shareholder_type };
    Registrar { name, address } sorted { address, name };
    Narrative { title, other_information, directors } sorted { directors, other_information, title };
    Warning { code, field, message };
    Lineage { function, announcement_status, revision, supersedes, update_reason };
    Source {
        form_code, form_title, filing_id, url, published_at, language, media_type, charset, document_sha256,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_general_serialiser() {
        for (ours, theirs) in names_twice() {
            assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs));
        }
    }

    #[test]
    fn a_character_to_escape_is_found_wherever_it_stands() {
        for length in 0..80 {
            let plain = vec![b'a'; length];
            assert!(!needs_escape(&plain), "{length} letters");
            for place in 0..length {
                for byte in [b'"', b'\\', b'\n', 0, 0x1F] {
                    let mut text = plain.clone();
                    text[place] = byte;
                    assert!(needs_escape(&text), "{byte:#04x} at {place} of {length}");
                }
            }
        }
    }
}
