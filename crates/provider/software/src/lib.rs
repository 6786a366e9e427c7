//! The software provider: every cryptographic trait of `spi`, over AWS-LC alone.
//!
//! [`Software`] has no state: keys are [`spi::KeyHandle`]s that the caller keeps. Where secret bytes stand while it
//! works, beside the arena of `secret`, is a closed list. These are the *library objects* that a scan of memory may
//! find a key in while it is loaded or in use; AWS-LC wipes each of them when it is freed (`OPENSSL_free` and
//! `HMAC_CTX_cleanup` cleanse first):
//!
//! * `EVP_AEAD_CTX` (heap): AES round keys, the first of which are the key itself, and the GHASH table. One lives in
//!   every loaded key's handle; one lives during each envelope and each sealing of a row.
//! * `HMAC_CTX` (stack, during a call): hash states keyed by the key, never its bytes.
//! * `EVP_PKEY` of Ed25519 (heap, during a call): the seed, for signing the audit log.
//!
//! While a message is sealed its plaintext stands in the output buffer, where it is encrypted in place; if that fails
//! the buffer is wiped. Plaintexts that are opened are decrypted inside the arena.
#![warn(missing_docs)]

mod aes;
mod auth;
mod entropy;
mod envelope;
mod gcm;
mod kdf;
mod log;
mod rows;

use secret::ArenaFull;
use spi::ProviderError;

/// Software cryptography in this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Software {
    _made_by_new: (),
}

impl Software {
    /// The provider. It costs nothing to make and holds nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { _made_by_new: () }
    }
}

/// As `map_err` wants it: the arena gave no memory.
fn out_of_memory(_: ArenaFull) -> ProviderError {
    ProviderError::OutOfMemory
}

/// What a library call that can only fail for want of memory gave. Where the seam has no error to answer the process
/// ends, as it does when Rust's own allocator fails: going on without the result would be going on with zeros.
fn or_abort<T, E>(done: Result<T, E>) -> T {
    done.unwrap_or_else(|_| std::process::abort())
}
