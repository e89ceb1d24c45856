//! The integration tests of the product, in one binary; a module per subject.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod tidy;
