#![no_main]
libfuzzer_sys::fuzz_target!(|content: &[u8]| exdate_fuzz::hold_pdf(&exdate_fuzz::page_that_draws(content)));
