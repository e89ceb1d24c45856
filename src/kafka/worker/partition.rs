//! A partition of an input, by numbers: small, and without its name.

use std::fmt;

/// A partition of one of the inputs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Partition {
    /// Which of the inputs, counted from 0.
    pub(crate) input: usize,
    /// Its number there.
    pub(crate) number: i32,
}

/// `3`; of a second input and those after it, `1/3`.
impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.input {
            0 => write!(f, "{}", self.number),
            input => write!(f, "{input}/{}", self.number),
        }
    }
}
