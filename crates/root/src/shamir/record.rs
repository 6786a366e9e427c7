//! The public record of a split: what is kept beside the sealed root to check shares against.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{SECRET_BYTES, Terms};

/// Which split a share belongs to: 128 random bits, public.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SplitId([u8; Self::BYTES]);

impl SplitId {
    /// Its length in bytes.
    pub const BYTES: usize = 16;

    /// The id of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl secret::LogSafe for SplitId {}

impl fmt::Display for SplitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SplitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SplitId({self})")
    }
}

/// The public record of one split: its id, its terms, and a commitment to each share.
///
/// It reveals nothing of the secret, even to whoever holds `threshold - 1` shares (each commitment is
/// blinded), so it needs no secrecy; it does need integrity, as any configuration does. Whoever can replace
/// it can make valid shares look wrong, and must not thereby pass off a secret as the root: check what was
/// recombined by opening something with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RecordForm", into = "RecordForm")]
pub struct SplitRecord {
    pub(super) id: SplitId,
    pub(super) terms: Terms,
    pub(super) secret_len: usize,
    /// SHA-256 commitments of shares 1, 2, …; as many as `terms.count`.
    pub(super) commitments: Vec<[u8; 32]>,
}

impl SplitRecord {
    /// Which split this is.
    #[must_use]
    pub fn id(&self) -> SplitId {
        self.id
    }

    /// Shares made and needed.
    #[must_use]
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// Length of the secret in bytes.
    #[must_use]
    pub fn secret_len(&self) -> usize {
        self.secret_len
    }

    /// The commitment to the share of an index from 1.
    pub(super) fn commitment(&self, index: u8) -> Option<&[u8; 32]> {
        self.commitments.get(usize::from(index).checked_sub(1)?)
    }
}

/// A stored record that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRecord {
    /// The split's id is not 32 hexadecimal digits.
    Id,
    /// There are no such terms, or not one commitment for each share.
    Terms,
    /// The secret's length is out of bounds.
    SecretLength,
    /// A commitment is not 64 hexadecimal digits.
    Commitment,
}

impl fmt::Display for BadRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "the split's id is not 32 hexadecimal digits",
            Self::Terms => "the threshold does not fit the number of commitments",
            Self::SecretLength => "the secret's length is out of bounds",
            Self::Commitment => "a commitment is not 64 hexadecimal digits",
        })
    }
}

impl std::error::Error for BadRecord {}

/// The record as it is written: numbers and hexadecimal text.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordForm {
    split: String,
    threshold: u8,
    secret_bytes: usize,
    commitments: Vec<String>,
}

impl From<SplitRecord> for RecordForm {
    fn from(record: SplitRecord) -> Self {
        Self {
            split: record.id.to_string(),
            threshold: record.terms.threshold(),
            secret_bytes: record.secret_len,
            commitments: record.commitments.iter().map(hex::encode).collect(),
        }
    }
}

impl TryFrom<RecordForm> for SplitRecord {
    type Error = BadRecord;

    fn try_from(form: RecordForm) -> Result<Self, BadRecord> {
        let count = u8::try_from(form.commitments.len()).map_err(|_| BadRecord::Terms)?;
        let terms = Terms::new(form.threshold, count).map_err(|_| BadRecord::Terms)?;
        if !SECRET_BYTES.contains(&form.secret_bytes) {
            return Err(BadRecord::SecretLength);
        }
        let id = SplitId(from_hex(&form.split).ok_or(BadRecord::Id)?);
        let commitments = form.commitments.iter().map(|text| from_hex(text));
        let commitments = commitments.collect::<Option<_>>().ok_or(BadRecord::Commitment)?;
        Ok(Self { id, terms, secret_len: form.secret_bytes, commitments })
    }
}

/// Exactly `N` bytes of hexadecimal text.
fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}
