//! X25519 (RFC 7748 §5): agreement alone.

use aws_lc_rs::agreement::{self, PrivateKey};
use aws_lc_rs::encoding::AsDer;
use domain::KeySpec;
use secret::SecretBytes;
use spi::ProviderError;

use crate::{agree, failed, seeded};

/// A `SubjectPublicKeyInfo` up to its key (RFC 8410 §4).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00];

/// An X25519 key made ready.
pub(crate) struct LoadedX25519(PrivateKey);

impl LoadedX25519 {
    pub(crate) fn load(material: &SecretBytes) -> Result<Self, ProviderError> {
        let seed = seeded::seed(KeySpec::X25519, material)?;
        let private = PrivateKey::from_private_key(&agreement::X25519, seed);
        Ok(Self(private.map_err(|_| ProviderError::Unavailable)?))
    }

    pub(crate) fn public_key(&self) -> Result<Vec<u8>, ProviderError> {
        let public = self.0.compute_public_key().map_err(failed)?;
        Ok(public.as_der().map_err(failed)?.as_ref().to_vec())
    }

    pub(crate) fn agree(&self, peer: &[u8]) -> Result<SecretBytes, ProviderError> {
        let raw = peer.strip_prefix(&SPKI).filter(|raw| raw.len() == 32);
        agree::with(&self.0, raw.ok_or(ProviderError::Malformed)?)
    }
}
