//! From what the rooms below say to the fault that a dialect words. Causes go along for the log.

use access::{AuthFailure, GuardError};
use api::{Fault, FaultWhat, Limit, Malformed, Precondition};
use domain::{Key, KeyId, Refusal};
use spi::{AuditError, CommitError, MaterialError, ProviderError, StoreError};

/// How long a client should wait before it tries again, in milliseconds.
pub(crate) const RETRY: u32 = 1000;

pub(crate) fn store_fault(e: StoreError) -> Fault {
    let what = match &e {
        StoreError::Sealed => FaultWhat::Sealed,
        StoreError::Corrupt { kind, .. } => FaultWhat::Corrupt { kind: kind.word() },
        StoreError::Unavailable(_) => FaultWhat::StoreUnavailable { retry_after: RETRY },
    };
    Fault::because(what, e)
}

pub(crate) fn audit_fault(e: AuditError) -> Fault {
    Fault::because(FaultWhat::AuditUnavailable { retry_after: RETRY }, e)
}

/// Everything but `Stale` and `Conflict`, which the gate answers itself by trying again.
pub(crate) fn commit_fault(e: CommitError) -> Fault {
    let what = match &e {
        CommitError::Stale(_) | CommitError::Conflict | CommitError::Taken(_) => FaultWhat::Conflict,
        CommitError::TooLarge { max } => FaultWhat::LimitExceeded(Limit::RecordBytes { max: *max }),
        CommitError::OutcomeUnknown => FaultWhat::OutcomeUnknown,
        CommitError::Store(StoreError::Sealed) => FaultWhat::Sealed,
        CommitError::Store(StoreError::Corrupt { kind, .. }) => FaultWhat::Corrupt { kind: kind.word() },
        CommitError::Store(StoreError::Unavailable(_)) => FaultWhat::StoreUnavailable { retry_after: RETRY },
    };
    Fault::because(what, e)
}

pub(crate) fn material_fault(e: MaterialError) -> Fault {
    let what = match e {
        MaterialError::Sealed => FaultWhat::Sealed,
        MaterialError::Absent | MaterialError::Corrupt => FaultWhat::Corrupt { kind: "material" },
        MaterialError::Unavailable => FaultWhat::StoreUnavailable { retry_after: RETRY },
    };
    Fault::because(what, e)
}

/// A provider's refusal, and what a rejection means here.
fn provider_fault(key: KeyId, spec: domain::KeySpec, e: ProviderError, rejected: FaultWhat) -> Fault {
    let what = match e {
        ProviderError::Rejected | ProviderError::Malformed => rejected,
        ProviderError::Unsupported => FaultWhat::WrongSpec { key, spec },
        ProviderError::OutOfMemory | ProviderError::Unavailable => {
            FaultWhat::ProviderUnavailable { retry_after: RETRY }
        }
    };
    Fault::because(what, e)
}

pub(crate) fn auth_fault(e: AuthFailure) -> Fault {
    match e {
        AuthFailure::Missing => FaultWhat::ProofMissing.into(),
        AuthFailure::Unknown => FaultWhat::CredentialUnknown.into(),
        AuthFailure::Invalid => FaultWhat::ProofInvalid.into(),
        AuthFailure::Expired => FaultWhat::CredentialExpired.into(),
        AuthFailure::ClockSkew { signed_at, now, window } => {
            FaultWhat::ClockSkew { signed_at, now, window }.into()
        }
        AuthFailure::Store(e) => store_fault(e),
        AuthFailure::Material(e) => material_fault(e),
    }
}

/// Why the guard did not do it, for a key that may only be in the making, where rejection means that a ciphertext does
/// not open.
pub(crate) fn guard_fault(id: KeyId, spec: domain::KeySpec, e: GuardError) -> Fault {
    guard_fault_as(id, spec, e, FaultWhat::CiphertextInvalid)
}

/// As [`guard_fault`], where rejection means something else.
pub(crate) fn guard_fault_as(id: KeyId, spec: domain::KeySpec, e: GuardError, rejected: FaultWhat) -> Fault {
    match e {
        GuardError::Material(e) => material_fault(e),
        GuardError::Provider(e) => provider_fault(id, spec, e, rejected),
        GuardError::Busy => Fault::because(FaultWhat::Throttled { retry_after: RETRY }, e),
        GuardError::BeyondPermit => Fault::because(FaultWhat::Internal, e),
    }
}

/// What the domain refuses about a key.
pub(crate) fn refusal_fault(key: &Key, refusal: Refusal, ordinal: Option<u32>) -> Fault {
    let id = key.id();
    let wrong_state = |state, destruction| FaultWhat::WrongState { key: id, state, destruction };
    let asked = ordinal.or(key.primary()).unwrap_or(0);
    let what = match refusal {
        Refusal::State(state) => wrong_state(state, None),
        Refusal::DestructionScheduled(d) => wrong_state(key.state(), Some(d)),
        Refusal::Illegal(e) => wrong_state(e.from, key.destruction()),
        Refusal::MaterialAbsent(reason) => FaultWhat::MaterialAbsent { key: id, reason },
        Refusal::NoSuchVersion => {
            let latest = key.versions().iter().map(domain::KeyVersion::ordinal).max().unwrap_or(0);
            FaultWhat::NoSuchVersion { key: id, version: asked, latest }
        }
        Refusal::VersionForbidden => FaultWhat::VersionForbidden { key: id, version: asked },
        Refusal::Usage(wanted) => FaultWhat::WrongUsage { key: id, wanted, usage: key.usage() },
        Refusal::NoPublicHalf(spec) => FaultWhat::NoPublicHalf { key: id, spec },
        Refusal::WaitTooShort { least } => FaultWhat::Precondition(Precondition::DestructionWait { least }),
        Refusal::NotScheduled => FaultWhat::Precondition(Precondition::DestructionNotScheduled { key: id }),
        Refusal::NotDue => FaultWhat::Precondition(Precondition::DestructionWait { least: 0 }),
    };
    what.into()
}

/// A field of the request that is wrong in itself.
pub(crate) fn field(field: &'static str, why: &'static str) -> Fault {
    FaultWhat::Malformed(Malformed::Field { field, why }).into()
}
