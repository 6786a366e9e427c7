//! The codec from outside: published signatures, another signer's vectors, refusals, and mutations.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod mutation;
mod published;
mod refusals;
mod round_trip;
mod support;
mod vectors;
