//! HMAC keys (FIPS 198-1). A key serves the one hash it was made for (NIST SP 800-57 pt 1 r5 §5.2).

use aws_lc_rs::hmac;
use domain::{HashAlgorithm, KeySpec};
use secret::{Exposure, SecretBytes};
use spi::ProviderError;

/// An HMAC key made ready: the two hash states that the key has gone into.
pub(crate) struct LoadedHmac {
    hash: HashAlgorithm,
    key: hmac::Key,
}

impl LoadedHmac {
    /// Of material whose length is checked.
    pub(crate) fn load(spec: KeySpec, material: &SecretBytes) -> Result<Self, ProviderError> {
        let (hash, algorithm) = match spec {
            KeySpec::HmacSha224 => (HashAlgorithm::Sha224, hmac::HMAC_SHA224),
            KeySpec::HmacSha256 => (HashAlgorithm::Sha256, hmac::HMAC_SHA256),
            KeySpec::HmacSha384 => (HashAlgorithm::Sha384, hmac::HMAC_SHA384),
            KeySpec::HmacSha512 => (HashAlgorithm::Sha512, hmac::HMAC_SHA512),
            _ => return Err(ProviderError::Unsupported),
        };
        Ok(Self { hash, key: hmac::Key::new(algorithm, material.expose(Exposure::HandToProvider)) })
    }

    pub(crate) fn mac(&self, hash: HashAlgorithm, message: &[u8]) -> Result<Vec<u8>, ProviderError> {
        Ok(hmac::sign(self.key_for(hash)?, message).as_ref().to_vec())
    }

    /// Whole and in constant time.
    pub(crate) fn verify(
        &self,
        hash: HashAlgorithm,
        message: &[u8],
        mac: &[u8],
    ) -> Result<(), ProviderError> {
        hmac::verify(self.key_for(hash)?, message, mac).map_err(|_| ProviderError::Rejected)
    }

    fn key_for(&self, hash: HashAlgorithm) -> Result<&hmac::Key, ProviderError> {
        if hash == self.hash { Ok(&self.key) } else { Err(ProviderError::Unsupported) }
    }
}
