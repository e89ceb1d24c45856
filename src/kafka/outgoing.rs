//! What of a record the client needs, and headers that the client's own API would stumble over.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rdkafka::message::{BorrowedHeaders, Header, Headers, OwnedHeaders};

/// The headers of a consumed record, as far as their names are UTF-8.
///
/// Returns false when some could not be read: rdkafka panics on such a name. They are left to the caller, who may still copy all of
/// them natively ([`BorrowedHeaders::detach`]).
pub(super) fn read<'a>(headers: &'a BorrowedHeaders, into: &mut Vec<(&'a str, Option<&'a [u8]>)>) -> bool {
    let mut whole = true;
    for index in 0..headers.count() {
        match catch_unwind(AssertUnwindSafe(|| headers.get(index))) {
            Ok(header) => into.push((header.key, header.value)),
            Err(_) => whole = false,
        }
    }
    whole
}

/// Headers for the client: ours, or those of the consumed record with ours behind them when its names are not all readable.
pub(super) fn write(unreadable: Option<&BorrowedHeaders>, headers: &[(String, Option<Vec<u8>>)]) -> OwnedHeaders {
    let ours = |name: &str| name.starts_with("dlq.") || name.starts_with("__connect.");
    let (mut written, skip_original) = match unreadable {
        Some(original) => (original.detach(), true),
        None => (OwnedHeaders::new_with_capacity(headers.len()), false),
    };
    for (key, value) in headers.iter().filter(|(name, _)| !skip_original || ours(name)) {
        written = written.insert(Header { key, value: value.as_ref() });
    }
    written
}
