//! The gate over the real store, the real log and the real provider, with no wire in front.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests are tests too"
)]

mod authority;
mod bounds;
mod ends;
mod gate;
mod house;
mod races;
mod revocation;
