//! Declared amount times rate is the paid amount, to half a unit of its last printed digit. Exact integers, no rounding.

use rust_decimal::Decimal;

use crate::event::payment;
use crate::event::pointer::{Alternative, PaymentOptions, Pointer};
use crate::finding::{Code, Finding};
use crate::form::{Form, Label, PerShare, Printed, Rate, Value};
use crate::money::{Amount, Currency};

/// Each rate by itself, and each payment against the declared amount with its own rate.
pub(super) fn check(form: &Form<'_>, options: PaymentOptions, findings: &mut Vec<Finding>) {
    let default = Alternative {
        amount: (Label::DefaultPayment, &form.default_payment),
        rate: (Label::ExchangeRate, &form.exchange_rate),
    };
    findings.extend(not_one(&default, options));
    if !payment::is_withdrawn(form) {
        findings.extend(rate_is_known(&form.declared, &default, options));
    }
    findings.extend(conversion(&form.declared, &default, options));
    for alternative in options.alternatives(form) {
        findings.extend(not_one(&alternative, options));
        findings.extend(conversion(&form.declared, &alternative, options));
    }
}

/// One currency on both sides has the rate 1.
fn not_one(paid: &Alternative<'_>, options: PaymentOptions) -> Option<Finding> {
    let rate = paid.rate.1.stated()?;
    is_not_one(rate).then(|| {
        let currency = rate.base_currency;
        off_rate(Code::ExchangeRateNotOne, paid, options, format!("the rate 1 between {currency} and {currency}"))
    })
}

fn is_not_one(rate: &Rate) -> bool {
    rate.base_currency == rate.quote_currency && rate.base_amount.0 != rate.quote_amount.0
}

fn off_rate(code: Code, paid: &Alternative<'_>, options: PaymentOptions, expected: String) -> Finding {
    let (label, row) = paid.rate;
    Finding::new(code, options.pointer(label)).at(row.line).found(&row.text).expected(expected)
}

/// A definite payment in another currency needs a rate. Asked of the default payment only: how an alternative's amount
/// comes about is the issuer's offer. Not asked of a withdrawal, which is not to be held up for it.
fn rate_is_known(declared: &Printed<'_, PerShare>, paid: &Alternative<'_>, options: PaymentOptions) -> Option<Finding> {
    let (from, to) = (currency_of(declared.stated()?), Definite::of(paid.amount.1.stated()?)?.currency);
    let code = match paid.rate.1.value {
        Value::ToBeAnnounced => Code::ExchangeRatePending,
        Value::NotApplicable => Code::ExchangeRateNotApplicable,
        _ => return None,
    };
    (to != from).then(|| off_rate(code, paid, options, format!("a rate from {from} to {to}")))
}

fn conversion(declared: &Printed<'_, PerShare>, paid: &Alternative<'_>, options: PaymentOptions) -> Option<Finding> {
    let (label, amount) = paid.amount;
    let (from, to) = (currency_of(declared.stated()?), currency_of(amount.stated()?));
    let rate = match paid.rate.1.stated() {
        // Both are errors by themselves.
        Some(rate) if is_not_one(rate) || rate.base_amount.0.is_zero() || rate.quote_amount.0.is_zero() => return None,
        Some(rate) => match Conversion::of(rate, from, to) {
            None => {
                let expected = format!("a rate from {from} to {to}");
                return Some(off_rate(Code::ExchangeRateCurrencies, paid, options, expected));
            }
            Some(conversion) => conversion,
        },
        None if from == to => Conversion::SAME,
        None => return None,
    };
    let (declared, printed) = (Definite::of(declared.stated()?)?, Definite::of(amount.stated()?)?);
    let deviation = declared.fits(printed, rate)?;
    let code = match deviation {
        _ if from != to && rate.from != rate.to && declared.is_number_of(printed) => Code::PaidAmountCopied,
        Deviation::Exact => return None,
        _ if declared.fits(printed, rate.inverse()) == Some(Deviation::Exact) => {
            let expected = format!("a rate that makes {declared} {printed}");
            return Some(off_rate(Code::ExchangeRateInverted, paid, options, expected));
        }
        Deviation::Coarse => Code::PaidAmountCoarse,
        Deviation::Off => Code::PaidAmountOffRate,
        Deviation::FarOff => Code::PaidAmountFarOffRate,
    };
    let expected = declared.converted(printed, rate);
    Some(
        Finding::new(code, options.pointer(Pointer(label, "/amount")))
            .at(amount.line)
            .found(printed)
            .expected(expected),
    )
}

fn currency_of(amount: &PerShare) -> Currency {
    match amount {
        PerShare::Definite { currency, .. } | PerShare::AmountToBeAnnounced { currency } => *currency,
    }
}

/// A rate, turned in the direction from the declared to the paid currency.
#[derive(Clone, Copy, Debug)]
struct Conversion {
    /// This much of the declared currency
    from: Decimal,
    /// is this much of the paid one.
    to: Decimal,
}

impl Conversion {
    const SAME: Conversion = Conversion { from: Decimal::ONE, to: Decimal::ONE };

    /// Turns a printed rate, which may stand either way round; `None` when it is between other currencies.
    fn of(rate: &Rate, declared: Currency, paid: Currency) -> Option<Conversion> {
        let (base, quote) = (rate.base_amount.0, rate.quote_amount.0);
        match (rate.base_currency, rate.quote_currency) {
            forward if forward == (declared, paid) => Some(Conversion { from: base, to: quote }),
            backward if backward == (paid, declared) => Some(Conversion { from: quote, to: base }),
            _ => None,
        }
    }

    fn inverse(self) -> Conversion {
        Conversion { from: self.to, to: self.from }
    }
}

/// How far a paid amount is off, in units of its last printed digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deviation {
    /// At most half a unit: rounding.
    Exact,
    /// Rounding, of more than 0.5 %. The form drops trailing zeros, so that few digits are no coarse rounding.
    Coarse,
    /// At most one unit.
    Off,
    /// More.
    FarOff,
}

/// A definite amount.
#[derive(Clone, Copy, Debug)]
struct Definite {
    currency: Currency,
    amount: Amount,
    per_shares: u32,
}

impl Definite {
    /// `None` for an amount that is pending, and for one that is not positive: an error already.
    fn of(amount: &PerShare) -> Option<Definite> {
        match amount {
            PerShare::Definite { amount, per_shares, .. } if amount.0.is_zero() || *per_shares == 0 => None,
            PerShare::Definite { currency, amount, per_shares } => {
                Some(Definite { currency: *currency, amount: *amount, per_shares: *per_shares })
            }
            PerShare::AmountToBeAnnounced { .. } => None,
        }
    }

    /// Whether both are the same number per share.
    fn is_number_of(self, paid: Definite) -> bool {
        let product = |amount: Amount, shares: u32| amount.0.checked_mul(shares.into());
        product(self.amount, paid.per_shares) == product(paid.amount, self.per_shares)
    }

    /// Compares `declared / its shares x to / from` with `paid / its shares`, all denominators multiplied out.
    /// `None` when the figures are too long for exact integers, which no real form's are.
    fn fits(self, paid: Definite, rate: Conversion) -> Option<Deviation> {
        let scale = (self.amount.0.scale() + rate.to.scale()).max(paid.amount.0.scale() + rate.from.scale());
        let integer = |one: Decimal, other: Decimal, shares: u32| {
            let missing = scale.checked_sub(one.scale() + other.scale())?;
            let product = one.mantissa().checked_mul(other.mantissa())?.checked_mul(i128::from(shares))?;
            product.checked_mul(10_i128.checked_pow(missing)?)
        };
        let converted = integer(self.amount.0, rate.to, paid.per_shares)?;
        let printed = integer(paid.amount.0, rate.from, self.per_shares)?;
        let last_digit = Decimal::try_from_i128_with_scale(1, paid.amount.0.scale()).ok()?;
        let unit = integer(last_digit, rate.from, self.per_shares)?;
        let off = converted.checked_sub(printed)?.checked_abs()?;
        Some(match off {
            off if off.checked_mul(2)? <= unit && off.checked_mul(200)? > converted => Deviation::Coarse,
            off if off.checked_mul(2)? <= unit => Deviation::Exact,
            off if off <= unit => Deviation::Off,
            _ => Deviation::FarOff,
        })
    }

    /// `HKD 0.2700625 per 1 share (CNY 0.219563 per 1 share at 1 : 1.23)`: for a person, two digits more than printed.
    fn converted(self, paid: Definite, rate: Conversion) -> String {
        let product = self.amount.0.checked_mul(rate.to).and_then(|it| it.checked_mul(paid.per_shares.into()));
        let divisor = rate.from.checked_mul(self.per_shares.into());
        let quotient = product.zip(divisor).and_then(|(product, divisor)| product.checked_div(divisor));
        let digits = paid.amount.0.scale() + 2;
        let figure = quotient.map_or_else(|| "?".to_owned(), |it| it.round_dp(digits).normalize().to_string());
        let (currency, shares) = (paid.currency, paid.per_shares);
        format!("about {currency} {figure} per {shares} share ({self} at {} : {})", rate.from, rate.to)
    }
}

impl std::fmt::Display for Definite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} per {} share", self.currency, self.amount, self.per_shares)
    }
}
