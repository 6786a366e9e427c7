//! The laws of the domain: as properties over arbitrary histories, and one by one.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "helpers of tests are tests too")]

mod dialect_states;
mod history;
mod lifecycle;
mod making;
mod ratchets;
mod rotation;
mod tables;
