//! Moments in headers: RFC 3339 on the Hong Kong wall clock, milliseconds kept.

use chrono::{DateTime, TimeDelta};

use crate::event::time::{HongKongTime, put};

/// `1710318600000` → `2024-03-13T16:30:00.000+08:00`; `None` beyond the years that RFC 3339 can write.
pub(super) fn rfc3339(timestamp_ms: i64) -> Option<String> {
    let moment = DateTime::from_timestamp_millis(timestamp_ms)?;
    let hong_kong = moment.naive_utc().checked_add_signed(TimeDelta::hours(8))?;
    let mut text = *b"0000-00-00T00:00:00.000+08:00";
    text.get_mut(..19)?.copy_from_slice(HongKongTime(hong_kong).ascii()?.get(..19)?);
    put(text.get_mut(20..23)?, moment.timestamp_subsec_millis());
    std::str::from_utf8(&text).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_hong_kong() {
        assert_eq!(rfc3339(1_710_318_600_000).as_deref(), Some("2024-03-13T16:30:00.000+08:00"));
        assert_eq!(rfc3339(-1).as_deref(), Some("1970-01-01T07:59:59.999+08:00"));
        assert_eq!(rfc3339(i64::MAX), None);
        assert_eq!(rfc3339(i64::MIN), None);
        assert_eq!(rfc3339(253_402_300_800_000), None, "the year 10000 has five digits");
    }
}
