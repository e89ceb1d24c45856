//! Stock codes, five digits, and trading counters: `80700 RMB`.

use super::{Parse, Taken};
use crate::form::model::{Counter, Shown};
use crate::form::text::Cursor;

/// Takes exactly five digits, and no counter's: those stand before a currency.
pub(crate) fn take(cursor: &mut Cursor<'_>) -> Option<String> {
    let code = digits(cursor)?;
    let mut next = *cursor;
    if next.currency().is_some() { None } else { Some(code) }
}

fn digits(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.digits(5)
}

/// Takes one or more counters; nobody has seen how several are separated, so any usual separator will do.
pub(crate) fn take_counters(cursor: &mut Cursor<'_>) -> Option<Vec<Counter>> {
    let mut counters = Vec::new();
    loop {
        let start = *cursor;
        let _separator = !counters.is_empty()
            && !cursor.is_done()
            && (cursor.eat_any(&[",", ";", "、", "/", "及"]) || cursor.eat_word("and"));
        match take_counter(cursor) {
            Some(counter) => counters.push(counter),
            None => {
                *cursor = start;
                return (!counters.is_empty()).then_some(counters);
            }
        }
    }
}

fn take_counter(cursor: &mut Cursor<'_>) -> Option<Counter> {
    Some(Counter { stock_code: digits(cursor)?, currency: cursor.currency()? })
}

impl Parse for String {
    const EXPECTED: &'static str = "five digits";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take(cursor).map(Taken::Known)
    }
}

impl Shown for String {
    fn shown(&self) -> String {
        self.clone()
    }
}

impl Parse for Vec<Counter> {
    const EXPECTED: &'static str = "five digits and a currency, as in `80700 RMB`";

    fn take(cursor: &mut Cursor<'_>) -> Option<Taken<Self>> {
        take_counters(cursor).map(Taken::Known)
    }
}

impl Shown for Vec<Counter> {
    fn shown(&self) -> String {
        let counters: Vec<String> =
            self.iter().map(|counter| format!("{} {}", counter.stock_code, counter.currency)).collect();
        counters.join(" | ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Option<String> {
        let mut cursor = Cursor::new(text);
        let counters = take_counters(&mut cursor)?;
        let listed = counters.iter().map(|c| format!("{} {}", c.stock_code, c.currency)).collect::<Vec<_>>();
        cursor.is_done().then(|| listed.join(", "))
    }

    #[test]
    fn a_counter_is_no_stock_code() {
        for (text, code) in [("00700", Some("00700")), ("00700 80700 RMB", Some("00700")), ("80700 RMB", None)] {
            assert_eq!(take(&mut Cursor::new(text)).as_deref(), code, "{text}");
        }
    }

    #[test]
    fn ok_counters() {
        for (text, expected) in [
            ("80700 RMB", "80700 CNY"),
            ("89618RMB", "89618 CNY"),
            ("80700 RMB 40700 USD", "80700 CNY, 40700 USD"),
            ("80700 RMB；40700 USD", "80700 CNY, 40700 USD"),
            ("80700 RMB\n及 40700 USD", "80700 CNY, 40700 USD"),
        ] {
            assert_eq!(whole(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn err_everything_else() {
        for text in ["8070 RMB", "807000 RMB", "80700", "RMB 80700", "80700 RMB,", ""] {
            assert_eq!(whole(text), None, "{text}");
        }
        for text in ["700", "0700", "007000", "O0700"] {
            assert_eq!(take(&mut Cursor::new(text)), None, "{text}");
        }
    }
}
