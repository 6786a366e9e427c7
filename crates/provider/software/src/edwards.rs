//! Ed25519 and Ed25519ph (RFC 8032 §5.1; FIPS 186-5 §7), with an empty context.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use domain::{KeySpec, SignatureAlgorithm};
use secret::{Exposure, Secret, SecretBytes};
use spi::ProviderError;

use crate::{failed, ffi, out_of_memory, seeded};

/// A `SubjectPublicKeyInfo` up to its key (RFC 8410 §4).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// An Ed25519 key made ready.
pub(crate) struct LoadedEd25519 {
    pair: Ed25519KeyPair,
    pub(crate) public: Ed25519Public,
    /// `seed ‖ public`, as the library's prehashed form wants it.
    expanded: Secret<[u8; 64]>,
}

/// The public half of an Ed25519 key.
pub(crate) struct Ed25519Public {
    raw: [u8; 32],
    parsed: ParsedPublicKey,
}

impl LoadedEd25519 {
    pub(crate) fn load(material: &SecretBytes) -> Result<Self, ProviderError> {
        let seed = seeded::seed(KeySpec::Ed25519, material)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| ProviderError::Unavailable)?;
        let public = Ed25519Public::of(pair.public_key().as_ref()).ok_or(ProviderError::Unavailable)?;
        let join = |out: &mut [u8; 64]| {
            out.iter_mut().zip(seed.iter().chain(&public.raw)).for_each(|(to, from)| *to = *from);
        };
        let (expanded, ()) = Secret::<[u8; 64]>::try_build(join).map_err(out_of_memory)?;
        Ok(Self { pair, public, expanded })
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
}

impl Ed25519Public {
    /// Refuses what is not the one encoding of such a key. Bytes that are no point verify nothing.
    pub(crate) fn load(spki: &[u8]) -> Result<Self, ProviderError> {
        spki.strip_prefix(&SPKI).and_then(Self::of).ok_or(ProviderError::Malformed)
    }

    fn of(raw: &[u8]) -> Option<Self> {
        let raw: [u8; 32] = raw.try_into().ok()?;
        Some(Self { raw, parsed: ParsedPublicKey::new(&ED25519, raw).ok()? })
    }

    pub(crate) fn spki(&self) -> Vec<u8> {
        [&SPKI[..], &self.raw].concat()
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
                whole.is_some_and(|signature| ffi::ed25519ph_verify(&self.raw, digest, signature))
            }
            _ => self.parsed.verify_sig(message, signature).is_ok(),
        };
        if verified { Ok(()) } else { Err(ProviderError::Rejected) }
    }
}
