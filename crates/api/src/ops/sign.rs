//! Signing, authenticating, and what is done with the public half of a key.

use std::sync::Arc;

use domain::{AccountNumber, Algorithm, HashAlgorithm, KeyId, MessageForm, SignatureAlgorithm};
use secret::SecretBytes;

use super::{KeyRef, KeyView};

/// What is to be signed or is said to be signed, and how.
#[derive(Debug)]
pub struct Signing {
    /// With which key.
    pub key: KeyRef,
    /// Which version; `None` is the primary.
    pub version: Option<u32>,
    /// The scheme.
    pub algorithm: SignatureAlgorithm,
    /// What `message` is.
    pub form: MessageForm,
    /// The message in that form. Not secret by itself, but nobody else's either; shared, because a slow signature is
    /// made elsewhere.
    pub message: Arc<SecretBytes>,
    /// Refuse ECDSA with another hash than the one that goes with the curve, as some dialects do.
    pub own_hash_only: bool,
}

/// Signs.
#[derive(Debug)]
pub struct Sign(pub Signing);

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The key.
    pub key: KeyId,
    /// The owner's public number.
    pub account: AccountNumber,
    /// The version that signed.
    pub version: u32,
    /// The scheme.
    pub algorithm: SignatureAlgorithm,
    /// The signature, in the form that its scheme has.
    pub signature: Vec<u8>,
}

/// Verifies a signature; one that does not verify is [`crate::FaultWhat::SignatureInvalid`].
#[derive(Debug)]
pub struct Verify {
    /// What is said to be signed.
    pub signing: Signing,
    /// The signature.
    pub signature: Vec<u8>,
}

/// It verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The key.
    pub key: KeyId,
    /// The owner's public number.
    pub account: AccountNumber,
    /// The version that it verifies by.
    pub version: u32,
    /// The algorithm that it verifies with.
    pub algorithm: Algorithm,
}

/// What is to be authenticated.
#[derive(Debug)]
pub struct Authenticating {
    /// With which key.
    pub key: KeyRef,
    /// Which version; `None` is the primary.
    pub version: Option<u32>,
    /// The hash, which must be the key's own.
    pub hash: HashAlgorithm,
    /// The message.
    pub message: SecretBytes,
}

/// Makes a message authentication code (FIPS 198-1), whole.
#[derive(Debug)]
pub struct GenerateMac(pub Authenticating);

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mac {
    /// The key.
    pub key: KeyId,
    /// The owner's public number.
    pub account: AccountNumber,
    /// The version that made it.
    pub version: u32,
    /// The hash.
    pub hash: HashAlgorithm,
    /// The code.
    pub mac: Vec<u8>,
}

/// Verifies a message authentication code; one that does not verify is [`crate::FaultWhat::MacInvalid`].
#[derive(Debug)]
pub struct VerifyMac {
    /// What is said to be authenticated.
    pub authenticating: Authenticating,
    /// The code.
    pub mac: Vec<u8>,
}

/// Reads the public half of a key.
#[derive(Debug)]
pub struct GetPublicKey {
    /// Of which key.
    pub key: KeyRef,
    /// Which version; `None` is the primary.
    pub version: Option<u32>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// The key.
    pub view: KeyView,
    /// Whose public half it is.
    pub version: u32,
    /// `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1.2.7).
    pub der: Vec<u8>,
}

/// Agrees on a secret with a peer's public key.
#[derive(Debug)]
pub struct AgreeKey {
    /// With which key.
    pub key: KeyRef,
    /// Which version; `None` is the primary.
    pub version: Option<u32>,
    /// The peer's `SubjectPublicKeyInfo` in DER, on the same curve.
    pub peer: Vec<u8>,
}

/// A secret that somebody else has too.
#[derive(Debug)]
pub struct SharedSecret {
    /// The key.
    pub view: KeyView,
    /// The version that was used.
    pub version: u32,
    /// The raw secret.
    pub secret: SecretBytes,
}

/// Makes a shared secret and encapsulates it to a key's public half.
#[derive(Debug)]
pub struct Encapsulate {
    /// To which key.
    pub key: KeyRef,
    /// Which version; `None` is the primary.
    pub version: Option<u32>,
}

/// The answer.
#[derive(Debug)]
pub struct Encapsulated {
    /// The key.
    pub key: KeyId,
    /// The owner's public number.
    pub account: AccountNumber,
    /// The version that it is encapsulated to.
    pub version: u32,
    /// What the other side needs to recover it.
    pub ciphertext: Vec<u8>,
    /// The secret.
    pub secret: SecretBytes,
}

/// Recovers a shared secret. A ciphertext of the right length that was not made for the key gives another secret, by
/// design (FIPS 203 §6.3).
#[derive(Debug)]
pub struct Decapsulate {
    /// With which key.
    pub key: KeyRef,
    /// Which version; `None` is the primary.
    pub version: Option<u32>,
    /// What was encapsulated.
    pub ciphertext: Vec<u8>,
}
