//! Reserved counters: a node reserves a block ahead durably and counts inside it in memory, so that a crash may waste
//! counts but never repeats them.

use std::fmt;

use async_trait::async_trait;
use domain::VersionId;

/// Why a count was not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterError {
    /// The bound is reached; the version must be rotated.
    Exhausted,
    /// The store does not answer; try again.
    Unavailable,
}

impl fmt::Display for CounterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exhausted => "the counter's bound is reached",
            Self::Unavailable => "the store is unavailable",
        })
    }
}

impl std::error::Error for CounterError {}

/// Counts AES-GCM invocations with random nonces under one version (NIST SP 800-38D §8.3: at most 2^32).
#[async_trait]
pub trait Counter: Send + Sync {
    /// Takes `n` counts; touches the store once in 2^20.
    ///
    /// # Errors
    /// [`CounterError`].
    async fn take(&self, version: VersionId, n: u32) -> Result<(), CounterError>;
}
