//! The decision: may this caller do all of this? Kept for exactly as long as nothing it read can have changed.

use std::cell::OnceCell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{
    AccountId, Action, Caller, Dialect, Key, KeyId, PolicyDocument, PrincipalId, ResourceRef, StatementRef,
    Tenant,
};
use quick_cache::sync::Cache;

use crate::book::{Caps, Documents, KEY_POLICY, KeyPolicies};
use crate::document::{Document, PolicyUse};
use crate::evaluate::{Answers, Verdict, ask, combine};
use crate::permit::Allowed;
use crate::says::Question;

/// Most key policies kept parsed.
const KEY_POLICIES: usize = 64 * 1024;

/// One action on one resource, with the records that the engine has read of it under the request's fence.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// The action.
    pub action: Action,
    /// On what.
    pub resource: &'a ResourceRef,
    pub(crate) key: Option<&'a Key>,
    pub(crate) tenant: Option<&'a Tenant>,
}

impl<'a> Demand<'a> {
    /// On a key that exists; `resource` must name it.
    #[must_use]
    pub const fn on_key(action: Action, resource: &'a ResourceRef, key: &'a Key, tenant: &'a Tenant) -> Self {
        Self { action, resource, key: Some(key), tenant: Some(tenant) }
    }

    /// On anything else in a tenant: the tenant itself, a name, a key that is not there.
    #[must_use]
    pub const fn in_tenant(action: Action, resource: &'a ResourceRef, tenant: &'a Tenant) -> Self {
        Self { action, resource, key: None, tenant: Some(tenant) }
    }

    /// On something of an account or the system.
    #[must_use]
    pub const fn outside(action: Action, resource: &'a ResourceRef) -> Self {
        Self { action, resource, key: None, tenant: None }
    }

    fn names(&self, key: &Key) -> bool {
        *self.resource == ResourceRef::Key { tenant: key.tenant(), id: key.id() }
    }

    /// What one must be allowed to know that the resource is there; `None` for the question itself.
    fn knowing(self) -> Option<Self> {
        let action = match self.resource {
            ResourceRef::Key { .. } | ResourceRef::AbsentKey { .. } => Action::DescribeKey,
            ResourceRef::Name { .. } => Action::ListNames,
            ResourceRef::Tenant(_) => Action::ListKeys,
            ResourceRef::Principal { .. } => Action::ListPrincipals,
            ResourceRef::Policy { .. } => Action::ReadPolicy,
            ResourceRef::System | ResourceRef::Account(_) | ResourceRef::AuditLog(_) => return None,
        };
        (action != self.action).then_some(Self { action, ..self })
    }
}

/// The first demand that is not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denied {
    /// The statement that denied, or the guardrail that allows nothing here; `None` when no statement allowed.
    pub(crate) by: Option<StatementRef>,
    /// Whether the caller may know that the resource exists.
    pub(crate) may_know: bool,
}

/// Decides.
#[derive(Debug)]
pub(crate) struct Gate {
    operators: OnceLock<AccountId>,
    pub(crate) key_policies: KeyPolicies,
    decisions: Option<Cache<Place, Kept>>,
    worked_out: AtomicU64,
}

/// What a kept decision depends on beside its epochs: every attribute of a request that a document can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place {
    principal: PrincipalId,
    key: KeyId,
    action: Action,
    mfa: bool,
    via: Dialect,
}

#[derive(Clone, Debug)]
struct Kept {
    epochs: [u64; 5],
    verdict: Verdict,
}

impl Gate {
    /// A gate that keeps at most so many decisions; 0 keeps none.
    pub(crate) fn with_decisions(kept: usize) -> Self {
        let decisions = (kept > 0).then(|| Cache::new(kept));
        let key_policies = KeyPolicies::new(KEY_POLICIES);
        Self { operators: OnceLock::new(), key_policies, decisions, worked_out: AtomicU64::new(0) }
    }

    /// Names the account whose principals may be allowed anything on the system itself. Until it is named nobody may;
    /// it is named once.
    pub(crate) fn operated_by(&self, account: AccountId) {
        // A second name has no effect: the first stands.
        let _ = self.operators.set(account);
    }

    /// Decides about all demands; each must be met.
    pub(crate) fn decide(
        &self,
        caller: &Caller,
        demands: &[Demand<'_>],
        documents: &Documents,
    ) -> Result<Allowed, Denied> {
        let mut allowed: Option<Allowed> = None;
        for demand in demands {
            let verdict = self.verdict(caller, *demand, documents);
            let (true, Some(by)) = (verdict.allowed, verdict.by.clone()) else {
                return Err(self.denied(caller, *demand, documents, verdict));
            };
            let member = (demand.action, demand.resource, by);
            match &mut allowed {
                Some(allowed) => allowed.add(member),
                None => allowed = Some(Allowed::new(member)),
            }
        }
        // Nothing asked is nothing allowed.
        allowed.ok_or(Denied { by: None, may_know: false })
    }

    /// Whether the caller could still write the policy of a key in the tenant if `policy` stood.
    pub(crate) fn keeps_control(
        &self,
        caller: &Caller,
        policy: &PolicyDocument,
        tenant: &Tenant,
        documents: &Documents,
    ) -> bool {
        let document = Document::read(policy, KEY_POLICY.to_owned(), PolicyUse::Key);
        let on = ResourceRef::Tenant(tenant.id);
        let demand = Demand::in_tenant(Action::PutKeyPolicy, &on, tenant);
        let answers = self.answers_with(caller, demand, documents, Some(&document));
        answers.is_some_and(|answers| combine(&answers).allowed)
    }

    /// How many decisions were worked out rather than remembered, since the start.
    pub(crate) fn worked_out(&self) -> u64 {
        self.worked_out.load(Ordering::Relaxed)
    }

    fn denied(&self, caller: &Caller, demand: Demand<'_>, documents: &Documents, verdict: Verdict) -> Denied {
        let by = verdict.by.map(|by| StatementRef::clone(&by));
        let may_know = demand.knowing().is_some_and(|demand| self.verdict(caller, demand, documents).allowed);
        Denied { by, may_know }
    }

    fn verdict(&self, caller: &Caller, demand: Demand<'_>, documents: &Documents) -> Verdict {
        let place = self.decisions.as_ref().zip(place_of(caller, demand, documents));
        let Some((decisions, (place, epochs))) = place else { return self.fresh(caller, demand, documents) };
        if let Some(kept) = decisions.get(&place).filter(|kept| kept.epochs == epochs) {
            return kept.verdict;
        }
        let verdict = self.fresh(caller, demand, documents);
        decisions.insert(place, Kept { epochs, verdict: verdict.clone() });
        verdict
    }

    fn fresh(&self, caller: &Caller, demand: Demand<'_>, documents: &Documents) -> Verdict {
        self.worked_out.fetch_add(1, Ordering::Relaxed);
        self.answers(caller, demand, documents).map_or(Verdict::NO, |answers| combine(&answers))
    }

    /// What every document says; `None` where the caller's account has no business at all.
    pub(crate) fn answers(
        &self,
        caller: &Caller,
        demand: Demand<'_>,
        documents: &Documents,
    ) -> Option<Answers> {
        let key_policy = demand.key.map(|key| self.key_policies.of(key));
        self.answers_with(caller, demand, documents, key_policy.as_ref().map(|parsed| &parsed.1))
    }

    fn answers_with(
        &self,
        caller: &Caller,
        demand: Demand<'_>,
        documents: &Documents,
        key_policy: Option<&Document>,
    ) -> Option<Answers> {
        let caps = self.at_home(caller, demand, documents)?;
        let question = Question {
            caller,
            caller_number: documents.identity.number,
            action: demand.action,
            resource: demand.resource,
            key: demand.key,
            owner: caps.map(|caps| caps.account),
            terms: caps.map(Caps::terms),
            framed: OnceCell::new(),
        };
        let guardrails = caps.map_or(&[][..], |caps| &caps.guardrails);
        Some(ask(&question, guardrails, key_policy, &documents.identity.documents))
    }

    /// The caps of the resource's tenant, if it lies in one; `None` across accounts (denied for now), without the
    /// documents it needs, or for a key that is not at hand.
    fn at_home<'d>(
        &self,
        caller: &Caller,
        demand: Demand<'_>,
        documents: &'d Documents,
    ) -> Option<Option<&'d Caps>> {
        let (owner, caps) = match demand.resource {
            ResourceRef::System => (*self.operators.get()?, None),
            ResourceRef::Account(account)
            | ResourceRef::Principal { account, .. }
            | ResourceRef::Policy { account, .. }
            | ResourceRef::AuditLog(account) => (*account, None),
            ResourceRef::Key { tenant, .. } => {
                let caps = documents.caps(*tenant)?;
                let key = demand.key.filter(|key| demand.names(key) && key.account() == caps.account)?;
                (key.account(), Some(caps))
            }
            ResourceRef::Tenant(tenant)
            | ResourceRef::AbsentKey { tenant, .. }
            | ResourceRef::Name { tenant, .. } => {
                let caps = documents.caps(*tenant)?;
                (caps.account, Some(caps))
            }
        };
        (owner == caller.account).then_some(caps)
    }
}

/// Where a decision is kept and under which epochs; `None` where it is not kept.
fn place_of(caller: &Caller, demand: Demand<'_>, documents: &Documents) -> Option<(Place, [u64; 5])> {
    let key = demand.key.filter(|key| demand.names(key))?;
    let caps = documents.caps(key.tenant()).filter(|_| documents.complete())?;
    let Caller { principal, mfa, via, .. } = caller;
    let place = Place { principal: *principal, key: key.id(), action: demand.action, mfa: *mfa, via: *via };
    let ([system, account], [a, b, c]) = (documents.identity.epochs, caps.epochs);
    Some((place, [system, account, a, b, c]))
}
