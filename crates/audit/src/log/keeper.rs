//! The log's housekeeper: makes the next segment ready, tries again by itself when the file system refuses, and
//! signs checkpoints over what is durable.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use spi::AuditError;
use tracing::{info, warn};

use super::shared::{DoneReply, Shared};
use crate::config::HEADER_MAX;
use crate::note::Checkpoint;
use crate::segment::Segment;
use crate::tree::Hash;
use crate::util::lock;

/// Newest checkpoint.
pub(crate) const NEWEST: &str = "checkpoint";
/// Every checkpoint, in order, each followed by an empty line.
pub(crate) const ALL: &str = "checkpoints";

pub(crate) enum Task {
    /// Make the segment of this number ready.
    Spare(u64),
    Checkpoint(Due),
    Stop,
}

/// A checkpoint to sign once everything under it is durable.
pub(crate) struct Due {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) reply: Option<DoneReply>,
}

impl Due {
    pub(crate) fn fail(self, why: &str) {
        self.answer(Err(AuditError { why: why.to_owned() }));
    }

    fn answer(self, result: Result<(), AuditError>) {
        if let Some(reply) = self.reply {
            let _ = reply.send(result);
        }
    }
}

pub(crate) struct Keeper {
    shared: Arc<Shared>,
    wanted: Option<u64>,
    /// A checkpoint that could not be written; tried again.
    unsigned: Option<(u64, Hash)>,
    /// When last uses were written down (monotonic µs), and up to which record.
    kept_at: u64,
    kept_size: u64,
}

impl Keeper {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let (kept_at, kept_size) = (shared.clock.monotonic_micros(), shared.uses.kept_size());
        Self { shared, wanted: None, unsigned: None, kept_at, kept_size }
    }

    pub(crate) fn run(mut self, tasks: &mpsc::Receiver<Task>) {
        let retry = Duration::from_millis(self.shared.config.retry_millis.max(1));
        loop {
            let task = if self.wanted.is_none() && self.unsigned.is_none() {
                tasks.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected)
            } else {
                tasks.recv_timeout(retry)
            };
            match task {
                Ok(Task::Spare(number)) => self.wanted = Some(number),
                Ok(Task::Checkpoint(due)) => self.sign(due),
                Ok(Task::Stop) | Err(mpsc::RecvTimeoutError::Disconnected) => return self.keep_uses(),
                Err(mpsc::RecvTimeoutError::Timeout) => self.sign_again(),
            }
            self.make_spare();
        }
    }

    fn make_spare(&mut self) {
        let Some(number) = self.wanted else { return };
        let config = &self.shared.config;
        match Segment::create(config.files.as_ref(), &config.dir, number, config.segment_bytes) {
            Ok(segment) => {
                self.wanted = None;
                if !self.shared.why().is_empty() && !self.shared.is_down() {
                    info!("the audit log has space again");
                    self.shared.explain("");
                }
                *lock(&self.shared.spare) = Some(segment);
                self.shared.space.fetch_add(config.segment_bytes - HEADER_MAX, Ordering::AcqRel);
            }
            Err(e) => self.refused(number, &e),
        }
    }

    fn uses_due(&mut self) {
        let every = self.shared.config.uses.save_seconds.saturating_mul(1_000_000);
        if self.shared.clock.monotonic_micros().saturating_sub(self.kept_at) >= every {
            self.keep_uses();
        }
    }

    /// Writes down last uses; they can be read from the log again, so a failure only costs that time.
    fn keep_uses(&mut self) {
        let size = self.shared.durable_leaves.load(Ordering::Acquire);
        if size == self.kept_size || !self.shared.uses.is_complete() {
            return;
        }
        self.kept_at = self.shared.clock.monotonic_micros();
        match self.shared.uses.keep(&self.shared.config, size) {
            Ok(()) => self.kept_size = size,
            Err(e) => {
                warn!("audit log: last uses not written down, they are read from the log at start: {e}")
            }
        }
    }

    fn refused(&self, number: u64, error: &io::Error) {
        let why = format!("no space could be taken for segment {number}: {error}");
        warn!("audit log: {why}; trying again");
        if !self.shared.is_down() {
            self.shared.explain(&why);
        }
    }

    fn sign_again(&mut self) {
        if let Some((size, root)) = self.unsigned.take() {
            self.sign(Due { size, root, reply: None });
        }
    }

    fn sign(&mut self, due: Due) {
        let (root, size) = (due.root, due.size);
        let checkpoint = Checkpoint { origin: self.shared.config.origin.clone(), size, root };
        let newer = lock(&self.shared.signed).as_ref().is_none_or(|last| last.size < size);
        let result = if newer { write_checkpoint(&self.shared, &checkpoint) } else { Ok(()) };
        match result {
            Ok(()) => {
                if newer {
                    *lock(&self.shared.signed) = Some(checkpoint);
                    self.uses_due();
                }
                self.unsigned = None;
                due.answer(Ok(()));
            }
            Err(why) => {
                warn!("audit log: checkpoint {size} not written: {why}");
                self.unsigned = Some((size, root));
                due.fail(&format!("checkpoint not written: {why}"));
            }
        }
    }
}

/// Signs a checkpoint and writes it to the end of the list, then as the newest.
pub(super) fn write_checkpoint(shared: &Shared, checkpoint: &Checkpoint) -> Result<(), String> {
    let Shared { config, crypto, key, .. } = shared;
    let countersigner = lock(&shared.countersigner).clone();
    let note = checkpoint
        .sign(crypto.as_ref(), &key.pkcs8, &key.verifier, countersigner.as_deref())
        .map_err(|e| e.to_string())?;
    let text = |e: io::Error| e.to_string();
    config.files.append(&config.dir.join(ALL), format!("{note}\n").as_bytes()).map_err(text)?;
    config.files.replace(&config.dir.join(NEWEST), note.as_bytes()).map_err(text)
}
