//! The one thread that puts records in their order. It compares the fence of each use as it places it, which makes
//! the append the fence (INV-10): commits come to it after they raised their epochs, through the same queue.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use domain::RequestId;
use spi::{AppendError, AuditError, Fence, SpaceTicket};
use tracing::warn;

use super::keeper::{Due, Task};
use super::shared::{CommitLine, DoneReply, Message, Shared, UseReply, Waiter};
use super::syncs::{Job, Reach, Syncs};
use crate::config::HEADER_MAX;
use crate::files::write_all;
use crate::line::{FORMAT, Header, Line, hash_text};
use crate::segment::{Segment, name_of};
use crate::tree::{Frontier, Hash, Levels};
use crate::uses::Marked;
use crate::util::{len64, lock};

/// Most bytes that one write gathers.
const BATCH_MAX: usize = 1 << 20;
/// With `Durability::Os`: longest time in µs and most bytes that a use may be acknowledged but not synced.
const LAG_MICROS: u64 = 100_000;
const LAG_BYTES: u64 = 4 << 20;
/// The longest that a busy log waits for company before it writes; well below what a client waits anyway when so
/// many come together.
const LINGER_MAX: Duration = Duration::from_micros(300);
/// Commits remembered, to know a replayed one again.
const REMEMBERED: usize = 4096;

/// Where the log stands: everything that was placed, durable or not.
pub(crate) struct Tip {
    pub(crate) segment: Arc<Segment>,
    /// The tree, and the last commit, before the current segment.
    pub(crate) base: Frontier,
    pub(crate) base_commit: u64,
    /// The tree now, and the leaves of the current segment.
    pub(crate) tree: Frontier,
    pub(crate) leaves: Vec<Hash>,
    /// End of what is written in the current segment.
    pub(crate) offset: u64,
    /// What of it is written.
    pub(crate) written: Reach,
    pub(crate) commit: u64,
    pub(crate) commits: VecDeque<(u64, RequestId)>,
}

impl Tip {
    pub(crate) fn reach(&self) -> Reach {
        Reach { leaves: self.tree.size(), commit: self.commit }
    }

    pub(crate) fn remember(&mut self, sequence: u64, id: RequestId) {
        self.commit = sequence;
        if self.commits.len() == REMEMBERED {
            self.commits.pop_front();
        }
        self.commits.push_back((sequence, id));
    }
}

pub(crate) struct Placer {
    pub(super) shared: Arc<Shared>,
    pub(super) syncs: Arc<Syncs>,
    pub(super) keeper: mpsc::Sender<Task>,
    pub(super) inbox: mpsc::Receiver<Message>,
    pub(super) tip: Tip,
    pub(super) levels: Levels,
    /// Bytes that lines may still take in the current segment.
    pub(super) left: u64,
    /// Lines placed but not written, and who waits for them.
    pub(super) batch: Vec<u8>,
    pub(super) waiters: Vec<Waiter>,
    pub(super) due: Vec<Due>,
    /// Since when (monotonic µs) something is written that no sync was asked for.
    pub(super) unsynced_since: Option<u64>,
    pub(super) unsynced_bytes: u64,
    /// The first commit that was ever handed in.
    pub(super) first_commit: Option<u64>,
    pub(super) signed_size: u64,
    pub(super) signed_at: u64,
    /// Set once: who waits for the end.
    pub(super) closing: Option<DoneReply>,
}

/// How long to wait for company after so many came together: one wake-up and one write then serve many. Alone nobody
/// waits, a few wait little, and a crowd waits for a larger one, as long as that pays.
fn linger(company: u32) -> Duration {
    let each = if company < 4 { 15 } else { 25 };
    Duration::from_micros(each).saturating_mul(company).min(LINGER_MAX)
}

impl Placer {
    pub(crate) fn run(mut self) {
        let mut company = 0;
        while self.closing.is_none() {
            match self.inbox.recv_timeout(self.patience()) {
                Ok(first) => company = self.gather(first, company),
                Err(mpsc::RecvTimeoutError::Timeout) => self.flush(),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        self.finish();
    }

    /// Places a message and whatever else has come; tells how many more there were.
    fn gather(&mut self, first: Message, company: u32) -> u32 {
        if company > 0 {
            std::thread::sleep(linger(company));
        }
        self.take(first);
        let mut more = 0_u32;
        while self.batch.len() < BATCH_MAX && self.closing.is_none() {
            let Ok(message) = self.inbox.try_recv() else { break };
            self.take(message);
            more += 1;
        }
        self.flush();
        more
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Use { ticket, fence, line, reply } => self.place_use(ticket, &fence, line, reply),
            Message::Commit { entries, reply } => self.place_commit(entries, reply),
            Message::Checkpoint(reply) => self.ask_checkpoint(Some(reply)),
            Message::Broken => {}
            Message::Close(reply) => self.closing = Some(reply),
        }
    }

    fn place_use(&mut self, ticket: SpaceTicket, fence: &Fence, line: Line, reply: UseReply) {
        if let Err(error) = self.make_room(line.len_max()) {
            let _ = reply.send(Err(AppendError::Unavailable(error)));
            return;
        }
        // From here to the batch nothing waits: the order of the log is the order of these comparisons.
        if !fence.holds() {
            // Its space is free again by the time it hears.
            drop(ticket);
            let _ = reply.send(Err(AppendError::Stale(fence.stale())));
            return;
        }
        self.shared.space.fetch_add(ticket.spend(), Ordering::AcqRel);
        let marked = self.put(line);
        self.waiters.push(Waiter::Use(reply, marked));
    }

    fn place_commit(&mut self, entries: Vec<CommitLine>, reply: DoneReply) {
        let mut placed = Vec::with_capacity(entries.len());
        for entry in entries {
            match self.place_entry(entry) {
                Ok(marked) => placed.extend(marked),
                Err(error) => {
                    let _ = reply.send(Err(error));
                    return;
                }
            }
        }
        // Entries that stand in the log already may not be durable yet: wait with the rest.
        self.waiters.push(Waiter::Commit(reply, placed));
    }

    fn place_entry(&mut self, entry: CommitLine) -> Result<Option<Marked>, AuditError> {
        self.make_room(entry.line.len_max())?;
        if entry.sequence <= self.tip.commit {
            return self.same_commit(&entry).map(|()| None);
        }
        // A log that holds no commit yet may be joined to a store that has some.
        let first = *self.first_commit.get_or_insert(entry.sequence);
        let expected = if self.tip.commit == 0 { first } else { self.tip.commit + 1 };
        if entry.sequence != expected {
            let why = format!("commit {} came where {expected} is due: replay from there", entry.sequence);
            return Err(AuditError { why });
        }
        let marked = self.put(entry.line);
        self.tip.remember(entry.sequence, entry.id);
        Ok(Some(marked))
    }

    /// A replayed commit is ignored, if it is the one that was logged: a store that went back in time would use
    /// sequences again, and its changes would go unrecorded.
    fn same_commit(&self, entry: &CommitLine) -> Result<(), AuditError> {
        let remembered = self.tip.commits.iter().rev().find(|(sequence, _)| *sequence == entry.sequence);
        let logged = match remembered {
            Some((_, id)) => Some(*id),
            None => crate::search::find_commit(
                &self.shared.config.dir,
                self.shared.crypto.as_ref(),
                entry.sequence,
            )
            .map_err(|e| AuditError {
                why: format!("commit {} could not be looked up: {e}", entry.sequence),
            })?,
        };
        if logged == Some(entry.id) {
            return Ok(());
        }
        Err(AuditError {
            why: format!(
                "commit {} stands in the log with another record: the store is older than its log",
                entry.sequence
            ),
        })
    }

    fn put(&mut self, line: Line) -> Marked {
        let before = self.batch.len();
        let n = self.tip.tree.size();
        line.place(n, &mut self.batch);
        let bytes = len64(self.batch.get(before..).unwrap_or_default());
        self.left = self.left.saturating_sub(bytes);
        self.shared.space.fetch_sub(bytes, Ordering::AcqRel);
        self.tip.leaves.push(line.leaf());
        let Self { tip, levels, shared, .. } = self;
        tip.tree.push(shared.crypto.as_ref(), line.leaf(), |height, hash| levels.note(height, n, hash));
        line.marks_at(n)
    }

    /// Makes sure that the current segment can hold a line, going on to the next if need be.
    fn make_room(&mut self, bytes: u64) -> Result<(), AuditError> {
        if bytes > self.shared.config.line_max() {
            return Err(AuditError { why: format!("a record of {bytes} bytes is too long") });
        }
        if self.left >= bytes {
            return Ok(());
        }
        self.rotate()?;
        if self.left >= bytes { Ok(()) } else { Err(self.shared.no_space()) }
    }

    /// Goes on to the next segment once everything in this one is durable.
    fn rotate(&mut self) -> Result<(), AuditError> {
        self.flush();
        self.submit();
        if !self.syncs.settle() {
            self.heal();
            return Ok(());
        }
        let Some(spare) = lock(&self.shared.spare).take() else { return Err(self.shared.no_space()) };
        if let Err(e) = self.levels.sync() {
            warn!("audit log: stored hashes not synced, they are rebuilt when needed: {e}");
        }
        let leftover = self.left;
        match self.begin(spare, false) {
            Ok(()) => drop(self.shared.space.fetch_sub(leftover, Ordering::AcqRel)),
            Err(why) => {
                self.shared.refuse(&why);
                self.heal();
            }
        }
        Ok(())
    }

    /// Writes the header of a fresh segment and makes it the current one.
    pub(super) fn begin(&mut self, segment: Segment, after_failure: bool) -> Result<(), String> {
        let header = header_of(&self.shared, &self.tip, segment.number, after_failure);
        let written = header.line().map_err(|e| e.to_string()).and_then(|line| {
            write_all(segment.writer.as_ref(), &line, 0).map_err(|e| e.to_string())?;
            if after_failure {
                segment.sync(0).map_err(|e| e.to_string())?;
            }
            Ok(len64(&line))
        });
        let usable = self.shared.config.segment_bytes - HEADER_MAX;
        let number = segment.number;
        match written {
            Ok(offset) => {
                let Tip { base, base_commit, tree, leaves, commit, .. } = &mut self.tip;
                (*base, *base_commit) = (tree.clone(), *commit);
                leaves.clear();
                self.tip.segment = Arc::new(segment);
                self.tip.offset = offset;
                self.left = usable;
                let _ = self.keeper.send(Task::Spare(number + 1));
                Ok(())
            }
            Err(e) => {
                // That file is not used again: one of the same name takes its place.
                self.shared.space.fetch_sub(usable, Ordering::AcqRel);
                let _ = self.keeper.send(Task::Spare(number));
                Err(format!("segment {number} could not be begun: {e}"))
            }
        }
    }

    /// Writes what was placed and asks for syncs as durability wants.
    fn flush(&mut self) {
        if self.syncs.failure().is_some() {
            return self.heal();
        }
        if let Err(e) = self.write() {
            self.shared.refuse(&format!("writing failed: {e}"));
            return self.heal();
        }
        self.due_checkpoint();
        if self.must_sync() {
            self.submit();
        }
    }

    fn write(&mut self) -> std::io::Result<()> {
        if self.batch.is_empty() {
            return Ok(());
        }
        write_all(self.tip.segment.writer.as_ref(), &self.batch, self.tip.offset)?;
        let bytes = len64(&self.batch);
        self.tip.offset += bytes;
        self.tip.written = self.tip.reach();
        self.batch.clear();
        self.unsynced_bytes += bytes;
        self.unsynced_since.get_or_insert_with(|| self.shared.clock.monotonic_micros());
        if let Err(e) = self.levels.write() {
            warn!("audit log: stored hashes not written, they are rebuilt when needed: {e}");
        }
        if !self.shared.waits_for_sync() {
            self.count_uses();
            self.shared.visible.store(self.tip.tree.size(), Ordering::Release);
            self.release_uses();
        }
        Ok(())
    }

    fn count_uses(&self) {
        let uses = self.waiters.iter().filter(|waiter| matches!(waiter, Waiter::Use(..)));
        uses.for_each(|waiter| waiter.count(&self.shared.uses));
    }

    /// With `Durability::Os` a use is acknowledged once it is written.
    fn release_uses(&mut self) {
        let (uses, commits): (Vec<_>, Vec<_>) =
            self.waiters.drain(..).partition(|waiter| matches!(waiter, Waiter::Use(..)));
        self.waiters = commits;
        uses.into_iter().for_each(Waiter::done);
    }

    fn must_sync(&self) -> bool {
        let late = || {
            let since = self.unsynced_since.unwrap_or(u64::MAX);
            self.shared.clock.monotonic_micros().saturating_sub(since) >= LAG_MICROS
        };
        !self.waiters.is_empty() || !self.due.is_empty() || self.unsynced_bytes >= LAG_BYTES || late()
    }

    fn submit(&mut self) {
        let job = Job {
            segment: Arc::clone(&self.tip.segment),
            reach: self.tip.reach(),
            waiters: std::mem::take(&mut self.waiters),
            due: std::mem::take(&mut self.due),
        };
        self.unsynced_since = None;
        self.unsynced_bytes = 0;
        self.syncs.submit(job);
    }

    fn due_checkpoint(&mut self) {
        let every = self.shared.config.checkpoint_every;
        let records = self.tip.tree.size() - self.signed_size;
        let waited = self.shared.clock.monotonic_micros().saturating_sub(self.signed_at);
        let timely = waited >= every.seconds.saturating_mul(1_000_000);
        if records > 0 && (records >= every.records || timely) {
            self.ask_checkpoint(None);
        }
    }

    fn ask_checkpoint(&mut self, reply: Option<DoneReply>) {
        let (size, root) = (self.tip.tree.size(), self.tip.tree.root(self.shared.crypto.as_ref()));
        self.signed_size = size;
        self.signed_at = self.shared.clock.monotonic_micros();
        self.due.push(Due { size, root, reply });
    }

    /// How long nothing may happen.
    fn patience(&self) -> Duration {
        if self.unsynced_since.is_some() {
            return Duration::from_micros(LAG_MICROS);
        }
        if self.tip.tree.size() == self.signed_size {
            return Duration::from_secs(3600);
        }
        let waited = self.shared.clock.monotonic_micros().saturating_sub(self.signed_at);
        let whole = self.shared.config.checkpoint_every.seconds.saturating_mul(1_000_000);
        Duration::from_micros(whole.saturating_sub(waited).max(1000))
    }

    /// The last act: everything durable and signed.
    fn finish(mut self) {
        self.shared.ending.store(true, Ordering::Release);
        let reply = self.closing.take();
        self.flush();
        self.ask_checkpoint(reply);
        self.submit();
        self.syncs.settle();
        self.shared.refuse("it is closed");
        self.syncs.stop();
        let _ = self.keeper.send(Task::Stop);
    }
}

pub(crate) fn header_of(shared: &Shared, tip: &Tip, number: u64, after_failure: bool) -> Header {
    Header {
        keystead_audit: FORMAT,
        origin: shared.config.origin.clone(),
        segment: number,
        first: tip.tree.size(),
        root: hash_text(&tip.tree.root(shared.crypto.as_ref())),
        frontier: tip.tree.peaks().iter().map(hash_text).collect(),
        previous: (number > 1).then(|| name_of(number - 1)),
        commit: tip.commit,
        after_failure,
    }
}
