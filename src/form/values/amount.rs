//! `RMB 0.4076 per 10 share`, `每 股 5.3HKD`, or half known: `HKD， 金額有待公佈`. Also prices: `HKD 155.6`.
//!
//! What is set otherwise and cannot mean anything else is read too: `HK$`, cents, `per H share`, `per unit`, a note on tax.

use super::{Parse, Taken};
use crate::form::model::{PerShare, Price, Shown};
use crate::form::text::Cursor;
use crate::money::{Amount, Currency};

/// Takes an amount per number of shares, in either language.
pub(crate) fn take(cursor: &mut Cursor<'_>) -> Option<Taken<PerShare>> {
    let start = *cursor;
    let found = match cursor.peek()? {
        '每' => take_chinese(cursor),
        _ => take_english(cursor),
    };
    if found.is_none() {
        *cursor = start;
    }
    found
}

/// `USD 0.29 per share`, `RMB 0.4 per 10 share`, `HKD amount to be announced`, `HKD， 金額有待公佈`, `HK35 cents per share`.
fn take_english(cursor: &mut Cursor<'_>) -> Option<Taken<PerShare>> {
    let Some(currency) = cursor.currency() else {
        let (currency, amount) = take_cents(cursor)?;
        let per_shares = take_per_shares(cursor)?;
        return Some(Taken::InCents(PerShare::Definite { currency, amount, per_shares }));
    };
    if let Some(amount) = cursor.amount() {
        let per_shares = take_per_shares(cursor)?;
        let value = PerShare::Definite { currency, amount, per_shares };
        return Some(if take_note(cursor) { Taken::OnTrust(value) } else { Taken::Known(value) });
    }
    let _comma = cursor.eat_symbol(',');
    let pending = cursor.eat_word("amount to be announced") || cursor.eat("金額有待公佈");
    pending.then_some(Taken::Known(PerShare::AmountToBeAnnounced { currency }))
}

/// `per share`, `per 10 share`, `per H share`, `per unit`.
fn take_per_shares(cursor: &mut Cursor<'_>) -> Option<u32> {
    if !cursor.eat_word("per") {
        return None;
    }
    let per_shares = if cursor.peek()?.is_ascii_digit() { cursor.number(6)? } else { 1 };
    let share = cursor.eat_any_word(&["shares", "share", "H shares", "H share", "units", "unit"]);
    (share && per_shares > 0).then_some(per_shares)
}

/// `每 股 5.3HKD`, `每 10 股 3HKD`, `每股H股 5.3HKD`, `每基金單位 5.3HKD`, `每 股 35港仙`.
fn take_chinese(cursor: &mut Cursor<'_>) -> Option<Taken<PerShare>> {
    if !cursor.eat_symbol('每') {
        return None;
    }
    let per_shares = if cursor.peek()?.is_ascii_digit() { cursor.number(6)? } else { 1 };
    if !cursor.eat_any(&["股H股", "H股", "股", "個基金單位", "基金單位", "單位"]) || per_shares == 0 {
        return None;
    }
    if cursor.peek()? == 'H' {
        let currency = cursor.currency()?;
        let amount = cursor.amount()?;
        return Some(Taken::Known(PerShare::Definite { currency, amount, per_shares }));
    }
    let amount = cursor.amount()?;
    if cursor.eat("港仙") {
        let (currency, amount) = (Currency::HKD, amount.hundredth()?);
        return Some(Taken::InCents(PerShare::Definite { currency, amount, per_shares }));
    }
    let currency = cursor.currency()?;
    let value = PerShare::Definite { currency, amount, per_shares };
    Some(if take_note(cursor) { Taken::OnTrust(value) } else { Taken::Known(value) })
}

/// `HK35 cents`, `HK cents 35`, `35 HK cents`, the same of the US.
fn take_cents(cursor: &mut Cursor<'_>) -> Option<(Currency, Amount)> {
    let mut cents = *cursor;
    let leading = if cents.peek()?.is_ascii_digit() { Some(cents.amount()?) } else { None };
    let currency = match cents.peek()? {
        'H' if cents.eat("HK") => Currency::HKD,
        'U' if cents.eat("US") => Currency::from_printed("USD")?,
        _ => return None,
    };
    let amount = match leading {
        Some(amount) => take_cents_word(&mut cents).then_some(amount)?,
        None if take_cents_word(&mut cents) => cents.amount()?,
        None => {
            let amount = cents.amount()?;
            take_cents_word(&mut cents).then_some(amount)?
        }
    };
    *cursor = cents;
    Some((currency, amount.hundredth()?))
}

fn take_cents_word(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat_any_word(&["cents", "cent"])
}

/// A note that the amount is before or with tax: it changes no figure.
fn take_note(cursor: &mut Cursor<'_>) -> bool {
    const NOTES: [&str; 5] = ["(tax inclusive)", "(inclusive of tax)", "(before tax)", "(含稅)", "(稅前)"];
    cursor.peek() == Some('(') && cursor.eat_any(&NOTES)
}

/// Takes `HKD 155.6`.
pub(crate) fn take_price(cursor: &mut Cursor<'_>) -> Option<Price> {
    let start = *cursor;
    let found = cursor.currency().and_then(|currency| Some(Price { currency, amount: cursor.amount()? }));
    if found.is_none() {
        *cursor = start;
    }
    found
}

impl Parse for PerShare {
    const EXPECTED: &'static str =
        "currency, amount and number of shares, as in `RMB 0.4 per 10 share` or `每 股 0.4HKD`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take(cursor)
    }
}

impl Shown for PerShare {
    fn shown(&self) -> String {
        match self {
            PerShare::Definite { currency, amount, per_shares } => format!("{currency} {amount} per {per_shares}"),
            PerShare::AmountToBeAnnounced { currency } => format!("{currency}, amount TO_BE_ANNOUNCED"),
        }
    }
}

impl Parse for Price {
    const EXPECTED: &'static str = "currency and amount, as in `HKD 155.6`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take_price(cursor).map(Taken::Known)
    }
}

impl Shown for Price {
    fn shown(&self) -> String {
        format!("{} {}", self.currency, self.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Option<String> {
        let mut cursor = Cursor::new(text);
        let (found, told) = match take(&mut cursor)? {
            Taken::Known(value) => (value, ""),
            Taken::OnTrust(value) => (value, ", on trust"),
            Taken::InCents(value) => (value, ", in cents"),
            Taken::Impossible => return None,
        };
        cursor.is_done().then(|| match found {
            PerShare::Definite { currency, amount, per_shares } => {
                format!("{currency} {amount} per {per_shares}{told}")
            }
            PerShare::AmountToBeAnnounced { currency } => format!("{currency} pending"),
        })
    }

    #[test]
    fn ok_amounts_of_both_languages() {
        for (text, expected) in [
            ("USD 0.29 per share", "USD 0.29 per 1"),
            ("RMB 0.4076 per 10 share", "CNY 0.4076 per 10"),
            ("RMB 0.09622 per 1 share", "CNY 0.09622 per 1"),
            ("HKD 1 per 10 shares", "HKD 1 per 10"),
            ("HKD 0.10\nper share", "HKD 0.10 per 1"),
            ("每 股 5.3HKD", "HKD 5.3 per 1"),
            ("每 股 1HKD", "HKD 1 per 1"),
            ("每 10 股 3HKD", "HKD 3 per 10"),
            ("每股0.27006249 RMB", "CNY 0.27006249 per 1"),
            ("HKD， 金額有待公佈", "HKD pending"),
            ("RMB,金額有待公佈", "CNY pending"),
            ("HKD amount to be announced", "HKD pending"),
            ("HKD, amount to be announced", "HKD pending"),
            ("HK$0.10 per share", "HKD 0.10 per 1"),
            ("HKD 1,000.35 per share", "HKD 1000.35 per 1"),
            ("HKD 0.10 per H share", "HKD 0.10 per 1"),
            ("HKD 0.10 per unit", "HKD 0.10 per 1"),
            ("每H股 5.3HKD", "HKD 5.3 per 1"),
            ("每基金單位 5.3HKD", "HKD 5.3 per 1"),
            ("每 股 HK$5.3", "HKD 5.3 per 1"),
            ("每 股 ５．３ＨＫＤ", "HKD 5.3 per 1"),
            ("HKD 0.10 per share (tax inclusive)", "HKD 0.10 per 1, on trust"),
            ("每 10 股 3RMB（含稅）", "CNY 3 per 10, on trust"),
            ("HK35 cents per share", "HKD 0.35 per 1, in cents"),
            ("HK cents 12.50 per 10 shares", "HKD 0.1250 per 10, in cents"),
            ("35 HK cents per share", "HKD 0.35 per 1, in cents"),
            ("US 3 cents per share", "USD 0.03 per 1, in cents"),
            ("每 股 35港仙", "HKD 0.35 per 1, in cents"),
        ] {
            assert_eq!(whole(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn err_everything_else() {
        for text in [
            "HKD 0,10 per share",
            "HKD 1,00 per share",
            "35 cents per share",
            "$0.10 per share",
            "HK$0.10 cents per share",
            "HKD 0.10 per share (of which HKD 0.05 special)",
            "HKD 0.10 per A share",
            "HKD 10 cents per share",
            "HKD 0.10",
            "HKD 0.10 per",
            "HKD 0.10 per 10",
            "HKD 0.10 per 0 share",
            "HKD 0.10 per shareholder",
            "0.10 HKD per share",
            "每 股 5.3",
            "每 股 5.3HK",
            "每 股 港幣5.3元",
            "每 0 股 3HKD",
            "HKD",
            "USD 0.29 per share approximately",
            "",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
