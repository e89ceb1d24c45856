#![no_main]
libfuzzer_sys::fuzz_target!(|body: &[u8]| exdate_fuzz::hold(
    &[b"<html>", body].concat(),
    Some("text/html; charset=utf-8")
));
