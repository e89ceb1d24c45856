#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exdate_fuzz::hold_pdf(bytes));
