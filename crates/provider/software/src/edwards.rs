//! Ed25519 and Ed25519ph (RFC 8032 §5.1; FIPS 186-5 §7), with an empty context.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use domain::SignatureAlgorithm;
use secret::{Exposure, Secret, SecretBytes};
use spi::ProviderError;

use crate::{failed, ffi, out_of_memory, seeded};

/// An Ed25519 key made ready.
pub(crate) struct LoadedEd25519 {
    pair: Ed25519KeyPair,
    verifying: ParsedPublicKey,
    public: [u8; 32],
    /// `seed ‖ public`, as the library's prehashed form wants it.
    expanded: Secret<[u8; 64]>,
}

impl LoadedEd25519 {
    pub(crate) fn load(material: &SecretBytes) -> Result<Self, ProviderError> {
        let seed = seeded::seed(domain::KeySpec::Ed25519, material)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| ProviderError::Unavailable)?;
        let public: [u8; 32] =
            pair.public_key().as_ref().try_into().map_err(|_| ProviderError::Unavailable)?;
        let verifying = ParsedPublicKey::new(&ED25519, public).map_err(|_| ProviderError::Unavailable)?;
        let join = |out: &mut [u8; 64]| {
            out.iter_mut().zip(seed.iter().chain(&public)).for_each(|(to, from)| *to = *from);
        };
        let (expanded, ()) = Secret::<[u8; 64]>::try_build(join).map_err(out_of_memory)?;
        Ok(Self { pair, verifying, public, expanded })
    }

    pub(crate) fn public_key(&self) -> Result<Vec<u8>, ProviderError> {
        Ok(self.pair.public_key().as_der().map_err(failed)?.as_ref().to_vec())
    }

    /// The form is checked: a message for Ed25519, a digest of 64 bytes for Ed25519ph.
    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, ProviderError> {
        match algorithm {
            SignatureAlgorithm::Ed25519Ph => {
                let digest = message.try_into().map_err(|_| ProviderError::Malformed)?;
                let expanded = self.expanded.expose(Exposure::HandToProvider);
                ffi::ed25519ph_sign(expanded, digest).map(Vec::from).ok_or(ProviderError::Unavailable)
            }
            _ => Ok(self.pair.try_sign(message).map_err(failed)?.as_ref().to_vec()),
        }
    }

    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), ProviderError> {
        let verified = match algorithm {
            SignatureAlgorithm::Ed25519Ph => {
                let digest = message.try_into().map_err(|_| ProviderError::Malformed)?;
                let whole = signature.try_into().ok();
                whole.is_some_and(|signature| ffi::ed25519ph_verify(&self.public, digest, signature))
            }
            _ => self.verifying.verify_sig(message, signature).is_ok(),
        };
        if verified { Ok(()) } else { Err(ProviderError::Rejected) }
    }
}
