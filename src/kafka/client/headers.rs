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
