//! What sealing rows and wrapping keys needs: AES-256-GCM under key-encryption keys, and keys derived from them.

use secret::{Exposure, Secret, SecretBytes};
use spi::{Entropy, ProviderError, SealCrypto};

use crate::auth::{hmac_of, sha256_of};
use crate::gcm::Gcm;
use crate::{Software, kdf, or_abort};

impl SealCrypto for Software {
    fn seal(&self, key: &Secret<[u8; 32]>, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, ProviderError> {
        let mut out = Vec::new();
        Gcm::new(key.expose(Exposure::HandToProvider))?.seal_onto(aad, plaintext, &mut out)?;
        Ok(out)
    }

    fn open(&self, key: &Secret<[u8; 32]>, aad: &[u8], sealed: &[u8]) -> Result<SecretBytes, ProviderError> {
        Gcm::new(key.expose(Exposure::HandToProvider))?.open(aad, sealed)
    }

    fn prf(&self, key: &Secret<[u8; 32]>, parts: &[&[u8]]) -> [u8; 32] {
        hmac_of(key.expose(Exposure::HandToProvider), parts)
    }

    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        sha256_of(parts)
    }

    fn derive(&self, key: &Secret<[u8; 32]>, label: &str) -> Secret<[u8; 32]> {
        let key = key.expose(Exposure::DeriveKey);
        let (derived, done) = Secret::<[u8; 32]>::build(|out| kdf::derive(key, label, &[], out));
        or_abort(done);
        derived
    }

    fn fresh_key(&self) -> Secret<[u8; 32]> {
        Secret::<[u8; 32]>::build(|bytes| self.fill(bytes)).0
    }
}
