#![no_main]
libfuzzer_sys::fuzz_target!(|value: &[u8]| exdate_fuzz::hold_for_row(
    "Book close period",
    "暫停辦理股份過戶登記手續之日期",
    value
));
