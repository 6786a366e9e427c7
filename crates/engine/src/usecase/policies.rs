//! Identity policies and guardrails of the caller's account.

use api::ops::{ListPolicies, WritePolicy};
use api::{Fault, FaultWhat, Malformed, Output};
use domain::{
    Action, IndexEntry, IndexName, Loaded, Owner, PolicyId, PolicyRecord, ResourceRef, Scope, Sealable,
    Tenant,
};
use spi::{IndexScan, RecordStoreExt};

use crate::faults::store_fault;
use crate::plan::{Change, Plan};
use crate::session::Session;
use crate::usecase::places::check_name;

impl Session<'_> {
    pub(crate) async fn write_policy(&mut self, op: &WritePolicy) -> Result<Plan, Fault> {
        let account = self.own_account();
        self.allow(Action::WritePolicy, ResourceRef::Account(account)).await?;
        check_name(&op.name)?;
        let guards = op.guards.as_deref().unwrap_or_default();
        let what = if guards.is_empty() { access::PolicyUse::Identity } else { access::PolicyUse::Guardrail };
        let unfit = |e: access::PolicyFault| FaultWhat::Malformed(Malformed::Policy { why: e.to_string() });
        access::validate(&op.document, what).map_err(unfit)?;
        let owner = Owner::Account(account);
        let entry = IndexEntry::of_policy_name(&op.name);
        let found = self.engine.parts.store.find::<PolicyRecord>(owner, &entry).await.map_err(store_fault)?;
        let now = self.now;
        let (policy, sealable) = match found {
            Some(found) => found.edit(|p| {
                p.document = op.document.clone();
                p.written_at = now;
            }),
            None => self.new_policy(op),
        };
        self.trail.on_other("policy", policy.id.to_string());
        let mut change = Change::new("write_policy").put(sealable).revoking();
        change.raise(Scope::Account(account));
        let change = self.guard_tenants(change, policy.id, op.guards.as_deref()).await?;
        Ok(Plan::commit(change, Output::WritePolicy(policy)))
    }

    pub(crate) async fn list_policies(&mut self, _: &ListPolicies) -> Result<Plan, Fault> {
        let account = self.own_account();
        self.allow(Action::ReadPolicy, ResourceRef::Account(account)).await?;
        let (owner, index) = (Owner::Account(account), IndexName::PolicyByName);
        let scan = IndexScan { owner, index, prefix: Vec::new(), after: None, limit: 1000 };
        let page = self.engine.parts.store.scan(scan).await.map_err(store_fault)?;
        let mut items = Vec::with_capacity(page.items.len());
        for hit in &page.items {
            let found =
                self.engine.parts.store.load::<PolicyRecord>(owner, &hit.id).await.map_err(store_fault)?;
            items.extend(found.map(Loaded::into_inner));
        }
        Ok(Plan::Answer(Output::ListPolicies(items)))
    }

    fn new_policy(&self, op: &WritePolicy) -> (PolicyRecord, Sealable) {
        let policy = PolicyRecord {
            id: PolicyId::random(self.engine.parts.entropy.bytes()),
            account: self.own_account(),
            name: op.name.clone(),
            document: op.document.clone(),
            written_at: self.now,
        };
        let sealable = Sealable::create(&policy);
        (policy, sealable)
    }

    /// Makes the policy a guardrail of these tenants too; it is taken away from none.
    async fn guard_tenants(
        &self,
        mut change: Change,
        id: PolicyId,
        names: Option<&[String]>,
    ) -> Result<Change, Fault> {
        let owner = Owner::Account(self.own_account());
        let mut seen = std::collections::BTreeSet::new();
        for name in names.unwrap_or_default().iter().filter(|name| seen.insert(name.as_str())) {
            let entry = IndexEntry::of_tenant_name(name);
            let found = self.engine.parts.store.find::<Tenant>(owner, &entry).await.map_err(store_fault)?;
            let missing = || FaultWhat::ObjectNotFound { kind: "tenant", given: name.clone() };
            let found = found.ok_or_else(missing)?;
            if !found.get().guardrails.contains(&id) {
                change.raise(Scope::Tenant(found.get().id));
                change = change.put(found.edit(|tenant| tenant.guardrails.push(id)).1);
            }
        }
        Ok(change)
    }
}
