//! Keystead's own API, which the command line speaks: JSON over HTTP below `/keystead/v1/`. Wire only: no store, no
//! policy, no cryptography.
//!
//! One file per operation under `ops`, named after it; [`OPERATIONS`] is also the routing table. Whatever goes wrong is
//! worded in `fault` (the gate's refusals) or `refused` (what never reached the gate).
#![deny(missing_docs)]

mod exchange;
mod fault;
mod native;
mod operations;
mod ops;
mod reference;
mod refused;
mod reply;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use native::Native;
pub use operations::{OPERATIONS, OperationRow, ResourceRule};
