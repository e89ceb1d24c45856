#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold_for_row(
    "Details of withholding tax applied to the dividend declared",
    "股息所涉及的代扣所得稅",
    value
));
