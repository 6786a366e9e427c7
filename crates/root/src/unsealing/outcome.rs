//! What came of an attempt on the root of trust, and what anybody may know of it. Nothing here holds a secret.

use std::fmt;

use spi::SealError;

use crate::SealedRoot;
use crate::shamir::{CombineFault, ShareFault, ShareTextError, SplitError};

/// What was attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Initialise.
    Init,
    /// Unseal, or bring it nearer.
    Unseal,
    /// Forget the shares given.
    Reset,
    /// Seal.
    Seal,
}

/// One attempt, for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What was attempted.
    pub act: Act,
    /// For a share that counted without being the last: (its index, shares given). None: the act is done.
    pub outcome: Result<Option<(u8, usize)>, Refused>,
}

impl Attempt {
    pub(super) fn done(act: Act) -> Self {
        Self { act, outcome: Ok(None) }
    }

    pub(super) fn counted(index: u8, given: usize) -> Self {
        Self { act: Act::Unseal, outcome: Ok(Some((index, given))) }
    }
}

/// Why nothing changed, or a round of shares ended for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The system was initialised before.
    AlreadyInitialised,
    /// The system was never initialised.
    NotInitialised,
    /// The system is unsealed.
    AlreadyUnsealed,
    /// The system is sealed already.
    NotUnsealed,
    /// No share was given.
    NothingToReset,
    /// The root of trust has custodians.
    SharesNeeded,
    /// The root of trust has no custodians.
    NoShares,
    /// The text is no share's.
    Text(ShareTextError),
    /// The share is not one of the split's.
    Share {
        /// The index it bears.
        index: u8,
        /// What is wrong with it.
        fault: ShareFault,
    },
    /// The share was given in this round.
    Duplicate {
        /// The index it bears.
        index: u8,
    },
    /// The shares did not recombine.
    Combine(CombineFault),
    /// The root key was not split.
    Split(SplitError),
    /// The root of trust answers another key than the one that sealed this system.
    WrongRoot,
    /// The round's time ran out; its shares are forgotten.
    TookTooLong,
    /// The keys could not be made or opened for another reason.
    Keys(SealError),
}

impl Refused {
    pub(super) fn from_seal(error: SealError) -> Self {
        Self::Keys(error)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyInitialised => f.write_str("the system was initialised before"),
            Self::NotInitialised => f.write_str("the system is not initialised"),
            Self::AlreadyUnsealed => f.write_str("the system is unsealed already"),
            Self::NotUnsealed => f.write_str("the system is sealed already"),
            Self::NothingToReset => f.write_str("no share was given yet"),
            Self::SharesNeeded => f.write_str("this system is unsealed by its custodians' shares"),
            Self::NoShares => f.write_str("this system is not unsealed by shares"),
            Self::Text(error) => error.fmt(f),
            Self::Share { index, fault } => write!(f, "share {index}: {fault}"),
            Self::Duplicate { index } => write!(f, "share {index} was given already, give another"),
            Self::Combine(fault) => fault.fmt(f),
            Self::Split(error) => error.fmt(f),
            Self::WrongRoot => f.write_str("this root of trust did not seal this system"),
            Self::TookTooLong => f.write_str("the shares took too long, begin again with the first"),
            Self::Keys(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

/// The root of trust as anybody may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether the system was ever initialised.
    pub initialised: bool,
    /// Whether it has to be unsealed.
    pub sealed: bool,
    /// `keyfile`, `memory` or `shamir`, once initialised.
    pub kind: Option<&'static str>,
    /// Shares needed; 0 without custodians.
    pub threshold: u8,
    /// Shares made; 0 without custodians.
    pub count: u8,
    /// Shares given in this round.
    pub progress: usize,
    /// This round's random id, once a share counted.
    pub nonce: Option<[u8; 16]>,
}

impl Status {
    pub(super) fn of(root: Option<&SealedRoot>, sealed: bool, round: Option<(usize, [u8; 16])>) -> Self {
        let terms = root.and_then(|root| match &root.guarded {
            crate::Guarded::Shamir(split) => Some(split.terms()),
            crate::Guarded::Keyfile | crate::Guarded::Memory => None,
        });
        Self {
            initialised: root.is_some(),
            sealed,
            kind: root.map(|root| root.guarded.kind()),
            threshold: terms.map_or(0, |terms| terms.threshold()),
            count: terms.map_or(0, |terms| terms.count()),
            progress: round.map_or(0, |(given, _)| given),
            nonce: round.map(|(_, nonce)| nonce),
        }
    }
}
