//! Principals of the caller's account.

use api::ops::{CreatePrincipal, ListPrincipals, UpdatePrincipal};
use api::{Fault, FaultWhat, Output};
use domain::{
    Action, IndexEntry, IndexName, Loaded, Owner, Page, PolicyId, PolicyRecord, Principal, PrincipalId,
    PrincipalKind, ResourceRef, Role, Sealable, StatementRef,
};
use spi::{IndexScan, RecordStoreExt};

use crate::faults::{field, store_fault};
use crate::plan::{Change, Plan};
use crate::session::Session;
use crate::usecase::list_keys::page_limit;
use crate::usecase::places::check_name;

impl Session<'_> {
    pub(crate) async fn create_principal(&mut self, op: &CreatePrincipal) -> Result<Plan, Fault> {
        let account = self.own_account();
        self.allow(Action::CreatePrincipal, ResourceRef::Account(account)).await?;
        check_name(&op.name)?;
        if op.kind == PrincipalKind::AccountRoot {
            return Err(field("kind", "the account's root principal is made with the account"));
        }
        self.may_grant_roles(&op.roles)?;
        if self.principal(&op.name).await?.is_some() {
            return Err(FaultWhat::ObjectExists { kind: "principal", given: op.name.clone() }.into());
        }
        let principal = Principal {
            id: PrincipalId::random(self.engine.parts.entropy.bytes()),
            account,
            name: op.name.clone(),
            kind: op.kind,
            roles: op.roles.clone(),
            policies: self.policies_by_name(&op.policies).await?,
            labels: op.labels.clone(),
            disabled: false,
            created_at: self.now,
        };
        self.trail.on_other("principal", principal.id.to_string());
        let change = Change::new("create_principal").put(Sealable::create(&principal));
        Ok(Plan::commit(change, Output::CreatePrincipal(principal)))
    }

    pub(crate) async fn update_principal(&mut self, op: &UpdatePrincipal) -> Result<Plan, Fault> {
        let loaded = self.allow_on_principal(&op.name, Action::UpdatePrincipal).await?;
        self.may_touch(loaded.get())?;
        if let Some(roles) = &op.roles {
            self.may_grant_roles(roles)?;
        }
        let policies = match &op.policies {
            Some(names) => Some(self.policies_by_name(names).await?),
            None => None,
        };
        let (principal, sealable) = loaded.edit(|p| {
            p.roles = op.roles.clone().unwrap_or_else(|| p.roles.clone());
            p.policies = policies.unwrap_or_else(|| p.policies.clone());
            p.disabled = op.disabled.unwrap_or(p.disabled);
        });
        let change = Change::new("update_principal").put(sealable).revoking();
        Ok(Plan::commit(change, Output::UpdatePrincipal(principal)))
    }

    pub(crate) async fn list_principals(&mut self, op: &ListPrincipals) -> Result<Plan, Fault> {
        let account = self.own_account();
        self.allow(Action::ListPrincipals, ResourceRef::Account(account)).await?;
        let (owner, index) = (Owner::Account(account), IndexName::PrincipalByName);
        let limit = page_limit(op.limit)?;
        let scan = IndexScan { owner, index, prefix: Vec::new(), after: op.after.clone(), limit };
        let page = self.engine.parts.store.scan(scan).await.map_err(store_fault)?;
        let mut items = Vec::with_capacity(page.items.len());
        for hit in &page.items {
            let found =
                self.engine.parts.store.load::<Principal>(owner, &hit.id).await.map_err(store_fault)?;
            items.extend(found.map(Loaded::into_inner));
        }
        Ok(Plan::Answer(Output::ListPrincipals(Page { items, next: page.next })))
    }

    /// A principal of the caller's account, by name.
    pub(crate) async fn principal(&self, name: &str) -> Result<Option<Loaded<Principal>>, Fault> {
        let owner = Owner::Account(self.own_account());
        let entry = IndexEntry::of_principal_name(name);
        self.engine.parts.store.find::<Principal>(owner, &entry).await.map_err(store_fault)
    }

    /// Finds a principal by name and asks whether the caller may do this with it.
    pub(crate) async fn allow_on_principal(
        &mut self,
        name: &str,
        action: Action,
    ) -> Result<Loaded<Principal>, Fault> {
        let account = self.own_account();
        match self.principal(name).await? {
            Some(found) => {
                self.allow(action, ResourceRef::Principal { account, id: found.get().id }).await?;
                Ok(found)
            }
            None => {
                self.allow(action, ResourceRef::Account(account)).await?;
                Err(FaultWhat::ObjectNotFound { kind: "principal", given: name.to_owned() }.into())
            }
        }
    }

    /// The root role is given only by those who have it: an administrator cannot make itself one.
    fn may_grant_roles(&mut self, roles: &[Role]) -> Result<(), Fault> {
        if roles.contains(&Role::Root) && !self.is_root() {
            return Err(self.beyond_its_role(Action::UpdatePrincipal, self.caller.principal));
        }
        let both = roles.contains(&Role::Administrator) && roles.contains(&Role::Auditor);
        if both { Err(field("roles", "nobody both administers and audits")) } else { Ok(()) }
    }

    /// A lesser role neither changes a holder of the root role nor makes or takes its credentials. What an
    /// administrator can still do by writing policies stands in docs/threats.md.
    pub(crate) fn may_touch(&mut self, principal: &Principal) -> Result<(), Fault> {
        if is_root(principal.kind, &principal.roles) && !self.is_root() {
            return Err(self.beyond_its_role(Action::UpdatePrincipal, principal.id));
        }
        Ok(())
    }

    fn is_root(&self) -> bool {
        is_root(self.caller.kind, &self.caller.roles)
    }

    /// A denial like any other: in the answer and in the record.
    fn beyond_its_role(&mut self, action: Action, id: PrincipalId) -> Fault {
        let by = StatementRef { document: "built-in".to_owned(), statement: "root-is-for-root".to_owned() };
        self.trail.denied(Some(by.clone()));
        let on = ResourceRef::Principal { account: self.own_account(), id };
        FaultWhat::Denied { caller: self.caller.name.to_string(), action, on, by: Some(by), may_know: true }
            .into()
    }

    async fn policies_by_name(&self, names: &[String]) -> Result<Vec<PolicyId>, Fault> {
        let owner = Owner::Account(self.own_account());
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            let entry = IndexEntry::of_policy_name(name);
            let found =
                self.engine.parts.store.find::<PolicyRecord>(owner, &entry).await.map_err(store_fault)?;
            let missing = || FaultWhat::ObjectNotFound { kind: "policy", given: name.clone() };
            ids.push(found.ok_or_else(missing)?.get().id);
        }
        Ok(ids)
    }
}

/// Who may do everything: by role, or by being the account itself.
fn is_root(kind: PrincipalKind, roles: &[Role]) -> bool {
    kind == PrincipalKind::AccountRoot || roles.contains(&Role::Root)
}
