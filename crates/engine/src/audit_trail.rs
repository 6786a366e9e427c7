//! What one attempt leaves for the audit log: gathered while it runs, made a record at its end.

use std::borrow::Cow;

use api::{FaultWhat, RequestContext};
use domain::{
    AccountId, AccountNumber, Action, AuditRecord, Caller, CredentialId, Decision, Key, Outcome, Proof,
    ResourceRef, StatementRef, Subject, Target, TenantId, Timestamp,
};
use spi::Fence;

use crate::cache::Place;

/// The gathered facts.
#[derive(Clone, Debug)]
pub(crate) struct Trail {
    account: Option<AccountId>,
    own: Option<AccountNumber>,
    number: Option<AccountNumber>,
    tenant: Option<TenantId>,
    target: Option<Target>,
    also: Vec<Target>,
    actions: Vec<Action>,
    decision: Decision,
    items: Option<u32>,
    failed: Option<(u32, &'static str)>,
    context: Vec<(String, String)>,
    /// Bytes that the context may still take; `None` once it was cut.
    context_left: Option<usize>,
    fips_approved: Option<bool>,
}

impl Default for Trail {
    fn default() -> Self {
        Self {
            account: None,
            own: None,
            number: None,
            tenant: None,
            target: None,
            also: Vec::new(),
            actions: Vec::new(),
            decision: Decision::NotReached,
            items: None,
            failed: None,
            context: Vec::new(),
            context_left: Some(CONTEXT_BYTES),
            fips_approved: None,
        }
    }
}

/// Most bytes of clear context that one record keeps, over all items of a batch; what is beyond is cut, never the
/// record refused. Neither AWS nor Vault bounds a context but by the request, and a batch of them may be far longer than
/// a line of the log.
const CONTEXT_BYTES: usize = 8 * 1024;
/// What a pair takes in JSON beside its texts.
const PAIR: usize = 8;

impl Trail {
    pub(crate) fn in_place(&mut self, place: &Place) {
        self.account = Some(place.account.id);
        // The first place is the caller's own; a reference may lead on from there.
        self.own.get_or_insert(place.account.number);
        self.number = Some(place.account.number);
        self.tenant = Some(place.tenant.id);
    }

    /// Tells a refusal whose accounts it is about, for dialects whose texts name them.
    pub(crate) fn address(&self, fault: &mut api::Fault) {
        let hidden = matches!(fault.what, FaultWhat::Denied { may_know: false, .. });
        fault.caller_account = self.own;
        // Who may not know is not told whose it is either.
        fault.owner_account = if hidden { self.own } else { self.number };
    }

    pub(crate) fn asks(&mut self, actions: impl IntoIterator<Item = Action>) {
        self.actions.extend(actions);
    }

    pub(crate) fn allowed(&mut self, by: StatementRef) {
        self.decision = Decision::Allowed(by);
    }

    pub(crate) fn denied(&mut self, by: Option<StatementRef>) {
        self.decision = Decision::Denied(by);
    }

    pub(crate) fn on_key(&mut self, key: &Key) {
        let id = key.id().to_string();
        self.target = Some(Target { state: Some(key.state()), ..target("key", id) });
    }

    pub(crate) fn on(&mut self, resource: &ResourceRef) {
        let (kind, id) = match resource {
            ResourceRef::System => ("system", String::new()),
            ResourceRef::Account(id) => ("account", id.to_string()),
            ResourceRef::Tenant(id) => ("tenant", id.to_string()),
            ResourceRef::Key { id, .. } => ("key", id.to_string()),
            ResourceRef::AbsentKey { text, .. } => ("absent-key", text.clone()),
            ResourceRef::Name { name, .. } => {
                ("name", format!("{}:{}", name.space().index_word(), name.text()))
            }
            ResourceRef::Principal { id, .. } => ("principal", id.to_string()),
            ResourceRef::Policy { id, .. } => ("policy", id.to_string()),
            ResourceRef::AuditLog(id) => ("audit-log", id.to_string()),
        };
        self.on_other(kind, id);
    }

    pub(crate) fn on_other(&mut self, kind: &'static str, id: String) {
        self.target = Some(target(kind, id));
    }

    /// Keeps what the request was about so far beside what it is about next.
    pub(crate) fn set_aside(&mut self) {
        self.also.extend(self.target.take());
    }

    /// The version that was used of what was set aside last.
    pub(crate) fn version_aside(&mut self, ordinal: u32) {
        if let Some(aside) = self.also.last_mut() {
            aside.version = Some(ordinal);
        }
    }

    pub(crate) fn version(&mut self, ordinal: u32) {
        let Some(target) = &mut self.target else { return };
        let before = target.version.replace(ordinal);
        if let Some(before) = before.filter(|before| *before != ordinal) {
            keep_sorted(&mut target.versions, before);
            keep_sorted(&mut target.versions, ordinal);
        }
    }

    pub(crate) fn items(&mut self, count: usize) {
        self.items = u32::try_from(count).ok().filter(|n| *n > 1);
    }

    /// One item failed, whatever became of the others.
    pub(crate) fn item_failed(&mut self, what: &FaultWhat) {
        let (count, first) = self.failed.unwrap_or((0, what.word()));
        self.failed = Some((count.saturating_add(1), first));
    }

    /// How a command that was carried out ended: a batch with failures is no plain success.
    pub(crate) fn outcome(&self) -> Outcome {
        self.failed.map_or(Outcome::Success, |(_, word)| Outcome::Failure(Cow::Borrowed(word)))
    }

    pub(crate) fn bound(&mut self, pairs: &[(String, String)]) {
        for pair in pairs {
            // Each pair costs its punctuation too, so that empty ones do not come for nothing.
            let size = pair.0.len().saturating_add(pair.1.len()).saturating_add(PAIR);
            let Some(left) = self.context_left else { return };
            self.context_left = left.checked_sub(size);
            let cut = || ("(cut)".to_owned(), String::new());
            self.context.push(self.context_left.map_or_else(cut, |_| pair.clone()));
        }
    }

    /// About how many bytes the record will take in the log.
    pub(crate) fn estimate(context: &RequestContext) -> usize {
        CONTEXT_BYTES + 2048 + context.operation.len()
    }

    pub(crate) fn record(self, facts: &Facts<'_>, outcome: Outcome) -> AuditRecord {
        let Facts { context, subject, at, micros, fence } = facts;
        AuditRecord {
            id: context.id,
            at: *at,
            subject: subject.clone(),
            dialect: context.place.dialect,
            operation: context.operation.clone(),
            actions: self.actions,
            account: self.account.or(subject.account),
            account_number: self.number,
            tenant: self.tenant,
            target: self.target,
            also: self.also,
            items: self.items,
            failed: self.failed.map(|(count, _)| count),
            context: self.context,
            decision: self.decision,
            outcome,
            dry_run: context.dry_run,
            fips_approved: self.fips_approved,
            micros: *micros,
            epochs: fence.epochs().collect(),
            raised: Vec::new(),
        }
    }
}

fn target(kind: &'static str, id: String) -> Target {
    Target { kind: Cow::Borrowed(kind), id, version: None, versions: Vec::new(), state: None }
}

fn keep_sorted(versions: &mut Vec<u32>, used: u32) {
    if let Err(at) = versions.binary_search(&used) {
        versions.insert(at, used);
    }
}

/// What the gate knows beside the trail.
pub(crate) struct Facts<'a> {
    pub(crate) context: &'a RequestContext,
    pub(crate) subject: Subject,
    pub(crate) at: Timestamp,
    pub(crate) micros: u64,
    pub(crate) fence: &'a Fence,
}

/// An authenticated caller, for the record.
pub(crate) fn subject_of(caller: &Caller) -> Subject {
    Subject {
        principal: Some(caller.principal),
        name: Some(caller.name.to_string()),
        account: Some(caller.account),
        credential: Some(caller.credential.clone()),
        mfa: caller.mfa,
        address: caller.address,
    }
}

/// What is known of somebody whose proof failed: the public half of the credential, never a token.
pub(crate) fn subject_of_failed(proof: &Proof, context: &RequestContext) -> Subject {
    let credential: Option<CredentialId> = match proof {
        Proof::Signature(signature) => Some(signature.credential.clone()),
        Proof::Anonymous | Proof::Bearer(_) => None,
    };
    Subject { credential, address: context.address, ..Subject::default() }
}

/// The word of an outcome.
pub(crate) const fn failure(what: &FaultWhat) -> Outcome {
    Outcome::Failure(Cow::Borrowed(what.word()))
}

#[cfg(test)]
mod tests {
    use domain::{Coordinates, Dialect, RequestId};

    use super::*;

    /// A ticket that is too small for its record would let a full disk refuse after the act.
    #[test]
    fn the_space_that_is_asked_for_holds_the_longest_record_and_not_much_more() {
        for operation in [String::new(), "o".repeat(6000)] {
            let at = Timestamp::from_millis(1_800_000_000_000);
            let context = RequestContext {
                id: RequestId::at(at, [9; 10]),
                received_at: at,
                place: Coordinates::new(Dialect::Aws, "*/us-east-1"),
                operation: operation.into(),
                address: None,
                dry_run: false,
            };
            let mut trail = Trail::default();
            trail.bound(&vec![("n".to_owned(), "v".repeat(100)); 200]);
            let fence = Fence::default();
            let facts =
                Facts { context: &context, subject: Subject::default(), at, micros: 1, fence: &fence };
            let record = trail.record(&facts, Outcome::Success);
            let (taken, asked) = (serde_json::to_vec(&record).unwrap().len(), Trail::estimate(&context));
            assert!(taken > CONTEXT_BYTES, "{taken}");
            assert!((taken..2 * taken).contains(&asked), "{asked} for {taken}");
        }
    }
}
