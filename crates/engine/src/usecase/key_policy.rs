//! Reading and writing a key's policy. None is stored that cannot be enforced (INV-13), nor one that locks its author
//! out, unless the author says so.

use api::ops::{GetKeyPolicy, PutKeyPolicy};
use api::{Fault, FaultWhat, Limit, Malformed, Output, Precondition};
use domain::{Action, PolicyDocument};

use crate::cache::Place;
use crate::plan::{Change, Plan};
use crate::session::Session;

/// Most bytes of a key policy.
const POLICY: usize = 32 * 1024;

impl Session<'_> {
    pub(crate) async fn get_key_policy(&mut self, op: &GetKeyPolicy) -> Result<Plan, Fault> {
        let on = self.allow_on_key(&op.key, Action::GetKeyPolicy).await?;
        Ok(Plan::Answer(Output::GetKeyPolicy(on.key.details.policy.clone())))
    }

    pub(crate) async fn put_key_policy(&mut self, op: &PutKeyPolicy) -> Result<Plan, Fault> {
        let on = self.allow_on_key(&op.key, Action::PutKeyPolicy).await?;
        self.check_key_policy(&op.policy, &on.place, op.bypass_lockout_check).await?;
        let loaded = self.engine.load_key(on.place.tenant.id, on.key.id()).await?.ok_or(FaultWhat::Conflict)?;
        let (_, sealable) = loaded.edit(|details| details.policy = op.policy.clone());
        Ok(Plan::commit(Change::new("put_key_policy").put(sealable).revoking(), Output::PutKeyPolicy(())))
    }

    /// Refuses a key policy that is too long, cannot be enforced, or would lock the caller out.
    pub(crate) async fn check_key_policy(
        &mut self,
        policy: &PolicyDocument,
        place: &Place,
        bypass_lockout: bool,
    ) -> Result<(), Fault> {
        if policy.text.len() > POLICY {
            return Err(FaultWhat::LimitExceeded(Limit::PolicyBytes { max: POLICY }).into());
        }
        let unfit = |e: access::PolicyFault| FaultWhat::Malformed(Malformed::Policy { why: e.to_string() });
        access::validate(policy, access::PolicyUse::Key).map_err(unfit)?;
        if bypass_lockout {
            return Ok(());
        }
        let decider = &self.engine.parts.decider;
        let kept = decider.keeps_control(&self.caller, policy, place.account.number, &place.tenant, &mut self.fence);
        if kept.await.map_err(crate::faults::store_fault)? {
            return Ok(());
        }
        Err(FaultWhat::Precondition(Precondition::PolicyLockout).into())
    }
}
