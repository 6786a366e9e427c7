//! What a key is used with: signature schemes, hashes, forms of a message. Which of them a kind of key can serve at all
//! stands here; a dialect offers fewer where its original does.

use serde::{Deserialize, Serialize};

use crate::{KeyFamily, KeySpec};

/// A hash function (FIPS 180-4). SHA-1 serves OAEP alone, where collisions do not matter (NIST SP 800-131A r2 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the standard's")]
pub enum HashAlgorithm {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl HashAlgorithm {
    /// Bytes of a digest.
    #[must_use]
    pub const fn digest_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// A signature scheme with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureAlgorithm {
    /// RSASSA-PSS, MGF1 with the same hash, a salt as long as the digest (RFC 8017 §8.1).
    RsaPss(HashAlgorithm),
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1v15(HashAlgorithm),
    /// ECDSA (FIPS 186-5 §6); signatures are DER `SEQUENCE { r, s }`.
    Ecdsa(HashAlgorithm),
    /// Ed25519 over the message (RFC 8032 §5.1).
    Ed25519,
    /// Ed25519ph with an empty context, over the message's SHA-512 (RFC 8032 §5.1).
    Ed25519Ph,
    /// ML-DSA with an empty context (FIPS 204 §5.2).
    MlDsa,
}

impl SignatureAlgorithm {
    /// The hash over the message, where the scheme begins with one.
    #[must_use]
    pub const fn hash(self) -> Option<HashAlgorithm> {
        match self {
            Self::RsaPss(hash) | Self::RsaPkcs1v15(hash) | Self::Ecdsa(hash) => Some(hash),
            Self::Ed25519Ph => Some(HashAlgorithm::Sha512),
            Self::Ed25519 | Self::MlDsa => None,
        }
    }

    /// Whether such signatures are made by a key of this kind.
    #[must_use]
    pub const fn fits(self, spec: KeySpec) -> bool {
        match (self, spec.family()) {
            (Self::RsaPss(hash) | Self::RsaPkcs1v15(hash), KeyFamily::Rsa)
            | (Self::Ecdsa(hash), KeyFamily::Ecdsa) => !matches!(hash, HashAlgorithm::Sha1),
            (Self::Ed25519 | Self::Ed25519Ph, KeyFamily::Eddsa) | (Self::MlDsa, KeyFamily::MlDsa) => true,
            _ => false,
        }
    }

    /// Length in bytes of what is handed over in this form; `None` if any length is lawful. An error is a form that
    /// the scheme does not know.
    ///
    /// # Errors
    /// [`FormUnfit`].
    pub const fn message_len(self, form: MessageForm) -> Result<Option<usize>, FormUnfit> {
        match (form, self) {
            (MessageForm::Raw, Self::Ed25519Ph) => Err(FormUnfit),
            (MessageForm::Raw, _) => Ok(None),
            (MessageForm::Digest, _) => match self.hash() {
                Some(hash) => Ok(Some(hash.digest_len())),
                None => Err(FormUnfit),
            },
            (MessageForm::ExternalMu, Self::MlDsa) => Ok(Some(64)),
            (MessageForm::ExternalMu, _) => Err(FormUnfit),
        }
    }
}

/// What is handed over to be signed or verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageForm {
    /// The message.
    Raw,
    /// Its digest, by the scheme's own hash.
    Digest,
    /// The 64-byte message representative µ of ML-DSA (FIPS 204 §6.2).
    ExternalMu,
}

/// What a request says that a key shall be used with, whatever the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// AES-GCM, in any of our forms.
    AesGcm,
    /// RSAES-OAEP with MGF1 over the same hash and no label (RFC 8017 §7.1).
    RsaOaep(HashAlgorithm),
    /// A signature.
    Signature(SignatureAlgorithm),
    /// HMAC (FIPS 198-1).
    Hmac(HashAlgorithm),
    /// Diffie-Hellman (NIST SP 800-56A r3 §5.7.1.2; RFC 7748).
    Ecdh,
    /// ML-KEM (FIPS 203).
    MlKem,
}

impl Algorithm {
    /// Whether a key of this kind can serve it. A MAC key is for the hash that its kind names and no other.
    #[must_use]
    pub fn fits(self, spec: KeySpec) -> bool {
        match (self, spec.family()) {
            (Self::AesGcm, KeyFamily::Aes)
            | (Self::Ecdh, KeyFamily::Ecdsa | KeyFamily::Xdh)
            | (Self::MlKem, KeyFamily::MlKem) => true,
            (Self::RsaOaep(hash), KeyFamily::Rsa) => {
                matches!(hash, HashAlgorithm::Sha1 | HashAlgorithm::Sha256)
            }
            (Self::Signature(scheme), _) => scheme.fits(spec),
            (Self::Hmac(hash), KeyFamily::Hmac) => spec.own_hash() == Some(hash),
            _ => false,
        }
    }
}

/// Most bytes that one OAEP ciphertext under such a key holds (RFC 8017 §7.1.1 step 1b); `None` for keys of another
/// kind.
#[must_use]
pub fn oaep_capacity(spec: KeySpec, hash: HashAlgorithm) -> Option<usize> {
    spec.modulus_len()?.checked_sub(2 * hash.digest_len() + 2)
}

/// The scheme does not take messages in that form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormUnfit;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_fit_their_own_family_alone_and_never_sha_1() {
        use HashAlgorithm::{Sha1, Sha256};
        assert!(SignatureAlgorithm::RsaPss(Sha256).fits(KeySpec::Rsa2048));
        assert!(!SignatureAlgorithm::RsaPss(Sha1).fits(KeySpec::Rsa2048));
        assert!(!SignatureAlgorithm::RsaPkcs1v15(Sha1).fits(KeySpec::Rsa4096));
        assert!(!SignatureAlgorithm::Ecdsa(Sha1).fits(KeySpec::EcP256));
        assert!(!SignatureAlgorithm::Ecdsa(Sha256).fits(KeySpec::Rsa2048));
        assert!(SignatureAlgorithm::Ecdsa(Sha256).fits(KeySpec::EcSecp256k1));
        assert!(SignatureAlgorithm::Ed25519Ph.fits(KeySpec::Ed25519));
        assert!(!SignatureAlgorithm::Ed25519.fits(KeySpec::X25519));
        assert!(SignatureAlgorithm::MlDsa.fits(KeySpec::MlDsa87));
        assert!(!SignatureAlgorithm::MlDsa.fits(KeySpec::MlKem768));
    }

    #[test]
    fn algorithms_fit_their_own_family_and_a_mac_key_its_own_hash() {
        use HashAlgorithm::{Sha1, Sha256, Sha384};
        assert!(Algorithm::AesGcm.fits(KeySpec::Aes192));
        assert!(!Algorithm::AesGcm.fits(KeySpec::Rsa2048));
        assert!(Algorithm::RsaOaep(Sha1).fits(KeySpec::Rsa2048));
        assert!(Algorithm::RsaOaep(Sha256).fits(KeySpec::Rsa4096));
        assert!(!Algorithm::RsaOaep(Sha384).fits(KeySpec::Rsa4096));
        assert!(!Algorithm::RsaOaep(Sha256).fits(KeySpec::Aes256));
        assert!(Algorithm::Hmac(Sha384).fits(KeySpec::HmacSha384));
        assert!(!Algorithm::Hmac(Sha256).fits(KeySpec::HmacSha384));
        assert!(!Algorithm::Hmac(Sha256).fits(KeySpec::EcP256));
        assert!(Algorithm::Ecdh.fits(KeySpec::X25519));
        assert!(Algorithm::Ecdh.fits(KeySpec::EcP521));
        assert!(!Algorithm::Ecdh.fits(KeySpec::Ed25519));
        assert!(Algorithm::MlKem.fits(KeySpec::MlKem512));
        assert!(!Algorithm::MlKem.fits(KeySpec::MlDsa44));
        assert!(Algorithm::Signature(SignatureAlgorithm::MlDsa).fits(KeySpec::MlDsa44));
        assert!(!Algorithm::Signature(SignatureAlgorithm::MlDsa).fits(KeySpec::MlKem512));
    }

    #[test]
    fn oaep_holds_what_its_padding_leaves() {
        use HashAlgorithm::{Sha1, Sha256};
        let capacities = [
            (KeySpec::Rsa2048, Sha1, 214),
            (KeySpec::Rsa2048, Sha256, 190),
            (KeySpec::Rsa3072, Sha1, 342),
            (KeySpec::Rsa3072, Sha256, 318),
            (KeySpec::Rsa4096, Sha1, 470),
            (KeySpec::Rsa4096, Sha256, 446),
        ];
        for (spec, hash, bytes) in capacities {
            assert_eq!(oaep_capacity(spec, hash), Some(bytes));
        }
        assert_eq!(oaep_capacity(KeySpec::EcP256, Sha256), None);
    }

    #[test]
    fn forms_have_the_length_their_scheme_says() {
        use MessageForm::{Digest, ExternalMu, Raw};
        let ecdsa = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384);
        assert_eq!(ecdsa.message_len(Digest), Ok(Some(48)));
        assert_eq!(ecdsa.message_len(Raw), Ok(None));
        assert_eq!(ecdsa.message_len(ExternalMu), Err(FormUnfit));
        assert_eq!(SignatureAlgorithm::MlDsa.message_len(ExternalMu), Ok(Some(64)));
        assert_eq!(SignatureAlgorithm::MlDsa.message_len(Digest), Err(FormUnfit));
        assert_eq!(SignatureAlgorithm::Ed25519.message_len(Digest), Err(FormUnfit));
        assert_eq!(SignatureAlgorithm::Ed25519Ph.message_len(Raw), Err(FormUnfit));
        assert_eq!(SignatureAlgorithm::Ed25519Ph.message_len(Digest), Ok(Some(64)));
    }
}
