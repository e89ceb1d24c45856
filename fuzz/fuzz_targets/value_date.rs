#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold_for_row("Payment date", "除淨日", value));
