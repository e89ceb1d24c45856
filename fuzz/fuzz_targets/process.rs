#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold(value, None));
