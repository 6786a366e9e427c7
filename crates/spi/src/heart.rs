//! The heartbeat: what a node durably remembers of the time, so that a clock that jumped while nobody looked is noticed
//! before anything is destroyed by it.

use async_trait::async_trait;
use domain::Timestamp;

use crate::StoreError;

/// One look at the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// What it showed.
    pub at: Timestamp,
    /// Milliseconds by which it is known to run ahead of the time that passed.
    pub ahead: u64,
}

/// Keeps the last heartbeat: one row, written without a commit of records, because nothing depends on it but the next.
#[async_trait]
pub trait Heart: Send + Sync {
    /// The last heartbeat; `None` before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn last(&self) -> Result<Option<Heartbeat>, StoreError>;

    /// Keeps a heartbeat, durably.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn beat(&self, beat: Heartbeat) -> Result<(), StoreError>;
}
