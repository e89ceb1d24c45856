//! SHA-256, as every hash of a document, an event or a payload is written: lower-case hex.

use std::slice::from_ref;

use sha2::digest::Output;
use sha2::digest::block_api::{Block, Buffer, EagerHash, FixedOutputCore, UpdateCore};
use sha2::{Digest, Sha256};

/// The hash of whole blocks.
type Core = <Sha256 as EagerHash>::Core;

/// `sha256_hex(b"")` → `e3b0c442…b855`, 64 digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).into())
}

/// As [`sha256_hex`], of two. Each round of a hash waits for the one before it: the processor does the other's meanwhile, when
/// their blocks come in turn, for it looks ahead little further than one.
pub(crate) fn sha256_hex_of_both(both: [&[u8]; 2]) -> [String; 2] {
    let [(ours, our_end), (theirs, their_end)] = both.map(Block::<Core>::slice_as_chunks);
    let (mut our_hash, mut their_hash) = (Core::default(), Core::default());
    for (our_block, their_block) in ours.iter().zip(theirs) {
        our_hash.update_blocks(from_ref(our_block));
        their_hash.update_blocks(from_ref(their_block));
    }
    let turns = ours.len().min(theirs.len());
    our_hash.update_blocks(ours.get(turns..).unwrap_or_default());
    their_hash.update_blocks(theirs.get(turns..).unwrap_or_default());
    [finished(our_hash, our_end), finished(their_hash, their_end)]
}

/// The hash of the blocks so far and of less than a block behind them.
fn finished(mut hash: Core, end: &[u8]) -> String {
    let mut digest = Output::<Core>::default();
    hash.finalize_fixed_core(&mut Buffer::<Core>::new(end), &mut digest);
    hex(digest.into())
}

fn hex(digest: [u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = [0; 64];
    for (pair, byte) in hex.as_chunks_mut::<2>().0.iter_mut().zip(digest) {
        *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    // Written as a whole: each event has two of these.
    std::str::from_utf8(&hex).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        for (text, expected) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            assert_eq!(sha256_hex(text.as_bytes()), expected);
        }
    }

    #[test]
    fn two_hashes_are_those_of_each_alone() {
        let bytes: Vec<u8> = (0..=255).cycle().take(700).collect();
        for (one, other) in [(0, 0), (0, 700), (64, 127), (128, 129), (300, 256), (700, 1)] {
            let both = [bytes.get(..one), bytes.get(..other)].map(Option::unwrap_or_default);
            assert_eq!(sha256_hex_of_both(both), both.map(sha256_hex), "{one} and {other} bytes");
        }
    }
}
