//! Why a store does not open, and how inner errors become the seam's.

use std::fmt;

use domain::RecordKind;
use spi::{AuditError, CommitError, MaterialError, SealError, StoreError};

use crate::backend::BackendError;
use crate::pin::PinState;

/// Why a store does not serve.
#[derive(Debug)]
pub enum OpenError {
    /// The system is sealed: unseal first.
    Sealed,
    /// The database is older than what was acknowledged; an operator must accept the loss.
    RolledBack {
        /// What was acknowledged.
        pinned: Box<PinState>,
        /// What the database says.
        found: Box<PinState>,
    },
    /// The database has commits, but the pin beside it is gone; an operator must accept it as it is.
    PinMissing {
        /// What the database says.
        found: Box<PinState>,
    },
    /// The pin is another installation's.
    OtherInstallation,
    /// Commits are missing in the audit log and no longer stand in the outbox.
    LogBehind {
        /// The last sequence in the log.
        durable: u64,
        /// The last sequence given by the store.
        found: u64,
    },
    /// The database contradicts itself.
    Corrupt(String),
    /// The audit log does not take what a crash left in the outbox.
    Audit(AuditError),
    /// The pin cannot be read or written.
    Pin(std::io::Error),
    /// The database does not answer.
    Backend(BackendError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed => f.write_str("the system is sealed"),
            Self::RolledBack { pinned, found } => write!(
                f,
                "the database is older than what was acknowledged (change {} of {}); accept the rollback to go on",
                found.revision, pinned.revision
            ),
            Self::PinMissing { .. } => {
                f.write_str("the pin file is missing; accept the rollback to trust the database as it is")
            }
            Self::OtherInstallation => f.write_str("the pin file belongs to another installation"),
            Self::LogBehind { durable, found } => {
                write!(f, "the audit log ends at commit {durable}, but the database is at {found}")
            }
            Self::Corrupt(why) => write!(f, "the database is corrupt: {why}"),
            Self::Audit(e) => e.fmt(f),
            Self::Pin(e) => write!(f, "the pin file cannot be used: {e}"),
            Self::Backend(e) => write!(f, "the database cannot be used: {e}"),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<BackendError> for OpenError {
    fn from(e: BackendError) -> Self {
        Self::Backend(e)
    }
}

impl From<SealError> for OpenError {
    fn from(e: SealError) -> Self {
        match e {
            SealError::Sealed => Self::Sealed,
            SealError::NoKek | SealError::Rejected => Self::Corrupt("a row does not open".to_owned()),
            SealError::OutOfMemory => Self::Backend(BackendError::new(e.to_string())),
        }
    }
}

/// Why a row was not read.
#[derive(Debug)]
pub(crate) enum ReadError {
    Sealed,
    Corrupt(&'static str),
    Unavailable(BackendError),
}

impl From<BackendError> for ReadError {
    fn from(e: BackendError) -> Self {
        Self::Unavailable(e)
    }
}

impl From<SealError> for ReadError {
    fn from(e: SealError) -> Self {
        match e {
            SealError::Sealed => Self::Sealed,
            SealError::NoKek => Self::Corrupt("its tenant has no key-encryption key"),
            SealError::Rejected => Self::Corrupt("it does not open in its place"),
            SealError::OutOfMemory => Self::Unavailable(BackendError::new(e.to_string())),
        }
    }
}

impl ReadError {
    pub(crate) fn of(self, kind: RecordKind) -> StoreError {
        match self {
            Self::Sealed => StoreError::Sealed,
            Self::Corrupt(why) => StoreError::Corrupt { kind, why: why.to_owned() },
            Self::Unavailable(e) => StoreError::Unavailable(e.0),
        }
    }

    pub(crate) fn refusing(self, kind: RecordKind) -> CommitError {
        CommitError::Store(self.of(kind))
    }
}

impl From<ReadError> for MaterialError {
    fn from(e: ReadError) -> Self {
        match e {
            ReadError::Sealed => Self::Sealed,
            ReadError::Corrupt(_) => Self::Corrupt,
            ReadError::Unavailable(_) => Self::Unavailable,
        }
    }
}

/// The database does not answer; nothing was done.
pub(crate) fn unavailable(why: impl Into<crate::backend::BoxedError>) -> CommitError {
    CommitError::Store(StoreError::Unavailable(why.into()))
}
