//! SQLite under the conformance suite, and what is SQLite's own to prove: erasure, tampering, rollback.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests fail by panicking and speak to who runs them"
)]

mod conformance;
mod crash;
mod erasure;
mod harness;
mod heart;
mod inspect;
mod rollback;
mod tampering;
