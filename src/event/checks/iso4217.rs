//! The currencies of ISO 4217 in which money is paid: list one of the maintenance agency (SIX, amendment 179 of 2025), without its
//! codes for funds, metals and tests; and what those mean that are printed in their place.

use chrono::NaiveDate;

/// In force, and not about to end.
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF \
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT \
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR \
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV \
    WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// Withdrawn since the form exists: the last day, and what came after.
const WITHDRAWN: [(&str, i32, u32, u32, &str); 6] = [
    ("ANG", 2025, 6, 30, "XCG"),
    ("BGN", 2025, 12, 31, "EUR"),
    ("CUC", 2021, 6, 30, "CUP"),
    ("HRK", 2023, 1, 14, "EUR"),
    ("SLL", 2024, 3, 31, "SLE"),
    ("ZWL", 2024, 8, 31, "ZWG"),
];

/// Withdrawn before.
const LONG_WITHDRAWN: &str = "ATS BEF CYP DEM EEK ESP FIM FRF GRD IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK";

/// No codes of the standard, with what they are used for.
const NAMED: [(&str, &str); 10] = [
    ("CNH", "the renminbi offshore, whose code is CNY"),
    ("GBX", "pence sterling, a hundredth of GBP"),
    ("ZAC", "South African cents, a hundredth of ZAR"),
    ("USX", "US cents, a hundredth of USD"),
    ("ILA", "agorot, a hundredth of ILS"),
    ("NTD", "the New Taiwan dollar, whose code is TWD"),
    ("YEN", "the yen, whose code is JPY"),
    ("STG", "the pound sterling, whose code is GBP"),
    ("UKP", "the pound sterling, whose code is GBP"),
    ("MOX", "avos, a hundredth of MOP"),
];

/// Why a code is no currency on a day, in words; `None` for one that is.
pub(super) fn objection(code: &str, day: NaiveDate) -> Option<String> {
    if CODES.split_ascii_whitespace().any(|known| known == code) {
        return None;
    }
    if let Some((_, year, month, last, follows)) = WITHDRAWN.iter().find(|(withdrawn, ..)| *withdrawn == code) {
        let last = NaiveDate::from_ymd_opt(*year, *month, *last)?;
        return (day > last).then(|| format!("{follows}: {code} was withdrawn after {last}"));
    }
    if let Some((_, meaning)) = NAMED.iter().find(|(named, _)| *named == code) {
        return Some(format!("a currency of ISO 4217: {code} stands for {meaning}"));
    }
    let withdrawn = LONG_WITHDRAWN.split_ascii_whitespace().any(|withdrawn| withdrawn == code);
    let why = if withdrawn { "; this one is withdrawn" } else { "" };
    Some(format!("a currency of ISO 4217{why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_force_and_others() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        for code in ["HKD", "CNY", "USD", "GBP", "MOP", "SGD", "JPY", "EUR"] {
            assert_eq!(objection(code, day("2025-03-20")), None, "{code}");
        }
        for code in ["HKO", "CNH", "GBX", "RMB", "DEM", "XXX", "XAU", "USN"] {
            assert!(objection(code, day("2025-03-20")).is_some(), "{code}");
        }
        assert_eq!(objection("HRK", day("2022-06-01")), None);
        assert_eq!(objection("HRK", day("2023-06-01")).as_deref(), Some("EUR: HRK was withdrawn after 2023-01-14"));
        assert_eq!(
            objection("GBX", day("2025-03-20")).as_deref(),
            Some("a currency of ISO 4217: GBX stands for pence sterling, a hundredth of GBP")
        );
        let mut codes: Vec<&str> = CODES.split_ascii_whitespace().collect();
        assert!(codes.len() > 150 && codes.iter().all(|code| code.len() == 3) && codes.is_sorted());
        codes.dedup();
        assert_eq!(codes.len(), CODES.split_ascii_whitespace().count());
    }
}
