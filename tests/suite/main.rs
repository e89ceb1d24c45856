//! The integration tests of the product, in one binary; a module per subject.
