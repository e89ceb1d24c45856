//! Numbers in the words of a report.

use bytesize::ByteSize;

/// `1 partition`, `6 partitions`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// `for ever`, `for 7 days`.
pub(super) fn kept(ms: i64) -> String {
    if ms < 0 { "for ever".to_owned() } else { format!("for {}", span(ms)) }
}

/// `7 days`, `90 minutes`: in the largest unit that is whole.
pub(super) fn span(ms: i64) -> String {
    let units = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1000, "second")];
    let (length, noun) = units.into_iter().find(|(length, _)| ms % length == 0).unwrap_or((1, "millisecond"));
    plural(usize::try_from(ms / length).unwrap_or_default(), noun)
}

/// `1.0 MiB`.
pub(super) fn size(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_is_told_in_its_largest_whole_unit() {
        let cases = [
            (-1, "for ever"),
            (604_800_000, "for 7 days"),
            (5_400_000, "for 90 minutes"),
            (3_600_000, "for 1 hour"),
            (1500, "for 1500 milliseconds"),
        ];
        for (ms, words) in cases {
            assert_eq!(kept(ms), words);
        }
    }

    #[test]
    fn sizes_are_told_in_binary_units() {
        assert_eq!(size(1_048_588), "1.0 MiB");
        assert_eq!(size(512), "512 B");
    }
}
