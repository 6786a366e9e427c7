//! The envelope form: a fresh key for every message, and a commitment to it.
//!
//! A random nonce bounds a key to 2^32 messages (SP 800-38D §8.3); a fresh key for each lifts that. AES-GCM by itself
//! does not commit to its key: one ciphertext can be made to open under two. The commitment, compared before anything
//! is decrypted, forbids that. What is made, and all that is needed to open it elsewhere:
//!
//! ```text
//! envelope key = HMAC-SHA-256(material, "keystead/envelope/1")                       once, when the key is loaded
//! 64 bytes     = SP 800-108r1 KBKDF(envelope key, label "keystead/message/1", context salt)       see `kdf`
//!              = AEAD key (32) ‖ commitment (32)
//! body         = salt (16) ‖ commitment (32) ‖ nonce (12) ‖ ciphertext ‖ tag (16)
//! ciphertext   = AES-256-GCM(AEAD key, nonce, aad = header ‖ aad)
//! ```
//!
//! Deriving the envelope key keeps envelopes apart from direct use of the same material.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use secret::{Exposure, Secret, SecretBytes};
use spi::ProviderError;

use crate::gcm::{self, Gcm};
use crate::{kdf, out_of_memory};

/// What separates the envelope key from the material.
const ENVELOPE_KEY: &[u8] = b"keystead/envelope/1";
/// The KBKDF label of a message's keys.
const MESSAGE_LABEL: &str = "keystead/message/1";
/// Bytes of salt.
const SALT: usize = 16;
/// Bytes of a commitment.
const COMMITMENT: usize = 32;

/// What messages' keys are derived from; it stays in the arena.
pub(crate) struct EnvelopeKey(Secret<[u8; 32]>);

impl EnvelopeKey {
    pub(crate) fn of(material: &SecretBytes) -> Result<Self, ProviderError> {
        let keyed = hmac::Key::new(hmac::HMAC_SHA256, material.expose(Exposure::DeriveKey));
        let build = |out: &mut [u8; 32]| hmac::sign_to_buffer(&keyed, ENVELOPE_KEY, out).map(|_| ());
        let (key, made) = Secret::<[u8; 32]>::try_build(build).map_err(out_of_memory)?;
        made.map_err(|_| ProviderError::Unavailable)?;
        Ok(Self(key))
    }

    /// Appends the body to `out`, which is the header. On an error `out` is the header still.
    pub(crate) fn seal(&self, aad: &[u8], plaintext: &[u8], out: &mut Vec<u8>) -> Result<(), ProviderError> {
        let bound = [out.as_slice(), aad].concat();
        let mut salt = [0; SALT];
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| ProviderError::Unavailable)?;
        let keys = self.message_keys(&salt)?;
        let gcm = Gcm::new(keys.aead_key())?;
        let header = out.len();
        out.reserve(plaintext.len().saturating_add(SALT + COMMITMENT + gcm::OVERHEAD));
        out.extend_from_slice(&salt);
        out.extend_from_slice(keys.commitment());
        let sealed = gcm.seal_onto(&bound, plaintext, out);
        if sealed.is_err() {
            out.truncate(header);
        }
        sealed
    }

    pub(crate) fn open(&self, header: &[u8], aad: &[u8], body: &[u8]) -> Result<SecretBytes, ProviderError> {
        let (salt, rest) = body.split_first_chunk::<SALT>().ok_or(ProviderError::Rejected)?;
        let (commitment, sealed) = rest.split_first_chunk::<COMMITMENT>().ok_or(ProviderError::Rejected)?;
        let keys = self.message_keys(salt)?;
        verify_slices_are_equal(keys.commitment(), commitment).map_err(|_| ProviderError::Rejected)?;
        Gcm::new(keys.aead_key())?.open(&[header, aad].concat(), sealed)
    }

    fn message_keys(&self, salt: &[u8; SALT]) -> Result<MessageKeys, ProviderError> {
        let key = self.0.expose(Exposure::DeriveKey);
        let derive = |out: &mut [u8; 64]| kdf::derive(key, MESSAGE_LABEL, salt, out);
        let (keys, derived) = Secret::<[u8; 64]>::try_build(derive).map_err(out_of_memory)?;
        derived.map(|()| MessageKeys(keys))
    }
}

/// `AEAD key ‖ commitment` of one message.
struct MessageKeys(Secret<[u8; 64]>);

impl MessageKeys {
    fn aead_key(&self) -> &[u8] {
        self.0.expose(Exposure::HandToProvider).split_at(32).0
    }

    /// Public: it stands in the body.
    fn commitment(&self) -> &[u8] {
        self.0.expose(Exposure::HandToProvider).split_at(32).1
    }
}
