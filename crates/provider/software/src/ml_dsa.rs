//! ML-DSA (FIPS 204) with an empty context, hedged: over the message, or over a representative µ made elsewhere.

use domain::{KeySpec, MessageForm};
use secret::{Exposure, SecretBytes};
use spi::ProviderError;

use crate::ffi::{self, Pkey};
use crate::seeded;

/// An ML-DSA key made ready.
pub(crate) struct LoadedMlDsa {
    key: Pkey,
    /// Bytes of a signature (FIPS 204 table 2).
    signature: usize,
    /// Bytes of a public key.
    public: usize,
}

impl LoadedMlDsa {
    pub(crate) fn load(spec: KeySpec, material: &SecretBytes) -> Result<Self, ProviderError> {
        let (signature, public) = lengths(spec)?;
        seeded::seed(spec, material)?;
        let key = Pkey::from_pkcs8(ffi::Kind::MlDsa, material.expose(Exposure::HandToProvider));
        Ok(Self { key: key.ok_or(ProviderError::Unavailable)?, signature, public })
    }

    /// Of a public key alone: refuses what is not the one encoding of such a key.
    pub(crate) fn load_public(spec: KeySpec, spki: &[u8]) -> Result<Self, ProviderError> {
        let (signature, public) = lengths(spec)?;
        let key = Pkey::from_spki(ffi::Kind::MlDsa, spki).ok_or(ProviderError::Malformed)?;
        // The length tells the parameter set, which the library takes from the encoding.
        let its_own = spki.len() == ffi::spki_len(public) && key.public_key(public).as_deref() == Some(spki);
        if !its_own {
            return Err(ProviderError::Malformed);
        }
        Ok(Self { key, signature, public })
    }

    pub(crate) fn public_key(&self) -> Result<Vec<u8>, ProviderError> {
        self.key.public_key(self.public).ok_or(ProviderError::Unavailable)
    }

    pub(crate) fn sign(&self, form: MessageForm, message: &[u8]) -> Result<Vec<u8>, ProviderError> {
        let mut signature = vec![0; self.signature];
        let len = match form {
            MessageForm::Raw => self.key.sign_message(message, &mut signature),
            MessageForm::ExternalMu => self.key.sign_mu(message, &mut signature),
            MessageForm::Digest => return Err(ProviderError::Unsupported),
        };
        if len == Some(signature.len()) { Ok(signature) } else { Err(ProviderError::Unavailable) }
    }

    pub(crate) fn verify(
        &self,
        form: MessageForm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), ProviderError> {
        let verified = match form {
            MessageForm::Raw => self.key.verify_message(message, signature),
            MessageForm::ExternalMu => self.key.verify_mu(message, signature),
            MessageForm::Digest => return Err(ProviderError::Unsupported),
        };
        if verified { Ok(()) } else { Err(ProviderError::Rejected) }
    }
}

/// Bytes of a signature and of a public key (FIPS 204 table 2).
fn lengths(spec: KeySpec) -> Result<(usize, usize), ProviderError> {
    match spec {
        KeySpec::MlDsa44 => Ok((2420, 1312)),
        KeySpec::MlDsa65 => Ok((3309, 1952)),
        KeySpec::MlDsa87 => Ok((4627, 2592)),
        _ => Err(ProviderError::Unsupported),
    }
}
