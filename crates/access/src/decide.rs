//! The decision: may this caller do all of this? Kept for exactly as long as nothing it read can have changed.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{
    AccountId, Action, Caller, Dialect, Key, KeyId, PolicyDocument, PrincipalId, ResourceRef, StatementRef,
};
use quick_cache::sync::Cache;

use crate::book::{Caps, Documents, KeyPolicies};
use crate::document::{Document, DocumentKind};
use crate::evaluate::{Answers, Verdict, ask, combine};
use crate::permit::Allowed;
use crate::says::Question;

/// Most decisions kept.
const DECISIONS: usize = 64 * 1024;
/// Most key policies kept parsed.
const KEY_POLICIES: usize = 64 * 1024;

/// One member of a question: an action on a resource.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    pub(crate) action: Action,
    pub(crate) resource: ResourceRef,
    pub(crate) key: Option<&'a Key>,
}

impl<'a> Ask<'a> {
    /// On a key that exists, as loaded under the request's fence.
    #[must_use]
    pub const fn key(action: Action, key: &'a Key) -> Self {
        Self { action, resource: ResourceRef::Key { tenant: key.tenant(), id: key.id() }, key: Some(key) }
    }

    /// The action asked about.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// On anything else. A `ResourceRef::Key` without its key is denied.
    #[must_use]
    pub const fn of(action: Action, resource: ResourceRef) -> Self {
        Self { action, resource, key: None }
    }
}

/// The first member that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The action.
    pub action: Action,
    /// On what.
    pub on: ResourceRef,
    /// The statement that denied, or the guardrail that allows nothing here; `None` when no statement allowed.
    pub by: Option<StatementRef>,
    /// Whether the caller may know that the resource exists.
    pub may_know: bool,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is denied", self.action.word())
    }
}

impl std::error::Error for Denied {}

/// Decides.
#[derive(Debug)]
pub struct Gate {
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

impl Default for Gate {
    fn default() -> Self {
        Self::with_decisions(DECISIONS)
    }
}

impl Gate {
    /// A gate that keeps at most so many decisions; 0 keeps none.
    #[must_use]
    pub fn with_decisions(kept: usize) -> Self {
        let decisions = (kept > 0).then(|| Cache::new(kept));
        let key_policies = KeyPolicies::new(KEY_POLICIES);
        Self { operators: OnceLock::new(), key_policies, decisions, worked_out: AtomicU64::new(0) }
    }

    /// Names the account whose principals may be allowed anything on the system itself. Until it is named nobody may;
    /// it is named once.
    pub fn operated_by(&self, account: AccountId) {
        // A second name has no effect: the first stands.
        let _ = self.operators.set(account);
    }

    /// Decides about all members; each must be allowed. `documents` must come from the same request's fence.
    ///
    /// # Errors
    /// [`Denied`] names the first that is not.
    pub fn decide(
        &self,
        caller: &Caller,
        asks: &[Ask<'_>],
        documents: &Documents,
    ) -> Result<Allowed, Box<Denied>> {
        let mut allowed = Allowed::nothing_yet();
        for ask in asks {
            match self.verdict(caller, ask, documents) {
                Verdict { allowed: true, by: Some(by) } => allowed.add(ask.action, ask.resource.clone(), by),
                verdict => return Err(Box::new(self.denied(caller, ask, documents, verdict))),
            }
        }
        Ok(allowed)
    }

    /// Whether this caller could still replace the key's policy if `policy` stood: the lockout check.
    #[must_use]
    pub fn could_still_put_policy(
        &self,
        caller: &Caller,
        key: &Key,
        policy: &PolicyDocument,
        documents: &Documents,
    ) -> bool {
        let document = Document::read(policy, "key-policy".to_owned(), DocumentKind::KeyPolicy);
        let ask = Ask::key(Action::PutKeyPolicy, key);
        let answers = self.answers_with(caller, &ask, documents, Some(&document));
        answers.is_some_and(|answers| combine(&answers, Some(key)).allowed)
    }

    /// How many decisions were worked out rather than remembered, since the start; not one look-up more is counted, so
    /// that remembered ones touch nothing shared.
    #[must_use]
    pub fn worked_out(&self) -> u64 {
        self.worked_out.load(Ordering::Relaxed)
    }

    fn denied(&self, caller: &Caller, ask: &Ask<'_>, documents: &Documents, verdict: Verdict) -> Denied {
        let by = verdict.by.map(|by| StatementRef::clone(&by));
        let may_know = ask.knowing().is_some_and(|ask| self.verdict(caller, &ask, documents).allowed);
        Denied { action: ask.action, on: ask.resource.clone(), by, may_know }
    }

    fn verdict(&self, caller: &Caller, ask: &Ask<'_>, documents: &Documents) -> Verdict {
        let place = self.decisions.as_ref().zip(place_of(caller, ask, documents));
        let Some((decisions, (place, epochs))) = place else { return self.fresh(caller, ask, documents) };
        if let Some(kept) = decisions.get(&place).filter(|kept| kept.epochs == epochs) {
            return kept.verdict;
        }
        let verdict = self.fresh(caller, ask, documents);
        decisions.insert(place, Kept { epochs, verdict: verdict.clone() });
        verdict
    }

    fn fresh(&self, caller: &Caller, ask: &Ask<'_>, documents: &Documents) -> Verdict {
        self.worked_out.fetch_add(1, Ordering::Relaxed);
        self.answers(caller, ask, documents).map_or(Verdict::NO, |answers| combine(&answers, ask.key))
    }

    /// What every document says; `None` where the caller's account has no business at all.
    pub(crate) fn answers(&self, caller: &Caller, ask: &Ask<'_>, documents: &Documents) -> Option<Answers> {
        let key_policy = ask.key.map(|key| self.key_policies.of(key));
        self.answers_with(caller, ask, documents, key_policy.as_ref().map(|parsed| &parsed.1))
    }

    fn answers_with(
        &self,
        caller: &Caller,
        of: &Ask<'_>,
        documents: &Documents,
        key_policy: Option<&Document>,
    ) -> Option<Answers> {
        let caps = self.at_home(caller, of, documents)?;
        let question = Question {
            caller,
            caller_number: documents.caller_number(),
            action: of.action,
            resource: &of.resource,
            key: of.key,
            terms: caps.map(Caps::terms),
        };
        let guardrails = caps.map_or(&[][..], |caps| &caps.guardrails);
        Some(ask(&question, guardrails, key_policy, &documents.identity.documents))
    }

    /// The caps of the resource's tenant, if it lies in one; `None` across accounts (denied for now), without the
    /// documents it needs, or for a key that is not at hand.
    fn at_home<'d>(
        &self,
        caller: &Caller,
        ask: &Ask<'_>,
        documents: &'d Documents,
    ) -> Option<Option<&'d Caps>> {
        let (owner, caps) = match &ask.resource {
            ResourceRef::System => (*self.operators.get()?, None),
            ResourceRef::Account(account)
            | ResourceRef::Principal { account, .. }
            | ResourceRef::Policy { account, .. }
            | ResourceRef::AuditLog(account) => (*account, None),
            ResourceRef::Key { tenant, .. } => {
                let caps = documents.caps(*tenant)?;
                let key = ask.key.filter(|key| key.account() == caps.account)?;
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

impl<'a> Ask<'a> {
    /// What one must be allowed to know that the resource is there; `None` for the question itself.
    fn knowing(&self) -> Option<Self> {
        let action = match self.resource {
            ResourceRef::Key { .. } | ResourceRef::AbsentKey { .. } => Action::DescribeKey,
            ResourceRef::Name { .. } => Action::ListNames,
            ResourceRef::Tenant(_) => Action::ListKeys,
            ResourceRef::Principal { .. } => Action::ListPrincipals,
            ResourceRef::Policy { .. } => Action::ReadPolicy,
            ResourceRef::System | ResourceRef::Account(_) | ResourceRef::AuditLog(_) => return None,
        };
        (action != self.action).then(|| Self { action, resource: self.resource.clone(), key: self.key })
    }
}

/// Where a decision is kept and under which epochs; `None` where it is not kept.
fn place_of(caller: &Caller, ask: &Ask<'_>, documents: &Documents) -> Option<(Place, [u64; 5])> {
    let key = ask.key?;
    let caps = documents.caps(key.tenant()).filter(|_| documents.complete())?;
    let Caller { principal, mfa, via, .. } = caller;
    let place = Place { principal: *principal, key: key.id(), action: ask.action, mfa: *mfa, via: *via };
    let ([system, account], [a, b, c]) = (documents.identity.epochs, caps.epochs);
    Some((place, [system, account, a, b, c]))
}
