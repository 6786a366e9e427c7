//! The software provider: every cryptographic trait of `spi`, over AWS-LC alone.
//!
//! [`Software`] keeps no key: they are [`spi::KeyHandle`]s that the caller keeps. With a stock it has a few RSA keys that
//! are nobody's yet (`ready`), in the arena. Where secret bytes stand while it
//! works, beside the arena of `secret`, is a closed list. These are the *library objects* that a scan of memory may
//! find a key in while it is loaded or in use; AWS-LC wipes each of them when it is freed (`OPENSSL_free` and
//! `HMAC_CTX_cleanup` cleanse first):
//!
//! * `EVP_AEAD_CTX` (heap): AES round keys, the first of which are the key itself, and the GHASH table. One lives in
//!   every loaded key's handle; one lives during each envelope and each sealing of a row.
//! * `AES_KEY` (heap, during a key wrap or unwrap): AES round keys; wiped here.
//! * `HMAC_CTX` (stack, during a call): hash states keyed by the key, never its bytes.
//! * `HMAC_CTX` (heap): the same, in the handle of a loaded HMAC key.
//! * `EVP_PKEY` (heap): the private half of an asymmetric key. One lives in every such key's handle; RSA and the NIST
//!   curves get a second one when they are first asked to decrypt or to agree. One of Ed25519 lives during each
//!   signature of the audit log.
//! * `BIGNUM`s, `BN_CTX` and scratch buffers (heap, during a call): values between, such as blinding factors, nonces of
//!   ECDSA, what OAEP decrypts before its padding is taken off.
//! * The library's stack (during a call): hashes of an Ed25519 seed, polynomials of ML-DSA and ML-KEM; cleansed before
//!   it returns.
//! * `Pkcs8V1Der`, `Document` of `aws-lc-rs` (heap, during a call): PKCS#8 of RSA and of the NIST curves, when such a
//!   key is made, loaded, or gets its second `EVP_PKEY`; wiped when dropped. All other keys' PKCS#8 stands in the arena
//!   alone.
//! * A vector of `aws-lc-rs` (heap, during a call): the shared secret of an agreement; wiped when dropped.
//!
//! While a message is sealed its plaintext stands in the output buffer, where it is encrypted in place; if that fails
//! the buffer is wiped. Plaintexts that are opened are decrypted inside the arena.
#![warn(missing_docs)]

mod aes;
mod agree;
mod approval;
mod auth;
mod ec;
mod edwards;
mod entropy;
mod envelope;
mod ffi;
mod form;
mod gcm;
mod kdf;
mod lazy;
mod loaded;
mod log;
mod mac;
mod ml_dsa;
mod ml_kem;
mod provider;
mod ready;
mod rows;
mod rsa;
mod seeded;
mod wrap;
mod x25519;

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::error::Unspecified;
use secret::{ArenaFull, SecretBytes};
use spi::ProviderError;

use crate::ready::ReadyKeys;

pub use crate::approval::in_fips_module;

/// Software cryptography in this process.
#[derive(Clone, Debug, Default)]
pub struct Software {
    ready: Option<Arc<ReadyKeys>>,
}

impl Software {
    /// The provider. It costs nothing to make and holds nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { ready: None }
    }

    /// The same with a stock of RSA keys: a few of each size that was asked for once, made ahead by a thread that comes
    /// and goes. Clones share it.
    #[must_use]
    pub fn with_ready_keys() -> Self {
        Self { ready: Some(ReadyKeys::new(loaded::generate)) }
    }
}

/// As `map_err` wants it: the arena gave no memory.
fn out_of_memory(_: ArenaFull) -> ProviderError {
    ProviderError::OutOfMemory
}

/// As `map_err` wants it: the library did not do what it can do.
fn failed(_: Unspecified) -> ProviderError {
    ProviderError::Unavailable
}

/// Equality in constant time.
fn same(a: &[u8], b: &[u8]) -> bool {
    verify_slices_are_equal(a, b).is_ok()
}

/// Bytes of the module's generator, drawn in the arena.
fn drawn(len: usize) -> Result<SecretBytes, ProviderError> {
    let (bytes, filled) = SecretBytes::try_build(len, aws_lc_rs::rand::fill).map_err(out_of_memory)?;
    filled.map_err(failed)?;
    Ok(bytes)
}

/// Bytes that the library wipes by itself, copied into the arena.
fn copied(bytes: &[u8]) -> Result<SecretBytes, ProviderError> {
    let copy = |out: &mut [u8]| out.copy_from_slice(bytes);
    Ok(SecretBytes::try_build(bytes.len(), copy).map_err(out_of_memory)?.0)
}

/// What a library call that can only fail for want of memory gave. Where the seam has no error to answer the process
/// ends, as it does when Rust's own allocator fails: going on without the result would be going on with zeros.
fn or_abort<T, E>(done: Result<T, E>) -> T {
    done.unwrap_or_else(|_| std::process::abort())
}
