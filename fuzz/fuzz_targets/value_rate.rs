#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold_for_row("Exchange rate", "匯率", value));
