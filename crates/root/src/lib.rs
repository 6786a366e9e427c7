//! The root of trust: how the key that protects every other key is kept while the house is sealed.

mod keyfile;
mod ring;
pub mod shamir;

pub use keyfile::Keyfile;
pub use ring::KekRing;
