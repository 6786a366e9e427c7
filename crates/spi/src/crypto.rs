//! Cryptography as the house needs it: four narrow traits, so that each room holds only the power it uses.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use domain::{HashAlgorithm, KeySpec, MessageForm, ProtectionLevel, SignatureAlgorithm, UsageSet};
use secret::{Secret, SecretBytes};

use crate::Service;

/// Key material made ready for use; only the provider that loaded it can look inside.
#[derive(Clone)]
pub struct KeyHandle(Arc<dyn Any + Send + Sync>);

impl KeyHandle {
    /// Wraps a provider's own type.
    #[must_use]
    pub fn new<T: Any + Send + Sync>(inner: T) -> Self {
        Self(Arc::new(inner))
    }

    /// The provider's own type again.
    #[must_use]
    pub fn inner<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for KeyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHandle")
    }
}

/// Why a provider did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderError {
    /// This provider does not do that with this kind of key.
    Unsupported,
    /// Input does not open or verify; says no more, by design.
    Rejected,
    /// Material or input has a wrong length or form.
    Malformed,
    /// Locked memory is used up.
    OutOfMemory,
    /// The device does not answer; try again.
    Unavailable,
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsupported => "not supported by this provider",
            Self::Rejected => "rejected",
            Self::Malformed => "malformed input",
            Self::OutOfMemory => "out of locked memory",
            Self::Unavailable => "provider unavailable",
        })
    }
}

impl std::error::Error for ProviderError {}

/// Whether an operation is an approved service of the module (FIPS 140-3 IG 2.4.C).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Approval {
    /// Not approved.
    NotApproved,
    /// Approved.
    Approved,
}

/// A form of AES key wrap (NIST SP 800-38F).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyWrap {
    /// KW (§6.2; RFC 3394): multiples of 8 bytes, 16 at least.
    Kw,
    /// KWP (§6.3; RFC 5649): any length from 1 byte on.
    Kwp,
}

/// Makes and uses key versions. Held by `access::Guard` alone (INV-1). Calls may block for as long as the device
/// takes; for software symmetric keys that is microseconds.
pub trait CryptoProvider: Send + Sync {
    /// Where its keys live.
    fn protection(&self) -> ProtectionLevel;

    /// Whether it can make and use such a key.
    fn supports(&self, spec: KeySpec, usage: UsageSet) -> bool;

    /// Whether a use is an approved service of the module that is at work in this process. `NotApproved` unless known to
    /// be approved.
    fn approval(&self, service: Service) -> Approval {
        let _ = service;
        Approval::NotApproved
    }

    /// Makes new material for a kind of key: the bytes of a symmetric one, PKCS#8 (RFC 5958) in DER of any other (with
    /// the seed alone for ML-DSA and ML-KEM, RFC 9881 and RFC 9935). RSA may take seconds: call it where blocking is
    /// allowed.
    ///
    /// # Errors
    /// [`ProviderError`].
    fn generate(&self, spec: KeySpec) -> Result<SecretBytes, ProviderError>;

    /// Makes material ready for use.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] if it is no such material.
    fn load(&self, spec: KeySpec, material: &SecretBytes) -> Result<KeyHandle, ProviderError>;

    /// Envelope form: 64 bytes derived per message by SP 800-108r1 KBKDF in counter mode with HMAC-SHA-256 over a
    /// random 128-bit salt (32 AEAD key, 32 key commitment), AES-256-GCM with a module-made nonce over
    /// `header ‖ aad`. Appends `salt ‖ commitment ‖ nonce ‖ ciphertext ‖ tag` to `out`, which begins with `header`.
    ///
    /// # Errors
    /// [`ProviderError`].
    fn seal_envelope(
        &self,
        key: &KeyHandle,
        aad: &[u8],
        plaintext: &SecretBytes,
        out: &mut Vec<u8>,
    ) -> Result<(), ProviderError>;

    /// Opens what [`Self::seal_envelope`] made; the commitment is compared, in constant time, before decryption.
    ///
    /// # Errors
    /// [`ProviderError::Rejected`] for anything that does not open.
    fn open_envelope(
        &self,
        key: &KeyHandle,
        header: &[u8],
        aad: &[u8],
        body: &[u8],
    ) -> Result<SecretBytes, ProviderError>;

    /// Direct form: AES-GCM under the version's own key, 96-bit random module-made nonce. Gives
    /// `nonce ‖ ciphertext ‖ tag`. The caller counts invocations (SP 800-38D §8.3: at most 2^32).
    ///
    /// # Errors
    /// [`ProviderError`].
    fn seal_direct(
        &self,
        key: &KeyHandle,
        aad: &[u8],
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError>;

    /// Opens what [`Self::seal_direct`] made.
    ///
    /// # Errors
    /// [`ProviderError::Rejected`] for anything that does not open.
    fn open_direct(&self, key: &KeyHandle, aad: &[u8], body: &[u8]) -> Result<SecretBytes, ProviderError>;

    /// The public half, as `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1.2.7).
    ///
    /// # Errors
    /// [`ProviderError::Unsupported`] for symmetric keys.
    fn public_key(&self, key: &KeyHandle) -> Result<Vec<u8>, ProviderError> {
        let _ = key;
        Err(ProviderError::Unsupported)
    }

    /// Signs a message handed over in a form.
    ///
    /// # Errors
    /// [`ProviderError::Unsupported`] where scheme, form and key do not fit; [`ProviderError::Malformed`] where the
    /// length does not.
    fn sign(
        &self,
        key: &KeyHandle,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &[u8],
    ) -> Result<Vec<u8>, ProviderError> {
        let _ = (key, algorithm, form, message);
        Err(ProviderError::Unsupported)
    }

    /// Verifies a signature.
    ///
    /// # Errors
    /// [`ProviderError::Rejected`] for any that does not verify, else as [`Self::sign`].
    fn verify(
        &self,
        key: &KeyHandle,
        algorithm: SignatureAlgorithm,
        form: MessageForm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), ProviderError> {
        let _ = (key, algorithm, form, message, signature);
        Err(ProviderError::Unsupported)
    }

    /// HMAC (FIPS 198-1), whole.
    ///
    /// # Errors
    /// [`ProviderError::Unsupported`].
    fn mac(&self, key: &KeyHandle, hash: HashAlgorithm, message: &[u8]) -> Result<Vec<u8>, ProviderError> {
        let _ = (key, hash, message);
        Err(ProviderError::Unsupported)
    }

    /// Compares an HMAC, whole and in constant time.
    ///
    /// # Errors
    /// [`ProviderError::Rejected`] for any other.
    fn verify_mac(
        &self,
        key: &KeyHandle,
        hash: HashAlgorithm,
        message: &[u8],
        mac: &[u8],
    ) -> Result<(), ProviderError> {
        let _ = (key, hash, message, mac);
        Err(ProviderError::Unsupported)
    }

    /// RSAES-OAEP to the public half, MGF1 with the same hash, no label (RFC 8017 §7.1.1).
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] if the plaintext is too long.
    fn encrypt_oaep(
        &self,
        key: &KeyHandle,
        hash: HashAlgorithm,
        plaintext: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError> {
        let _ = (key, hash, plaintext);
        Err(ProviderError::Unsupported)
    }

    /// Opens what [`Self::encrypt_oaep`] made.
    ///
    /// # Errors
    /// [`ProviderError::Rejected`] for anything that does not open.
    fn decrypt_oaep(
        &self,
        key: &KeyHandle,
        hash: HashAlgorithm,
        ciphertext: &[u8],
    ) -> Result<SecretBytes, ProviderError> {
        let _ = (key, hash, ciphertext);
        Err(ProviderError::Unsupported)
    }

    /// Diffie-Hellman with a peer's `SubjectPublicKeyInfo` on the same curve (NIST SP 800-56A r3 §5.7.1.2; RFC 7748):
    /// the raw shared secret.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] for a key on another curve, off the curve or of low order.
    fn agree(&self, key: &KeyHandle, peer: &[u8]) -> Result<SecretBytes, ProviderError> {
        let _ = (key, peer);
        Err(ProviderError::Unsupported)
    }

    /// ML-KEM encapsulation to the public half (FIPS 203 §7.2): ciphertext and shared secret.
    ///
    /// # Errors
    /// [`ProviderError`].
    fn encapsulate(&self, key: &KeyHandle) -> Result<(Vec<u8>, SecretBytes), ProviderError> {
        let _ = key;
        Err(ProviderError::Unsupported)
    }

    /// ML-KEM decapsulation (FIPS 203 §7.3); a ciphertext that was not made for the key gives another secret, by
    /// design.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] for a wrong length.
    fn decapsulate(&self, key: &KeyHandle, ciphertext: &[u8]) -> Result<SecretBytes, ProviderError> {
        let _ = (key, ciphertext);
        Err(ProviderError::Unsupported)
    }

    /// Wraps other key material under an AES key.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] for a length that the form does not take.
    fn wrap_key(
        &self,
        key: &KeyHandle,
        form: KeyWrap,
        material: &SecretBytes,
    ) -> Result<Vec<u8>, ProviderError> {
        let _ = (key, form, material);
        Err(ProviderError::Unsupported)
    }

    /// Unwraps what [`Self::wrap_key`] made.
    ///
    /// # Errors
    /// [`ProviderError::Rejected`] for anything that does not unwrap.
    fn unwrap_key(
        &self,
        key: &KeyHandle,
        form: KeyWrap,
        wrapped: &[u8],
    ) -> Result<SecretBytes, ProviderError> {
        let _ = (key, form, wrapped);
        Err(ProviderError::Unsupported)
    }

    /// Random bytes for data keys.
    ///
    /// # Errors
    /// [`ProviderError`].
    fn random(&self, len: usize) -> Result<SecretBytes, ProviderError>;
}

/// What authentication needs.
pub trait AuthCrypto: Send + Sync {
    /// HMAC-SHA-256.
    fn hmac_sha256(&self, key: &[u8], data: &[u8]) -> [u8; 32];
    /// SHA-256.
    fn sha256(&self, data: &[u8]) -> [u8; 32];
    /// Equality in constant time.
    fn equal(&self, a: &[u8], b: &[u8]) -> bool;
}

/// What sealing rows needs.
pub trait SealCrypto: Send + Sync {
    /// AES-256-GCM with a module-made nonce: `nonce ‖ ciphertext ‖ tag`.
    ///
    /// # Errors
    /// [`ProviderError`].
    fn seal(&self, key: &Secret<[u8; 32]>, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, ProviderError>;
    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// [`ProviderError::Rejected`].
    fn open(&self, key: &Secret<[u8; 32]>, aad: &[u8], sealed: &[u8]) -> Result<SecretBytes, ProviderError>;
    /// HMAC-SHA-256 under a secret key.
    fn prf(&self, key: &Secret<[u8; 32]>, parts: &[&[u8]]) -> [u8; 32];
    /// SHA-256.
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32];
    /// SP 800-108r1 KBKDF in counter mode, HMAC-SHA-256, 32 bytes: separates uses of one key-encryption key.
    fn derive(&self, key: &Secret<[u8; 32]>, label: &str) -> Secret<[u8; 32]>;
    /// A fresh 256-bit key.
    fn fresh_key(&self) -> Secret<[u8; 32]>;
}

/// A signing key pair of the audit log.
#[derive(Debug)]
pub struct SigningKeyPair {
    /// Ed25519 private key, PKCS#8 v2.
    pub pkcs8: SecretBytes,
    /// Ed25519 public key, raw.
    pub public: [u8; 32],
}

/// What the audit log needs.
pub trait LogCrypto: Send + Sync {
    /// SHA-256.
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32];
    /// A new Ed25519 pair.
    ///
    /// # Errors
    /// [`ProviderError`].
    fn new_signing_key(&self) -> Result<SigningKeyPair, ProviderError>;
    /// The public key of a private one.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`].
    fn public_key(&self, pkcs8: &SecretBytes) -> Result<[u8; 32], ProviderError>;
    /// Signs with Ed25519.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`].
    fn sign(&self, pkcs8: &SecretBytes, message: &[u8]) -> Result<[u8; 64], ProviderError>;
    /// Verifies an Ed25519 signature.
    fn verify(&self, public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool;
}
