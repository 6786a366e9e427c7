//! The audit log as the gate uses it: space first, then the work, then a durable record that is also the fence.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use async_trait::async_trait;
use domain::{AccountId, AuditRecord, LastUse, Page, Scope, TenantId, Timestamp, Used};

use crate::Fence;

/// Space in the log, taken before anything is performed: a full disk refuses before, not after. Given back when
/// dropped unused.
#[derive(Debug)]
pub struct SpaceTicket {
    give_back: Option<(std::sync::Arc<std::sync::atomic::AtomicU64>, u64)>,
}

impl SpaceTicket {
    /// For the log: a ticket over bytes already taken from `space`.
    #[must_use]
    pub const fn new(space: std::sync::Arc<std::sync::atomic::AtomicU64>, bytes: u64) -> Self {
        Self { give_back: Some((space, bytes)) }
    }

    /// For the log: the bytes are used for good.
    pub fn spend(mut self) -> u64 {
        self.give_back.take().map_or(0, |(_, bytes)| bytes)
    }

    /// Bytes it stands for.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.give_back.as_ref().map_or(0, |(_, bytes)| *bytes)
    }
}

impl Drop for SpaceTicket {
    fn drop(&mut self) {
        if let Some((space, bytes)) = self.give_back.take() {
            space.fetch_add(bytes, std::sync::atomic::Ordering::AcqRel);
        }
    }
}

/// Where a record stands in the log: its leaf index, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub u64);

/// Why a record cannot be taken now; clear and retryable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditError {
    /// For operators.
    pub why: String,
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the audit log cannot be written: {}", self.why)
    }
}

impl std::error::Error for AuditError {}

/// Why a use was not recorded, and so did not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendError {
    /// These scopes were raised since the decision: decide again.
    Stale(Vec<Scope>),
    /// The log cannot be written.
    Unavailable(AuditError),
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Whose records; `None` is everybody's (offline tools only).
    pub account: Option<AccountId>,
    /// In which tenant.
    pub tenant: Option<TenantId>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Only this wire operation.
    pub operation: Option<String>,
    /// Only this target id.
    pub target: Option<String>,
    /// Only this principal, by id.
    pub principal: Option<domain::PrincipalId>,
    /// Strictly older than this leaf.
    pub before: Option<Position>,
    /// At most so many.
    pub limit: usize,
}

/// A record on its way: it is handed in when this is made, and stands when this resolves.
pub type Appending = Pin<Box<dyn Future<Output = Result<Position, AppendError>> + Send>>;

/// The log.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Takes space for one record of about `bytes` bytes.
    ///
    /// # Errors
    /// [`AuditError`]: nothing may be performed.
    fn ticket(&self, bytes: usize) -> Result<SpaceTicket, AuditError>;

    /// Places a record of a use if the fence still holds at that instant, and waits until it is as durable as the log
    /// is configured to be.
    ///
    /// # Errors
    /// [`AppendError`]: the use did not happen and its result must be wiped.
    fn append(&self, ticket: SpaceTicket, fence: Fence, record: AuditRecord) -> Appending;

    /// Searches, newest first; costs a scan of segments and runs beside the gate, not in it.
    ///
    /// # Errors
    /// [`AuditError`].
    async fn search(&self, query: AuditQuery) -> Result<Page<(Position, AuditRecord)>, AuditError>;

    /// The last use of a key or credential, out of memory. It is derived from the records, each of which is in it by
    /// the time its caller is answered, and tells by itself since when it is complete.
    fn last_use(&self, of: Used<'_>) -> LastUse;
}

/// One committed change's record, in commit order.
#[derive(Clone, Debug)]
pub struct OutboxEntry {
    /// Counts commits from 1 without gaps; the log remembers the last one it holds.
    pub sequence: u64,
    /// What to log.
    pub record: AuditRecord,
}

/// Resolves when the entries are durable in the log.
pub type Durable = Pin<Box<dyn Future<Output = Result<(), AuditError>> + Send>>;

/// Where a store's writer hands committed changes, in commit order, after raising epochs and before acknowledging.
pub trait CommitSink: Send + Sync {
    /// Takes entries; the returned future is awaited before the commit is acknowledged.
    fn committed(&self, entries: Vec<OutboxEntry>) -> Durable;

    /// Most bytes of a record's JSON that the log can hold. A store refuses a longer one before it commits: what is
    /// committed and cannot be logged would stop the node for good.
    fn longest_record(&self) -> usize;

    /// The last outbox sequence that is durable in the log: the store may forget rows up to it, and replays those
    /// after it first thing after a crash.
    fn durable_through(&self) -> u64;
}
