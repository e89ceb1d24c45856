//! Currencies and exact amounts, as the form prints them. No floats.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An ISO 4217 currency code.
///
/// The form prints `RMB` where ISO 4217 says `CNY`; [`Currency::from_printed`] is the one place that knows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The Hong Kong dollar.
    pub const HKD: Currency = Currency(*b"HKD");
    /// The renminbi, printed `RMB`.
    pub const CNY: Currency = Currency(*b"CNY");

    /// Reads a currency as the form prints it: three capital letters, `RMB` meaning `CNY`.
    ///
    /// `"RMB"` → `CNY`, `"HKD"` → `HKD`, `"HK$"` → `None`.
    pub fn from_printed(text: &str) -> Option<Currency> {
        let code: [u8; 3] = text.as_bytes().try_into().ok()?;
        if code == *b"RMB" {
            return Some(Currency::CNY);
        }
        code.iter().all(u8::is_ascii_uppercase).then_some(Currency(code))
    }

    /// The three letters, as bytes.
    pub(crate) fn as_bytes(&self) -> &[u8; 3] {
        &self.0
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        Currency::from_printed(&text).ok_or_else(|| de::Error::custom("expected a three-letter currency code"))
    }
}

impl JsonSchema for Currency {
    fn schema_name() -> Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217 currency code." })
    }
}

/// An exact decimal that keeps the scale it was printed with; a JSON string in the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub Decimal);

impl Amount {
    /// Reads plain digits with at most one decimal point: no sign, separator or exponent.
    ///
    /// `"0.10"` → 0.10, `"5"` → 5; `"1,000"`, `".5"`, `"-1"` and more digits than fit exactly → `None`.
    pub fn from_printed(text: &str) -> Option<Amount> {
        let (mut mantissa, mut digits, mut whole_digits) = (0_i64, 0, None);
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => {
                    mantissa = mantissa.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
                    digits += 1;
                }
                b'.' if whole_digits.is_none() && digits > 0 => whole_digits = Some(digits),
                _ => return None,
            }
        }
        let decimals = whole_digits.map(|whole| digits - whole);
        if digits == 0 || decimals == Some(0) {
            return None;
        }
        // More digits than these may not fit: the general reader tells.
        match digits {
            ..=18 => Some(Amount(Decimal::new(mantissa, decimals.unwrap_or(0)))),
            _ => Decimal::from_str_exact(text).ok().map(Amount),
        }
    }
}

impl Amount {
    /// The same number of hundredths, with all its digits: `35` → 0.35.
    pub fn hundredth(self) -> Option<Amount> {
        let scale = self.0.scale().checked_add(2)?;
        Decimal::try_from_i128_with_scale(self.0.mantissa(), scale).ok().map(Amount)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Amount {
    /// The digits as printed, written into `buffer`; `None` for what no form prints: a sign, or more than 19 digits.
    pub(crate) fn digits<'b>(&self, buffer: &'b mut [u8; 40]) -> Option<&'b [u8]> {
        let mut rest = u64::try_from(self.0.mantissa()).ok()?;
        let mut decimals_left = self.0.scale();
        let mut free = buffer.len();
        loop {
            free = free.checked_sub(1)?;
            *buffer.get_mut(free)? = b'0' + (rest % 10) as u8;
            rest /= 10;
            match decimals_left {
                0 if rest == 0 => break,
                0 => {}
                1 => {
                    free = free.checked_sub(1)?;
                    *buffer.get_mut(free)? = b'.';
                    decimals_left = 0;
                    if rest == 0 {
                        free = free.checked_sub(1)?;
                        *buffer.get_mut(free)? = b'0';
                        break;
                    }
                }
                _ => decimals_left -= 1,
            }
        }
        buffer.get(free..)
    }
}

/// Events hold a dozen amounts, each written twice: worth more than the general formatter.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.digits(&mut [0; 40]).and_then(|digits| std::str::from_utf8(digits).ok()) {
            Some(digits) => serializer.serialize_str(digits),
            None => serializer.collect_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        Decimal::from_str(&text).map(Amount).map_err(de::Error::custom)
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$", "description": "Exact decimal, as printed on the form." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_printed_scale() {
        for text in ["0.29", "5", "0.10", "0.27006249", "0"] {
            assert_eq!(Amount::from_printed(text).map(|a| a.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn amounts_are_written_as_the_general_formatter_writes_them() {
        for text in [
            "0",
            "0.0",
            "5",
            "10",
            "0.29",
            "0.10",
            "1.00",
            "12345678901234567890123.4",
            "18446744073709551615",
            "18446744073709551616",
            "0.0000000000000000000000000001",
            "1.8446744073709551615",
            "100.001",
        ] {
            let amount = Amount(Decimal::from_str_exact(text).unwrap_or_else(|error| unreachable!("{text}: {error}")));
            assert_eq!(serde_json::to_value(amount).ok(), Some(serde_json::Value::from(text)));
        }
        assert_eq!(serde_json::to_value(Amount(Decimal::from(-5))).ok(), Some(serde_json::Value::from("-5")));
    }

    #[test]
    fn amounts_that_are_not_plain_digits_are_refused() {
        for text in
            ["", ".", ".5", "5.", "1,000", "-1", "+1", "1e3", "0.1.2", "１", "0.00000000000000000000000000001234"]
        {
            assert_eq!(Amount::from_printed(text), None, "{text}");
        }
    }

    #[test]
    fn renminbi_is_printed_rmb_and_published_cny() {
        assert_eq!(Currency::from_printed("RMB"), Some(Currency::CNY));
        assert_eq!(Currency::from_printed("USD").map(|c| c.to_string()).as_deref(), Some("USD"));
        for text in ["HK$", "hkd", "HKDX", "", "港元"] {
            assert_eq!(Currency::from_printed(text), None, "{text}");
        }
    }
}
