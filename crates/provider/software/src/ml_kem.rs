//! ML-KEM (FIPS 203): shared secrets of 32 bytes.

use domain::KeySpec;
use secret::{Exposure, Secret, SecretBytes};
use spi::ProviderError;

use crate::ffi::{self, Pkey};
use crate::{out_of_memory, seeded};

/// An ML-KEM key made ready.
pub(crate) struct LoadedMlKem {
    key: Pkey,
    /// Bytes of a ciphertext (FIPS 203 table 3).
    ciphertext: usize,
    /// Bytes of a public key.
    public: usize,
}

impl LoadedMlKem {
    pub(crate) fn load(spec: KeySpec, material: &SecretBytes) -> Result<Self, ProviderError> {
        let (ciphertext, public) = lengths(spec)?;
        seeded::seed(spec, material)?;
        let key = Pkey::from_pkcs8(ffi::Kind::MlKem, material.expose(Exposure::HandToProvider));
        Ok(Self { key: key.ok_or(ProviderError::Unavailable)?, ciphertext, public })
    }

    /// Of a public key alone: refuses what is not the one encoding of such a key.
    pub(crate) fn load_public(spec: KeySpec, spki: &[u8]) -> Result<Self, ProviderError> {
        let (ciphertext, public) = lengths(spec)?;
        let key = Pkey::from_spki(ffi::Kind::MlKem, spki).ok_or(ProviderError::Malformed)?;
        // The length tells the parameter set, which the library takes from the encoding.
        let its_own = spki.len() == ffi::spki_len(public) && key.public_key(public).as_deref() == Some(spki);
        if !its_own {
            return Err(ProviderError::Malformed);
        }
        Ok(Self { key, ciphertext, public })
    }

    pub(crate) fn public_key(&self) -> Result<Vec<u8>, ProviderError> {
        self.key.public_key(self.public).ok_or(ProviderError::Unavailable)
    }

    pub(crate) fn encapsulate(&self) -> Result<(Vec<u8>, SecretBytes), ProviderError> {
        let mut ciphertext = vec![0; self.ciphertext];
        let make = |secret: &mut [u8; 32]| self.key.encapsulate(&mut ciphertext, secret);
        let (secret, made) = Secret::<[u8; 32]>::try_build(make).map_err(out_of_memory)?;
        if made { Ok((ciphertext, secret.into())) } else { Err(ProviderError::Unavailable) }
    }

    pub(crate) fn decapsulate(&self, ciphertext: &[u8]) -> Result<SecretBytes, ProviderError> {
        if ciphertext.len() != self.ciphertext {
            return Err(ProviderError::Malformed);
        }
        let open = |secret: &mut [u8; 32]| self.key.decapsulate(ciphertext, secret);
        let (secret, opened) = Secret::<[u8; 32]>::try_build(open).map_err(out_of_memory)?;
        if opened { Ok(secret.into()) } else { Err(ProviderError::Unavailable) }
    }
}

/// Bytes of a ciphertext and of a public key (FIPS 203 table 3).
fn lengths(spec: KeySpec) -> Result<(usize, usize), ProviderError> {
    match spec {
        KeySpec::MlKem512 => Ok((768, 800)),
        KeySpec::MlKem768 => Ok((1088, 1184)),
        KeySpec::MlKem1024 => Ok((1568, 1568)),
        _ => Err(ProviderError::Unsupported),
    }
}
