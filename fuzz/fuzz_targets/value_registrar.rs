#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold_for_row(
    "Share registrar and its address",
    "股份過戶登記處及其地址",
    value
));
