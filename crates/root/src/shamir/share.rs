//! One custodian's share, and how it is verified without any other.

use std::fmt;

use secret::{ArenaFull, Exposure, SecretBytes};
use subtle::ConstantTimeEq;

use super::{Sha256, SplitId, SplitRecord, Terms};

/// Bytes of randomness that keep a commitment from telling anything of its share.
pub(super) const BLIND_BYTES: usize = 16;

/// What a commitment's preimage begins with, so that it is never taken for another hash.
const COMMITMENT_TAG: &[u8] = b"keystead share commitment v1\0";

/// One share of a split. Its value and blind live in the arena; `Debug` shows neither.
#[derive(Debug)]
pub struct Share {
    pub(super) id: SplitId,
    pub(super) terms: Terms,
    /// From 1 to `terms.count()`: the point at which the polynomials were evaluated.
    pub(super) index: u8,
    /// As long as the secret.
    pub(super) value: SecretBytes,
    pub(super) blind: SecretBytes,
}

impl Share {
    /// Which split the share says it belongs to.
    #[must_use]
    pub fn split_id(&self) -> SplitId {
        self.id
    }

    /// How many shares it says were made, and are needed.
    #[must_use]
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// Which of the shares it is, from 1.
    #[must_use]
    pub fn index(&self) -> u8 {
        self.index
    }

    /// The share's secret part.
    #[must_use]
    pub fn value(&self) -> &SecretBytes {
        &self.value
    }

    /// Checks that this is, byte for byte, the share that the split made under this index.
    ///
    /// # Errors
    /// [`ShareFault`] says what does not fit, the most general first.
    pub fn verify(&self, record: &SplitRecord, sha256: Sha256<'_>) -> Result<(), ShareFault> {
        if self.id != record.id {
            return Err(ShareFault::WrongSplit { share: self.id, wanted: record.id });
        }
        if self.terms != record.terms || self.value.len() != record.secret_len {
            return Err(ShareFault::WrongTerms);
        }
        let committed = record.commitment(self.index).ok_or(ShareFault::NoSuchIndex)?;
        if self.commitment(sha256).ct_eq(committed).into() { Ok(()) } else { Err(ShareFault::Corrupt) }
    }

    /// SHA-256 of (tag, split id, threshold, count, index, length, value, blind). Every field but the value
    /// has a fixed length, and the value's stands before it.
    pub(super) fn commitment(&self, sha256: Sha256<'_>) -> [u8; 32] {
        let len = u64::try_from(self.value.len()).unwrap_or(u64::MAX).to_be_bytes();
        let head = [self.terms.threshold(), self.terms.count(), self.index];
        let (value, blind) = (self.value.expose(CEREMONY), self.blind.expose(CEREMONY));
        sha256(&[COMMITMENT_TAG, self.id.as_bytes(), &head, &len, value, blind])
    }
}

pub(super) const CEREMONY: Exposure = Exposure::ShareCeremony;

/// The parts one after the other, in the arena.
pub(super) fn joined(parts: &[&[u8]]) -> Result<SecretBytes, ArenaFull> {
    let len = parts.iter().map(|part| part.len()).sum();
    let (whole, ()) = SecretBytes::try_build(len, |whole| {
        whole.iter_mut().zip(parts.iter().copied().flatten()).for_each(|(to, from)| *to = *from);
    })?;
    Ok(whole)
}

/// Why a share is not one of a split's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareFault {
    /// It belongs to another split.
    WrongSplit {
        /// The split that the share names.
        share: SplitId,
        /// The split that it was checked against.
        wanted: SplitId,
    },
    /// It bears the split's id, but other numbers of shares or another length.
    WrongTerms,
    /// The split made no share of this index.
    NoSuchIndex,
    /// Its bytes are not those that were committed to.
    Corrupt,
}

impl fmt::Display for ShareFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongSplit { share, wanted } => {
                write!(f, "the share belongs to split `{share}`, one of split `{wanted}` is needed")
            }
            Self::WrongTerms => f.write_str("the share's threshold, count or length is not its split's"),
            Self::NoSuchIndex => f.write_str("the split made no share of this index"),
            Self::Corrupt => f.write_str("the share is damaged or was altered, use another copy of it"),
        }
    }
}

impl std::error::Error for ShareFault {}
