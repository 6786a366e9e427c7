//! What the room promises, seen from outside: over an in-memory store, with the real HMAC and SHA-256.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    reason = "helpers of tests are tests too"
)]

// The house's short name for this room.
extern crate keystead_access as access;

mod authenticate;
mod cedar;
mod decide;
mod differential;
mod documents;
mod guard;
mod matrix;
mod projection;
mod uses;
mod world;
