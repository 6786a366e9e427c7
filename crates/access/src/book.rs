//! The policy book: every document that a decision must read, loaded under the request's fence and parsed once for
//! each revision.
//!
//! What is kept carries the epochs under which it was read and counts only for requests that captured the same. The
//! lists in principal and tenant are the truth (INV-4): a listed policy that is not there denies, and an incomplete
//! set is never kept, because writing the missing one is a pure creation and raises nothing.

use std::fmt;
use std::sync::Arc;

use domain::{
    Account, AccountId, AccountNumber, Binding, Caller, CallerPolicies, Dialect, IndexName, Key, Owner,
    PolicyId, PolicyRecord, PrincipalId, RecordKind, Revision, Scope, Tenant, TenantId,
};
use quick_cache::sync::Cache;
use smallvec::SmallVec;
use spi::{Epochs, Fence, IndexScan, RecordStore, RecordStoreExt, StoreError};

use crate::document::{Document, PolicyUse};
use crate::iam;

const PRINCIPALS: usize = 16 * 1024;
const TENANTS: usize = 16 * 1024;
const POLICIES: usize = 16 * 1024;

/// Loads and keeps documents.
pub(crate) struct PolicyBook {
    store: Arc<dyn RecordStore>,
    epochs: Arc<Epochs>,
    identities: Cache<PrincipalId, Arc<Identity>>,
    caps: Cache<TenantId, Arc<Caps>>,
    parsed: Cache<(PolicyId, PolicyUse), (Revision, Arc<Document>)>,
}

/// Everything beside the key itself that decides about one caller in some tenants, as of one set of epochs.
#[derive(Clone, Debug)]
pub(crate) struct Documents {
    pub(crate) identity: Arc<Identity>,
    pub(crate) caps: SmallVec<[Arc<Caps>; 1]>,
}

/// A caller's identity policies.
#[derive(Debug)]
pub(crate) struct Identity {
    listed: CallerPolicies,
    pub(crate) number: AccountNumber,
    pub(crate) documents: Vec<Arc<Document>>,
    pub(crate) epochs: [u64; 2],
    complete: bool,
}

/// A tenant's guardrails and what it is called.
#[derive(Debug)]
pub(crate) struct Caps {
    listed: Vec<PolicyId>,
    pub(crate) tenant: TenantId,
    pub(crate) account: AccountId,
    number: AccountNumber,
    region: Option<String>,
    pub(crate) guardrails: Vec<Arc<Document>>,
    pub(crate) epochs: [u64; 3],
    complete: bool,
}

impl Documents {
    pub(crate) fn caps(&self, tenant: TenantId) -> Option<&Caps> {
        self.caps.iter().find(|c| c.tenant == tenant).map(|c| &**c)
    }

    /// Whether decisions made on these may be kept.
    pub(crate) fn complete(&self) -> bool {
        self.identity.complete && self.caps.iter().all(|c| c.complete)
    }
}

impl Caps {
    pub(crate) fn terms(&self) -> iam::Terms<'_> {
        iam::Terms { account: self.number, region: self.region.as_deref() }
    }
}

impl PolicyBook {
    /// Over a store.
    pub(crate) fn new(store: Arc<dyn RecordStore>, epochs: Arc<Epochs>) -> Self {
        Self {
            store,
            epochs,
            identities: Cache::new(PRINCIPALS),
            caps: Cache::new(TENANTS),
            parsed: Cache::new(POLICIES),
        }
    }

    /// The documents that decide about `caller` in `tenants` (records that the engine read under the same fence).
    /// Captures the epochs of the system, the caller's account, each tenant and its account, before reading.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(crate) async fn documents(
        &self,
        caller: &Caller,
        tenants: impl Iterator<Item = &Tenant>,
        fence: &mut Fence,
    ) -> Result<Documents, StoreError> {
        let identity = self.identity(caller, fence).await?;
        let mut caps = SmallVec::new();
        for tenant in tenants {
            if !caps.iter().any(|c: &Arc<Caps>| c.tenant == tenant.id) {
                caps.push(self.caps_of(tenant, fence).await?);
            }
        }
        Ok(Documents { identity, caps })
    }

    async fn identity(&self, caller: &Caller, fence: &mut Fence) -> Result<Arc<Identity>, StoreError> {
        let scopes = [Scope::System, Scope::Account(caller.account)];
        let epochs = scopes.map(|scope| self.captured(scope, fence));
        let kept = self.identities.get(&caller.principal);
        if let Some(kept) = kept.filter(|k| k.epochs == epochs && k.listed == caller.policies) {
            return Ok(kept);
        }
        let number = self.number(caller.account).await?;
        let documents = self.read_all(caller.account, &caller.policies, PolicyUse::Identity).await?;
        let complete = documents.iter().all(Option::is_some);
        let documents = or_missing(documents, &caller.policies, "policy");
        let listed = Arc::clone(&caller.policies);
        let identity = Arc::new(Identity { listed, number, documents, epochs, complete });
        if complete {
            self.identities.insert(caller.principal, Arc::clone(&identity));
        }
        Ok(identity)
    }

    async fn caps_of(&self, tenant: &Tenant, fence: &mut Fence) -> Result<Arc<Caps>, StoreError> {
        let scopes = [Scope::System, Scope::Account(tenant.account), Scope::Tenant(tenant.id)];
        let epochs = scopes.map(|scope| self.captured(scope, fence));
        let kept = self.caps.get(&tenant.id);
        if let Some(kept) = kept.filter(|k| k.epochs == epochs && k.listed == tenant.guardrails) {
            return Ok(kept);
        }
        let number = self.number(tenant.account).await?;
        let region = self.region(tenant.id).await?;
        let listed = tenant.guardrails.clone();
        let guardrails = self.read_all(tenant.account, &listed, PolicyUse::Guardrail).await?;
        let complete = guardrails.iter().all(Option::is_some);
        let guardrails = or_missing(guardrails, &listed, "guardrail");
        let (tenant, account) = (tenant.id, tenant.account);
        let caps = Arc::new(Caps { listed, tenant, account, number, region, guardrails, epochs, complete });
        if complete {
            self.caps.insert(tenant, Arc::clone(&caps));
        }
        Ok(caps)
    }

    /// The epoch that the request captured, capturing it now if it had not.
    fn captured(&self, scope: Scope, fence: &mut Fence) -> u64 {
        if !fence.covers(scope) {
            fence.add(scope, self.epochs.cell(scope));
        }
        // A scope just added is there; an epoch that no cell reaches would only miss the cache.
        fence.epochs().find(|(s, _)| *s == scope).map_or(u64::MAX, |(_, epoch)| epoch)
    }

    async fn number(&self, account: AccountId) -> Result<AccountNumber, StoreError> {
        let found = self.store.load::<Account>(Owner::System, account.as_bytes()).await?;
        found.map(|a| a.get().number).ok_or_else(|| StoreError::Corrupt {
            kind: RecordKind::Account,
            why: "a principal or tenant names an account that is not there".to_owned(),
        })
    }

    /// The region that a tenant's AWS binding names (`domain::Coordinates`: `NUMBER/REGION`).
    async fn region(&self, tenant: TenantId) -> Result<Option<String>, StoreError> {
        let mut prefix = tenant.as_bytes().to_vec();
        prefix.extend_from_slice(Dialect::Aws.word().as_bytes());
        prefix.push(b':');
        let index = IndexName::BindingByTenant;
        let page =
            self.store.scan(IndexScan { owner: Owner::System, index, prefix, after: None, limit: 1 }).await?;
        let Some(hit) = page.items.into_iter().next() else { return Ok(None) };
        let binding = self.store.load::<Binding>(Owner::System, &hit.id).await?;
        let binding = binding.map(domain::Loaded::into_inner).filter(|b| b.tenant == tenant);
        Ok(binding.and_then(|b| b.coordinates.text.split_once('/').map(|(_, region)| region.to_owned())))
    }

    async fn read_all(
        &self,
        account: AccountId,
        listed: &[PolicyId],
        kind: PolicyUse,
    ) -> Result<Vec<Option<Arc<Document>>>, StoreError> {
        let mut documents = Vec::with_capacity(listed.len());
        for id in listed {
            let record = self.store.load::<PolicyRecord>(Owner::Account(account), id.as_bytes()).await?;
            documents.push(record.map(|r| self.parse(r.get(), r.revision(), kind)));
        }
        Ok(documents)
    }

    fn parse(&self, record: &PolicyRecord, revision: Revision, kind: PolicyUse) -> Arc<Document> {
        let place = (record.id, kind);
        if let Some((_, parsed)) = self.parsed.get(&place).filter(|(of, _)| *of == revision) {
            return parsed;
        }
        let prefix = if kind == PolicyUse::Guardrail { "guardrail" } else { "policy" };
        let name = format!("{prefix}:{}", record.name);
        let parsed = Arc::new(Document::read(&record.document, name, kind));
        self.parsed.insert(place, (revision, Arc::clone(&parsed)));
        parsed
    }
}

impl fmt::Debug for PolicyBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyBook").field("parsed", &self.parsed.len()).finish_non_exhaustive()
    }
}

fn or_missing(found: Vec<Option<Arc<Document>>>, listed: &[PolicyId], prefix: &str) -> Vec<Arc<Document>> {
    let named = found.into_iter().zip(listed);
    named.map(|(d, id)| d.unwrap_or_else(|| Arc::new(Document::missing(prefix, *id)))).collect()
}

/// What a key's own policy is called in decisions.
pub(crate) const KEY_POLICY: &str = "key-policy";

/// Key policies, parsed once for each text: the text itself is compared, so no epoch is needed.
#[derive(Debug)]
pub(crate) struct KeyPolicies {
    parsed: Cache<domain::KeyId, Arc<(domain::PolicyDocument, Document)>>,
}

impl KeyPolicies {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { parsed: Cache::new(capacity) }
    }

    pub(crate) fn of(&self, key: &Key) -> Arc<(domain::PolicyDocument, Document)> {
        let stored = &key.details.policy;
        if let Some(kept) = self.parsed.get(&key.id()).filter(|kept| kept.0 == *stored) {
            return kept;
        }
        let document = Document::read(stored, KEY_POLICY.to_owned(), PolicyUse::Key);
        let parsed = Arc::new((stored.clone(), document));
        self.parsed.insert(key.id(), Arc::clone(&parsed));
        parsed
    }
}
