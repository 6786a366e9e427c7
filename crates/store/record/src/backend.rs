//! What a database must do for [`SealedStore`](crate::SealedStore): move rows. It sees no plaintext, no key and no
//! law of the domain, so that two databases cannot come to differ in any of them.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use async_trait::async_trait;

/// The kind of row that holds secret material. When such a row loses its sealed bytes, [`Writer::scrub`] must leave
/// no copy of them in the database's files.
pub const MATERIAL: &str = "material";

/// Any error, from any database.
pub type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// The database did not answer, or not with what it was asked for.
#[derive(Debug)]
pub struct BackendError(pub BoxedError);

/// What a backend answers.
pub type BackendResult<T> = Result<T, BackendError>;

impl BackendError {
    /// From words for operators.
    pub fn new(why: impl Into<BoxedError>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for BackendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

/// Names one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// What the row is; the first part of its place in every AAD.
    pub kind: Cow<'static, str>,
    /// Whose it is: one byte for the kind of owner, then its id.
    pub owner: Vec<u8>,
    /// Its id in kind and owner.
    pub id: Vec<u8>,
}

/// A row as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Counts its changes from 1.
    pub revision: u64,
    /// Its sealed bytes; `None` is a tombstone, which stays for ever.
    pub sealed: Option<Vec<u8>>,
}

/// One row without its bytes, as the revision ledger counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Which row.
    pub key: RowKey,
    /// Its revision.
    pub revision: u64,
    /// Whether it is no tombstone.
    pub live: bool,
}

/// A row and its ledger bucket, read at one instant.
#[derive(Debug)]
pub struct Lookup {
    /// The row, if there is one in this bucket.
    pub row: Option<Row>,
    /// The bucket, if anything was ever counted in it.
    pub bucket: Option<Row>,
}

/// As [`Lookup`], with every row of the bucket.
#[derive(Debug)]
pub struct Snapshot {
    /// The row and the bucket.
    pub lookup: Lookup,
    /// All rows that stand in the bucket.
    pub members: Vec<Member>,
}

/// One row of an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexRow {
    /// Whose.
    pub owner: Vec<u8>,
    /// Which index.
    pub index: &'static str,
    /// Ordered bytes.
    pub key: Vec<u8>,
    /// The record it leads to.
    pub id: Vec<u8>,
}

/// A part of an index.
#[derive(Clone, Debug)]
pub struct IndexRange {
    /// Whose.
    pub owner: Vec<u8>,
    /// Which index.
    pub index: &'static str,
    /// From this key on.
    pub from: Vec<u8>,
    /// Up to but without this key.
    pub below: Vec<u8>,
    /// At most so many rows.
    pub limit: usize,
}

/// Why a transaction was not committed.
#[derive(Debug)]
pub enum CommitFailure {
    /// It is rolled back, and no crash brings it back.
    Undone(BackendError),
    /// It may be durable or not.
    Unknown(BackendError),
}

impl From<CommitFailure> for BackendError {
    fn from(failure: CommitFailure) -> Self {
        match failure {
            CommitFailure::Undone(e) | CommitFailure::Unknown(e) => e,
        }
    }
}

/// A database of rows.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Its writing side.
    type Writer: Writer;

    /// Opens the writing side. Called on the writer's own thread, which is outside any runtime.
    ///
    /// # Errors
    /// [`BackendError`].
    fn writer(&self) -> BackendResult<Self::Writer>;

    /// Reads a row and its bucket at one instant.
    ///
    /// # Errors
    /// [`BackendError`].
    async fn lookup(&self, key: &RowKey, bucket: u16) -> BackendResult<Lookup>;

    /// Reads a row, its bucket and all the bucket's rows at one instant.
    ///
    /// # Errors
    /// [`BackendError`].
    async fn snapshot(&self, key: &RowKey, bucket: u16) -> BackendResult<Snapshot>;

    /// Index keys and ids in order of key, then id.
    ///
    /// # Errors
    /// [`BackendError`].
    async fn scan(&self, range: &IndexRange) -> BackendResult<Vec<(Vec<u8>, Vec<u8>)>>;

    /// A value that is needed before unsealing. Clear text, so it must protect itself.
    ///
    /// # Errors
    /// [`BackendError`].
    async fn meta(&self, name: &str) -> BackendResult<Option<Vec<u8>>>;

    /// Writes such a value.
    ///
    /// # Errors
    /// [`BackendError`].
    async fn set_meta(&self, name: &str, value: &[u8]) -> BackendResult<()>;

    /// Copies the whole database, as of one instant and while it serves, to a new file.
    ///
    /// # Errors
    /// [`BackendError`]; where the database has tools of its own for this, it says so.
    async fn backup(&self, to: &Path) -> BackendResult<()>;
}

/// The one writing side of a database. All its calls may block.
///
/// A transaction runs from [`Self::begin`] to [`Self::commit`] or [`Self::rollback`]; no other node's transaction
/// runs at the same time.
pub trait Writer: Send {
    /// Begins a transaction; waits until it is the only one.
    ///
    /// # Errors
    /// [`BackendError`].
    fn begin(&mut self) -> BackendResult<()>;
    /// Makes it durable.
    ///
    /// # Errors
    /// [`CommitFailure`].
    fn commit(&mut self) -> Result<(), CommitFailure>;
    /// Undoes it. Errors are of no use to anybody: the next `begin` meets them again.
    fn rollback(&mut self);

    /// The head: what the ledger comes to. `None` in a new database.
    ///
    /// # Errors
    /// [`BackendError`].
    fn head(&mut self) -> BackendResult<Option<Row>>;
    /// Writes the head.
    ///
    /// # Errors
    /// [`BackendError`].
    fn put_head(&mut self, revision: u64, sealed: &[u8]) -> BackendResult<()>;

    /// One row.
    ///
    /// # Errors
    /// [`BackendError`].
    fn row(&mut self, key: &RowKey, bucket: u16) -> BackendResult<Option<Row>>;
    /// Writes a row, new or not.
    ///
    /// # Errors
    /// [`BackendError`].
    fn put_row(&mut self, key: &RowKey, bucket: u16, row: &Row) -> BackendResult<()>;
    /// Every row of a kind of which there are few: `epoch` and `kek`.
    ///
    /// # Errors
    /// [`BackendError`].
    fn rows_of(&mut self, kind: &'static str) -> BackendResult<Vec<(RowKey, Row)>>;

    /// Every bucket that was ever written.
    ///
    /// # Errors
    /// [`BackendError`].
    fn buckets(&mut self) -> BackendResult<Vec<(u16, Row)>>;
    /// Writes a bucket.
    ///
    /// # Errors
    /// [`BackendError`].
    fn put_bucket(&mut self, bucket: u16, revision: u64, sealed: &[u8]) -> BackendResult<()>;

    /// Ids of records with exactly this index key; two are enough to tell.
    ///
    /// # Errors
    /// [`BackendError`].
    fn index_holders(&mut self, owner: &[u8], index: &'static str, key: &[u8])
    -> BackendResult<Vec<Vec<u8>>>;
    /// Adds an index row; it may be there already.
    ///
    /// # Errors
    /// [`BackendError`].
    fn add_index(&mut self, row: &IndexRow) -> BackendResult<()>;
    /// Removes an index row; it may be gone already.
    ///
    /// # Errors
    /// [`BackendError`].
    fn remove_index(&mut self, row: &IndexRow) -> BackendResult<()>;

    /// Adds an outbox row.
    ///
    /// # Errors
    /// [`BackendError`].
    fn put_outbox(&mut self, sequence: u64, sealed: &[u8]) -> BackendResult<()>;
    /// Outbox rows after a sequence, in order, at most `limit`.
    ///
    /// # Errors
    /// [`BackendError`].
    fn outbox_after(&mut self, sequence: u64, limit: usize) -> BackendResult<Vec<(u64, Vec<u8>)>>;
    /// Forgets outbox rows up to a sequence.
    ///
    /// # Errors
    /// [`BackendError`].
    fn forget_outbox(&mut self, through: u64) -> BackendResult<()>;

    /// A value of [`Backend::meta`].
    ///
    /// # Errors
    /// [`BackendError`].
    fn meta(&mut self, name: &str) -> BackendResult<Option<Vec<u8>>>;
    /// Writes a value of [`Backend::meta`].
    ///
    /// # Errors
    /// [`BackendError`].
    fn set_meta(&mut self, name: &str, value: &[u8]) -> BackendResult<()>;

    /// Outside a transaction: leaves no copy of erased [`MATERIAL`] in the database's files.
    ///
    /// # Errors
    /// [`BackendError`]: copies may still stand there; call again.
    fn scrub(&mut self) -> BackendResult<()>;
}
