//! The gate's one way: every command, whatever its dialect, passes through [`Engine::call`] and nowhere else.
//!
//! An attempt captures epochs before its first read and ends in a durable audit record that is placed only if they
//! still hold; a stale attempt is thrown away, its results wiped, and a new one decides again (INV-10). No reply
//! leaves without its record (INV-5).

mod own;

use std::pin::Pin;
use std::sync::Arc;

use api::{Command, Fault, FaultWhat, Kms, Output, RequestContext};
use async_trait::async_trait;
use domain::{BatchId, Outcome, Proof, Scope, Subject};
use spi::{AppendError, Batch, CommitError, Fence, SpaceTicket};

use crate::Engine;
use crate::audit_trail::{Facts, Trail, failure, subject_of, subject_of_failed};
use crate::faults::{RETRY, audit_fault, auth_fault, commit_fault};
use crate::plan::{Change, Plan};
use crate::session::Session;

/// How often a request decides again before it is told that the system is too busy changing.
const ATTEMPTS: u32 = 32;

/// How an attempt ended short of an answer.
enum Ended {
    /// Something it had read in this scope has changed: begin again.
    Stale(Scope),
    /// This is the answer.
    Fault(Fault),
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// When an attempt began.
#[derive(Clone, Copy)]
struct Began {
    at: domain::Timestamp,
    micros: u64,
}

/// A call on its way.
type Answering = Pin<Box<dyn Future<Output = Result<Output, Fault>> + Send>>;

#[async_trait]
impl Kms for Engine {
    async fn call(&self, context: RequestContext, proof: Proof, command: Command) -> Result<Output, Fault> {
        let engine = self.me.upgrade().ok_or(FaultWhat::Internal)?;
        engine.answer(context, proof, command).await
    }

    async fn refuse(&self, context: RequestContext, proof: Proof, fault: Fault) -> Fault {
        self.refuse_known(&context, &proof, fault).await
    }
}

/// Commands that change nothing: to stop one half-way leaves a record without a reply at most, which is allowed. Free of
/// wildcards, so that a new operation does not compile until somebody has said which it is.
const fn may_be_dropped(command: &Command) -> bool {
    match command {
        Command::Encrypt(_)
        | Command::Decrypt(_)
        | Command::ReEncrypt(_)
        | Command::GenerateDataKey(_)
        | Command::GenerateDataKeyPair(_)
        | Command::Sign(_)
        | Command::Verify(_)
        | Command::GenerateMac(_)
        | Command::VerifyMac(_)
        | Command::GetPublicKey(_)
        | Command::AgreeKey(_)
        | Command::Encapsulate(_)
        | Command::Decapsulate(_)
        | Command::GenerateRandom(_)
        | Command::DescribeKey(_)
        | Command::ListKeys(_)
        | Command::ListLabels(_)
        | Command::ListNames(_)
        | Command::ListKeyPolicies(_)
        | Command::GetRotation(_)
        | Command::GetLastUse(_)
        | Command::ListRotations(_)
        | Command::GetKeyPolicy(_)
        | Command::WhoAmI(_)
        | Command::ListTenants(_)
        | Command::ListPrincipals(_)
        | Command::ListCredentials(_)
        | Command::ListPolicies(_)
        | Command::ExplainPolicy(_)
        | Command::SearchAudit(_) => true,
        Command::CreateKey(_)
        | Command::EnableKey(_)
        | Command::DisableKey(_)
        | Command::ScheduleDestruction(_)
        | Command::CancelDestruction(_)
        | Command::RotateKey(_)
        | Command::EnableRotation(_)
        | Command::DisableRotation(_)
        | Command::UpdateDescription(_)
        | Command::LabelKey(_)
        | Command::UnlabelKey(_)
        | Command::BindName(_)
        | Command::RebindName(_)
        | Command::UnbindName(_)
        | Command::PutKeyPolicy(_)
        | Command::CreateAccount(_)
        | Command::CreateTenant(_)
        | Command::CreatePrincipal(_)
        | Command::UpdatePrincipal(_)
        | Command::CreateCredential(_)
        | Command::RevokeCredential(_)
        | Command::WritePolicy(_)
        | Command::SealSystem(_) => false,
    }
}

/// How often a command decides again in the crowd before it waits for its turn. Changes of one scope can only follow
/// each other, so they queue at once; uses pass side by side, and all of them are stale at once after one change.
const fn losses_before_a_turn(command: &Command) -> u32 {
    if may_be_dropped(command) { 8 } else { 1 }
}

/// The scope that was captured last: the tenant, for nearly every command.
fn narrowest(fence: &Fence) -> Scope {
    fence.epochs().last().map_or(Scope::System, |(scope, _)| scope)
}

/// What a rehearsal comes to: a refusal stands, and what would have been done is dropped here, whatever it is. So nothing
/// is committed for it and no result leaves.
fn rehearsed(performed: Result<Plan, Fault>) -> Result<Plan, Fault> {
    performed.and_then(|_| Err(FaultWhat::DryRun.into()))
}

/// Whether a change may have been done although nobody can say so.
fn is_unknown(ended: &Ended) -> bool {
    matches!(ended, Ended::Fault(Fault { what: FaultWhat::OutcomeUnknown, .. }))
}

impl Engine {
    /// As [`Kms::call`], for who holds the engine: one allocation, and a use's future is no larger than a use needs.
    #[must_use]
    pub fn answer(self: Arc<Self>, context: RequestContext, proof: Proof, command: Command) -> Answering {
        if may_be_dropped(&command) {
            Box::pin(async move { self.run(&context, &proof, &command).await })
        } else {
            Box::pin(self.carry_through(context, proof, command))
        }
    }

    /// A client that goes away drops its future; a change must come to its end all the same.
    async fn carry_through(
        self: Arc<Self>,
        context: RequestContext,
        proof: Proof,
        command: Command,
    ) -> Result<Output, Fault> {
        // The edge's own bound ends with the client; this one lasts as long as the change.
        let place = Arc::clone(&self.changes).acquire_owned().await.map_err(|_| FaultWhat::Internal)?;
        let task = tokio::spawn(async move {
            let _place = place;
            self.run(&context, &proof, &command).await
        });
        task.await.map_err(|e| Fault::because(FaultWhat::OutcomeUnknown, e))?
    }

    async fn run(&self, context: &RequestContext, proof: &Proof, command: &Command) -> Result<Output, Fault> {
        let mut turn = None;
        for lost in 1..=ATTEMPTS {
            match self.attempt(context, proof, command).await {
                Ok(output) => return Ok(output),
                Err(Ended::Fault(fault)) => return Err(fault),
                Err(Ended::Stale(scope)) => {
                    if turn.is_none() && lost >= losses_before_a_turn(command) {
                        turn = Some(self.turns.take(scope).await);
                    }
                }
            }
        }
        Err(Box::pin(self.refuse_known(context, proof, FaultWhat::Conflict.into())).await)
    }

    /// Refuses by a fault that is known, after the proof was checked; what that finds is graver.
    async fn refuse_known(&self, context: &RequestContext, proof: &Proof, fault: Fault) -> Fault {
        if !self.parts.sealer.is_unsealed() {
            return FaultWhat::Sealed.into();
        }
        let began = self.begin();
        let ticket = match self.parts.log.ticket(Trail::estimate(context)) {
            Ok(ticket) => ticket,
            Err(e) => return audit_fault(e),
        };
        let mut fence = self.parts.epochs.capture([Scope::System]);
        match self.authenticate(context, proof, &mut fence).await {
            Ok(caller) => {
                let subject = subject_of(&caller);
                self.record_final(ticket, context, began, subject, Trail::default(), fault).await
            }
            Err(fault) => self.refuse_unknown(ticket, context, proof, began, fault).await,
        }
    }

    fn begin(&self) -> Began {
        Began { at: self.parts.clock.now(), micros: self.parts.clock.monotonic_micros() }
    }

    async fn attempt(
        &self,
        context: &RequestContext,
        proof: &Proof,
        command: &Command,
    ) -> Result<Output, Ended> {
        if !self.parts.sealer.is_unsealed() {
            return Err(Fault::new(FaultWhat::Sealed).into());
        }
        let began = self.begin();
        // Space first: a full disk refuses before anything is performed, not after.
        let ticket = self.parts.log.ticket(Trail::estimate(context)).map_err(audit_fault)?;
        if !self.parts.store.is_settled() {
            return Err(Fault::new(FaultWhat::StoreUnavailable { retry_after: RETRY }).into());
        }
        let mut fence = self.parts.epochs.capture([Scope::System]);
        self.let_in()?;
        let caller = match self.authenticate(context, proof, &mut fence).await {
            Ok(caller) => caller,
            Err(fault) => {
                return Err(Box::pin(self.refuse_unknown(ticket, context, proof, began, fault)).await.into());
            }
        };
        let mut session = Session::new(self, context, caller, fence);
        let performed = session.perform(command).await;
        let performed = if context.dry_run { rehearsed(performed) } else { performed };
        let (subject, fence, trail) = (subject_of(&session.caller), session.fence, session.trail);
        match performed {
            // What was found a moment ago is gone, or a scope was raised while it was read: decide again.
            Err(Fault { what: FaultWhat::Conflict, .. }) => Err(Ended::Stale(narrowest(&fence))),
            Err(fault) => {
                Err(Box::pin(self.record_failure(ticket, context, began, subject, trail, fence, fault)).await)
            }
            Ok(Plan::Answer(output)) => {
                self.record_use(ticket, context, began, subject, trail, fence).await?;
                Ok(output)
            }
            Ok(Plan::Commit(change, output)) => {
                let sealing = self.sealing(&output);
                let commit = self.commit(ticket, context, began, subject, trail, fence, *change);
                let done = Box::pin(commit).await;
                if let Some(sealing) = sealing {
                    sealing.end(&done, is_unknown);
                }
                done.map(|()| output)
            }
        }
    }

    async fn authenticate(
        &self,
        context: &RequestContext,
        proof: &Proof,
        fence: &mut Fence,
    ) -> Result<domain::Caller, Fault> {
        let (via, address) = (context.place.dialect, context.address);
        self.parts.authenticator.authenticate(proof, via, address, fence).await.map_err(auth_fault)
    }

    /// The end of a use: its record is placed if the fence holds, and only then does anybody see its result.
    async fn record_use(
        &self,
        ticket: SpaceTicket,
        context: &RequestContext,
        began: Began,
        subject: Subject,
        trail: Trail,
        fence: Fence,
    ) -> Result<(), Ended> {
        let (outcome, scope) = (trail.outcome(), narrowest(&fence));
        let facts = self.facts(context, subject, began, &fence);
        let record = trail.record(&facts, outcome);
        match self.parts.log.append(ticket, fence, record).await {
            Ok(_) => Ok(()),
            Err(AppendError::Stale(scopes)) => Err(Ended::Stale(scopes.first().copied().unwrap_or(scope))),
            Err(AppendError::Unavailable(e)) => Err(audit_fault(e).into()),
        }
    }

    /// The end of a refused command: a refusal that was decided on what has changed since is stale like a use.
    #[expect(clippy::too_many_arguments, reason = "the facts of one attempt, used nowhere else together")]
    async fn record_failure(
        &self,
        ticket: SpaceTicket,
        context: &RequestContext,
        began: Began,
        subject: Subject,
        trail: Trail,
        fence: Fence,
        mut fault: Fault,
    ) -> Ended {
        trail.address(&mut fault);
        if let Some(cause) = fault.cause() {
            tracing::debug!(request = %context.id, what = fault.what.word(), %cause, "refused");
        }
        let facts = self.facts(context, subject, began, &fence);
        let record = trail.record(&facts, failure(&fault.what));
        let scope = narrowest(&fence);
        match self.parts.log.append(ticket, fence, record).await {
            Ok(_) => Ended::Fault(fault),
            Err(AppendError::Unavailable(e)) => Ended::Fault(audit_fault(e)),
            Err(AppendError::Stale(scopes)) => Ended::Stale(scopes.first().copied().unwrap_or(scope)),
        }
    }

    /// As [`Self::record_failure`], for a refusal that stands whatever has changed meanwhile.
    async fn record_final(
        &self,
        ticket: SpaceTicket,
        context: &RequestContext,
        began: Began,
        subject: Subject,
        trail: Trail,
        fault: Fault,
    ) -> Fault {
        let none = Fence::default();
        match self.record_failure(ticket, context, began, subject, trail, none, fault).await {
            Ended::Fault(fault) => fault,
            // A fence of nothing is never stale.
            Ended::Stale(_) => FaultWhat::Internal.into(),
        }
    }

    /// A proof that failed: recorded one by one up to a rate per source, then counted, so that a flood of bad
    /// credentials does not fill the disk.
    async fn refuse_unknown(
        &self,
        ticket: SpaceTicket,
        context: &RequestContext,
        proof: &Proof,
        began: Began,
        fault: Fault,
    ) -> Fault {
        let subject = subject_of_failed(proof, context);
        if !self.records_failure_of(context.address) {
            return fault;
        }
        self.record_final(ticket, context, began, subject, Trail::default(), fault).await
    }

    fn facts<'a>(
        &self,
        context: &'a RequestContext,
        subject: Subject,
        began: Began,
        fence: &'a Fence,
    ) -> Facts<'a> {
        let micros = self.parts.clock.monotonic_micros().saturating_sub(began.micros);
        Facts { context, subject, at: began.at, micros, fence }
    }

    /// The end of a change: one transaction with its record in it, durable in store and log before the reply.
    #[expect(clippy::too_many_arguments, reason = "the facts of one attempt, used nowhere else together")]
    async fn commit(
        &self,
        ticket: SpaceTicket,
        context: &RequestContext,
        began: Began,
        subject: Subject,
        trail: Trail,
        fence: Fence,
        change: Change,
    ) -> Result<(), Ended> {
        let facts = self.facts(context, subject.clone(), began, &fence);
        let record = trail.clone().record(&facts, Outcome::Success);
        let evict = change.evict;
        let batch = Batch {
            name: change.name,
            id: BatchId::random(self.parts.entropy.bytes()),
            fence: fence.epochs().collect(),
            raise: change.raise,
            expect: Vec::new(),
            expect_absent: change.expect_absent,
            put: change.put,
            material: change.material,
            new_tenants: change.new_tenants,
            revokes: change.revokes,
            audit: record,
        };
        // The ticket is held meanwhile: the record's space stays its own until the log has it.
        let committed = self.parts.store.commit(batch).await;
        if matches!(committed, Ok(_) | Err(CommitError::OutcomeUnknown)) {
            evict.into_iter().for_each(|key| self.parts.guard.evict(key));
        }
        match committed {
            Ok(_) => Ok(()),
            Err(CommitError::Stale(_) | CommitError::Conflict | CommitError::Taken(_)) => {
                Err(Ended::Stale(narrowest(&fence)))
            }
            // Its record is in the outbox, or it is not known whether it is.
            Err(e @ CommitError::OutcomeUnknown) => Err(commit_fault(e).into()),
            Err(e) => {
                let fault = commit_fault(e);
                Err(self.record_final(ticket, context, began, subject, trail, fault).await.into())
            }
        }
    }
}
