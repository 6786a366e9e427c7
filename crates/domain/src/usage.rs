//! What a key may do. A set, because one key may serve several uses where its dialect says so
//! (KMIP Cryptographic Usage Mask; NIST SP 800-57 pt 1 r5 §5.2 asks for one, which is the default and a guardrail).

use serde::{Deserialize, Serialize};

/// One cryptographic use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the field's own verb")]
pub enum Usage {
    Encrypt,
    Decrypt,
    Sign,
    Verify,
    GenerateMac,
    VerifyMac,
    Wrap,
    Unwrap,
    DeriveKey,
    AgreeKey,
    Encapsulate,
    Decapsulate,
}

impl Usage {
    const ALL: [Self; 12] = [
        Self::Encrypt,
        Self::Decrypt,
        Self::Sign,
        Self::Verify,
        Self::GenerateMac,
        Self::VerifyMac,
        Self::Wrap,
        Self::Unwrap,
        Self::DeriveKey,
        Self::AgreeKey,
        Self::Encapsulate,
        Self::Decapsulate,
    ];

    const fn bit(self) -> u16 {
        match self {
            Self::Encrypt => 1,
            Self::Decrypt => 1 << 1,
            Self::Sign => 1 << 2,
            Self::Verify => 1 << 3,
            Self::GenerateMac => 1 << 4,
            Self::VerifyMac => 1 << 5,
            Self::Wrap => 1 << 6,
            Self::Unwrap => 1 << 7,
            Self::DeriveKey => 1 << 8,
            Self::AgreeKey => 1 << 9,
            Self::Encapsulate => 1 << 10,
            Self::Decapsulate => 1 << 11,
        }
    }

    /// True where the use applies protection; false where it removes or checks it
    /// (NIST SP 800-57 pt 1 r5 §7: the originator- and the recipient-usage periods).
    #[must_use]
    pub const fn protects(self) -> bool {
        matches!(
            self,
            Self::Encrypt
                | Self::Sign
                | Self::GenerateMac
                | Self::Wrap
                | Self::DeriveKey
                | Self::AgreeKey
                | Self::Encapsulate
        )
    }
}

/// A set of uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UsageSet(u16);

impl UsageSet {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Encrypt and decrypt, wrap and unwrap.
    pub const ENCRYPT_DECRYPT: Self =
        Self(Usage::Encrypt.bit() | Usage::Decrypt.bit() | Usage::Wrap.bit() | Usage::Unwrap.bit());
    /// Sign and verify.
    pub const SIGN_VERIFY: Self = Self(Usage::Sign.bit() | Usage::Verify.bit());
    /// Generate and verify message authentication codes.
    pub const MAC: Self = Self(Usage::GenerateMac.bit() | Usage::VerifyMac.bit());
    /// Key agreement.
    pub const AGREE_KEY: Self = Self(Usage::AgreeKey.bit());
    /// Key encapsulation.
    pub const ENCAPSULATE: Self = Self(Usage::Encapsulate.bit() | Usage::Decapsulate.bit());

    /// This set and one more use.
    #[must_use]
    pub const fn with(self, usage: Usage) -> Self {
        Self(self.0 | usage.bit())
    }

    /// Whether the use is in the set.
    #[must_use]
    pub const fn allows(self, usage: Usage) -> bool {
        self.0 & usage.bit() != 0
    }

    /// Whether every use of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The uses, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Usage> {
        Usage::ALL.into_iter().filter(move |u| self.allows(*u))
    }
}

impl FromIterator<Usage> for UsageSet {
    fn from_iter<I: IntoIterator<Item = Usage>>(uses: I) -> Self {
        uses.into_iter().fold(Self::NONE, Self::with)
    }
}

impl Serialize for UsageSet {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for UsageSet {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Vec::<Usage>::deserialize(d)?.into_iter().collect())
    }
}
