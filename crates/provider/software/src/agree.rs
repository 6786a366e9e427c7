//! Diffie-Hellman: one way from a private key and a peer's raw public one to a secret in the arena.

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, agree};
use secret::SecretBytes;
use spi::ProviderError;

use crate::copied;

/// The library checks that the peer's key is on the curve, and that the secret is not zero (RFC 7748 §6.1).
pub(crate) fn with(private: &PrivateKey, peer: &[u8]) -> Result<SecretBytes, ProviderError> {
    let peer = UnparsedPublicKey::new(private.algorithm(), peer);
    agree(private, peer, ProviderError::Malformed, copied)
}
