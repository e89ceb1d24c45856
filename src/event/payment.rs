//! Money: what was declared, what is paid, and between what a holder may choose.
//!
//! The dividend declared (row 13) is the issuer's decision; the default payment (row 15) is what a Hong Kong holder
//! gets, and is option 001. A currency election (EF002) and a scrip election (EF003) add options behind it.

use std::borrow::Cow;

use super::absence::{self, Notes};
use super::in_specie;
use super::pointer::Pointer;
use super::schema::{DeclaredAmount, Election, ExchangeRate, FieldStatus, OptionType, PaymentOption, Price, Scrip};
use super::time::{Date, HongKongTime};
use crate::finding::{Code, Finding};
use crate::form::{AnnouncementStatus, DefaultOption, Form, Label, Need, PerShare, Printed, Rate, Value};
use crate::money::Amount;

/// Row 13.
pub(super) fn declared(form: &Form<'_>, notes: &mut Notes) -> DeclaredAmount {
    let row = &form.declared;
    if row.stated().is_none() {
        notes.not_stated(Label::Declared, row);
        unreadable_amount(Label::Declared, row, is_withdrawn(form), notes);
        notes.mark(Label::Declared, absence::reason(row));
    }
    known_part(Label::Declared, row, notes)
}

/// Option 001, then the alternatives in printed order, then the shares.
pub(super) fn options(form: &Form<'_>, notes: &mut Notes) -> Vec<PaymentOption> {
    let mut options = Vec::with_capacity(2);
    let amount = (Label::DefaultPayment, &form.default_payment);
    options.push(cash(1, amount, (Label::ExchangeRate, &form.exchange_rate), is_withdrawn(form), notes));
    for alternative in notes.options.alternatives(form) {
        options.push(cash(options.len() + 1, alternative.amount, alternative.rate, is_withdrawn(form), notes));
    }
    let has_shares = notes.options.has_shares();
    if has_shares {
        options.push(shares(options.len() + 1, form, notes));
    }
    let default_is_shares = has_shares && form.default_option.stated() == Some(&DefaultOption::Shares);
    for option in &mut options {
        option.is_default = match option.option_type {
            OptionType::Cash => option.option_number == "001" && !default_is_shares,
            OptionType::Secu => default_is_shares,
        };
    }
    options
}

/// An event needs the amount declared or the amount paid, or word that it is to be announced.
/// A withdrawal names an earlier form and needs neither.
pub(super) fn require_an_amount(form: &Form<'_>, notes: &mut Notes) {
    let needed = Label::ALL.iter().filter(|label| label.need() == Need::EitherAmount);
    let rows = || needed.clone().filter_map(|label| Some((*label, form.row(*label)?)));
    let silent = rows().all(|(_, row)| matches!(row.value, Value::NotStated | Value::NotApplicable));
    let (Some((first, _)), true) = (rows().next(), silent && !is_withdrawn(form)) else { return };
    let line = rows().map(|(_, row)| row.line).max().unwrap_or_default();
    let missing = Finding::new(Code::RequiredFieldMissing, notes.options.pointer(first)).at(line);
    notes.report(missing.expected("a dividend declared or an amount to be paid"));
}

/// Whether the form takes an earlier one back.
pub(super) fn is_withdrawn(form: &Form<'_>) -> bool {
    form.status.stated() == Some(&AnnouncementStatus::Withdrawn)
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
    (label, row): (Label, &Printed<'_, PerShare>),
    (rate_label, rate): (Label, &Printed<'_, Rate>),
    withdrawn: bool,
    notes: &mut Notes,
) -> PaymentOption {
    if row.stated().is_none() {
        notes.not_stated(label, row);
        unreadable_amount(label, row, withdrawn, notes);
        for member in ["/currency", "/amount", "/per_shares", "/amount_per_share"] {
            notes.mark(Pointer(label, member), absence::reason(row));
        }
    }
    let DeclaredAmount { currency, amount, per_shares, amount_per_share } = known_part(label, row, notes);
    PaymentOption {
        option_number: option_number(number),
        option_type: OptionType::Cash,
        is_default: false,
        currency,
        amount,
        per_shares,
        amount_per_share,
        exchange_rate: notes.value(rate_label, rate).map(exchange_rate),
        security: None,
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

fn shares(number: usize, form: &Form<'_>, notes: &mut Notes) -> PaymentOption {
    let price = notes.value(Label::ScripPrice, &form.scrip_price);
    let certificate_date = notes.value(Label::CertificateDate, &form.certificate_date);
    let first_dealing_date = notes.value(Label::FirstDealingDate, &form.first_dealing_date);
    let fraction_treatment = notes.text(Label::Fractions, &form.fraction_treatment);
    PaymentOption {
        option_number: option_number(number),
        option_type: OptionType::Secu,
        is_default: false,
        currency: None,
        amount: None,
        per_shares: None,
        amount_per_share: None,
        exchange_rate: None,
        security: in_specie::asset(form).map(str::to_owned),
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
    let deadline = notes.value(Label::ElectionDeadline, &form.election_deadline);
    let default_option = match notes.options.has_shares() {
        // All options are cash, so that no row need say it.
        false => Some(OptionType::Cash),
        true => notes.value(Label::DefaultOption, &form.default_option).map(|default| match default {
            DefaultOption::Cash => OptionType::Cash,
            DefaultOption::Shares => OptionType::Secu,
        }),
    };
    Some(Election {
        deadline: deadline.map(|&time| HongKongTime(time)),
        default_option,
        partial_allowed: partial_allowed(form, notes),
    })
}

/// Rows E5 and C5. No form with both has been seen; where they disagree, one answer would be wrong for one election.
fn partial_allowed(form: &Form<'_>, notes: &mut Notes) -> Option<bool> {
    let (currency, shares) = (&form.partial_currency_election, &form.partial_scrip_election);
    if !notes.options.has_shares() {
        return notes.value(Label::PartialCurrency, currency).copied();
    }
    match (currency.stated(), shares.stated()) {
        (None, _) => notes.value(Label::PartialScrip, shares).copied(),
        (Some(answer), Some(other)) if answer != other => {
            let expected = "the same answer for both elections";
            notes.unreadable(Code::UnreadableValue, currency, expected, Label::PartialCurrency);
            notes.mark(Label::PartialCurrency, FieldStatus::Unparsed);
            None
        }
        (Some(answer), _) => Some(*answer),
    }
}

/// What a row of money says, once it says anything.
fn known_part(label: Label, row: &Printed<'_, PerShare>, notes: &mut Notes) -> DeclaredAmount {
    match row.stated() {
        None => DeclaredAmount::default(),
        Some(PerShare::AmountToBeAnnounced { currency }) => {
            for member in ["/amount", "/per_shares", "/amount_per_share"] {
                notes.mark(Pointer(label, member), FieldStatus::ToBeAnnounced);
            }
            DeclaredAmount { currency: Some(*currency), ..DeclaredAmount::default() }
        }
        Some(PerShare::Definite { currency, amount, per_shares }) => {
            if amount.0.is_zero() || *per_shares == 0 {
                notes.unreadable(Code::InvalidAmount, row, "a positive amount", Pointer(label, "/amount"));
            }
            let quotient = per_share(*amount, *per_shares);
            if quotient.is_none() {
                notes.mark(Pointer(label, "/amount_per_share"), FieldStatus::NotApplicable);
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

/// Text outside the grammar of an amount: an error where an event needs the amount, else a warning.
fn unreadable_amount(label: Label, row: &Printed<'_, PerShare>, withdrawn: bool, notes: &mut Notes) {
    let Value::Unparsed { expected } = row.value else { return };
    let code = match label.need() == Need::EitherAmount && !withdrawn {
        true if is_invalid_amount(&row.text) => Code::InvalidAmount,
        true => Code::UnreadableRequiredValue,
        false => Code::UnreadableValue,
    };
    notes.unreadable(code, row, expected, Pointer(label, "/amount"));
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
