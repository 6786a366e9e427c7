//! An attempt on the root of trust, as the audit log tells it. Nobody is authenticated then; the record says so.

use std::borrow::Cow;

use api::{RequestContext, ShareRefusal};
use audit::FailureSummary;
use domain::{AuditRecord, Decision, Dialect, Outcome, RequestId, Subject, Target, Timestamp};
use root::shamir::{ShareFault, ShareTextError};
use root::{Act, Attempt, Refused};

/// The record of one attempt. It tells which share was given, and nothing that is in it.
pub(super) fn record(
    at: Timestamp,
    context: &RequestContext,
    attempt: &Attempt,
    kind: &'static str,
) -> AuditRecord {
    let mut said = vec![("act", act(attempt.act).to_owned())];
    let outcome = match &attempt.outcome {
        Ok(counted) => {
            if let Some((index, given)) = counted {
                said.extend([("share", index.to_string()), ("given", given.to_string())]);
            }
            Outcome::Success
        }
        Err(why) => {
            said.push(("why", why.to_string()));
            Outcome::Failure(Cow::Borrowed(word(why)))
        }
    };
    let subject = Subject { address: context.address, ..Subject::default() };
    let target = Target {
        kind: Cow::Borrowed("root"),
        id: kind.to_owned(),
        version: None,
        versions: Vec::new(),
        state: None,
    };
    AuditRecord {
        target: Some(target),
        context: said.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        ..blank(context.id, at, subject, context.place.dialect, context.operation.clone(), outcome)
    }
}

/// The record of an attempt that was not looked at, for the same peer had failed too often.
pub(super) fn throttled(at: Timestamp, context: &RequestContext) -> AuditRecord {
    let subject = Subject { address: context.address, ..Subject::default() };
    let outcome = Outcome::Failure(Cow::Borrowed("throttled"));
    blank(context.id, at, subject, context.place.dialect, context.operation.clone(), outcome)
}

/// The record of refused attempts that were only counted.
pub(super) fn summary(at: Timestamp, id: RequestId, summary: &FailureSummary) -> AuditRecord {
    let subject = Subject { address: summary.source, ..Subject::default() };
    let outcome = Outcome::Failure(Cow::Borrowed("share_refused"));
    let operation = Cow::Borrowed("UnsealFailures");
    AuditRecord {
        items: Some(u32::try_from(summary.count).unwrap_or(u32::MAX)),
        ..blank(id, at, subject, Dialect::Native, operation, outcome)
    }
}

fn blank(
    id: RequestId,
    at: Timestamp,
    subject: Subject,
    dialect: Dialect,
    operation: Cow<'static, str>,
    outcome: Outcome,
) -> AuditRecord {
    AuditRecord {
        id,
        at,
        subject,
        dialect,
        operation,
        actions: Vec::new(),
        account: None,
        account_number: None,
        tenant: None,
        target: None,
        also: Vec::new(),
        items: None,
        failed: None,
        context: Vec::new(),
        decision: Decision::NotReached,
        outcome,
        dry_run: false,
        fips_approved: None,
        micros: 0,
        epochs: Vec::new(),
        raised: Vec::new(),
    }
}

const fn act(act: Act) -> &'static str {
    match act {
        Act::Init => "init",
        Act::Unseal => "unseal",
        Act::Reset => "reset",
        Act::Seal => "seal",
    }
}

/// One word, stable.
fn word(why: &Refused) -> &'static str {
    match why {
        Refused::AlreadyInitialised => "already_initialised",
        Refused::NotInitialised => "uninitialised",
        Refused::AlreadyUnsealed => "already_unsealed",
        Refused::NotUnsealed => "already_sealed",
        Refused::NothingToReset => "nothing_to_reset",
        Refused::TookTooLong => "took_too_long",
        Refused::SharesNeeded => "shares_needed",
        other => share_refusal(other).map_or("internal", ShareRefusal::word),
    }
}

/// What is wrong with the share, if that is what is wrong.
pub(super) fn share_refusal(why: &Refused) -> Option<ShareRefusal> {
    match why {
        Refused::Text(ShareTextError::Arena(_)) => None,
        Refused::Text(ShareTextError::NotAShare) => Some(ShareRefusal::NotAShare),
        Refused::Text(_) => Some(ShareRefusal::Mistyped),
        Refused::Share { index, fault: ShareFault::WrongSplit { .. } } => {
            Some(ShareRefusal::Foreign { index: *index })
        }
        Refused::Share { index, .. } => Some(ShareRefusal::Altered { index: *index }),
        Refused::Duplicate { index } => Some(ShareRefusal::Duplicate { index: *index }),
        Refused::NoShares => Some(ShareRefusal::NoCustodians),
        Refused::WrongRoot => Some(ShareRefusal::WrongRoot),
        Refused::AlreadyInitialised
        | Refused::NotInitialised
        | Refused::AlreadyUnsealed
        | Refused::NotUnsealed
        | Refused::NothingToReset
        | Refused::SharesNeeded
        | Refused::Combine(_)
        | Refused::Split(_)
        | Refused::TookTooLong
        | Refused::Keys(_) => None,
    }
}
