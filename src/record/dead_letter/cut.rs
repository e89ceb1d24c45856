//! Cutting a dead letter that the broker refuses as too large: what is lost is named, what is kept is a prefix.

use std::borrow::Cow;

use super::DeadLetter;

/// Cuts key, headers and value, in this order, to `max_bytes` together, and names the parts that were cut.
pub(super) fn cut(dead_letter: &mut DeadLetter, max_bytes: usize) {
    let mut left = max_bytes;
    let key = shorten(dead_letter.key.as_mut(), &mut left);
    let headers = shorten_headers(&mut dead_letter.headers, &mut left);
    let value = shorten(dead_letter.value.as_mut(), &mut left);
    let known = &mut dead_letter.provenance.cut;
    for (part, was_cut) in [("key", key), ("headers", headers), ("value", value)] {
        if was_cut && !known.iter().any(|name| name == part) {
            known.push(part.to_owned());
        }
    }
}

/// A header whose name does not fit is left out; a value is cut to what is left.
fn shorten_headers(headers: &mut super::Headers, left: &mut usize) -> bool {
    let before = headers.len();
    let mut values_cut = false;
    headers.retain_mut(|(name, value)| {
        let Some(rest) = left.checked_sub(name.len()) else { return false };
        *left = rest;
        values_cut |= shorten(value.as_mut().map(Cow::to_mut), left);
        true
    });
    values_cut || headers.len() < before
}

/// Cuts to what is left, and takes it; true when something was lost.
fn shorten(bytes: Option<&mut Vec<u8>>, left: &mut usize) -> bool {
    let Some(bytes) = bytes else { return false };
    let whole = bytes.len();
    bytes.truncate(*left);
    *left -= bytes.len();
    bytes.len() < whole
}
