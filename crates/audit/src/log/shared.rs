//! What the log's threads and its callers share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::AuditRecord;
use spi::{AppendError, AuditError, Clock, LogCrypto, Position, SpaceTicket};
use tokio::sync::oneshot;

use crate::config::{Durability, LogConfig};
use crate::key::LogKey;
use crate::line::Line;
use crate::note::{Checkpoint, Countersigner};
use crate::segment::Segment;
use crate::uses::{Marked, Uses};
use crate::util::lock;

pub(crate) struct Shared {
    pub(crate) config: LogConfig,
    pub(crate) crypto: Arc<dyn LogCrypto>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) key: LogKey,
    /// Bytes that lines may still take, less what tickets hold; two's complement, for it may dip below zero.
    pub(crate) space: Arc<AtomicU64>,
    down: AtomicBool,
    reason: Mutex<String>,
    /// Leaves that a search may show: those acknowledged.
    pub(crate) visible: AtomicU64,
    /// Every record below `durable_leaves`, and every visible one, is in it.
    pub(crate) uses: Uses,
    /// The log is being closed.
    pub(crate) ending: AtomicBool,
    pub(crate) durable_leaves: AtomicU64,
    pub(crate) durable_commit: AtomicU64,
    pub(crate) spare: Mutex<Option<Segment>>,
    pub(crate) signed: Mutex<Option<Checkpoint>>,
    pub(crate) countersigner: Mutex<Option<Arc<dyn Countersigner>>>,
}

impl Shared {
    pub(crate) fn new(
        config: LogConfig,
        crypto: Arc<dyn LogCrypto>,
        clock: Arc<dyn Clock>,
        key: LogKey,
    ) -> Self {
        Self {
            uses: Uses::new(config.uses, clock.now()),
            ending: AtomicBool::new(false),
            config,
            crypto,
            clock,
            key,
            space: Arc::default(),
            down: AtomicBool::new(false),
            reason: Mutex::default(),
            visible: AtomicU64::new(0),
            durable_leaves: AtomicU64::new(0),
            durable_commit: AtomicU64::new(0),
            spare: Mutex::default(),
            signed: Mutex::default(),
            countersigner: Mutex::default(),
        }
    }

    /// Refuses every use from now on.
    pub(crate) fn refuse(&self, why: &str) {
        self.explain(why);
        self.down.store(true, Ordering::Release);
    }

    /// Takes uses again.
    pub(crate) fn accept(&self) {
        self.down.store(false, Ordering::Release);
        self.explain("");
    }

    /// Notes why space may run out.
    pub(crate) fn explain(&self, why: &str) {
        let mut reason = lock(&self.reason);
        why.clone_into(&mut reason);
    }

    pub(crate) fn is_down(&self) -> bool {
        self.down.load(Ordering::Acquire)
    }

    /// Why the log refuses, or would soon.
    pub(crate) fn why(&self) -> String {
        lock(&self.reason).clone()
    }

    /// Takes space for a line; what a segment's end may waste is kept back, and so is there for committed changes.
    pub(crate) fn take(&self, bytes: u64) -> Result<SpaceTicket, AuditError> {
        let line_max = self.config.line_max();
        if self.is_down() {
            return Err(AuditError { why: self.why() });
        }
        if bytes > line_max {
            return Err(AuditError {
                why: format!("a record of {bytes} bytes is over the limit of {line_max}"),
            });
        }
        let left = self.space.fetch_sub(bytes, Ordering::AcqRel).wrapping_sub(bytes);
        let ticket = SpaceTicket::new(Arc::clone(&self.space), bytes);
        if left.cast_signed() >= line_max.cast_signed() { Ok(ticket) } else { Err(self.no_space()) }
    }

    pub(crate) fn no_space(&self) -> AuditError {
        let why = self.why();
        AuditError {
            why: if why.is_empty() { "its next segment is being made ready".to_owned() } else { why },
        }
    }

    pub(crate) fn waits_for_sync(&self) -> bool {
        self.config.durability == Durability::Fsync
    }
}

/// What callers ask of the log's thread.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every message is a use; a box would cost it an allocation"
)]
pub(crate) enum Message {
    Use {
        ticket: SpaceTicket,
        fence: spi::Fence,
        line: Line,
        reply: UseReply,
    },
    Commit {
        entries: Vec<CommitLine>,
        reply: DoneReply,
    },
    Checkpoint(DoneReply),
    /// A sync failed.
    Broken,
    Close(DoneReply),
}

pub(crate) type UseReply = oneshot::Sender<Result<Position, AppendError>>;
pub(crate) type DoneReply = oneshot::Sender<Result<(), AuditError>>;

/// One committed change, ready to be placed.
pub(crate) struct CommitLine {
    pub(crate) sequence: u64,
    pub(crate) id: domain::RequestId,
    pub(crate) line: Line,
}

impl CommitLine {
    pub(crate) fn new(
        crypto: &dyn LogCrypto,
        sequence: u64,
        record: &AuditRecord,
    ) -> Result<Self, AuditError> {
        let line = Line::new(crypto, Some(sequence), record).map_err(|e| AuditError {
            why: format!("the record of commit {sequence} has no JSON form: {e}"),
        })?;
        Ok(Self { sequence, id: record.id, line })
    }
}

/// Somebody who waits for their line.
pub(crate) enum Waiter {
    Use(UseReply, Marked),
    Commit(DoneReply, Vec<Marked>),
}

impl Waiter {
    /// What it tells of uses counts from now on.
    pub(crate) fn count(&self, uses: &Uses) {
        match self {
            Self::Use(_, marked) => uses.note(marked),
            Self::Commit(_, all) => all.iter().for_each(|marked| uses.note(marked)),
        }
    }

    /// A caller that went away is no error.
    pub(crate) fn done(self) {
        match self {
            Self::Use(reply, marked) => drop(reply.send(Ok(Position(marked.n)))),
            Self::Commit(reply, _) => drop(reply.send(Ok(()))),
        }
    }

    pub(crate) fn fail(self, why: &str) {
        let error = AuditError { why: why.to_owned() };
        match self {
            Self::Use(reply, _) => drop(reply.send(Err(AppendError::Unavailable(error)))),
            Self::Commit(reply, _) => drop(reply.send(Err(error))),
        }
    }
}
