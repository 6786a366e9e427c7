//! The record store as the engine drives it: opened records in, one compare-and-set batch out.

use std::fmt;

use async_trait::async_trait;
use domain::{
    AuditRecord, BatchId, Cursor, IndexEntry, IndexName, Loaded, Owner, Page, Record, RecordKind, RecordRef,
    Revision, Scope, Sealable, TenantId,
};

use crate::MaterialChange;

/// Why reading failed.
#[derive(Debug)]
pub enum StoreError {
    /// The system is sealed.
    Sealed,
    /// A row does not open in its place, or does not match the ledger.
    Corrupt {
        /// Which kind of record.
        kind: RecordKind,
        /// For operators.
        why: String,
    },
    /// The store does not answer; try again.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed => f.write_str("the system is sealed"),
            Self::Corrupt { kind, why } => write!(f, "a stored {} is corrupt: {why}", kind.word()),
            Self::Unavailable(e) => write!(f, "the store is unavailable: {e}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// Why a batch was not committed.
#[derive(Debug)]
pub enum CommitError {
    /// Scopes were raised since the decision: decide again.
    Stale(Vec<Scope>),
    /// A record or index key is not as expected: load again.
    Conflict,
    /// A unique index key is taken already.
    Taken(IndexEntry),
    /// A record outgrew its row.
    TooLarge {
        /// Most bytes.
        max: usize,
    },
    /// Nothing was done; try again.
    Store(StoreError),
    /// It is committed but not yet in the log, or it is not known whether it is committed.
    OutcomeUnknown,
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale(_) => f.write_str("decided on stale state"),
            Self::Conflict => f.write_str("changed by somebody else"),
            Self::Taken(_) => f.write_str("a unique name is taken"),
            Self::TooLarge { max } => write!(f, "a record has at most {max} bytes"),
            Self::Store(e) => e.fmt(f),
            Self::OutcomeUnknown => f.write_str("the outcome is unknown"),
        }
    }
}

impl std::error::Error for CommitError {}

/// A record's bytes as opened, and its revision.
#[derive(Debug)]
pub struct Opened {
    /// JSON of the record.
    pub body: Vec<u8>,
    /// Its revision.
    pub revision: Revision,
}

/// Everything one change does, in one transaction: all or nothing.
#[derive(Debug)]
pub struct Batch {
    /// The use case; metric label and log field.
    pub name: &'static str,
    /// Unique, to read an unknown outcome back.
    pub id: BatchId,
    /// Epochs captured before the decision; the commit fails with `Stale` if one was raised since.
    pub fence: Vec<(Scope, u64)>,
    /// Scopes to raise: of everything that others may have read. Pure creation raises nothing.
    pub raise: Vec<Scope>,
    /// Records read but not written, which must be unchanged.
    pub expect: Vec<(RecordRef, Revision)>,
    /// Index keys that must be free, beyond those of the records written.
    pub expect_absent: Vec<(Owner, IndexEntry)>,
    /// Records to write.
    pub put: Vec<Sealable>,
    /// Material to keep or erase.
    pub material: Vec<MaterialChange>,
    /// Tenants that get a key-encryption key.
    pub new_tenants: Vec<TenantId>,
    /// Whether it takes something away from somebody: the pin outside advances before the acknowledgement.
    pub revokes: bool,
    /// Its audit record; the store fills in `raised`.
    pub audit: AuditRecord,
}

/// A committed batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The commit's sequence.
    pub sequence: u64,
    /// Scopes and the epochs they were raised to.
    pub raised: Vec<(Scope, u64)>,
}

/// Part of an index, in order.
#[derive(Clone, Debug)]
pub struct IndexScan {
    /// Whose rows.
    pub owner: Owner,
    /// Which index.
    pub index: IndexName,
    /// Only keys that begin with this.
    pub prefix: Vec<u8>,
    /// Only keys after this one.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: usize,
}

/// One row of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexHit {
    /// The whole key.
    pub key: Vec<u8>,
    /// The record it leads to.
    pub id: Vec<u8>,
}

/// Keeps records.
#[async_trait]
pub trait RecordStore: Send + Sync {
    /// Opens a record and checks it against the ledger; `None` if it never was or is deleted.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn open(&self, at: &RecordRef) -> Result<Option<Opened>, StoreError>;

    /// Part of an index. Hints only: what they lead to must be opened and must say the same.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn scan(&self, scan: IndexScan) -> Result<Page<IndexHit>, StoreError>;

    /// Whether every commit is known to be in the audit log. While one is not, the node takes no command: a change is
    /// refused here, and the gate refuses everything else (INV-5).
    fn is_settled(&self) -> bool;

    /// Commits a batch: durable, raised, in the log; then `Ok`.
    ///
    /// # Errors
    /// [`CommitError`].
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError>;
}

/// Typed reading.
#[async_trait]
pub trait RecordStoreExt {
    /// Loads a record of a type.
    ///
    /// # Errors
    /// [`StoreError`]; a body that is no such record, or of another owner or id, is corrupt.
    async fn load<R: Record>(&self, owner: Owner, id: &[u8]) -> Result<Option<Loaded<R>>, StoreError>;

    /// Loads what a unique index key leads to; a hint that the record itself does not confirm leads nowhere.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find<R: Record>(
        &self,
        owner: Owner,
        entry: &IndexEntry,
    ) -> Result<Option<Loaded<R>>, StoreError>;
}

#[async_trait]
impl<S: RecordStore + ?Sized> RecordStoreExt for S {
    async fn load<R: Record>(&self, owner: Owner, id: &[u8]) -> Result<Option<Loaded<R>>, StoreError> {
        let at = RecordRef { kind: R::KIND, owner, id: id.to_vec() };
        let Some(opened) = self.open(&at).await? else { return Ok(None) };
        let corrupt = |why: String| StoreError::Corrupt { kind: R::KIND, why };
        let record: R = serde_json::from_slice(&opened.body).map_err(|e| corrupt(e.to_string()))?;
        if record.record_ref() != at {
            return Err(corrupt("it names another place than its own".to_owned()));
        }
        Ok(Some(Loaded::opened(record, opened.revision)))
    }

    async fn find<R: Record>(
        &self,
        owner: Owner,
        entry: &IndexEntry,
    ) -> Result<Option<Loaded<R>>, StoreError> {
        let (index, prefix) = (entry.index, entry.key.clone());
        let page = self.scan(IndexScan { owner, index, prefix, after: None, limit: 1 }).await?;
        let Some(hit) = page.items.into_iter().find(|hit| hit.key == entry.key) else { return Ok(None) };
        let found = self.load::<R>(owner, &hit.id).await?;
        Ok(found.filter(|r| r.get().index().contains(entry)))
    }
}
