//! What would the gate decide, and which statement would say so? Nothing is done.

use access::{Demand, Explained};
use api::ops::{ExplainPolicy, Explanation};
use api::{Fault, FaultWhat, Output};
use domain::{Action, Caller, ResourceRef};

use crate::authorise::OnKey;
use crate::faults::store_fault;
use crate::plan::Plan;
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn explain_policy(&mut self, op: &ExplainPolicy) -> Result<Plan, Fault> {
        let account = self.own_account();
        self.allow(Action::ExplainPolicy, ResourceRef::Account(account)).await?;
        let subject = match &op.principal {
            None => self.caller.clone(),
            Some(name) => self.as_principal(name).await?,
        };
        let explained = match &op.key {
            None => {
                let place = self.place().await?;
                let on = ResourceRef::Tenant(place.tenant.id);
                let demand = Demand::in_tenant(op.action, &on, &place.tenant);
                self.engine.parts.decider.explain(&subject, demand, &mut self.fence).await
            }
            Some(reference) => {
                // Who may not look at the key is not told by an explanation either whether it is there.
                let OnKey { place, key, .. } = self.allow_on_key(reference, Action::DescribeKey).await?;
                let on = ResourceRef::Key { tenant: place.tenant.id, id: key.id() };
                let demand = Demand::on_key(op.action, &on, &key, &place.tenant);
                self.engine.parts.decider.explain(&subject, demand, &mut self.fence).await
            }
        };
        let Explained { allowed, by, considered } = explained.map_err(store_fault)?;
        Ok(Plan::Answer(Output::ExplainPolicy(Explanation { allowed, by, considered })))
    }

    /// A caller as a principal would be, had it asked the same way.
    async fn as_principal(&self, name: &str) -> Result<Caller, Fault> {
        let missing = || FaultWhat::ObjectNotFound { kind: "principal", given: name.to_owned() };
        let principal = self.principal(name).await?.ok_or_else(missing)?.into_inner();
        Ok(access::caller_of(&principal, &self.caller))
    }
}
