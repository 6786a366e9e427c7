//! The log as the gate holds it: space, append, commits, status, close.

mod heal;
mod keeper;
mod open;
mod placer;
mod shared;
mod syncs;

pub(crate) use keeper::{ALL, NEWEST};
pub(crate) use shared::Shared;

use std::fs::File;
use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};

use async_trait::async_trait;
use domain::{AuditRecord, LastUse, Page, Used};
use spi::{
    AppendError, Appending, AuditError, AuditLog, AuditQuery, Clock, CommitSink, Durable, Fence, LogCrypto,
    OutboxEntry, Position, SpaceTicket,
};
use tokio::sync::{Semaphore, oneshot};

use crate::config::{HEADER_MAX, LogConfig};
use crate::error::OpenError;
use crate::files;
use crate::key::LogKey;
use crate::line::Line;
use crate::note::{Checkpoint, Countersigner, VerifierKey};
use crate::segment::{LANES, Segment};
use crate::tree::Levels;
use crate::uses::Unread;
use crate::util::lock;
use keeper::{Keeper, Task};
use placer::{Placer, Tip};
use shared::{CommitLine, Message};
use syncs::Syncs;

/// Searches that may read the disk at once.
const SEARCHES: usize = 2;

/// An open audit log. Dropping it ends its threads after making everything durable; [`Log::close`] also tells
/// whether that worked.
pub struct Log {
    shared: Arc<Shared>,
    inbox: mpsc::Sender<Message>,
    searches: Arc<Semaphore>,
    running: Mutex<Option<Running>>,
}

/// What lives until the log is closed: its threads, then the lock on its directory.
struct Running {
    threads: Vec<JoinHandle<()>>,
    _lock: File,
}

/// How the log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Records acknowledged.
    pub size: u64,
    /// Records that survive power loss.
    pub durable: u64,
    /// Newest signed checkpoint.
    pub checkpoint: Option<Checkpoint>,
    /// Bytes that records may still take before new space is needed.
    pub space: u64,
    /// Why it refuses uses, or why it will when its space is used up; `None` when all is well.
    pub trouble: Option<String>,
    /// Whether it takes uses now.
    pub writable: bool,
}

impl Log {
    /// Opens or makes a log. Blocks on the disk: for start-up, not for the data path.
    ///
    /// # Errors
    /// [`OpenError`]; nothing was changed but a torn tail, which nobody was answered for.
    pub fn open(
        config: LogConfig,
        crypto: Arc<dyn LogCrypto>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, OpenError> {
        config.check()?;
        files::make_dir(&config.dir).map_err(OpenError::io(format!("making `{}`", config.dir.display())))?;
        let lock_file = files::take_lock(&config.dir.join("lock"))
            .map_err(OpenError::io("taking its lock"))?
            .ok_or_else(|| OpenError::InUse(config.dir.clone()))?;
        let found = open::find(&config)?;
        let key = LogKey::load(&config, crypto.as_ref(), found.current.is_none())?;
        open::mend_checkpoints(&config)?;
        let mut levels = Levels::new(&config.dir, Arc::clone(&config.files))
            .map_err(OpenError::io("making the folder of stored hashes"))?;
        let shared = Arc::new(Shared::new(config, crypto, clock, key));
        let (tip, spare) = match found.current {
            None => (open::start(&shared, found.spare)?, None),
            Some((number, header)) => (open::resume(&shared, (number, &header), &mut levels)?, found.spare),
        };
        shared.visible.store(tip.tree.size(), Ordering::Release);
        let unread = shared.uses.recall(&shared.config, tip.tree.size());
        Self::launch(shared, tip, levels, spare, lock_file, unread)
            .map(Arc::new)
            .map_err(OpenError::io("starting its threads"))
    }

    fn launch(
        shared: Arc<Shared>,
        tip: Tip,
        mut levels: Levels,
        spare: Option<u64>,
        lock_file: File,
        unread: Option<Unread>,
    ) -> io::Result<Self> {
        let config = &shared.config;
        let left = config.segment_bytes.saturating_sub(tip.offset.max(HEADER_MAX));
        shared.space.store(left, Ordering::Release);
        let (inbox, messages) = mpsc::channel();
        let (keeper, tasks) = mpsc::channel();
        let next = tip.segment.number + 1;
        match spare.filter(|number| *number == next) {
            Some(number) => {
                *lock(&shared.spare) = Some(Segment::open(config.files.as_ref(), &config.dir, number)?);
                shared.space.fetch_add(config.segment_bytes - HEADER_MAX, Ordering::AcqRel);
            }
            None => drop(keeper.send(Task::Spare(next))),
        }
        levels.write()?;
        let syncs = Arc::new(Syncs::new(Arc::clone(&shared), tip.reach()));
        let mut threads = Vec::new();
        for lane in 0..LANES {
            let (syncs, keeper, inbox) = (Arc::clone(&syncs), keeper.clone(), inbox.clone());
            threads.push(spawn(format!("audit-sync-{lane}"), move || syncs.run(lane, &keeper, &inbox))?);
        }
        let housekeeper = Keeper::new(Arc::clone(&shared));
        threads.push(spawn("audit-keeper".to_owned(), move || housekeeper.run(&tasks))?);
        if let Some(unread) = unread {
            let shared = Arc::clone(&shared);
            threads.push(spawn("audit-uses".to_owned(), move || unread.read_back(&shared))?);
        }
        let placer = Placer {
            signed_size: lock(&shared.signed).as_ref().map_or(0, |signed| signed.size),
            signed_at: shared.clock.monotonic_micros(),
            shared: Arc::clone(&shared),
            syncs,
            keeper,
            inbox: messages,
            first_commit: None,
            tip,
            levels,
            left,
            batch: Vec::new(),
            waiters: Vec::new(),
            due: Vec::new(),
            unsynced_since: None,
            unsynced_bytes: 0,
            closing: None,
        };
        threads.push(spawn("audit-log".to_owned(), move || placer.run())?);
        let running = Mutex::new(Some(Running { threads, _lock: lock_file }));
        Ok(Self { shared, inbox, searches: Arc::new(Semaphore::new(SEARCHES)), running })
    }

    /// How the log is now.
    #[must_use]
    pub fn status(&self) -> Status {
        let why = self.shared.why();
        Status {
            size: self.shared.visible.load(Ordering::Acquire),
            durable: self.shared.durable_leaves.load(Ordering::Acquire),
            checkpoint: lock(&self.shared.signed).clone(),
            space: u64::try_from(self.shared.space.load(Ordering::Acquire).cast_signed()).unwrap_or(0),
            trouble: (!why.is_empty()).then_some(why),
            writable: !self.shared.is_down(),
        }
    }

    /// The public key, as it stands in `audit.pub`.
    #[must_use]
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.shared.key.verifier
    }

    /// From now on checkpoints carry a second signature: the first one after an unseal is countersigned so.
    pub fn set_countersigner(&self, countersigner: Option<Arc<dyn Countersigner>>) {
        *lock(&self.shared.countersigner) = countersigner;
    }

    /// Makes everything placed so far durable and signs a checkpoint over it.
    ///
    /// # Errors
    /// [`AuditError`] when it could not be written.
    pub async fn checkpoint(&self) -> Result<(), AuditError> {
        let (reply, done) = oneshot::channel();
        self.send(Message::Checkpoint(reply))?;
        done.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Takes no more records, makes everything durable, signs a last checkpoint and gives the directory back.
    ///
    /// # Errors
    /// [`AuditError`] when the last checkpoint could not be written. The log is closed all the same.
    pub async fn close(&self) -> Result<(), AuditError> {
        self.shared.ending.store(true, Ordering::Release);
        let (reply, done) = oneshot::channel();
        self.send(Message::Close(reply))?;
        let result = done.await.unwrap_or_else(|_| Err(closed()));
        let running = lock(&self.running).take();
        // Joining takes no longer than what was just waited for.
        let ended = tokio::task::spawn_blocking(move || running.map(Running::join)).await;
        result.and(ended.map(drop).map_err(|_| closed()))
    }

    fn send(&self, message: Message) -> Result<(), AuditError> {
        self.inbox.send(message).map_err(|_| closed())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if let Some(running) = lock(&self.running).take() {
            let (reply, _) = oneshot::channel();
            if self.send(Message::Close(reply)).is_ok() {
                running.join();
            }
        }
    }
}

#[async_trait]
impl AuditLog for Log {
    fn ticket(&self, bytes: usize) -> Result<SpaceTicket, AuditError> {
        self.shared.take(u64::try_from(bytes).unwrap_or(u64::MAX))
    }

    fn append(&self, ticket: SpaceTicket, fence: Fence, mut record: AuditRecord) -> Appending {
        record.epochs = fence.epochs().collect();
        let (reply, placed) = oneshot::channel();
        let sent = Line::new(self.shared.crypto.as_ref(), None, &record)
            .map_err(|e| AuditError { why: format!("the record has no JSON form: {e}") })
            .and_then(|line| self.send(Message::Use { ticket, fence, line, reply }));
        Box::pin(async move {
            sent.map_err(unavailable)?;
            placed.await.unwrap_or_else(|_| Err(unavailable(closed())))
        })
    }

    async fn search(&self, query: AuditQuery) -> Result<Page<(Position, AuditRecord)>, AuditError> {
        let permit = Arc::clone(&self.searches).acquire_owned().await.map_err(|_| closed())?;
        let (shared, end) = (Arc::clone(&self.shared), self.shared.visible.load(Ordering::Acquire));
        let found = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            crate::search::search(&shared.config.dir, shared.crypto.as_ref(), &query, Some(end))
        });
        let found = found.await.map_err(|_| AuditError { why: "the search ended early".to_owned() })?;
        found.map_err(|e| AuditError { why: format!("it does not read back: {e}") })
    }

    fn last_use(&self, of: Used<'_>) -> LastUse {
        self.shared.uses.last(of)
    }
}

impl CommitSink for Log {
    fn committed(&self, entries: Vec<OutboxEntry>) -> Durable {
        let crypto = self.shared.crypto.as_ref();
        let lines = entries.iter().map(|entry| CommitLine::new(crypto, entry.sequence, &entry.record));
        let (reply, done) = oneshot::channel();
        let sent = lines
            .collect::<Result<Vec<_>, _>>()
            .and_then(|entries| self.send(Message::Commit { entries, reply }));
        Box::pin(async move {
            sent?;
            done.await.unwrap_or_else(|_| Err(closed()))
        })
    }

    fn longest_record(&self) -> usize {
        usize::try_from(self.shared.config.record_max()).unwrap_or(usize::MAX)
    }

    fn durable_through(&self) -> u64 {
        self.shared.durable_commit.load(Ordering::Acquire)
    }
}

impl Running {
    /// A thread that panicked has been reported by the panic hook; its callers were told by their closed channels.
    fn join(self) {
        self.threads.into_iter().for_each(|thread| drop(thread.join()));
    }
}

fn spawn(name: String, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name).spawn(run)
}

fn closed() -> AuditError {
    AuditError { why: "it is closed".to_owned() }
}

fn unavailable(error: AuditError) -> AppendError {
    AppendError::Unavailable(error)
}
