//! Which labels may stand at a place, told by its first symbols: only those are read in full.

use std::cmp::Reverse;

use crate::form::text::{leads_chinese, next_symbol};

/// The first symbols of a label: sixteen bits each, the first one lowest, capitals as small letters.
#[derive(Clone, Copy, Debug)]
struct Prefix {
    symbols: u64,
    /// Which bits there are.
    mask: u64,
    /// Number of the label.
    index: u8,
}

/// How many symbols a prefix holds. No label is found by fewer, whole or in pieces, unless it has no more.
const PREFIX: usize = 4;

/// The bit by which a small letter differs from its capital, in each symbol: set in all index, so that case does not matter.
const SMALL: u64 = 0x0020_0020_0020_0020;

/// The labels of a language by their first two symbols, in each list the longest first.
#[derive(Debug)]
pub(crate) struct PrefixIndex(Box<[Vec<Prefix>]>);

impl PrefixIndex {
    /// For these labels, two symbols or more each.
    pub(crate) fn new<'w>(labels: impl Iterator<Item = &'w [char]>) -> PrefixIndex {
        let mut numbered: Vec<(u8, &[char])> = (0..).zip(labels).collect();
        numbered.sort_by_key(|(_, symbols)| Reverse(symbols.len()));
        let mut lists = vec![Vec::new(); 256];
        for (index, symbols) in numbered {
            let first = symbols.iter().take(PREFIX).enumerate();
            let prefix = first.fold(SMALL, |prefix, (number, symbol)| prefix | bits(*symbol) << (16 * number));
            let mask = u64::MAX >> (64 - 16 * symbols.len().min(PREFIX));
            if let Some(list) = lists.get_mut(bucket(prefix)) {
                list.push(Prefix { symbols: prefix & mask, mask, index });
            }
        }
        PrefixIndex(lists.into())
    }

    /// The numbers of the labels whose first symbols stand in `text` at `at`, in whatever case, the longest first.
    #[inline]
    pub(crate) fn fitting(&self, text: &str, at: usize) -> Option<impl Iterator<Item = u8> + Clone> {
        let (first, end) = two_symbols(text, at);
        let list = self.0.get(bucket(first | SMALL)).filter(|list| !list.is_empty())?;
        let symbols = first | two_symbols(text, end).0 << 32 | SMALL;
        let fits = move |prefix: &&Prefix| symbols & prefix.mask == prefix.symbols;
        Some(list.iter().filter(fits).map(|prefix| prefix.index))
    }
}

#[inline]
fn bits(symbol: char) -> u64 {
    u64::from(symbol) & 0xffff
}

/// The list of a prefix: of both first symbols the low bits differ most.
#[inline]
fn bucket(prefix: u64) -> usize {
    ((prefix ^ prefix >> 13) & 0xff) as usize
}

/// The next two symbols of a text as a prefix holds them, and where they end; fewer, where there are no more.
#[inline]
fn two_symbols(text: &str, at: usize) -> (u64, usize) {
    // Nearly always two letters stand side by side, or two Chinese characters.
    match text.as_bytes().get(at..) {
        Some([first, second, ..]) if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
            return (u64::from(*first) | u64::from(*second) << 16, at + 2);
        }
        Some([a, b, c, d, e, f, ..]) if leads_chinese(*a) && leads_chinese(*d) => {
            return (chinese(*a, *b, *c) | chinese(*d, *e, *f) << 16, at + 6);
        }
        _ => {}
    }
    let Some((first, _, end)) = next_symbol(text, at) else { return (0, at) };
    match next_symbol(text, end) {
        Some((second, _, end)) => (bits(first) | bits(second) << 16, end),
        None => (bits(first), end),
    }
}

/// The bits of the Chinese character that is written in these bytes.
#[inline]
fn chinese(first: u8, second: u8, third: u8) -> u64 {
    u64::from(first & 0x0f) << 12 | u64::from(second & 0x3f) << 6 | u64::from(third & 0x3f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitting(labels: &[&str], text: &str) -> Vec<u8> {
        let symbols: Vec<Vec<char>> = labels.iter().map(|label| label.chars().collect()).collect();
        let index = PrefixIndex::new(symbols.iter().map(Vec::as_slice));
        index.fitting(text, 0).into_iter().flatten().collect()
    }

    #[test]
    fn labels_are_told_apart_by_four_symbols_in_whatever_case() {
        let labels = ["Status", "Stockcode", "Statements"];
        assert_eq!(fitting(&labels, "Status"), [2, 0]);
        assert_eq!(fitting(&labels, "s t\nOC"), [1]);
        assert!(fitting(&labels, "Stone").is_empty() && fitting(&labels, "St").is_empty());
        assert!(fitting(&labels, "").is_empty());
    }

    #[test]
    fn short_labels_have_no_more_than_their_symbols() {
        let labels = ["匯率", "匯款方式", "除淨日"];
        assert_eq!(fitting(&labels, "匯率 1"), [0]);
        assert_eq!(fitting(&labels, "匯\u{3000}款方式"), [1]);
        assert_eq!(fitting(&labels, "除淨日"), [2]);
        assert!(fitting(&labels, "匯兌").is_empty());
    }
}
