//! What AWS-LC can do and `aws-lc-rs` does not offer: Ed25519ph, ML-DSA over an external µ, ML-KEM from a seed,
//! AES key wrap for every size of key.
//!
//! The one place of this room that may hold `unsafe` (INV-11). Every pointer handed over comes from a Rust slice, array
//! or owned object that outlives the call, and every length from the same; every result is checked.
#![expect(unsafe_code, reason = "AWS-LC is written in C")]

mod ed25519ph;
mod key_wrap;
mod pkey;

pub(crate) use ed25519ph::{ed25519ph_sign, ed25519ph_verify};
pub(crate) use key_wrap::{kw_unwrap, kw_wrap, kwp_unwrap, kwp_wrap};
pub(crate) use pkey::{Kind, Pkey, spki_len};
