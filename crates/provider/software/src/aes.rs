//! AES keys, in both forms of ciphertext.

use secret::{Exposure, SecretBytes};
use spi::ProviderError;

use crate::envelope::EnvelopeKey;
use crate::gcm::Gcm;

/// An AES key made ready.
pub(crate) struct LoadedAes {
    /// The material itself, for the direct form.
    pub(crate) direct: Gcm,
    /// Derived from it, for the envelope form.
    pub(crate) envelope: EnvelopeKey,
}

impl LoadedAes {
    /// Of material whose length is checked.
    pub(crate) fn load(material: &SecretBytes) -> Result<Self, ProviderError> {
        let direct = Gcm::new(material.expose(Exposure::HandToProvider))?;
        Ok(Self { direct, envelope: EnvelopeKey::of(material)? })
    }
}
