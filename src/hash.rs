//! SHA-256, as every hash of a document, an event or a payload is written: lower-case hex.

use sha2::{Digest, Sha256};

/// `sha256_hex(b"")` → `e3b0c442…b855`, 64 digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).into())
}

/// As [`sha256_hex`], of two. Each round of a hash waits for the one before it: the processor does the other's meanwhile.
pub(crate) fn sha256_hex_of_both(both: [&[u8]; 2]) -> [String; 2] {
    /// Bytes in turn: two blocks of the hash.
    const TURN: usize = 128;
    let mut hashers = [Sha256::new(), Sha256::new()];
    let mut turns = both.map(|bytes| bytes.chunks(TURN));
    loop {
        let next = turns.each_mut().map(Iterator::next);
        if next == [None, None] {
            return hashers.map(|hasher| hex(hasher.finalize().into()));
        }
        for (hasher, bytes) in hashers.iter_mut().zip(next) {
            hasher.update(bytes.unwrap_or_default());
        }
    }
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
