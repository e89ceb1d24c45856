//! SHA-256, as every hash of a document, an event or a payload is written: lower-case hex.

use sha2::{Digest as _, Sha256};

/// `sha256_hex(b"")` → `e3b0c442…b855`, 64 digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// Half a SHA-256: enough to tell contents apart where millions of them are kept in memory.
pub(crate) type Digest = u128;

/// The first half of `sha256_hex(bytes)`, as a number.
pub(crate) fn digest(bytes: &[u8]) -> Digest {
    let half = Sha256::digest(bytes).first_chunk().copied().unwrap_or_default();
    Digest::from_be_bytes(half)
}

/// The same of a hash that is written out; `None` when the text is none.
pub(crate) fn digest_of_hex(sha256: &str) -> Option<Digest> {
    Digest::from_str_radix(sha256.get(..32).filter(|_| sha256.len() == 64)?, 16).ok()
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
            assert_eq!(digest_of_hex(expected), Some(digest(text.as_bytes())));
        }
    }
}
