//! AES-GCM (NIST SP 800-38D) with a 96-bit random nonce and a 128-bit tag, the only cipher of this room.
//!
//! The nonce is made inside the module for AES-128 and AES-256 (SP 800-38D §8.2.2; FIPS 140-3 IG C.H scenario 2).
//! AWS-LC offers no such form for AES-192; there the nonce is drawn from the module's generator here, which is the
//! same construction but is not counted as an approved service.

use aws_lc_rs::aead::{
    AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, RandomizedNonceKey, Tag, UnboundKey,
};
use aws_lc_rs::error::Unspecified;
use secret::SecretBytes;
use spi::ProviderError;
use zeroize::Zeroize;

use crate::out_of_memory;

/// Bytes of a nonce.
const NONCE: usize = 12;
/// Bytes of a tag.
const TAG: usize = 16;

/// Bytes that a sealed message is longer than its plaintext.
pub(crate) const OVERHEAD: usize = NONCE + TAG;

/// An expanded AES key: a library object.
pub(crate) enum Gcm {
    /// AES-128 or AES-256.
    ModuleNonce(RandomizedNonceKey),
    /// AES-192.
    DrawnNonce(LessSafeKey),
}

impl Gcm {
    /// Expands a key of 16, 24 or 32 bytes.
    pub(crate) fn new(key: &[u8]) -> Result<Self, ProviderError> {
        match key.len() {
            16 => RandomizedNonceKey::new(&AES_128_GCM, key).map(Self::ModuleNonce),
            24 => UnboundKey::new(&AES_192_GCM, key).map(|key| Self::DrawnNonce(LessSafeKey::new(key))),
            32 => RandomizedNonceKey::new(&AES_256_GCM, key).map(Self::ModuleNonce),
            _ => return Err(ProviderError::Malformed),
        }
        .map_err(|Unspecified| ProviderError::Unavailable)
    }

    /// Appends `nonce ‖ ciphertext ‖ tag`. On an error `out` is as it was, and nothing of the plaintext is in it.
    pub(crate) fn seal_onto(
        &self,
        aad: &[u8],
        plaintext: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), ProviderError> {
        let start = out.len();
        // All at once, so that growing cannot leave a copy of the plaintext behind.
        out.reserve(plaintext.len().saturating_add(OVERHEAD));
        out.extend_from_slice(&[0; NONCE]);
        out.extend_from_slice(plaintext);
        let place = out.get_mut(start..).and_then(|added| added.split_first_chunk_mut::<NONCE>());
        let sealed = place.ok_or(Unspecified).and_then(|(nonce_place, text)| {
            let (nonce, tag) = self.seal_in_place(aad, text)?;
            *nonce_place = *nonce.as_ref();
            Ok(tag)
        });
        match sealed {
            Ok(tag) => out.extend_from_slice(tag.as_ref()),
            Err(Unspecified) => {
                out.iter_mut().skip(start).for_each(Zeroize::zeroize);
                out.truncate(start);
                return Err(ProviderError::Unavailable);
            }
        }
        Ok(())
    }

    /// Opens `nonce ‖ ciphertext ‖ tag` into the arena.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<SecretBytes, ProviderError> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE>().ok_or(ProviderError::Rejected)?;
        let len = body.len().checked_sub(TAG).ok_or(ProviderError::Rejected)?;
        let (mut text, opened) = SecretBytes::try_build(body.len(), |text| {
            text.copy_from_slice(body);
            self.open_in_place(*nonce, aad, text)
        })
        .map_err(out_of_memory)?;
        opened.map_err(|Unspecified| ProviderError::Rejected)?;
        text.truncate(len);
        Ok(text)
    }

    fn seal_in_place(&self, aad: &[u8], text: &mut [u8]) -> Result<(Nonce, Tag), Unspecified> {
        match self {
            Self::ModuleNonce(key) => key.seal_in_place_separate_tag(Aad::from(aad), text),
            Self::DrawnNonce(key) => {
                let mut nonce = [0; NONCE];
                aws_lc_rs::rand::fill(&mut nonce)?;
                let once = Nonce::assume_unique_for_key(nonce);
                let tag = key.seal_in_place_separate_tag(once, Aad::from(aad), text)?;
                Ok((Nonce::assume_unique_for_key(nonce), tag))
            }
        }
    }

    fn open_in_place(&self, nonce: [u8; NONCE], aad: &[u8], text: &mut [u8]) -> Result<(), Unspecified> {
        let (nonce, aad) = (Nonce::assume_unique_for_key(nonce), Aad::from(aad));
        match self {
            Self::ModuleNonce(key) => key.open_in_place(nonce, aad, text).map(|_| ()),
            Self::DrawnNonce(key) => key.open_in_place(nonce, aad, text).map(|_| ()),
        }
    }
}
