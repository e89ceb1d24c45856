#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold_for_row(
    "Multi-counter stock code and currency",
    "多櫃檯股份代號及貨幣",
    value
));
