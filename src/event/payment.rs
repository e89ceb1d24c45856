//! Money: what was declared, what is paid, and between what a holder may choose.
//!
//! The dividend declared (row 13) is the issuer's decision; the default payment (row 15) is what a Hong Kong holder
//! gets, and is option 001. A currency election (EF002) and a scrip election (EF003) add options behind it.

use std::borrow::Cow;

use super::absence::{self, Notes, Pointer};
use super::schema::{DeclaredAmount, Election, ExchangeRate, FieldStatus, OptionType, PaymentOption, Price, Scrip};
use super::time::{Date, HongKongTime};
use crate::finding::{Code, Finding};
use crate::form::{AnnouncementStatus, CurrencyOption, Form, PerShare, Printed, Rate, ScripTerms, Template, Value};
use crate::money::Amount;

/// Row 13.
pub(super) fn declared(form: &Form<'_>, notes: &mut Notes) -> DeclaredAmount {
    const AT: &str = "/dividend/declared";
    let row = &form.declared;
    if row.stated().is_none() {
        unreadable_amount(row, AT, !is_withdrawn(form), notes);
        notes.mark(AT.into(), absence::reason(row));
    }
    known_part(row, AT, notes)
}

/// Option 001, then the alternatives in printed order.
pub(super) fn options(form: &Form<'_>, notes: &mut Notes) -> Vec<PaymentOption> {
    let default_is_shares = form.scrip.as_ref().is_some_and(|terms| terms.default_is_cash.stated() == Some(&false));
    let mut options = Vec::with_capacity(2);
    options.push(cash(1, &form.default_payment, &form.exchange_rate, !is_withdrawn(form), notes));
    for alternative in currency_alternatives(form) {
        options.push(cash(options.len() + 1, &alternative.amount, &alternative.rate, false, notes));
    }
    if let Some(terms) = &form.scrip {
        options.push(shares(options.len() + 1, terms, notes));
    }
    for option in &mut options {
        option.is_default = match option.option_type {
            OptionType::Cash => option.option_number == "001" && !default_is_shares,
            OptionType::Secu => default_is_shares,
        };
    }
    options
}

/// EF002 has at least one alternative, even where its rows were lost; one that is not applicable is none.
pub(super) fn currency_alternatives<'f>(form: &'f Form<'_>) -> Vec<Cow<'f, CurrencyOption<'f>>> {
    let not_there = |option: &CurrencyOption<'_>| matches!(option.amount.value, Value::NotApplicable);
    let not_stated = |option: &CurrencyOption<'_>| {
        matches!(option.amount.value, Value::NotStated) && matches!(option.rate.value, Value::NotStated)
    };
    if form.template == Template::Ef002 && form.currency_options.iter().all(not_stated) {
        return vec![Cow::Owned(CurrencyOption::default())];
    }
    let there = |option: &&CurrencyOption<'_>| !not_there(option) && !not_stated(option);
    form.currency_options.iter().filter(there).map(Cow::Borrowed).collect()
}

/// An event needs the amount declared or the amount paid, or word that it is to be announced.
/// A withdrawal names an earlier form and needs neither.
pub(super) fn require_an_amount(form: &Form<'_>, notes: &mut Notes) {
    let silent = |row: &Printed<'_, PerShare>| matches!(row.value, Value::NotStated | Value::NotApplicable);
    if !is_withdrawn(form) && silent(&form.declared) && silent(&form.default_payment) {
        let line = form.declared.line.max(form.default_payment.line);
        let missing = Finding::new(Code::RequiredFieldMissing, "/dividend/declared");
        notes.report(missing.at(line).expected("a dividend declared or an amount to be paid"));
    }
}

/// Whether the form takes an earlier one back.
pub(super) fn is_withdrawn(form: &Form<'_>) -> bool {
    form.status.stated() == Some(&AnnouncementStatus::Withdrawn)
}

/// Where option `number`, counted from 1, stands in the event.
fn option_pointer(number: usize) -> Cow<'static, str> {
    match number {
        1 => Cow::Borrowed("/payment_options/0"),
        _ => Cow::Owned(format!("/payment_options/{}", number - 1)),
    }
}

/// `001` for the first.
fn option_number(number: usize) -> Cow<'static, str> {
    match number {
        1 => Cow::Borrowed("001"),
        _ => Cow::Owned(format!("{number:03}")),
    }
}

fn cash(
    number: usize,
    row: &Printed<'_, PerShare>,
    rate: &Printed<'_, Rate>,
    required: bool,
    notes: &mut Notes,
) -> PaymentOption {
    let at = option_pointer(number);
    if row.stated().is_none() {
        unreadable_amount(row, &at, required, notes);
        for member in ["/currency", "/amount", "/per_shares", "/amount_per_share"] {
            notes.mark(Pointer(&at, member), absence::reason(row));
        }
    }
    let DeclaredAmount { currency, amount, per_shares, amount_per_share } = known_part(row, &at, notes);
    PaymentOption {
        option_number: option_number(number),
        option_type: OptionType::Cash,
        is_default: false,
        currency,
        amount,
        per_shares,
        amount_per_share,
        exchange_rate: notes.optional(rate, Pointer(&at, "/exchange_rate")).map(exchange_rate),
        scrip: None,
    }
}

fn exchange_rate(rate: &Rate) -> ExchangeRate {
    ExchangeRate {
        base_currency: rate.base_currency,
        base_amount: rate.base_amount,
        quote_currency: rate.quote_currency,
        quote_amount: rate.quote_amount,
    }
}

fn shares(number: usize, terms: &ScripTerms<'_>, notes: &mut Notes) -> PaymentOption {
    let at = option_pointer(number);
    let price = notes.optional(&terms.price, Pointer(&at, "/scrip/price"));
    let certificate_date = notes.optional(&terms.certificate_date, Pointer(&at, "/scrip/certificate_date"));
    let first_dealing_date = notes.optional(&terms.first_dealing_date, Pointer(&at, "/scrip/first_dealing_date"));
    let fraction_treatment = notes.text(&terms.fraction_treatment, Pointer(&at, "/scrip/fraction_treatment"));
    PaymentOption {
        option_number: option_number(number),
        option_type: OptionType::Secu,
        is_default: false,
        currency: None,
        amount: None,
        per_shares: None,
        amount_per_share: None,
        exchange_rate: None,
        scrip: Some(Scrip {
            price: price.map(|price| Price { currency: price.currency, amount: price.amount }),
            certificate_date: certificate_date.map(|&day| Date(day)),
            first_dealing_date: first_dealing_date.map(|&day| Date(day)),
            fraction_treatment,
        }),
    }
}

/// How a holder chooses; `None` where there is nothing to choose from.
pub(super) fn election(form: &Form<'_>, options: &[PaymentOption], notes: &mut Notes) -> Option<Election> {
    if options.len() < 2 {
        return None;
    }
    let deadline = notes.optional(&form.election_deadline, "/election/deadline".into());
    let default_option = match &form.scrip {
        // All options are cash, so that no row need say it.
        None => Some(OptionType::Cash),
        Some(terms) => notes
            .optional(&terms.default_is_cash, "/election/default_option".into())
            .map(|cash| if *cash { OptionType::Cash } else { OptionType::Secu }),
    };
    Some(Election {
        deadline: deadline.map(|&time| HongKongTime(time)),
        default_option,
        partial_allowed: partial_allowed(form, notes),
    })
}

/// Rows E5 and C5. No form with both has been seen; where they disagree, one answer would be wrong for one election.
fn partial_allowed(form: &Form<'_>, notes: &mut Notes) -> Option<bool> {
    let at = Pointer::from("/election/partial_allowed");
    let currency = &form.partial_currency_election;
    let row = match &form.scrip {
        None => currency,
        Some(terms) if currency.stated().is_none() => &terms.partial_allowed,
        Some(terms) => match terms.partial_allowed.stated() {
            Some(shares) if Some(shares) != currency.stated() => {
                notes.unreadable(Code::UnreadableValue, currency, "the same answer for both elections", at);
                notes.mark(at, FieldStatus::Unparsed);
                return None;
            }
            _ => currency,
        },
    };
    notes.optional(row, at).copied()
}

/// What a row of money says, once it says anything.
fn known_part(row: &Printed<'_, PerShare>, at: &str, notes: &mut Notes) -> DeclaredAmount {
    match row.stated() {
        None => DeclaredAmount::default(),
        Some(PerShare::AmountToBeAnnounced { currency }) => {
            for member in ["/amount", "/per_shares", "/amount_per_share"] {
                notes.mark(Pointer(at, member), FieldStatus::ToBeAnnounced);
            }
            DeclaredAmount { currency: Some(*currency), ..DeclaredAmount::default() }
        }
        Some(PerShare::Definite { currency, amount, per_shares }) => {
            if amount.0.is_zero() || *per_shares == 0 {
                notes.unreadable(Code::InvalidAmount, row, "a positive amount", Pointer(at, "/amount"));
            }
            let quotient = per_share(*amount, *per_shares);
            if quotient.is_none() {
                notes.mark(Pointer(at, "/amount_per_share"), FieldStatus::NotApplicable);
            }
            DeclaredAmount {
                currency: Some(*currency),
                amount: Some(*amount),
                per_shares: Some(*per_shares),
                amount_per_share: quotient,
            }
        }
    }
}

/// The exact quotient: `0.4076` for 10 shares is `0.04076`; `1` for 3 has none within 18 decimals.
/// For one share it is the amount as printed, scale included.
fn per_share(amount: Amount, per_shares: u32) -> Option<Amount> {
    const DECIMALS_MAX: u32 = 18;
    if per_shares == 1 {
        return Some(amount);
    }
    let (mut mantissa, divisor) = (amount.0.mantissa(), i128::from(per_shares));
    for scale in amount.0.scale()..=DECIMALS_MAX {
        if mantissa.checked_rem(divisor)? == 0 {
            return rust_decimal::Decimal::try_from_i128_with_scale(mantissa / divisor, scale).ok().map(Amount);
        }
        mantissa = mantissa.checked_mul(10)?;
    }
    None
}

/// Text outside the grammar of an amount: an error where the amount is required, else a warning.
fn unreadable_amount(row: &Printed<'_, PerShare>, at: &str, required: bool, notes: &mut Notes) {
    let Value::Unparsed { expected } = row.value else { return };
    let code = match required {
        true if is_invalid_amount(&row.text) => Code::InvalidAmount,
        true => Code::UnreadableRequiredValue,
        false => Code::UnreadableValue,
    };
    notes.unreadable(code, row, expected, Pointer(at, "/amount"));
}

/// Whether a text is recognisably an amount that cannot be: negative (`HKD -0.10 per share`), or without a currency
/// (`0.10 per share`). Anything else outside the grammar is wording, not money.
fn is_invalid_amount(text: &str) -> bool {
    const SHARE_WORDS: [&str; 6] = ["per", "share", "shares", "每", "股", "每股"];
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let no_currency = words.all(|word| SHARE_WORDS.contains(&word.to_lowercase().as_str()));
    text.chars().any(|c| c.is_ascii_digit()) && (no_currency || is_negative(text))
}

/// A minus sign directly before a digit, and not between two (`0.10-0.12` is a range).
fn is_negative(text: &str) -> bool {
    let mut before = [' ', ' '];
    text.chars().any(|here| {
        let negative =
            here.is_ascii_digit() && matches!(before[1], '-' | '−' | '－' | '–') && !before[0].is_ascii_digit();
        before = [before[1], here];
        negative
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotient(amount: &str, per_shares: u32) -> Option<String> {
        per_share(Amount::from_printed(amount).unwrap_or_else(|| unreachable!("{amount}")), per_shares)
            .map(|amount| amount.to_string())
    }

    #[test]
    fn the_amount_of_one_share_is_exact_or_absent() {
        for (amount, per_shares, expected) in [
            ("0.10", 1, Some("0.10")),
            ("0.4076", 10, Some("0.04076")),
            ("3", 10, Some("0.3")),
            ("0.40", 10, Some("0.04")),
            ("1", 8, Some("0.125")),
            ("30", 10, Some("3")),
            ("1", 1_000_000_000, Some("0.000000001")),
            ("1", 3, None),
            ("0.0000000000000000001", 10, None),
            ("0.000000000000000001", 10, None),
            ("1", 0, None),
        ] {
            assert_eq!(quotient(amount, per_shares).as_deref(), expected, "{amount} / {per_shares}");
        }
    }

    #[test]
    fn money_that_cannot_be_is_told_from_wording() {
        for text in [
            "0.29 per share",
            "per share 0.29",
            "每 股 0.29",
            "每股0.4",
            "HKD -0.10 per share",
            "-5",
            "每 股 -0.4HKD",
            "0.1",
        ] {
            assert!(is_invalid_amount(text), "{text}");
        }
        for text in ["HKD 0.10-0.12 per share", "HK$0.10", "see below", "HKD 0,10 per share", "港元 0.1", "HKD", ""] {
            assert!(!is_invalid_amount(text), "{text}");
        }
    }
}
