//! The head: one sealed row that says what the whole ledger comes to. Part of a database restored from yesterday
//! does not add up to it; a whole one does, and is met by the pin outside.

use spi::{Kek, SealError, Sealer};

use crate::backend::Row;
use crate::ledger::Sum;
use crate::location::Location;

/// What all commits so far come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Counts transactions.
    pub(crate) revision: u64,
    /// The last outbox sequence given.
    pub(crate) sequence: u64,
    /// Sum of all buckets.
    pub(crate) digest: Sum,
}

impl Head {
    pub(crate) fn seal(&self, sealer: &dyn Sealer) -> Result<Vec<u8>, SealError> {
        let mut plain = [0; 40];
        let (sequence, digest) = plain.split_at_mut(8);
        sequence.copy_from_slice(&self.sequence.to_be_bytes());
        digest.copy_from_slice(&self.digest.to_bytes());
        sealer.seal(Kek::System, &place("head", 0, self.revision), &plain)
    }

    pub(crate) fn open(sealer: &dyn Sealer, revision: u64, sealed: &[u8]) -> Result<Self, SealError> {
        let plain = sealer.open(Kek::System, &place("head", 0, revision), sealed)?;
        let plain = plain.expose(secret::Exposure::ReturnToAuthorisedCaller);
        let (sequence, digest) = plain.split_first_chunk::<8>().ok_or(SealError::Rejected)?;
        let digest = Sum::of_bytes(digest.try_into().map_err(|_| SealError::Rejected)?);
        Ok(Self { revision, sequence: u64::from_be_bytes(*sequence), digest })
    }
}

/// Seals what a bucket comes to.
pub(crate) fn seal_bucket(
    sealer: &dyn Sealer,
    bucket: u16,
    revision: u64,
    sum: Sum,
) -> Result<Vec<u8>, SealError> {
    sealer.seal(Kek::System, &place("ledger", bucket, revision), &sum.to_bytes())
}

/// What a bucket comes to; a bucket that was never written comes to nothing.
pub(crate) fn open_bucket(sealer: &dyn Sealer, bucket: u16, row: Option<&Row>) -> Result<Sum, SealError> {
    let Some(row) = row else { return Ok(Sum::default()) };
    let sealed = row.sealed.as_deref().ok_or(SealError::Rejected)?;
    let plain = sealer.open(Kek::System, &place("ledger", bucket, row.revision), sealed)?;
    let plain = plain.expose(secret::Exposure::ReturnToAuthorisedCaller);
    Ok(Sum::of_bytes(plain.try_into().map_err(|_| SealError::Rejected)?))
}

fn place(table: &str, bucket: u16, revision: u64) -> Vec<u8> {
    Location { table, owner: &[0], id: &bucket.to_be_bytes(), column: "sealed", revision }.aad()
}
