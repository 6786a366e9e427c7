//! What would the gate decide, and which statement would say so? Nothing is done.

use access::{Ask, Explained};
use api::ops::{ExplainPolicy, Explanation};
use api::{Fault, FaultWhat, Output};
use domain::{Action, Caller, ResourceRef};

use crate::faults::store_fault;
use crate::keyref::Found;
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
        let place = self.place().await?;
        let book = &self.engine.parts.book;
        let documents =
            book.documents(&subject, &[&place.tenant], &mut self.fence).await.map_err(store_fault)?;
        let gate = &self.engine.parts.gate;
        let explained = match &op.key {
            None => {
                gate.explain(&subject, &Ask::of(op.action, ResourceRef::Tenant(place.tenant.id)), &documents)
            }
            Some(reference) => match self.engine.find_key(place.tenant.id, reference).await? {
                Found::Nothing(absent) => return Err(absent.0.into()),
                Found::Key(key) => gate.explain(&subject, &Ask::key(op.action, &key), &documents),
            },
        };
        let Explained { allowed, by, considered } = explained;
        Ok(Plan::Answer(Output::ExplainPolicy(Explanation { allowed, by, considered })))
    }

    /// A caller as a principal would be, had it asked the same way.
    async fn as_principal(&self, name: &str) -> Result<Caller, Fault> {
        let missing = || FaultWhat::ObjectNotFound { kind: "principal", given: name.to_owned() };
        let principal = self.principal(name).await?.ok_or_else(missing)?.into_inner();
        Ok(Caller {
            principal: principal.id,
            account: principal.account,
            name: principal.name.as_str().into(),
            kind: principal.kind,
            roles: principal.roles.into(),
            policies: principal.policies.into(),
            ..self.caller.clone()
        })
    }
}
