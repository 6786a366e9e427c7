//! What would the gate decide, and which statement would say so? Nothing is done.

use api::ops::{Explanation, ExplainPolicy};
use api::{Fault, FaultWhat, Output};
use access::Demand;
use domain::{Action, ResourceRef};

use crate::faults::store_fault;
use crate::keyref::Found;
use crate::plan::Plan;
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn explain_policy(&mut self, op: &ExplainPolicy) -> Result<Plan, Fault> {
        let account = self.own_account();
        self.allow(Action::ExplainPolicy, &ResourceRef::Account(account)).await?;
        let subject = match &op.principal {
            None => self.caller.clone(),
            Some(name) => {
                let missing = || FaultWhat::ObjectNotFound { kind: "principal", given: name.clone() };
                let principal = self.principal(name).await?.ok_or_else(missing)?.into_inner();
                access::caller_of(&principal, &self.caller)
            }
        };
        let place = self.place().await?;
        let decider = &self.engine.parts.decider;
        let explained = match &op.key {
            None => {
                let on = ResourceRef::Tenant(place.tenant.id);
                decider.explain(&subject, Demand::in_tenant(op.action, &on, &place.tenant), &mut self.fence).await
            }
            Some(reference) => match self.engine.find_key(place.tenant.id, reference).await? {
                Found::Nothing(what, _) => return Err(what.into()),
                Found::Key(key) => {
                    let on = ResourceRef::Key { tenant: place.tenant.id, id: key.id() };
                    let demand = Demand::on_key(op.action, &on, &key, &place.tenant);
                    decider.explain(&subject, demand, &mut self.fence).await
                }
            },
        };
        let access::Explained { allowed, by, considered } = explained.map_err(store_fault)?;
        Ok(Plan::Answer(Output::ExplainPolicy(Explanation { allowed, by, considered })))
    }
}
