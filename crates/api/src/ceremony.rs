//! Opening a sealed system. Nobody can be authenticated then, for what would authenticate them is sealed: a
//! custodian's share is its own proof. The gate is not there either, so dialects drive this seam instead.

use async_trait::async_trait;
use secret::SecretBytes;

use crate::{Fault, RequestContext};

/// The seal's status; open to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealStatus {
    /// Whether the system was ever initialised.
    pub initialised: bool,
    /// Whether no key-encryption key is in memory.
    pub sealed: bool,
    /// The root of trust: `keyfile`, `shamir`, `memory`.
    pub root: &'static str,
    /// Custodians' shares, where the root of trust has them.
    pub shares: Option<ShareStatus>,
}

/// How far the custodians are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareStatus {
    /// How many shares there are.
    pub total: u8,
    /// How many are needed.
    pub threshold: u8,
    /// How many were given in this round.
    pub given: u8,
    /// The round's random id, from its first share on: a custodian sees whether it is still the same one.
    pub round: Option<[u8; 16]>,
}

/// What initialisation brings, once.
#[derive(Debug)]
pub struct Initialised {
    /// The custodians' shares as text.
    pub shares: Vec<SecretBytes>,
    /// The first administrator's bearer token as text.
    pub token: SecretBytes,
}

/// Why a share was not taken. It costs the round nothing, but for [`ShareRefusal::WrongRoot`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareRefusal {
    /// The text is no share's.
    NotAShare,
    /// It was a share's text once: characters are missing or wrong.
    Mistyped,
    /// It is a share of another system, or of this one before its shares were made anew.
    Foreign {
        /// The index it bears.
        index: u8,
    },
    /// Its checksum fits, but it is not the share that was made.
    Altered {
        /// The index it bears.
        index: u8,
    },
    /// It was given in this round.
    Duplicate {
        /// The index it bears.
        index: u8,
    },
    /// The root of trust has no custodians: a restart unseals it.
    NoCustodians,
    /// The shares fit each other, yet their root did not seal this system: what is stored was exchanged.
    WrongRoot,
}

impl ShareRefusal {
    /// One word for the audit log; stable.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotAShare => "not_a_share",
            Self::Mistyped => "share_mistyped",
            Self::Foreign { .. } => "share_foreign",
            Self::Altered { .. } => "share_altered",
            Self::Duplicate { .. } => "share_duplicate",
            Self::NoCustodians => "no_custodians",
            Self::WrongRoot => "wrong_root",
        }
    }
}

/// Why the system is no nearer to being unsealed.
#[derive(Debug)]
pub enum NotUnsealed {
    /// The share's fault.
    Share(ShareRefusal),
    /// Ours, or the caller came too often.
    Fault(Fault),
}

impl From<Fault> for NotUnsealed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Opening the system, on whatever wire. The implementation bounds how often somebody may fail and records every
/// attempt in the audit log, which does not depend on the seal.
#[async_trait]
pub trait Ceremony: Send + Sync {
    /// The status at this moment.
    fn status(&self) -> SealStatus;

    /// Takes one custodian's share, as text; answers the status after it. An unsealed system takes none and answers
    /// its status.
    ///
    /// # Errors
    /// [`NotUnsealed`]; the shares given before still count unless it says otherwise.
    async fn unseal(&self, context: RequestContext, share: SecretBytes) -> Result<SealStatus, NotUnsealed>;

    /// Forgets the shares of this round; answers the status after it.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be recorded, or the caller came too often.
    async fn reset(&self, context: RequestContext) -> Result<SealStatus, Fault>;

    /// Initialises a system that never was.
    ///
    /// # Errors
    /// [`crate::FaultWhat::AlreadyInitialised`], or [`crate::FaultWhat::Unsupported`] where it is not done over a
    /// network.
    async fn initialise(
        &self,
        context: RequestContext,
        shares: u8,
        threshold: u8,
    ) -> Result<Initialised, Fault>;
}
