//! Suspending, resuming, scheduling and cancelling destruction: each one transition of one key.

use std::sync::Arc;

use api::ops::{CancelDestruction, DisableKey, EnableKey, KeyRef, KeyView, ScheduleDestruction};
use api::{Fault, FaultWhat, Output, Precondition};
use domain::{Action, Key, KeyTransition, LifecycleEvent, Refusal};

use crate::authorise::OnKey;
use crate::faults::refusal_fault;
use crate::plan::{Change, Plan};
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn enable_key(&mut self, op: &EnableKey) -> Result<Plan, Fault> {
        let mint = |key: &Key| key.on(LifecycleEvent::Resume);
        let (change, view) =
            self.transition(&op.key, Action::EnableKey, Change::new("enable_key"), mint).await?;
        Ok(Plan::commit(change, Output::EnableKey(view)))
    }

    pub(crate) async fn disable_key(&mut self, op: &DisableKey) -> Result<Plan, Fault> {
        let mint = |key: &Key| key.on(LifecycleEvent::Suspend);
        let change = Change::new("disable_key").revoking();
        let (change, view) = self.transition(&op.key, Action::DisableKey, change, mint).await?;
        Ok(Plan::commit(change, Output::DisableKey(view)))
    }

    pub(crate) async fn schedule_destruction(&mut self, op: &ScheduleDestruction) -> Result<Plan, Fault> {
        let (now, wait) = (self.now, op.wait);
        let mint = |key: &Key| key.schedule_destruction(now, wait);
        let change = Change::new("schedule_destruction").revoking();
        let (change, view) = self.transition(&op.key, Action::ScheduleDestruction, change, mint).await?;
        if !view.key.details.destruction_allowed {
            return Err(FaultWhat::Precondition(Precondition::DestructionNotAllowed).into());
        }
        Ok(Plan::commit(change, Output::ScheduleDestruction(view)))
    }

    pub(crate) async fn cancel_destruction(&mut self, op: &CancelDestruction) -> Result<Plan, Fault> {
        let change = Change::new("cancel_destruction");
        let (change, view) =
            self.transition(&op.key, Action::CancelDestruction, change, Key::cancel_destruction).await?;
        Ok(Plan::commit(change, Output::CancelDestruction(view)))
    }

    /// Authorises, reads the key afresh, mints a transition and applies it.
    async fn transition(
        &mut self,
        reference: &KeyRef,
        action: Action,
        change: Change,
        mint: impl Fn(&Key) -> Result<KeyTransition, Refusal>,
    ) -> Result<(Change, KeyView), Fault> {
        let OnKey { place, key, .. } = self.allow_on_key(reference, action).await?;
        let loaded = self.engine.load_key(place.tenant.id, key.id()).await?;
        // Found a moment ago in the cache and gone now: decide again.
        let loaded = loaded.ok_or(FaultWhat::Conflict)?;
        let transition = mint(loaded.get()).map_err(|r| refusal_fault(loaded.get(), r, None))?;
        let (key, sealable) = loaded.apply(&transition);
        let view = KeyView { key: Arc::new(key), account: place.account, changed: true };
        Ok((change.put(sealable), view))
    }
}
