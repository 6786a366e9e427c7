//! Shamir's secret sharing: the root key in `count` shares, any `threshold` of which give it back.
//!
//! The arithmetic is in GF(2^8) with no table, no branch and no index that depends on a secret (Vault's own
//! was leaky, CVE-2023-25000). Each share is checked by itself against the split's public [`SplitRecord`],
//! which holds a hiding commitment to every share: a custodian learns that a share is the right one, of the
//! right split, undamaged, while nothing is unsealed. Shares and secrets live in the arena alone.
//!
//! This room has no cryptography of its own: SHA-256 is handed in as the `sha256` of whichever `spi` trait the
//! caller holds, randomness as [`spi::Entropy`].

mod field;
mod record;
mod share;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;

use secret::{ArenaFull, Exposure, Secret, SecretBytes, Shape};
use spi::Entropy;

pub use record::{BadRecord, SplitId, SplitRecord};
pub use share::{Share, ShareFault};
pub use text::{PREFIX as SHARE_TEXT_PREFIX, ShareTextError};

/// SHA-256 of parts, one after the other: `&|parts| crypto.sha256(parts)`.
pub type Sha256<'a> = &'a dyn Fn(&[&[u8]]) -> [u8; 32];

/// The shortest and the longest secret that can be split, in bytes. Shorter ones could be guessed.
pub const SECRET_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// How many shares there are and how many of them are needed: `2 <= threshold <= count <= 255`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    threshold: u8,
    count: u8,
}

impl Terms {
    /// Checks and keeps the two numbers.
    ///
    /// # Errors
    /// [`BadTerms`] when fewer than 2 shares would suffice, or more are needed than there are.
    pub fn new(threshold: u8, count: u8) -> Result<Self, BadTerms> {
        if (2..=count).contains(&threshold) {
            Ok(Self { threshold, count })
        } else {
            Err(BadTerms { threshold, count })
        }
    }

    /// Shares needed to recombine.
    #[must_use]
    pub fn threshold(self) -> u8 {
        self.threshold
    }

    /// Shares made.
    #[must_use]
    pub fn count(self) -> u8 {
        self.count
    }
}

/// Splits a secret (of [`SECRET_BYTES`]) into `terms.count()` shares, in order of their index from 1.
///
/// Randomness is drawn in this order: split id (16 bytes), coefficients by ascending degree, then a blind
/// of 16 bytes for each share.
///
/// # Errors
/// [`SplitError`]: the secret's length, a broken source of randomness, or no arena memory.
pub fn split<T: Shape + AsRef<[u8]> + ?Sized>(
    secret: &Secret<T>,
    terms: Terms,
    entropy: &dyn Entropy,
    sha256: Sha256<'_>,
) -> Result<(SplitRecord, Vec<Share>), SplitError> {
    if !SECRET_BYTES.contains(&secret.len()) {
        return Err(SplitError::SecretLength);
    }
    let id = SplitId::from_bytes(entropy.bytes());
    let coefficients = draw_coefficients(secret.len(), terms, entropy)?;
    let shares = (1..=terms.count)
        .map(|index| {
            let value = evaluate(secret.expose(Exposure::ShareCeremony).as_ref(), &coefficients, index)?;
            let (blind, ()) = SecretBytes::try_build(share::BLIND_BYTES, |blind| entropy.fill(blind))?;
            Ok(Share { id, terms, index, value, blind })
        })
        .collect::<Result<Vec<_>, ArenaFull>>()?;
    let commitments = shares.iter().map(|share| share.commitment(sha256)).collect();
    Ok((SplitRecord { id, terms, secret_len: secret.len(), commitments }, shares))
}

/// Recombines the secret of a split from shares of it, at least `threshold` of them, in any order. Every
/// share given is verified first; one that fails is named and nothing is recombined.
///
/// # Errors
/// [`CombineFault`] says which share is at fault, or that there are too few.
pub fn combine(
    shares: &[Share],
    record: &SplitRecord,
    sha256: Sha256<'_>,
) -> Result<SecretBytes, CombineFault> {
    for (place, share) in shares.iter().enumerate() {
        share.verify(record, sha256).map_err(|fault| CombineFault::Share { index: share.index, fault })?;
        if shares.iter().take(place).any(|earlier| earlier.index == share.index) {
            return Err(CombineFault::Duplicate { index: share.index });
        }
    }
    let needed = record.terms.threshold;
    match shares.get(..needed.into()) {
        Some(enough) => Ok(interpolate(enough, record.secret_len)?),
        None => Err(CombineFault::TooFew { given: shares.len(), needed }),
    }
}

/// Random coefficients of degree 1 and up, one after the other, each as long as the secret.
fn draw_coefficients(
    len: usize,
    terms: Terms,
    entropy: &dyn Entropy,
) -> Result<Vec<SecretBytes>, SplitError> {
    let coefficients = (1..terms.threshold)
        .map(|_| {
            SecretBytes::try_build(len, |bytes| entropy.fill(bytes)).map(|(coefficient, ())| coefficient)
        })
        .collect::<Result<Vec<_>, _>>()?;
    // All zero would make every share the secret itself. By chance that is one in 2^128; else the source
    // is broken.
    let any = |all: u8, coefficient: &SecretBytes| {
        coefficient.expose(Exposure::ShareCeremony).iter().fold(all, |all, byte| all | byte)
    };
    if coefficients.iter().fold(0, any) == 0 { Err(SplitError::Randomness) } else { Ok(coefficients) }
}

/// The polynomials' values at `x`, by Horner's rule: one polynomial for each byte of the secret.
fn evaluate(secret: &[u8], coefficients: &[SecretBytes], x: u8) -> Result<SecretBytes, ArenaFull> {
    let descending = coefficients.iter().rev().map(|c| c.expose(Exposure::ShareCeremony));
    let (value, ()) = SecretBytes::try_build(secret.len(), |value| {
        for coefficient in descending.chain([secret]) {
            for (sum, byte) in value.iter_mut().zip(coefficient) {
                *sum = field::mul(*sum, x) ^ byte;
            }
        }
    })?;
    Ok(value)
}

/// The polynomials' values at 0, by Lagrange's formula, through exactly these points. Their indexes are
/// distinct and not 0.
fn interpolate(points: &[Share], len: usize) -> Result<SecretBytes, ArenaFull> {
    let (secret, ()) = SecretBytes::try_build(len, |secret| {
        for point in points {
            let weight = weight_at_zero(point.index, points);
            for (sum, byte) in secret.iter_mut().zip(point.value.expose(Exposure::ShareCeremony)) {
                *sum ^= field::mul(weight, *byte);
            }
        }
    })?;
    Ok(secret)
}

/// Lagrange's basis polynomial of the point `x`, at 0: the product of `other / (other - x)`.
fn weight_at_zero(x: u8, points: &[Share]) -> u8 {
    let others = points.iter().map(|point| point.index).filter(|index| *index != x);
    others.fold(1, |weight, other| field::mul(weight, field::mul(other, field::invert(other ^ x))))
}

/// Terms that make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadTerms {
    /// Shares said to be needed.
    pub threshold: u8,
    /// Shares said to be made.
    pub count: u8,
}

/// Why a secret was not split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitError {
    /// The secret's length is not in [`SECRET_BYTES`].
    SecretLength,
    /// The source of randomness gave zeros alone.
    Randomness,
    /// The arena gave no memory.
    Arena(ArenaFull),
}

/// Why shares did not recombine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CombineFault {
    /// This share is not one of the split's, or is damaged.
    Share {
        /// The index the share bears.
        index: u8,
        /// What is wrong with it.
        fault: ShareFault,
    },
    /// Two of the shares have this index: they are the same share.
    Duplicate {
        /// The index borne twice.
        index: u8,
    },
    /// There are fewer shares than the threshold.
    TooFew {
        /// Shares given, all valid.
        given: usize,
        /// Shares needed.
        needed: u8,
    },
    /// The arena gave no memory.
    Arena(ArenaFull),
}

impl fmt::Display for BadTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { threshold, count } = self;
        write!(
            f,
            "`{threshold}` of `{count}` shares is not possible, at least 2 must be needed and no more than there are"
        )
    }
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecretLength => {
                write!(f, "a secret of {} to {} bytes can be split", SECRET_BYTES.start(), SECRET_BYTES.end())
            }
            Self::Randomness => f.write_str("the source of randomness gave zeros alone"),
            Self::Arena(full) => full.fmt(f),
        }
    }
}

impl fmt::Display for CombineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share { index, fault } => write!(f, "share {index}: {fault}"),
            Self::Duplicate { index } => write!(f, "share {index} was given twice"),
            Self::TooFew { given, needed } => write!(f, "{given} shares were given, {needed} are needed"),
            Self::Arena(full) => full.fmt(f),
        }
    }
}

impl std::error::Error for BadTerms {}
impl std::error::Error for SplitError {}
impl std::error::Error for CombineFault {}

impl From<ArenaFull> for SplitError {
    fn from(full: ArenaFull) -> Self {
        Self::Arena(full)
    }
}

impl From<ArenaFull> for CombineFault {
    fn from(full: ArenaFull) -> Self {
        Self::Arena(full)
    }
}
