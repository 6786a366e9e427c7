//! What the audit log needs: SHA-256 for its tree, Ed25519 (FIPS 186-5 §7.6) for its checkpoints.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use secret::{Exposure, Secret, SecretBytes};
use spi::{Entropy, LogCrypto, ProviderError, SigningKeyPair};

use crate::auth::sha256_of;
use crate::{Software, out_of_memory};

/// RFC 8410 §7, `OneAsymmetricKey` version 2, up to the seed …
const BEFORE_SEED: [u8; 16] =
    [0x30, 0x51, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// … and between seed and public key: `[1] IMPLICIT BIT STRING`, no unused bits.
const BEFORE_PUBLIC: [u8; 3] = [0x81, 0x21, 0x00];
/// Bytes of a whole private key.
const PKCS8: usize = 16 + 32 + 3 + 32;

impl LogCrypto for Software {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        sha256_of(parts)
    }

    /// The library's own generation would hand the private key over on the heap, unwiped; here the seed is drawn into
    /// the arena, and stays there.
    fn new_signing_key(&self) -> Result<SigningKeyPair, ProviderError> {
        let (seed, ()) = Secret::<[u8; 32]>::try_build(|seed| self.fill(seed)).map_err(out_of_memory)?;
        let seed = seed.expose(Exposure::HandToProvider);
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| ProviderError::Unavailable)?;
        let public = raw_public(&pair)?;
        let write = |out: &mut [u8]| {
            let fields = [&BEFORE_SEED[..], seed, &BEFORE_PUBLIC, &public];
            out.iter_mut().zip(fields.into_iter().flatten()).for_each(|(to, from)| *to = *from);
        };
        let (pkcs8, ()) = SecretBytes::try_build(PKCS8, write).map_err(out_of_memory)?;
        // Reading it back checks that the two halves belong together.
        let read_back = self.public_key(&pkcs8)?;
        if read_back == public {
            Ok(SigningKeyPair { pkcs8, public })
        } else {
            Err(ProviderError::Unavailable)
        }
    }

    fn public_key(&self, pkcs8: &SecretBytes) -> Result<[u8; 32], ProviderError> {
        raw_public(&read(pkcs8)?)
    }

    fn sign(&self, pkcs8: &SecretBytes, message: &[u8]) -> Result<[u8; 64], ProviderError> {
        let signature = read(pkcs8)?.try_sign(message).map_err(|_| ProviderError::Unavailable)?;
        signature.as_ref().try_into().map_err(|_| ProviderError::Unavailable)
    }

    fn verify(&self, public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()
    }
}

fn read(pkcs8: &SecretBytes) -> Result<Ed25519KeyPair, ProviderError> {
    let der = pkcs8.expose(Exposure::HandToProvider);
    Ed25519KeyPair::from_pkcs8(der).map_err(|_| ProviderError::Malformed)
}

fn raw_public(pair: &Ed25519KeyPair) -> Result<[u8; 32], ProviderError> {
    pair.public_key().as_ref().try_into().map_err(|_| ProviderError::Unavailable)
}
