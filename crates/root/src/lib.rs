//! The root of trust: how the key that protects every other key is kept while the house is sealed.

pub mod shamir;
