//! Reading and writing a key's policy. None is stored that cannot be enforced (INV-13), nor one that locks its author
//! out, unless the author says so.

use api::ops::{GetKeyPolicy, KeyView, ListKeyPolicies, PutKeyPolicy};
use api::{Fault, FaultWhat, Limit, Malformed, Output, Precondition};
use domain::{Action, PolicyDocument};

use crate::authorise::OnKey;
use crate::cache::Place;
use crate::faults::store_fault;
use crate::plan::{Change, Plan};
use crate::session::Session;

/// Most bytes of a key policy.
const POLICY: usize = 32 * 1024;

impl Session<'_> {
    /// Each key has one.
    pub(crate) async fn list_key_policies(&mut self, op: &ListKeyPolicies) -> Result<Plan, Fault> {
        let OnKey { place, key, .. } = self.allow_on_key(&op.key, Action::ListKeyPolicies).await?;
        let view = KeyView { key, account: place.account, changed: false };
        Ok(Plan::Answer(Output::ListKeyPolicies(view)))
    }

    pub(crate) async fn get_key_policy(&mut self, op: &GetKeyPolicy) -> Result<Plan, Fault> {
        let on = self.allow_on_key(&op.key, Action::GetKeyPolicy).await?;
        Ok(Plan::Answer(Output::GetKeyPolicy(on.key.details.policy.clone())))
    }

    pub(crate) async fn put_key_policy(&mut self, op: &PutKeyPolicy) -> Result<Plan, Fault> {
        let on = self.allow_on_key(&op.key, Action::PutKeyPolicy).await?;
        check_key_policy(&op.policy)?;
        if !op.bypass_lockout_check {
            self.keeps_control(&on.place, &op.policy).await?;
        }
        let loaded =
            self.engine.load_key(on.place.tenant.id, on.key.id()).await?.ok_or(FaultWhat::Conflict)?;
        let (_, sealable) = loaded.edit(|details| details.policy = op.policy.clone());
        Ok(Plan::commit(Change::new("put_key_policy").put(sealable).revoking(), Output::PutKeyPolicy(())))
    }

    /// Refuses a key policy under which the caller could not change it again.
    pub(crate) async fn keeps_control(
        &mut self,
        place: &Place,
        policy: &PolicyDocument,
    ) -> Result<(), Fault> {
        let (decider, owner) = (&self.engine.parts.decider, place.account.number);
        let kept = decider.keeps_control(&self.caller, policy, owner, &place.tenant, &mut self.fence).await;
        if kept.map_err(store_fault)? {
            return Ok(());
        }
        Err(FaultWhat::Precondition(Precondition::PolicyLockout).into())
    }
}

/// Refuses a key policy that is too long or cannot be enforced in full.
pub(crate) fn check_key_policy(policy: &PolicyDocument) -> Result<(), Fault> {
    if policy.text.len() > POLICY {
        return Err(FaultWhat::LimitExceeded(Limit::PolicyBytes { max: POLICY }).into());
    }
    let unfit =
        |e: access::PolicyFault| FaultWhat::Malformed(Malformed::Policy { why: e.to_string() }).into();
    access::validate(policy, access::PolicyUse::Key).map_err(unfit)
}
