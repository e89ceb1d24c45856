#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The content type is the first line, the value is the rest.
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (content_type, value) = bytes.split_at(end);
    exdate_fuzz::hold(value.get(1..).unwrap_or_default(), std::str::from_utf8(content_type).ok());
});
