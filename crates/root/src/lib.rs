//! The root of trust: how the key that protects every other key is kept while the house is sealed.

mod keyfile;
mod ring;
mod sealed_root;
pub mod shamir;
mod unsealing;

pub use keyfile::Keyfile;
pub use ring::KekRing;
pub use sealed_root::{BadSealedRoot, Guarded, SealedRoot};
pub use unsealing::{Act, Attempt, Effect, Input, NewRoot, Refused, Status, Unsealing};
