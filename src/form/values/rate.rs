//! `RMB 1 : HKD 1.0983`, `1 RMB : 1.144387HKD`: both sides as printed, the direction kept.

use super::{Parse, Taken};
use crate::form::model::{Rate, Shown};
use crate::form::text::Cursor;
use crate::money::{Amount, Currency};

/// Takes an exchange rate, in either language.
pub(crate) fn take(cursor: &mut Cursor<'_>) -> Option<Rate> {
    let start = *cursor;
    let found = take_sides(cursor);
    if found.is_none() {
        *cursor = start;
    }
    found
}

fn take_sides(cursor: &mut Cursor<'_>) -> Option<Rate> {
    let (base_currency, base_amount) = take_side(cursor)?;
    if !cursor.eat_symbol(':') {
        return None;
    }
    let (quote_currency, quote_amount) = take_side(cursor)?;
    Some(Rate { base_currency, base_amount, quote_currency, quote_amount })
}

fn take_side(cursor: &mut Cursor<'_>) -> Option<(Currency, Amount)> {
    if cursor.peek()?.is_ascii_digit() {
        let amount = cursor.amount()?;
        return Some((cursor.currency()?, amount));
    }
    let currency = cursor.currency()?;
    Some((currency, cursor.amount()?))
}

impl Parse for Rate {
    const EXPECTED: &'static str = "two amounts with currencies, as in `RMB 1 : HKD 1.0983` or `1 RMB : 1.0983HKD`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take(cursor).map(Taken::Known)
    }
}

impl Shown for Rate {
    fn shown(&self) -> String {
        format!("{} {} : {} {}", self.base_currency, self.base_amount, self.quote_currency, self.quote_amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Option<String> {
        let mut cursor = Cursor::new(text);
        let rate = take(&mut cursor)?;
        let Rate { base_currency, base_amount, quote_currency, quote_amount } = rate;
        cursor.is_done().then(|| format!("{base_amount} {base_currency} = {quote_amount} {quote_currency}"))
    }

    #[test]
    fn ok_rates_of_both_languages() {
        for (text, expected) in [
            ("RMB 1 : HKD 1.0983", "1 CNY = 1.0983 HKD"),
            ("USD 1 : USD 1", "1 USD = 1 USD"),
            ("1 RMB : 1.144387HKD", "1 CNY = 1.144387 HKD"),
            ("1 HKD：0.862042 RMB", "1 HKD = 0.862042 CNY"),
            ("RMB 100 : HKD 109.83", "100 CNY = 109.83 HKD"),
            ("RMB 1 : HK$1.09", "1 CNY = 1.09 HKD"),
            ("RMB 1 ： HKD １．０９", "1 CNY = 1.09 HKD"),
        ] {
            assert_eq!(whole(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn err_everything_else() {
        for text in ["RMB 1 = HKD 1.09", "RMB 1 : HKD", "1 RMB : 1.09", "1.09", "RMB 1 : HKD 1.09 approximately", ""] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
