//! The dialect alone, over a gate that answers what the test says: what each operation reads and writes, what is refused
//! and recorded, and that no bytes at all make it panic or slow.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod asymmetric;
mod golden;
mod hostile;
mod key_refs;
mod proof;
mod sts;
mod support;
