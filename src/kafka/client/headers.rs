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

/// Headers for the client: ours, or those of the consumed record with ours behind them when its names are not all readable.
pub(crate) fn write(unreadable: Option<&BorrowedHeaders>, headers: &[record::Header]) -> OwnedHeaders {
    let ours = |name: &str| name.starts_with("dlq.") || name.starts_with("__connect.");
    let (mut written, skip_original) = match unreadable {
        Some(original) => (original.detach(), true),
        None => (OwnedHeaders::new_with_capacity(headers.len()), false),
    };
    for (key, value) in headers.iter().filter(|(name, _)| !skip_original || ours(name)) {
        written = written.insert(Header { key, value: value.as_deref() });
    }
    written
}
