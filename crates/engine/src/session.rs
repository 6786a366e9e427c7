//! One request inside the gate: who asks, under which epochs, and the trail it leaves for the audit log.

use std::sync::Arc;

use api::{Fault, FaultWhat, RequestContext};
use domain::{AccountId, Caller, Timestamp};
use spi::Fence;

use crate::Engine;
use crate::audit_trail::Trail;
use crate::cache::Place;

/// One attempt at one request. A stale attempt is thrown away and a new one begins.
pub(crate) struct Session<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) context: &'a RequestContext,
    pub(crate) caller: Caller,
    pub(crate) fence: Fence,
    pub(crate) trail: Trail,
    pub(crate) now: Timestamp,
    place: Option<Arc<crate::cache::Held<Place>>>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(engine: &'a Engine, context: &'a RequestContext, caller: Caller, fence: Fence) -> Self {
        let now = engine.parts.clock.now();
        Self { engine, context, caller, fence, trail: Trail::default(), now, place: None }
    }

    /// Where the request is addressed to; resolved once, when first asked for.
    pub(crate) async fn place(&mut self) -> Result<Place, Fault> {
        if let Some(held) = &self.place {
            return Ok(held.value.clone());
        }
        let held =
            self.engine.resolve_place(&self.context.place, self.caller.account, &mut self.fence).await?;
        self.trail.in_place(&held.value);
        let place = held.value.clone();
        self.place = Some(held);
        Ok(place)
    }

    /// Ends a rehearsal where all is decided and admitted and what remains is to do it. The gate ends every rehearsal
    /// anyway; a use case that says so here does not even make what nobody will see.
    pub(crate) fn end_rehearsal(&self) -> Result<(), Fault> {
        if self.context.dry_run { Err(FaultWhat::DryRun.into()) } else { Ok(()) }
    }

    /// The caller's account.
    pub(crate) const fn own_account(&self) -> AccountId {
        self.caller.account
    }
}
