#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold_for_row(
    "Dividend declared",
    "現金股息轉換為代息股份的價格",
    value
));
