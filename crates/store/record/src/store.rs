//! The store itself: readers beside one writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use domain::{Page, RecordRef, Revision};
use secret::Exposure;
use spi::{
    Batch, CommitError, CommitSink, Committed, Epochs, IndexHit, IndexScan, Opened, RecordStore, Sealer,
    StoreError,
};
use tokio::sync::{mpsc, oneshot};

use crate::backend::{Backend, BackendError, IndexRange, RowKey};
use crate::buckets::Buckets;
use crate::counter::Blocks;
use crate::error::{OpenError, ReadError, unavailable};
use crate::head::Head;
use crate::keks::Keks;
use crate::ledger::{BUCKETS, Sum};
use crate::pin::Pin;
use crate::rows::owner_bytes;
use crate::writer::{Job, Scribe};

/// Most rows of one page.
const MAX_PAGE: usize = 10_000;
/// Commits that wait before the next caller waits too.
const QUEUE: usize = 1024;

/// What a store is made of.
pub struct Parts<B> {
    /// The database.
    pub backend: B,
    /// Key-encryption keys; must be unsealed when the store is opened.
    pub sealer: Arc<dyn Sealer>,
    /// Raised after each commit.
    pub epochs: Arc<Epochs>,
    /// The audit log.
    pub sink: Arc<dyn CommitSink>,
    /// The pin outside the database.
    pub pin: Box<dyn Pin>,
}

/// How a store behaves.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether an operator accepted that the database is older than the pin. Never a default of configuration.
    pub accept_rollback: bool,
    /// Advance the pin after so many transactions, if no revocation does before.
    pub pin_every: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { accept_rollback: false, pin_every: 256 }
    }
}

/// What readers and writer share.
pub(crate) struct Core<B> {
    pub(crate) backend: B,
    pub(crate) sealer: Arc<dyn Sealer>,
    pub(crate) epochs: Arc<Epochs>,
    pub(crate) sink: Arc<dyn CommitSink>,
    pub(crate) keks: Keks,
    pub(crate) buckets: Buckets,
    /// Something is committed whose record may not be in the log, or whose outcome is unknown. Set by the writer before
    /// anybody is answered about it.
    pub(crate) unsettled: AtomicBool,
}

/// A record store, material vault and counter over one database of sealed rows.
pub struct SealedStore<B: Backend> {
    pub(crate) core: Arc<Core<B>>,
    pub(crate) jobs: mpsc::Sender<Job>,
    pub(crate) blocks: Blocks,
}

impl<B: Backend> SealedStore<B> {
    /// Opens the store: checks ledger and pin, then brings the outbox into the audit log. Call it inside a tokio
    /// runtime, once the system is unsealed.
    ///
    /// # Errors
    /// [`OpenError`]; nothing serves then.
    pub async fn open(parts: Parts<B>, options: Options) -> Result<Self, OpenError> {
        let Parts { backend, sealer, epochs, sink, pin } = parts;
        if !sealer.is_unsealed() {
            return Err(OpenError::Sealed);
        }
        let (keks, buckets) = (Keks::default(), Buckets::default());
        let unsettled = AtomicBool::new(false);
        let core = Arc::new(Core { backend, sealer, epochs, sink, keks, buckets, unsettled });
        let (jobs, inbox) = mpsc::channel(QUEUE);
        let (ready, opened) = oneshot::channel();
        let (runtime, shared) = (tokio::runtime::Handle::current(), Arc::clone(&core));
        let body = move || match Scribe::start(shared, pin, runtime, options) {
            Ok(scribe) => {
                drop(ready.send(Ok(())));
                scribe.run(inbox);
            }
            Err(why) => drop(ready.send(Err(why))),
        };
        let spawned = std::thread::Builder::new().name("store-writer".to_owned()).spawn(body);
        spawned.map_err(|e| OpenError::Backend(BackendError::new(e)))?;
        opened.await.map_err(|_| OpenError::Backend(BackendError::new("the store's writer ended")))??;
        Ok(Self { core, jobs, blocks: Blocks::default() })
    }

    /// Waits for what is in flight, advances the pin and ends the writer. Later commits are refused.
    pub async fn close(&self) {
        let (reply, done) = oneshot::channel();
        if self.jobs.send(Job::Close(reply)).await.is_ok() {
            // An error says that the writer has ended already, which is what was asked for.
            drop(done.await);
        }
    }

    /// What the whole revision ledger comes to, for checkpoints.
    #[must_use]
    pub fn ledger_digest(&self) -> [u8; 32] {
        let sums = (0..BUCKETS).map(|bucket| self.core.buckets.known(bucket).1);
        sums.fold(Sum::default(), Sum::plus).to_bytes()
    }

    /// The database underneath, for backups and for what is read while sealed.
    #[must_use]
    pub fn backend(&self) -> &B {
        &self.core.backend
    }

    pub(crate) async fn ask(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<Committed, CommitError>>) -> Job,
    ) -> Result<Committed, CommitError> {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(job(reply)).await.is_err() {
            return Err(unavailable("the store is closed"));
        }
        answer.await.unwrap_or(Err(CommitError::OutcomeUnknown))
    }
}

impl<B: Backend> Scribe<B> {
    fn start(
        core: Arc<Core<B>>,
        pin: Box<dyn Pin>,
        runtime: tokio::runtime::Handle,
        options: Options,
    ) -> Result<Self, OpenError> {
        let writer = core.backend.writer()?;
        let mut scribe = Self {
            core,
            writer,
            pin,
            pin_every: options.pin_every.max(1),
            pinned: 0,
            installation: [0; 16],
            head: Head::default(),
            runtime,
            unscrubbed: false,
        };
        scribe.recover(options.accept_rollback)?;
        Ok(scribe)
    }
}

#[async_trait]
impl<B: Backend> RecordStore for SealedStore<B> {
    async fn open(&self, at: &RecordRef) -> Result<Option<Opened>, StoreError> {
        let fail = |e: ReadError| e.of(at.kind);
        let key = RowKey::record(at);
        let Some(row) = self.core.verified(&key).await.map_err(fail)? else { return Ok(None) };
        let Some(plain) = self.core.opened(&key, &row).await.map_err(fail)? else { return Ok(None) };
        let (body, _) = crate::envelope::open(plain.expose(Exposure::ReturnToAuthorisedCaller))
            .ok_or_else(|| fail(ReadError::Corrupt("it is no envelope")))?;
        Ok(Some(Opened { body: body.to_vec(), revision: Revision(row.revision) }))
    }

    async fn scan(&self, scan: IndexScan) -> Result<Page<IndexHit>, StoreError> {
        let limit = scan.limit.min(MAX_PAGE);
        let (from, below) = bounds(scan.prefix, scan.after);
        let (owner, index) = (owner_bytes(scan.owner), scan.index.word());
        let range = IndexRange { owner, index, from, below, limit: limit + 1 };
        let rows = self.core.backend.scan(&range).await;
        let rows = rows.map_err(|e| StoreError::Unavailable(e.0))?;
        let more = rows.len() > limit;
        let items: Vec<_> = rows.into_iter().take(limit).map(|(key, id)| IndexHit { key, id }).collect();
        let next = items.last().filter(|_| more).map(|hit| domain::Cursor(hit.key.clone()));
        Ok(Page { items, next })
    }

    fn is_settled(&self) -> bool {
        !self.core.unsettled.load(Ordering::Acquire)
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.ask(|reply| Job::Commit(Box::new(batch), reply)).await
    }
}

/// First key and first key beyond, of all keys with a prefix and strictly after a cursor.
fn bounds(prefix: Vec<u8>, after: Option<domain::Cursor>) -> (Vec<u8>, Vec<u8>) {
    let mut below = prefix.clone();
    while let Some(last) = below.pop() {
        if let Some(next) = last.checked_add(1) {
            below.push(next);
            break;
        }
    }
    if below.is_empty() {
        below = vec![u8::MAX; crate::MAX_INDEX_KEY + 1];
    }
    let after = after.map(|domain::Cursor(mut key)| {
        key.push(0);
        key
    });
    (after.map_or(prefix.clone(), |after| after.max(prefix)), below)
}

#[cfg(test)]
mod tests {
    use domain::Cursor;

    use super::*;

    #[test]
    fn bounds_hold_exactly_the_prefix_after_the_cursor() {
        assert_eq!(bounds(b"ab".to_vec(), None), (b"ab".to_vec(), b"ac".to_vec()));
        assert_eq!(bounds(vec![1, 0xff], None), (vec![1, 0xff], vec![2]));
        assert_eq!(bounds(b"ab".to_vec(), Some(Cursor(b"abc".to_vec()))).0, b"abc\0".to_vec());
        assert_eq!(bounds(b"ab".to_vec(), Some(Cursor(b"a".to_vec()))).0, b"ab".to_vec());
        assert_eq!(bounds(vec![], None).1.len(), crate::MAX_INDEX_KEY + 1);
    }
}
