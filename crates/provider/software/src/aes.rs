//! AES keys, in both forms of ciphertext and as wrapping keys.

use secret::{Exposure, SecretBytes};
use spi::{KeyWrap, ProviderError};

use crate::envelope::EnvelopeKey;
use crate::gcm::Gcm;
use crate::{copied, wrap};

/// An AES key made ready.
pub(crate) struct LoadedAes {
    /// The material itself, for the direct form.
    pub(crate) direct: Gcm,
    /// Derived from it, for the envelope form.
    pub(crate) envelope: EnvelopeKey,
    /// The material once more, for wrapping: it is expanded anew each time.
    material: SecretBytes,
}

impl LoadedAes {
    /// Of material whose length is checked.
    pub(crate) fn load(material: &SecretBytes) -> Result<Self, ProviderError> {
        let direct = Gcm::new(material.expose(Exposure::HandToProvider))?;
        let copy = copied(material.expose(Exposure::HandToProvider))?;
        Ok(Self { direct, envelope: EnvelopeKey::of(material)?, material: copy })
    }

    pub(crate) fn wrap(&self, form: KeyWrap, material: &SecretBytes) -> Result<Vec<u8>, ProviderError> {
        let key = self.material.expose(Exposure::HandToProvider);
        wrap::wrap(key, form, material.expose(Exposure::HandToProvider))
    }

    pub(crate) fn unwrap(&self, form: KeyWrap, wrapped: &[u8]) -> Result<SecretBytes, ProviderError> {
        wrap::unwrap(self.material.expose(Exposure::HandToProvider), form, wrapped)
    }
}
