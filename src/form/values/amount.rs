//! `RMB 0.4076 per 10 share`, `每 股 5.3HKD`, or half known: `HKD， 金額有待公佈`. Also prices: `HKD 155.6`.
//!
//! Nothing else is an amount: no cents, no `HK$`, no thousands separators, no "equivalent to".

use super::{Parse, Taken};
use crate::form::model::{PerShare, Price, Shown};
use crate::form::text::Cursor;

/// Takes an amount per number of shares, in either language.
pub(crate) fn take(cursor: &mut Cursor<'_>) -> Option<PerShare> {
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

/// `USD 0.29 per share`, `RMB 0.4 per 10 share`, `HKD amount to be announced`, `HKD， 金額有待公佈`.
fn take_english(cursor: &mut Cursor<'_>) -> Option<PerShare> {
    let currency = cursor.currency()?;
    if let Some(amount) = cursor.amount() {
        if !cursor.eat_word("per") {
            return None;
        }
        let per_shares = if cursor.peek()?.is_ascii_digit() { cursor.number(6)? } else { 1 };
        let share = cursor.eat_word("shares") || cursor.eat_word("share");
        return (share && per_shares > 0).then_some(PerShare::Definite { currency, amount, per_shares });
    }
    let _comma = cursor.eat_symbol(',');
    let pending = cursor.eat_word("amount to be announced") || cursor.eat("金額有待公佈");
    pending.then_some(PerShare::AmountToBeAnnounced { currency })
}

/// `每 股 5.3HKD`, `每 10 股 3HKD`.
fn take_chinese(cursor: &mut Cursor<'_>) -> Option<PerShare> {
    if !cursor.eat_symbol('每') {
        return None;
    }
    let per_shares = if cursor.peek()?.is_ascii_digit() { cursor.number(6)? } else { 1 };
    if !cursor.eat_symbol('股') || per_shares == 0 {
        return None;
    }
    let amount = cursor.amount()?;
    let currency = cursor.currency()?;
    Some(PerShare::Definite { currency, amount, per_shares })
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
        take(cursor).map(Taken::Known)
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
        let found = take(&mut cursor)?;
        cursor.is_done().then(|| match found {
            PerShare::Definite { currency, amount, per_shares } => format!("{currency} {amount} per {per_shares}"),
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
        ] {
            assert_eq!(whole(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn err_everything_else() {
        for text in [
            "HK$0.10 per share",
            "HKD 0,10 per share",
            "HKD 1,000 per share",
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
