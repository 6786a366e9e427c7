//! SQLite under the conformance suite, and what is SQLite's own to prove: erasure, tampering, rollback.

mod conformance;
mod crash;
mod erasure;
mod harness;
mod rollback;
mod tampering;
