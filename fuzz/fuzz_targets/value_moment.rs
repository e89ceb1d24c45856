#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold_for_row(
    "Latest time to lodge transfer documents for registration with share registrar for determining entitlement to the dividend",
    "選擇權截止時限",
    value
));
