//! Identity policies and guardrails of the caller's account.

use std::collections::BTreeSet;

use api::ops::{ListPolicies, WritePolicy};
use api::{Fault, FaultWhat, Malformed, Output};
use domain::{
    Action, IndexEntry, IndexName, Loaded, Owner, PolicyId, PolicyRecord, ResourceRef, Scope, Sealable,
    Tenant,
};
use spi::RecordStoreExt;

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
        let hits = self.engine.scan_whole(owner, index, &[]).await?;
        let mut items = Vec::with_capacity(hits.len());
        for hit in &hits {
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

    /// Makes the policy a guardrail of exactly these tenants: attached where it was not, detached from every other.
    /// `None` leaves all as it is.
    async fn guard_tenants(
        &self,
        mut change: Change,
        id: PolicyId,
        names: Option<&[String]>,
    ) -> Result<Change, Fault> {
        let Some(names) = names else { return Ok(change) };
        let mut wanted: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        for tenant in self.own_tenants().await? {
            let (caps, shall) = (tenant.get().guardrails.contains(&id), wanted.remove(&*tenant.get().name));
            if caps != shall {
                change.raise(Scope::Tenant(tenant.get().id));
                change = change.put(tenant.edit(|t| turn(&mut t.guardrails, id, shall)).1);
            }
        }
        match wanted.first() {
            None => Ok(change),
            Some(name) => Err(FaultWhat::ObjectNotFound { kind: "tenant", given: (*name).to_owned() }.into()),
        }
    }

    async fn own_tenants(&self) -> Result<Vec<Loaded<Tenant>>, Fault> {
        let owner = Owner::Account(self.own_account());
        let mut tenants = Vec::new();
        for hit in self.engine.scan_whole(owner, IndexName::TenantByName, &[]).await? {
            tenants
                .extend(self.engine.parts.store.load::<Tenant>(owner, &hit.id).await.map_err(store_fault)?);
        }
        Ok(tenants)
    }
}

/// Puts a policy into a list or takes it out.
fn turn(guardrails: &mut Vec<PolicyId>, id: PolicyId, on: bool) {
    guardrails.retain(|other| *other != id);
    if on {
        guardrails.push(id);
    }
}
