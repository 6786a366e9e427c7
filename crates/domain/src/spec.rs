//! Kinds of key: algorithm and size, independent of any dialect's spelling.

use serde::{Deserialize, Serialize};

use crate::{HashAlgorithm, UsageSet};

/// Algorithm and size of a key. A provider says which of them it can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the standards'")]
pub enum KeySpec {
    Aes128,
    Aes192,
    Aes256,
    HmacSha224,
    HmacSha256,
    HmacSha384,
    HmacSha512,
    Rsa2048,
    Rsa3072,
    Rsa4096,
    EcP256,
    EcP384,
    EcP521,
    EcSecp256k1,
    Ed25519,
    X25519,
    MlDsa44,
    MlDsa65,
    MlDsa87,
    MlKem512,
    MlKem768,
    MlKem1024,
}

/// The family an algorithm belongs to; decides which uses make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum KeyFamily {
    Aes,
    Hmac,
    Rsa,
    Ecdsa,
    Eddsa,
    Xdh,
    MlDsa,
    MlKem,
}

impl KeySpec {
    /// Every kind, in the order of the type.
    pub const ALL: &'static [Self] = &[
        Self::Aes128,
        Self::Aes192,
        Self::Aes256,
        Self::HmacSha224,
        Self::HmacSha256,
        Self::HmacSha384,
        Self::HmacSha512,
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
        Self::EcP256,
        Self::EcP384,
        Self::EcP521,
        Self::EcSecp256k1,
        Self::Ed25519,
        Self::X25519,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
        Self::MlKem512,
        Self::MlKem768,
        Self::MlKem1024,
    ];

    /// The family of the algorithm.
    #[must_use]
    pub const fn family(self) -> KeyFamily {
        match self {
            Self::Aes128 | Self::Aes192 | Self::Aes256 => KeyFamily::Aes,
            Self::HmacSha224 | Self::HmacSha256 | Self::HmacSha384 | Self::HmacSha512 => KeyFamily::Hmac,
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => KeyFamily::Rsa,
            Self::EcP256 | Self::EcP384 | Self::EcP521 | Self::EcSecp256k1 => KeyFamily::Ecdsa,
            Self::Ed25519 => KeyFamily::Eddsa,
            Self::X25519 => KeyFamily::Xdh,
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => KeyFamily::MlDsa,
            Self::MlKem512 | Self::MlKem768 | Self::MlKem1024 => KeyFamily::MlKem,
        }
    }

    /// Length of the secret in bytes for symmetric keys (NIST SP 800-107 r1 §5.3.4 for HMAC: the digest length).
    #[must_use]
    pub const fn symmetric_len(self) -> Option<usize> {
        match self {
            Self::Aes128 => Some(16),
            Self::Aes192 => Some(24),
            Self::Aes256 | Self::HmacSha256 => Some(32),
            Self::HmacSha224 => Some(28),
            Self::HmacSha384 => Some(48),
            Self::HmacSha512 => Some(64),
            _ => None,
        }
    }

    /// The hash that goes with the kind by its name or size: a MAC key's own, or the one of a curve's strength
    /// (NIST SP 800-57 pt 1 r5 table 3). `None` where the kind leaves it open or has its own inside.
    #[must_use]
    pub const fn own_hash(self) -> Option<HashAlgorithm> {
        match self {
            Self::HmacSha224 => Some(HashAlgorithm::Sha224),
            Self::HmacSha256 | Self::EcP256 | Self::EcSecp256k1 => Some(HashAlgorithm::Sha256),
            Self::HmacSha384 | Self::EcP384 => Some(HashAlgorithm::Sha384),
            Self::HmacSha512 | Self::EcP521 => Some(HashAlgorithm::Sha512),
            _ => None,
        }
    }

    /// Bytes of the modulus of an RSA key.
    #[must_use]
    pub const fn modulus_len(self) -> Option<usize> {
        match self {
            Self::Rsa2048 => Some(256),
            Self::Rsa3072 => Some(384),
            Self::Rsa4096 => Some(512),
            _ => None,
        }
    }

    /// Bytes of an ML-KEM ciphertext (FIPS 203 table 3).
    #[must_use]
    pub const fn encapsulation_len(self) -> Option<usize> {
        match self {
            Self::MlKem512 => Some(768),
            Self::MlKem768 => Some(1088),
            Self::MlKem1024 => Some(1568),
            _ => None,
        }
    }

    /// Whether keys of this kind have a public half.
    #[must_use]
    pub const fn has_public_half(self) -> bool {
        !matches!(self.family(), KeyFamily::Aes | KeyFamily::Hmac)
    }

    /// The uses a key of this kind can serve at all.
    #[must_use]
    pub const fn possible_usage(self) -> UsageSet {
        match self.family() {
            KeyFamily::Aes => UsageSet::ENCRYPT_DECRYPT.with(crate::Usage::DeriveKey),
            KeyFamily::Hmac => UsageSet::MAC.with(crate::Usage::DeriveKey),
            KeyFamily::Rsa => UsageSet::ENCRYPT_DECRYPT.with(crate::Usage::Sign).with(crate::Usage::Verify),
            KeyFamily::Ecdsa => UsageSet::SIGN_VERIFY.with(crate::Usage::AgreeKey),
            KeyFamily::Eddsa | KeyFamily::MlDsa => UsageSet::SIGN_VERIFY,
            KeyFamily::Xdh => UsageSet::AGREE_KEY,
            KeyFamily::MlKem => UsageSet::ENCAPSULATE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KeySpec;

    /// The type's discriminants count from 0 without gaps, so a kind that were left out would leave one.
    #[test]
    #[expect(clippy::as_conversions, reason = "a fieldless enum's discriminant")]
    fn every_kind_stands_in_the_list_once_and_in_order() {
        for (place, spec) in KeySpec::ALL.iter().enumerate() {
            assert_eq!(*spec as usize, place, "{spec:?}");
        }
        // A kind that comes after the last one belongs into the list, and here.
        assert_eq!(KeySpec::ALL.last(), Some(&KeySpec::MlKem1024));
    }
}
