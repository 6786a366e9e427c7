//! Key versions: the AES keys of this provider, in both forms of ciphertext.

use domain::{KeyFamily, KeySpec, ProtectionLevel, UsageSet};
use secret::{Exposure, SecretBytes};
use spi::{CryptoProvider, KeyHandle, ProviderError};

use crate::envelope::EnvelopeKey;
use crate::gcm::Gcm;
use crate::{Software, out_of_memory};

/// What a [`KeyHandle`] of this provider holds.
struct LoadedAes {
    /// The material itself, for the direct form.
    direct: Gcm,
    /// Derived from it, for the envelope form.
    envelope: EnvelopeKey,
}

impl CryptoProvider for Software {
    fn protection(&self) -> ProtectionLevel {
        ProtectionLevel::Software
    }

    fn supports(&self, spec: KeySpec, usage: UsageSet) -> bool {
        aes_len(spec).is_ok() && UsageSet::ENCRYPT_DECRYPT.contains(usage)
    }

    fn generate(&self, spec: KeySpec) -> Result<SecretBytes, ProviderError> {
        self.random(aes_len(spec)?)
    }

    fn load(&self, spec: KeySpec, material: &SecretBytes) -> Result<KeyHandle, ProviderError> {
        if material.len() != aes_len(spec)? {
            return Err(ProviderError::Malformed);
        }
        let direct = Gcm::new(material.expose(Exposure::HandToProvider))?;
        Ok(KeyHandle::new(LoadedAes { direct, envelope: EnvelopeKey::of(material)? }))
    }

    fn seal_envelope(
        &self,
        key: &KeyHandle,
        aad: &[u8],
        plaintext: &SecretBytes,
        out: &mut Vec<u8>,
    ) -> Result<(), ProviderError> {
        loaded(key)?.envelope.seal(aad, plaintext.expose(Exposure::HandToProvider), out)
    }

    fn open_envelope(
        &self,
        key: &KeyHandle,
        header: &[u8],
        aad: &[u8],
        body: &[u8],
    ) -> Result<SecretBytes, ProviderError> {
        loaded(key)?.envelope.open(header, aad, body)
    }

    fn seal_direct(
        &self,
        key: &KeyHandle,
        aad: &[u8],
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError> {
        let mut out = Vec::new();
        loaded(key)?.direct.seal_onto(aad, plaintext.expose(Exposure::HandToProvider), &mut out)?;
        Ok(out)
    }

    fn open_direct(&self, key: &KeyHandle, aad: &[u8], body: &[u8]) -> Result<SecretBytes, ProviderError> {
        loaded(key)?.direct.open(aad, body)
    }

    fn random(&self, len: usize) -> Result<SecretBytes, ProviderError> {
        let (bytes, filled) = SecretBytes::try_build(len, aws_lc_rs::rand::fill).map_err(out_of_memory)?;
        filled.map_err(|_| ProviderError::Unavailable)?;
        Ok(bytes)
    }
}

/// The length of an AES key; other keys this provider does not make yet.
fn aes_len(spec: KeySpec) -> Result<usize, ProviderError> {
    match (spec.family(), spec.symmetric_len()) {
        (KeyFamily::Aes, Some(len)) => Ok(len),
        _ => Err(ProviderError::Unsupported),
    }
}

/// A handle's own key; another provider's handle is of no use here.
fn loaded(key: &KeyHandle) -> Result<&LoadedAes, ProviderError> {
    key.inner().ok_or(ProviderError::Unsupported)
}
