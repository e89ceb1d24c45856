//! What of a record the client needs, and headers that the client's own API would stumble over.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rdkafka::message::{BorrowedHeaders, Header, Headers, OwnedHeaders};

use crate::record;

/// The headers of a consumed record, as far as their names are UTF-8.
///
/// Returns false when some could not be read: rdkafka panics on such a name. They are left to the caller, who may still copy all of
/// them natively ([`BorrowedHeaders::detach`]).
pub(crate) fn read<'a>(headers: &'a BorrowedHeaders, into: &mut Vec<(&'a str, Option<&'a [u8]>)>) -> bool {
    let (count, mut next, mut whole) = (headers.count(), 0, true);
    into.reserve(count);
    let mut read_on = || {
        while next < count {
            next += 1;
            let header = headers.get(next - 1);
            into.push((header.key, header.value));
        }
    };
    // Each round ends with all read, or behind one that could not be.
    while catch_unwind(AssertUnwindSafe(&mut read_on)).is_err() {
        whole = false;
    }
    whole
}

/// Headers for the client: ours, or those of the consumed record with the last ones of ours behind them, as many as are our own.
pub(crate) fn write(headers: &[record::Header], original: Option<(&BorrowedHeaders, usize)>) -> OwnedHeaders {
    let (written, passed_on) = match original {
        Some((original, own)) => (original.detach(), headers.len().saturating_sub(own)),
        None => (OwnedHeaders::new_with_capacity(headers.len()), 0),
    };
    let ours = headers.iter().skip(passed_on);
    ours.fold(written, |written, (key, value)| written.insert(Header { key, value: value.as_deref() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(headers: &OwnedHeaders) -> Vec<&str> {
        headers.iter().map(|header| header.key).collect()
    }

    /// The consumed record has one header more than could be read, and so than ours begin with.
    #[test]
    fn what_the_client_read_stands_before_our_own_when_not_all_of_it_is_readable() {
        let ours: Vec<record::Header> =
            ["readable", "dlq.a", "dlq.b"].map(|name| (name.into(), Some(b"1".into()))).into();
        let header = |key| Header { key, value: Some("1") };
        let original = OwnedHeaders::new().insert(header("readable")).insert(header("unreadable"));
        assert_eq!(names(&write(&ours, None)), ["readable", "dlq.a", "dlq.b"]);
        let written = write(&ours, Some((original.as_borrowed(), 2)));
        assert_eq!(names(&written), ["readable", "unreadable", "dlq.a", "dlq.b"]);
    }
}
