//! The one writer: takes what waits, commits it as one transaction, and then, in this order, raises epochs, hands the
//! records to the audit log, answers the members that it refused, erases what is to be erased, advances the pin, and
//! acknowledges. Refusals wait for the raise because whoever is told `Stale` captures again at once: what it captures
//! then must be what made it stale.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use spi::{Batch, CommitError, Committed};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use crate::backend::{Backend, BackendResult, CommitFailure, RowKey, Writer};
use crate::error::unavailable;
use crate::head::Head;
use crate::pin::{Pin, PinState};
use crate::plan::{Plan, Planner};
use crate::stage::Stage;
use crate::store::Core;

/// Most members of one transaction.
const GROUP: usize = 128;
/// Between attempts to drain the outbox after a failure.
const RETRY: Duration = Duration::from_millis(100);

/// What the writer is asked.
pub(crate) enum Job {
    Commit(Box<Batch>, oneshot::Sender<Result<Committed, CommitError>>),
    /// One row beside the records, which nobody is told of: a counter, the heartbeat.
    Lone {
        key: RowKey,
        expect: Option<u64>,
        body: Vec<u8>,
        reply: oneshot::Sender<Result<Committed, CommitError>>,
    },
    Close(oneshot::Sender<()>),
}

type Reply = oneshot::Sender<Result<Committed, CommitError>>;

pub(crate) struct Scribe<B: Backend> {
    pub(crate) core: Arc<Core<B>>,
    pub(crate) writer: B::Writer,
    pub(crate) pin: Box<dyn Pin>,
    pub(crate) pin_every: u64,
    pub(crate) pinned: u64,
    pub(crate) installation: [u8; 16],
    pub(crate) head: Head,
    pub(crate) runtime: Handle,
    /// Something erased may still stand in the database's files.
    pub(crate) unscrubbed: bool,
}

impl<B: Backend> Scribe<B> {
    /// Serves until the store is closed or dropped.
    pub(crate) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(group) = self.next_group(&mut jobs) {
            let (mut work, mut closing) = (Vec::new(), Vec::new());
            for job in group {
                match job {
                    Job::Close(reply) => closing.push(reply),
                    job => work.push(job),
                }
            }
            self.serve(work);
            if !closing.is_empty() {
                self.pin_now();
                drop(self);
                for reply in closing {
                    // Who asked may have gone.
                    let _ = reply.send(());
                }
                return;
            }
        }
        self.pin_now();
    }

    /// Waits for work; while something is unsettled it wakes by itself, with no work.
    fn next_group(&self, jobs: &mut mpsc::Receiver<Job>) -> Option<Vec<Job>> {
        let first = if self.is_unsettled() || self.unscrubbed {
            match self.runtime.block_on(async { tokio::time::timeout(RETRY, jobs.recv()).await }) {
                Ok(job) => job?,
                Err(_) => return Some(Vec::new()),
            }
        } else {
            jobs.blocking_recv()?
        };
        let mut group = vec![first];
        while let (true, Ok(job)) = (group.len() < GROUP, jobs.try_recv()) {
            group.push(job);
        }
        Some(group)
    }

    fn serve(&mut self, group: Vec<Job>) {
        if let Err(why) = self.settle() {
            tracing::warn!(%why, "the store takes no commits until its outbox is in the audit log");
            group.into_iter().for_each(|job| job.refuse(&why));
            return;
        }
        if group.is_empty() {
            return;
        }
        let mut members = Members::default();
        match self.transact(group, &mut members) {
            Ok(Some(stage)) => self.after_commit(stage, members),
            Ok(None) => members.decline(),
            Err(Failed::Undone(why)) => {
                self.writer.rollback();
                self.core.keks.forget();
                tracing::warn!(%why, "a group of commits was undone");
                members.undo(&why);
            }
            Err(Failed::Unknown(why)) => {
                self.writer.rollback();
                self.core.keks.forget();
                tracing::error!(%why, "the outcome of a group of commits is unknown");
                self.settled(false);
                members.decline();
                members.answer(false);
            }
        }
    }

    /// Plans, writes and commits; answers nobody but those it has not looked at when the group breaks.
    fn transact(&mut self, group: Vec<Job>, members: &mut Members) -> Result<Option<Stage>, Failed> {
        let undone = |e: crate::BackendError| Failed::Undone(e.to_string());
        let mut left = group.into_iter();
        if let Err(why) = self.writer.begin().and_then(|()| self.catch_up()) {
            let why = why.to_string();
            left.for_each(|job| job.refuse(&why));
            return Err(Failed::Undone(why));
        }
        let mut stage = Stage::over(self.head);
        while let Some(job) = left.next() {
            let (planned, reply) = self.plan(job, &stage.head);
            match planned {
                Err(refusal) => members.refused.push((reply, refusal)),
                Ok(plan) => {
                    let committed = Committed {
                        sequence: plan.outbox.as_ref().map_or(0, |(entry, _)| entry.sequence),
                        raised: plan.raised.clone(),
                    };
                    members.accepted.push((reply, committed));
                    if let Err(why) = self.apply(plan, &mut stage) {
                        let why = why.to_string();
                        left.for_each(|job| job.refuse(&why));
                        return Err(Failed::Undone(why));
                    }
                }
            }
        }
        if stage.is_empty() {
            self.writer.rollback();
            return Ok(None);
        }
        stage.close(&*self.core.sealer, &mut self.writer).map_err(undone)?;
        self.writer.forget_outbox(self.core.sink.durable_through()).map_err(undone)?;
        self.writer.commit()?;
        Ok(Some(stage))
    }

    fn plan(&mut self, job: Job, head: &Head) -> (Result<Plan, CommitError>, Reply) {
        let planner = Planner::<B>::new(&self.core, &mut self.writer);
        match job {
            Job::Commit(batch, reply) => (planner.batch(*batch, head), reply),
            Job::Lone { key, expect, body, reply } => (planner.lone(&key, expect, &body), reply),
            // Taken out before; a caller that waits for nothing is told so by the closed channel.
            Job::Close(_) => (Err(CommitError::Conflict), oneshot::channel().0),
        }
    }

    fn apply(&mut self, plan: Plan, stage: &mut Stage) -> BackendResult<()> {
        let (core, writer) = (&*self.core, &mut self.writer);
        for (key, staged) in &plan.rows {
            let counted = stage.count(&*core.sealer, &core.buckets, key, staged);
            counted.map_err(|e| crate::BackendError::new(e.to_string()))?;
            writer.put_row(key, staged.bucket, &staged.row)?;
        }
        plan.index_removed.iter().try_for_each(|row| writer.remove_index(row))?;
        plan.index_added.iter().try_for_each(|row| writer.add_index(row))?;
        if let Some((entry, sealed)) = plan.outbox {
            writer.put_outbox(entry.sequence, &sealed)?;
            stage.head.sequence = entry.sequence;
            stage.entries.push(entry);
        }
        stage.raised.extend(plan.raised);
        stage.new_keks.extend(plan.new_keks);
        stage.revokes |= plan.revokes;
        stage.erases |= plan.erases;
        Ok(())
    }

    fn after_commit(&mut self, stage: Stage, mut members: Members) {
        self.head = stage.head;
        stage.publish(&self.core.buckets);
        for (tenant, wrapped) in stage.new_keks {
            self.core.keks.remember(tenant, wrapped);
        }
        stage.raised.iter().for_each(|(scope, to)| self.core.epochs.raise(*scope, *to));
        // Handed over before anybody who was refused can decide again: uses of the new epoch follow it in the log.
        let durable = (!stage.entries.is_empty()).then(|| self.core.sink.committed(stage.entries));
        members.decline();
        if let Some(Err(why)) = durable.map(|durable| self.runtime.block_on(durable)) {
            tracing::error!(%why, "a commit is durable but not in the audit log");
            self.settled(false);
        }
        self.unscrubbed |= stage.erases;
        self.scrub();
        let due = self.head.revision >= self.pinned.saturating_add(self.pin_every);
        let pinned = !(stage.revokes || due) || self.pin_now();
        let (remains, unpinned) = (stage.erases && self.unscrubbed, stage.revokes && !pinned);
        members.answer(!(self.is_unsettled() || remains || unpinned));
    }

    /// Erases what waits to be erased.
    fn scrub(&mut self) {
        if self.unscrubbed {
            match self.writer.scrub() {
                Ok(()) => self.unscrubbed = false,
                Err(why) => tracing::error!(%why, "erased material may still stand in the database's files"),
            }
        }
    }

    /// Pins what is durable now.
    pub(crate) fn pin_now(&mut self) -> bool {
        let state = self.state();
        match self.pin.store(&state) {
            Ok(()) => self.pinned = state.revision,
            Err(ref why) => tracing::error!(%why, "the pin cannot be advanced"),
        }
        self.pinned == state.revision
    }

    pub(crate) fn state(&self) -> PinState {
        PinState {
            installation: self.installation,
            revision: self.head.revision,
            sequence: self.head.sequence,
            digest: self.head.digest.to_bytes(),
            audit: self.core.sink.durable_through(),
        }
    }

    fn is_unsettled(&self) -> bool {
        self.core.unsettled.load(Ordering::Acquire)
    }

    fn settled(&self, is: bool) {
        self.core.unsettled.store(!is, Ordering::Release);
    }

    /// Before anything new: the outbox is in the log and erased material is gone.
    fn settle(&mut self) -> Result<(), String> {
        self.scrub();
        if self.is_unsettled() {
            self.resync().map_err(|e| e.to_string())?;
            self.settled(true);
            tracing::info!("the store takes commits again");
        }
        Ok(())
    }
}

enum Failed {
    /// Nothing was done.
    Undone(String),
    /// Nobody knows.
    Unknown(String),
}

impl From<CommitFailure> for Failed {
    fn from(failure: CommitFailure) -> Self {
        match failure {
            CommitFailure::Undone(e) => Self::Undone(e.to_string()),
            CommitFailure::Unknown(e) => Self::Unknown(e.to_string()),
        }
    }
}

impl Job {
    fn refuse(self, why: &str) {
        match self {
            Self::Commit(_, reply) | Self::Lone { reply, .. } => {
                drop(reply.send(Err(unavailable(why.to_owned()))));
            }
            Self::Close(_) => {}
        }
    }
}

/// Who waits for a group: those whose change is in it, and those whose change is not and why.
#[derive(Default)]
struct Members {
    accepted: Vec<(Reply, Committed)>,
    refused: Vec<(Reply, CommitError)>,
}

impl Members {
    /// Answers the refused.
    fn decline(&mut self) {
        self.refused.drain(..).for_each(|(reply, refusal)| drop(reply.send(Err(refusal))));
    }

    /// Answers the accepted.
    fn answer(self, settled: bool) {
        for (reply, committed) in self.accepted {
            drop(reply.send(if settled { Ok(committed) } else { Err(CommitError::OutcomeUnknown) }));
        }
    }

    /// Answers everybody: nothing was done.
    fn undo(mut self, why: &str) {
        self.decline();
        let undone = |(reply, _): (Reply, Committed)| drop(reply.send(Err(unavailable(why.to_owned()))));
        self.accepted.into_iter().for_each(undone);
    }
}
