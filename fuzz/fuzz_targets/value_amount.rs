#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold_for_row(
    "Dividend declared",
    "派息金額及公司預設派發貨幣",
    value
));
