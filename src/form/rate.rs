//! `RMB 1 : HKD 1.0983`, `1 RMB : 1.144387HKD`: both sides as printed, the direction kept.

use super::Rate;
use super::scan::Scan;
use crate::money::{Amount, Currency};

/// In words, for findings.
pub const EXPECTED: &str = "two amounts with currencies, as in `RMB 1 : HKD 1.0983` or `1 RMB : 1.0983HKD`";

/// Takes an exchange rate, in either language.
pub fn take(scan: &mut Scan<'_>) -> Option<Rate> {
    let start = *scan;
    let found = take_sides(scan);
    if found.is_none() {
        *scan = start;
    }
    found
}

fn take_sides(scan: &mut Scan<'_>) -> Option<Rate> {
    let (base_currency, base_amount) = take_side(scan)?;
    if !scan.eat_symbol(':') {
        return None;
    }
    let (quote_currency, quote_amount) = take_side(scan)?;
    Some(Rate { base_currency, base_amount, quote_currency, quote_amount })
}

fn take_side(scan: &mut Scan<'_>) -> Option<(Currency, Amount)> {
    if scan.peek()?.is_ascii_digit() {
        let amount = scan.amount()?;
        return Some((scan.currency()?, amount));
    }
    let currency = scan.currency()?;
    Some((currency, scan.amount()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Option<String> {
        let mut scan = Scan::new(text);
        let rate = take(&mut scan)?;
        let Rate { base_currency, base_amount, quote_currency, quote_amount } = rate;
        scan.is_done().then(|| format!("{base_amount} {base_currency} = {quote_amount} {quote_currency}"))
    }

    #[test]
    fn ok_rates_of_both_languages() {
        for (text, expected) in [
            ("RMB 1 : HKD 1.0983", "1 CNY = 1.0983 HKD"),
            ("USD 1 : USD 1", "1 USD = 1 USD"),
            ("1 RMB : 1.144387HKD", "1 CNY = 1.144387 HKD"),
            ("1 HKD：0.862042 RMB", "1 HKD = 0.862042 CNY"),
            ("RMB 100 : HKD 109.83", "100 CNY = 109.83 HKD"),
        ] {
            assert_eq!(whole(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn err_everything_else() {
        for text in [
            "RMB 1 = HKD 1.09",
            "RMB 1 : HKD",
            "1 RMB : 1.09",
            "RMB 1 : HK$1.09",
            "1.09",
            "RMB 1 : HKD 1.09 approximately",
            "",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
