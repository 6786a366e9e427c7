//! The gate over the real store, the real log and the real provider, with no wire in front.

mod authority;
mod bounds;
mod gate;
mod house;
mod races;
mod revocation;
