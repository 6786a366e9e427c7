//! Accounts and tenants: where things may live, and the bindings that lead there.

use api::ops::{CreateAccount, CreateTenant, ListTenants, TenantView};
use api::{Fault, FaultWhat, Output};
use domain::{
    Account, AccountId, Action, Binding, Coordinates, Dialect, IndexEntry, IndexName, Owner, ResourceRef,
    Sealable, Tenant, TenantId,
};
use spi::RecordStoreExt;

use crate::faults::{field, store_fault};
use crate::plan::{Change, Plan};
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn create_account(&mut self, op: &CreateAccount) -> Result<Plan, Fault> {
        self.allow(Action::CreateAccount, ResourceRef::System).await?;
        let account = Account {
            id: AccountId::random(self.engine.parts.entropy.bytes()),
            number: op.number,
            name: op.name.clone(),
            created_at: self.now,
        };
        let entry = IndexEntry::of_account_number(op.number);
        let taken =
            self.engine.parts.store.find::<Account>(Owner::System, &entry).await.map_err(store_fault)?;
        if taken.is_some() {
            return Err(FaultWhat::ObjectExists { kind: "account", given: op.number.to_string() }.into());
        }
        self.trail.on_other("account", account.id.to_string());
        let change = Change::new("create_account").put(Sealable::create(&account));
        Ok(Plan::commit(change, Output::CreateAccount(account)))
    }

    pub(crate) async fn create_tenant(&mut self, op: &CreateTenant) -> Result<Plan, Fault> {
        let id = op.account.unwrap_or(self.own_account());
        self.allow(Action::CreateTenant, ResourceRef::Account(id)).await?;
        let not_found = || FaultWhat::ObjectNotFound { kind: "account", given: id.to_string() };
        let account = self.engine.account(id).await?.ok_or_else(not_found)?;
        check_name(&op.name)?;
        check_bindings(&op.bindings, &account)?;
        if !op.bindings.iter().all(|bound| is_own(bound, &account)) {
            // Namespaces, hosts and projects are the system's to give: the first to ask is not the one they belong to.
            self.allow(Action::CreateTenant, ResourceRef::System).await?;
        }
        let tenant = Tenant {
            id: TenantId::random(self.engine.parts.entropy.bytes()),
            account: id,
            name: op.name.clone(),
            guardrails: Vec::new(),
            created_at: self.now,
        };
        let entry = IndexEntry::of_tenant_name(&op.name);
        let taken =
            self.engine.parts.store.find::<Tenant>(Owner::Account(id), &entry).await.map_err(store_fault)?;
        if taken.is_some() {
            return Err(FaultWhat::ObjectExists { kind: "tenant", given: op.name.clone() }.into());
        }
        for bound in &op.bindings {
            if self.engine.binding(bound).await?.is_some() {
                return Err(FaultWhat::ObjectExists { kind: "binding", given: bound.to_string() }.into());
            }
        }
        self.trail.on_other("tenant", tenant.id.to_string());
        let change = tenant_change(Change::new("create_tenant"), &tenant, &account, &op.bindings);
        Ok(Plan::commit(change, Output::CreateTenant(tenant)))
    }

    pub(crate) async fn list_tenants(&mut self, _: &ListTenants) -> Result<Plan, Fault> {
        let account = self.own_account();
        self.allow(Action::ListTenants, ResourceRef::Account(account)).await?;
        let (owner, index) = (Owner::Account(account), IndexName::TenantByName);
        let hits = self.engine.scan_whole(owner, index, &[]).await?;
        let mut views = Vec::with_capacity(hits.len());
        for hit in hits {
            let tenant = self.engine.parts.store.load::<Tenant>(owner, &hit.id).await.map_err(store_fault)?;
            let Some(tenant) = tenant.map(domain::Loaded::into_inner) else { continue };
            let bindings = self.bindings_of(tenant.id).await?;
            views.push(TenantView { tenant, bindings });
        }
        Ok(Plan::Answer(Output::ListTenants(views)))
    }

    /// The bindings that lead to a tenant.
    pub(crate) async fn bindings_of(&self, tenant: TenantId) -> Result<Vec<Binding>, Fault> {
        let (owner, index) = (Owner::System, IndexName::BindingByTenant);
        let hits = self.engine.scan_whole(owner, index, tenant.as_bytes()).await?;
        let mut bindings = Vec::with_capacity(hits.len());
        for hit in hits {
            let binding =
                self.engine.parts.store.load::<Binding>(owner, &hit.id).await.map_err(store_fault)?;
            // An index row is a hint: the binding itself must lead here (INV-4).
            bindings.extend(binding.map(domain::Loaded::into_inner).filter(|b| b.tenant == tenant));
        }
        Ok(bindings)
    }
}

/// A tenant, its key-encryption key and its bindings as one change.
pub(crate) fn tenant_change(
    change: Change,
    tenant: &Tenant,
    account: &Account,
    bound: &[Coordinates],
) -> Change {
    let native = Coordinates::new(Dialect::Native, format!("{}/{}", account.number, tenant.name));
    let mut change = change.put(Sealable::create(tenant));
    change.new_tenants.push(tenant.id);
    for coordinates in bound.iter().chain([&native]) {
        let binding = Binding {
            coordinates: coordinates.clone(),
            tenant: tenant.id,
            account: account.id,
            created_at: tenant.created_at,
        };
        change = change.put(Sealable::create(&binding));
    }
    change
}

/// A tenant's, principal's or policy's name: what stands in URLs and resource names of every dialect.
pub(crate) fn check_name(name: &str) -> Result<(), Fault> {
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b));
    if fits { Ok(()) } else { Err(field("name", "1 to 64 characters of letters, digits and +=,.@_-")) }
}

/// Whether coordinates are an account's own by their form: `NUMBER` or `NUMBER/…`, as all of AWS's are.
fn is_own(bound: &Coordinates, account: &Account) -> bool {
    let rest = bound.text.strip_prefix(&account.number.to_string());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// At most one binding in each of AWS, Azure and Google, and an AWS binding's number is the account's own.
pub(crate) fn check_bindings(bound: &[Coordinates], account: &Account) -> Result<(), Fault> {
    let single = [Dialect::Aws, Dialect::Azure, Dialect::Google];
    if single.iter().any(|d| bound.iter().filter(|c| c.dialect == *d).count() > 1) {
        return Err(field("bindings", "at most one in each of AWS, Azure and Google"));
    }
    if bound.iter().enumerate().any(|(n, one)| bound.iter().skip(n + 1).any(|other| other == one)) {
        return Err(field("bindings", "one stands twice"));
    }
    let own = format!("{}/", account.number);
    let foreign = |c: &&Coordinates| c.dialect == Dialect::Aws && !c.text.starts_with(&own);
    if bound.iter().any(|c| foreign(&c)) {
        return Err(field("bindings", "an AWS binding begins with the account's own number"));
    }
    if bound.iter().any(|c| c.text.len() > 255 || c.dialect == Dialect::Native) {
        return Err(field("bindings", "too long, or native (those are made by themselves)"));
    }
    Ok(())
}
