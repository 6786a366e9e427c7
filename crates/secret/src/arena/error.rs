//! Why the arena gave no memory.

use std::fmt;

use super::MAX_LEN;

/// No protected memory could be had for a secret. Nothing was stored; sources are wiped all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArenaFull {
    /// The secret is longer than [`MAX_LEN`].
    TooLong,
    /// The system gave no more address space or memory.
    MapRefused,
    /// The memory could not be protected (most often `RLIMIT_MEMLOCK`), and the policy is
    /// [`Locking::Required`](crate::Locking::Required).
    LockRefused,
}

impl fmt::Display for ArenaFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "a secret may have at most {MAX_LEN} bytes"),
            Self::MapRefused => f.write_str("the system gave no memory for a secret"),
            Self::LockRefused => f.write_str(
                "memory for a secret could not be locked and locking is required, raise the memlock limit",
            ),
        }
    }
}

impl std::error::Error for ArenaFull {}
