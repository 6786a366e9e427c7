//! What the system does of itself: recorded and committed like a command, in the system's own name, because a record
//! and a commit have one door whoever comes through it (INV-5).

use api::{Fault, FaultWhat, RequestContext};
use domain::{Coordinates, Dialect, Outcome, RequestId, Scope, Subject};
use spi::{Fence, SpaceTicket};

use super::Ended;
use crate::Engine;
use crate::audit_trail::Trail;
use crate::faults::{RETRY, audit_fault};
use crate::plan::Change;

/// An act of the system's own: the space of its record was taken before anything was read.
pub(crate) struct OwnAct {
    context: RequestContext,
    began: super::Began,
    ticket: SpaceTicket,
    pub(crate) fence: Fence,
    pub(crate) trail: Trail,
}

impl Engine {
    /// Begins an act, in the order of any attempt: space, settled store, epochs, open gate.
    pub(crate) fn begin_own(&self, operation: &'static str, reads: &[Scope]) -> Result<OwnAct, Fault> {
        let began = self.begin();
        let context = RequestContext {
            id: RequestId::at(began.at, self.parts.entropy.bytes()),
            received_at: began.at,
            place: Coordinates::new(Dialect::Native, ""),
            operation: operation.into(),
            address: None,
            dry_run: false,
        };
        let ticket = self.parts.log.ticket(Trail::estimate(&context)).map_err(audit_fault)?;
        if !self.parts.store.is_settled() {
            return Err(FaultWhat::StoreUnavailable { retry_after: RETRY }.into());
        }
        let fence = self.parts.epochs.capture(reads.iter().copied());
        self.let_in()?;
        Ok(OwnAct { context, began, ticket, fence, trail: Trail::default() })
    }

    /// Ends an act with a change; [`FaultWhat::Conflict`] where what it read has changed since.
    pub(crate) async fn commit_own(&self, act: OwnAct, change: Change) -> Result<(), Fault> {
        let OwnAct { context, began, ticket, fence, trail } = act;
        match self.commit(ticket, &context, began, itself(), trail, fence, change).await {
            Ok(()) => Ok(()),
            Err(ended) => Err(fault_of(ended)),
        }
    }

    /// Ends an act with its record alone.
    pub(crate) async fn record_own(&self, act: OwnAct, outcome: Outcome) -> Result<(), Fault> {
        let OwnAct { context, began, ticket, fence, trail } = act;
        let record = trail.record(&self.facts(&context, itself(), began, &fence), outcome);
        // It tells of a fact, which stands whatever has changed meanwhile.
        self.parts.log.append(ticket, Fence::default(), record).await.map(drop).map_err(|e| match e {
            spi::AppendError::Unavailable(e) => audit_fault(e),
            spi::AppendError::Stale(_) => FaultWhat::Internal.into(),
        })
    }
}

/// The system is nobody's principal.
fn itself() -> Subject {
    Subject { name: Some("keystead".to_owned()), ..Subject::default() }
}

fn fault_of(ended: Ended) -> Fault {
    match ended {
        Ended::Stale(_) => FaultWhat::Conflict.into(),
        Ended::Fault(fault) => fault,
    }
}
