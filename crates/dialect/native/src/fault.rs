//! The gate's faults in our own words: one match without a wildcard (INV-8).

use api::{FaultWhat, Limit, Malformed, Precondition, ShareRefusal};
use codec_native::Code;
use domain::{Action, KeyId, KeyState, ResourceRef, ScheduledDestruction, StatementRef};
use edge::Refusal;

use crate::reference;
use crate::refused::Refused;
use crate::words::word as word_of;

/// Words a fault.
pub(crate) fn word(what: &FaultWhat) -> Refused {
    match what {
        FaultWhat::ProofMissing => say(Code::ProofMissing, "a bearer token is missing"),
        FaultWhat::CredentialUnknown => say(Code::CredentialUnknown, "the token is unknown or was revoked"),
        FaultWhat::ProofInvalid => say(Code::ProofInvalid, "what was presented proves nothing"),
        FaultWhat::CredentialExpired => say(Code::CredentialExpired, "the credential has expired"),
        FaultWhat::ClockSkew { signed_at, now, window } => say(
            Code::ClockSkew,
            format!(
                "the request was signed at {}, more than {window} seconds from {}",
                signed_at.rfc3339(),
                now.rfc3339()
            ),
        ),
        FaultWhat::PlaceUnknown { place } => {
            let tenant = place.rsplit_once('/').map_or(place.as_str(), |(_, tenant)| tenant);
            say(Code::PlaceUnknown, format!("there is no tenant `{tenant}`")).with("tenant", tenant)
        }
        FaultWhat::Denied { caller, action, on, by, may_know } => {
            denied(caller, *action, on, by.as_ref(), *may_know)
        }
        FaultWhat::KeyNotFound { given } => {
            say(Code::KeyNotFound, format!("there is no key `{given}`")).with("key", given)
        }
        FaultWhat::NameNotFound { name } => {
            let name = reference::text(name);
            say(Code::NameNotFound, format!("there is no key named `{name}`")).with("name", name)
        }
        FaultWhat::NameTaken { name } => {
            let name = reference::text(name);
            say(Code::NameTaken, format!("the name `{name}` leads to another key")).with("name", name)
        }
        FaultWhat::NameReserved { name } => {
            let name = reference::text(name);
            say(Code::NameReserved, format!("the name `{name}` is kept for the system")).with("name", name)
        }
        FaultWhat::ObjectNotFound { kind, given } => {
            say(Code::ObjectNotFound, format!("there is no {kind} `{given}`")).with(kind, given)
        }
        FaultWhat::ObjectExists { kind, given } => {
            say(Code::ObjectExists, format!("there is a {kind} `{given}` already")).with(kind, given)
        }
        FaultWhat::WrongState { key, state, destruction } => wrong_state(*key, *state, *destruction),
        FaultWhat::MaterialAbsent { key, reason } => {
            let reason = word_of(*reason);
            say(Code::MaterialAbsent, format!("the material of key {key} is not here: {reason}"))
                .with("key", key)
        }
        FaultWhat::WrongUsage { key, wanted, usage } => {
            let usage: Vec<_> = usage.iter().map(word_of).collect();
            let (wanted, usage) = (word_of(*wanted), usage.join(", "));
            say(Code::WrongUsage, format!("key {key} is not for `{wanted}` but for {usage}")).with("key", key)
        }
        FaultWhat::WrongAlgorithm { key, spec, .. } => {
            let text = format!("key {key} is `{}`, which does not serve that algorithm", word_of(*spec));
            say(Code::WrongAlgorithm, text).with("key", key)
        }
        FaultWhat::WrongSpec { key, spec } => {
            let text = format!("the algorithm does not fit key {key}, which is `{}`", word_of(*spec));
            say(Code::WrongSpec, text).with("key", key)
        }
        FaultWhat::NoPublicHalf { key, spec } => {
            let text = format!("key {key} is `{}`, which has no public half", word_of(*spec));
            say(Code::NoPublicHalf, text).with("key", key)
        }
        FaultWhat::SpecUnsupported { spec, .. } => {
            let text = format!("no provider makes `{}` keys for these uses", word_of(*spec));
            say(Code::SpecUnsupported, text).with("spec", word_of(*spec))
        }
        FaultWhat::NoSuchVersion { key, version, latest } => {
            let text = format!("key {key} has no version {version}; the newest is {latest}");
            say(Code::NoSuchVersion, text).with("key", key)
        }
        FaultWhat::VersionForbidden { key, version } => {
            say(Code::VersionForbidden, format!("version {version} of key {key} is held back for this use"))
                .with("key", key)
        }
        FaultWhat::CiphertextForeign { named } => {
            say(Code::CiphertextForeign, format!("the ciphertext was not made under key {named}"))
                .with("key", named)
        }
        FaultWhat::CiphertextInvalid => say(
            Code::CiphertextInvalid,
            "the ciphertext does not open: it is damaged, not ours, or its context differs",
        ),
        FaultWhat::SignatureInvalid => say(Code::SignatureInvalid, "the signature does not verify"),
        FaultWhat::MacInvalid => say(Code::MacInvalid, "the message authentication code does not verify"),
        FaultWhat::MaterialMismatch { expected } => {
            say(Code::MaterialMismatch, "this is not the material that the version had")
                .with("material_id", expected)
        }
        FaultWhat::LimitExceeded(limit) => limited(*limit),
        FaultWhat::Malformed(what) => malformed(what),
        FaultWhat::Precondition(what) => precondition(what),
        FaultWhat::DryRun => say(Code::DryRun, "nothing was done: it was only asked what would come of it"),
        FaultWhat::Unsupported { what } => {
            say(Code::Unsupported, format!("this server does not offer {what}"))
        }
        FaultWhat::Conflict => say(Code::Conflict, "others changed it at the same time; try again"),
        FaultWhat::Throttled { retry_after } => {
            say(Code::Throttled, "too many requests; wait and try again").after(*retry_after)
        }
        FaultWhat::Sealed => say(Code::Sealed, "the system is sealed; custodians must unseal it"),
        FaultWhat::Uninitialised => say(Code::Uninitialised, "the system is not initialised yet"),
        FaultWhat::AlreadyInitialised => say(Code::AlreadyInitialised, "the system is initialised already"),
        FaultWhat::AuditUnavailable { retry_after } => {
            say(Code::AuditUnavailable, "the audit log cannot be written, so nothing was done; try again")
                .after(*retry_after)
        }
        FaultWhat::StoreUnavailable { retry_after } => {
            say(Code::StoreUnavailable, "the store cannot be reached, so nothing was done; try again")
                .after(*retry_after)
        }
        FaultWhat::OutcomeUnknown => {
            say(Code::OutcomeUnknown, "the change may or may not have happened; read before trying again")
        }
        FaultWhat::ProviderUnavailable { retry_after } => {
            say(Code::ProviderUnavailable, "what holds the key's material does not answer; try again")
                .after(*retry_after)
        }
        FaultWhat::Corrupt { kind } => {
            say(Code::Corrupt, format!("a stored {kind} does not open; an operator must look"))
        }
        FaultWhat::Internal => Refused::internal(),
    }
}

fn say(code: Code, message: impl Into<String>) -> Refused {
    Refused::new(code, message)
}

/// Words a refusal of a share. It shows nothing of it but the index it bears.
pub(crate) fn of_share(why: ShareRefusal) -> Refused {
    let (index, text) = match why {
        ShareRefusal::NotAShare => (None, "this is no share; a share begins with `kss1-`"),
        ShareRefusal::Mistyped => (None, "characters of the share are missing or wrong; copy the whole line"),
        ShareRefusal::Foreign { index } => (Some(index), "it belongs to another system, or was replaced"),
        ShareRefusal::Altered { index } => (Some(index), "it was altered; use another copy of it"),
        ShareRefusal::Duplicate { index } => (Some(index), "it was given already; give another"),
        ShareRefusal::NoCustodians => {
            (None, "this system has no custodians; restart the server, which reads its root of trust")
        }
        ShareRefusal::WrongRoot => (
            None,
            "these shares did not seal this system: what is stored was exchanged; an operator must look",
        ),
    };
    match index {
        Some(index) => say(Code::ShareRefused, format!("share {index}: {text}")).with("share", index),
        None => say(Code::ShareRefused, text),
    }
}

/// Words a refusal of the edge.
pub(crate) fn of_edge(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::BodyTooLarge => Refused::new(Code::BodyTooLarge, "the body is too large"),
        Refusal::BodyTimeout => Refused::new(Code::BodyTimeout, "the body did not arrive in time"),
        Refusal::Overloaded { retry_after } => {
            Refused::new(Code::Overloaded, "too much is under way; try again").after(retry_after)
        }
        Refusal::Draining => Refused::new(Code::Draining, "the server is stopping; try again").after(1000),
    }
}

/// Whoever may not know whether a key or name is there reads the same words either way.
fn denied(
    caller: &str,
    action: Action,
    on: &ResourceRef,
    by: Option<&StatementRef>,
    may_know: bool,
) -> Refused {
    let action = action.word();
    let hides =
        matches!(on, ResourceRef::Key { .. } | ResourceRef::AbsentKey { .. } | ResourceRef::Name { .. });
    if hides && !may_know {
        let text = format!("the caller `{caller}` is not allowed `{action}` on that key, or it is not there");
        return Refused::new(Code::Denied, text).with("caller", caller).with("action", action);
    }
    let on = resource(on);
    let refused = |why: String| {
        let text = format!("the caller `{caller}` is not allowed `{action}` on {on}; {why}");
        Refused::new(Code::Denied, text).with("caller", caller).with("action", action).with("on", &on)
    };
    match by {
        None => refused("no statement allows it".to_owned()),
        Some(StatementRef { document, statement }) => {
            refused(format!("decided by `{document}` statement `{statement}`"))
                .with("document", document)
                .with("statement", statement)
        }
    }
}

fn resource(on: &ResourceRef) -> String {
    match on {
        ResourceRef::System => "the system".to_owned(),
        ResourceRef::Account(id) => format!("account {id}"),
        ResourceRef::Tenant(id) => format!("tenant {id}"),
        ResourceRef::Key { id, .. } => format!("key {id}"),
        ResourceRef::AbsentKey { text, .. } => format!("key `{text}`"),
        ResourceRef::Name { name, .. } => format!("name `{}`", reference::text(name)),
        ResourceRef::Principal { id, .. } => format!("principal {id}"),
        ResourceRef::Policy { id, .. } => format!("policy {id}"),
        ResourceRef::AuditLog(id) => format!("the audit log of account {id}"),
    }
}

fn wrong_state(key: KeyId, state: KeyState, destruction: Option<ScheduledDestruction>) -> Refused {
    let text = match destruction {
        Some(due) => format!("key {key} is to be destroyed at {}", due.due_at.rfc3339()),
        None => format!("key {key} is {state}"),
    };
    Refused::new(Code::WrongState, text).with("key", key).with("state", state)
}

fn limited(limit: Limit) -> Refused {
    let (what, max, unit) = match limit {
        Limit::PlaintextBytes { max } => ("the plaintext", max, "bytes"),
        Limit::AlgorithmPlaintextBytes { max, .. } => ("a plaintext under this key", max, "bytes"),
        Limit::MessageBytes { max } => ("the message", max, "bytes"),
        Limit::CiphertextBytes { max } => ("the ciphertext", max, "bytes"),
        Limit::PolicyBytes { max } => ("the policy", max, "bytes"),
        Limit::DescriptionChars { max } => ("the description", max, "characters"),
        Limit::NamesPerKey { max } => ("a key", max, "names"),
        Limit::LabelsPerKey { max } => ("a key", max, "labels"),
        Limit::RotationsOnDemand { key: _, max } => ("a key", max, "versions on demand"),
        Limit::BatchItems { max } => ("a batch", max, "items"),
        Limit::ListItems { max } => ("a list", max, "items"),
        Limit::RecordBytes { max } => ("the record", max, "bytes"),
    };
    Refused::new(Code::LimitExceeded, format!("{what} has at most {max} {unit}")).with("max", max)
}

fn malformed(what: &Malformed) -> Refused {
    match what {
        Malformed::KeyReference { given } => {
            Refused::malformed(format!("`{given}` is no reference to a key"))
        }
        Malformed::Name { given, why } => Refused::malformed(format!("`{given}` is no name: {why}")),
        Malformed::Digest { .. } => Refused::malformed("the digest has not the length of one"),
        Malformed::MessageForm { form, .. } => {
            let form = word_of(*form);
            Refused::malformed(format!("the algorithm does not take a message as `{form}`"))
        }
        Malformed::PeerKey => Refused::malformed("the peer's public key does not fit the key"),
        Malformed::Cursor => Refused::malformed("`after` is no cursor that a list gave"),
        Malformed::Policy { why } => Refused::malformed(format!("the policy is refused: {why}")),
        Malformed::OutOfRange { field, min, max } => {
            Refused::malformed(format!("`{field}` must be between {min} and {max}")).with("field", field)
        }
        Malformed::Field { field, why } => {
            Refused::malformed(format!("`{field}` is wrong: {why}")).with("field", field)
        }
    }
}

fn precondition(what: &Precondition) -> Refused {
    let text = match what {
        Precondition::PolicyLockout => {
            "the policy would not let you change it again; allow yourself `key:put-policy`".to_owned()
        }
        Precondition::DestructionNotScheduled { key } => format!("no destruction of key {key} is scheduled"),
        Precondition::DestructionNotAllowed => "the key's settings do not allow its destruction".to_owned(),
        Precondition::DestructionWait { least } => {
            format!("destruction of this key waits at least {least} seconds")
        }
        Precondition::UnlikeKeys { now, then } => {
            format!("key {then} is of another kind or for other uses than key {now}, to which the name leads")
        }
        Precondition::Ratchet(which) => format!("`{which}` can be tightened but not loosened"),
        Precondition::NotRotatable { key } => format!("key {key} is no symmetric encryption key"),
    };
    Refused::new(Code::Precondition, text)
}
