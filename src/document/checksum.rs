//! The SHA-256 of a document's bytes: found when it is asked for, since only an event has to tell it.

use crate::hash::sha256_hex;

/// SHA-256, lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum<'m> {
    /// Known.
    Is(String),
    /// That of these bytes.
    Of(&'m [u8]),
}

impl Checksum<'_> {
    /// Its 64 digits.
    pub fn hex(&self) -> String {
        match self {
            Checksum::Is(hex) => hex.clone(),
            Checksum::Of(bytes) => sha256_hex(bytes),
        }
    }

    /// The same, independent of the message.
    pub(super) fn into_owned(self) -> Checksum<'static> {
        Checksum::Is(self.hex())
    }
}
