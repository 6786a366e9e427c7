//! The revision ledger's arithmetic (INV-4): a keyed multiset hash over every row's (place, revision, live or dead).
//!
//! Each row counts as one pseudo-random 256-bit number; a bucket is the sum of its rows modulo 2^256, so that a
//! change costs one subtraction and one addition however many rows there are (MSet-Add-Hash of Clarke, Devadas,
//! van Dijk, Gassend and Suh, ASIACRYPT 2003, keyed).

use spi::{Kek, PrfUse, SealError, Sealer};

use crate::backend::RowKey;
use crate::location::length_prefixed;

/// Into how many buckets the ledger is cut.
pub const BUCKETS: u16 = 4096;

/// A multiset hash: a number modulo 2^256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum([u64; 4]);

impl Sum {
    pub(crate) fn of_bytes(bytes: &[u8; 32]) -> Self {
        let mut words = [0; 4];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        }
        Self(words)
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        self.word_by_word(other, u64::overflowing_add)
    }

    #[must_use]
    pub(crate) fn minus(self, other: Self) -> Self {
        self.word_by_word(other, u64::overflowing_sub)
    }

    fn word_by_word(self, other: Self, step: impl Fn(u64, u64) -> (u64, bool)) -> Self {
        let (mut out, mut carry) = ([0; 4], false);
        for ((to, a), b) in out.iter_mut().zip(self.0).zip(other.0) {
            let (word, first) = step(a, b);
            let (word, second) = step(word, u64::from(carry));
            (*to, carry) = (word, first | second);
        }
        Self(out)
    }
}

/// The bucket a row is counted in. It is a keyed hash of the row's name, so nobody outside can fill one bucket.
pub(crate) fn bucket_of(sealer: &dyn Sealer, key: &RowKey) -> Result<u16, SealError> {
    let hash = sealer.prf(Kek::System, PrfUse::Ledger, &[b"bucket", &name(key)])?;
    let [low, high, ..] = hash;
    Ok(u16::from_le_bytes([low, high]) % BUCKETS)
}

/// What a row counts for.
pub(crate) fn element(
    sealer: &dyn Sealer,
    key: &RowKey,
    revision: u64,
    live: bool,
) -> Result<Sum, SealError> {
    let state: &[u8] = if live { b"live" } else { b"tombstone" };
    let parts: [&[u8]; 4] = [b"element", &name(key), &revision.to_be_bytes(), state];
    Ok(Sum::of_bytes(&sealer.prf(Kek::System, PrfUse::Ledger, &[&length_prefixed(&parts)])?))
}

fn name(key: &RowKey) -> Vec<u8> {
    length_prefixed(&[key.kind.as_bytes(), &key.owner, &key.id])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_form_a_group(a: [u8; 32], b: [u8; 32], c: [u8; 32]) {
            let [a, b, c] = [a, b, c].map(|x| Sum::of_bytes(&x));
            prop_assert_eq!(a.plus(b).minus(b), a);
            prop_assert_eq!(a.plus(b).plus(c), c.plus(b).plus(a));
            prop_assert_eq!(Sum::default().minus(a).plus(a), Sum::default());
            prop_assert_eq!(Sum::of_bytes(&a.to_bytes()), a);
        }
    }

    #[test]
    fn a_carry_runs_through_every_word() {
        let all = Sum([u64::MAX; 4]);
        assert_eq!(all.plus(Sum([1, 0, 0, 0])), Sum::default());
        assert_eq!(Sum::default().minus(Sum([1, 0, 0, 0])), all);
        assert_eq!(Sum([u64::MAX, 0, 0, 0]).plus(Sum([1, 0, 0, 0])), Sum([0, 1, 0, 0]));
    }
}
