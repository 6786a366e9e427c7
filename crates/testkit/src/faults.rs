//! Every fault there is, with data in it: what a dialect's golden fault table must have words for (INV-8).

use api::{FaultWhat, Limit, Malformed, Precondition};
use domain::{
    AbsentReason, AccountId, Action, Algorithm, BadName, HashAlgorithm, KeyId, KeySpec, KeyState, MaterialId,
    MessageForm, Name, ResourceRef, ScheduledDestruction, SignatureAlgorithm, Space, StatementRef, TenantId,
    Timestamp, Usage, UsageSet,
};

/// How many kinds [`kind`] tells apart.
#[cfg(test)]
const KINDS: usize = 43;

/// At least one fault of every kind, and more where words depend on the data. Names lie in `space`, where `app` must be
/// a legal one.
///
/// # Panics
/// If `app` is no name there.
#[must_use]
pub fn every(space: &Space) -> Vec<FaultWhat> {
    [proofs(), denials(), names(space), uses(), requests(space), system()].concat()
}

fn key() -> KeyId {
    KeyId::random([1; 16])
}

fn proofs() -> Vec<FaultWhat> {
    let at = Timestamp::from_millis;
    vec![
        FaultWhat::ProofMissing,
        FaultWhat::CredentialUnknown,
        FaultWhat::ProofInvalid,
        FaultWhat::CredentialExpired,
        FaultWhat::ClockSkew { signed_at: at(0), now: at(600_000), window: 300 },
        FaultWhat::ClockSkew { signed_at: at(600_000), now: at(0), window: 300 },
        FaultWhat::PlaceUnknown { place: "123456789012/team".to_owned() },
    ]
}

fn denials() -> Vec<FaultWhat> {
    let tenant = TenantId::random([2; 16]);
    let by = || Some(StatementRef { document: "policy:x".to_owned(), statement: "2".to_owned() });
    let there = || ResourceRef::Key { tenant, id: key() };
    let absent = || ResourceRef::AbsentKey { tenant, text: "app".to_owned() };
    let denied = |on, by, may_know| FaultWhat::Denied {
        caller: "ann".to_owned(),
        action: Action::Encrypt,
        on,
        by,
        may_know,
    };
    vec![
        denied(there(), by(), true),
        denied(there(), None, true),
        denied(there(), by(), false),
        denied(there(), None, false),
        denied(absent(), None, false),
        denied(absent(), None, true),
        denied(ResourceRef::Account(AccountId::random([3; 16])), None, false),
    ]
}

fn names(space: &Space) -> Vec<FaultWhat> {
    #[expect(clippy::expect_used, reason = "a test names a space in which this is a name")]
    let name = || Name::new(space.clone(), "app").expect("`app` is a name");
    vec![
        FaultWhat::KeyNotFound { given: key().to_string() },
        FaultWhat::NameNotFound { name: name() },
        FaultWhat::NameTaken { name: name() },
        FaultWhat::NameReserved { name: name() },
        FaultWhat::ObjectNotFound { kind: "principal", given: "x".to_owned() },
        FaultWhat::ObjectExists { kind: "principal", given: "x".to_owned() },
    ]
}

fn uses() -> Vec<FaultWhat> {
    let (key, at) = (key(), Timestamp::from_millis);
    let destruction = Some(ScheduledDestruction { asked_at: at(0), due_at: at(86_400_000) });
    vec![
        FaultWhat::WrongState { key, state: KeyState::Suspended, destruction: None },
        FaultWhat::WrongState { key, state: KeyState::Active, destruction },
        FaultWhat::WrongState { key, state: KeyState::Destroyed, destruction: None },
        FaultWhat::MaterialAbsent { key, reason: AbsentReason::Expired },
        FaultWhat::MaterialAbsent { key, reason: AbsentReason::Deleted },
        FaultWhat::MaterialAbsent { key, reason: AbsentReason::PendingImport },
        FaultWhat::WrongUsage { key, wanted: Usage::Sign, usage: UsageSet::ENCRYPT_DECRYPT },
        FaultWhat::WrongSpec { key, spec: KeySpec::Aes128 },
        FaultWhat::WrongAlgorithm {
            key,
            spec: KeySpec::EcP256,
            algorithm: Algorithm::Signature(SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384)),
        },
        FaultWhat::WrongAlgorithm {
            key,
            spec: KeySpec::HmacSha256,
            algorithm: Algorithm::Hmac(HashAlgorithm::Sha512),
        },
        FaultWhat::WrongAlgorithm { key, spec: KeySpec::Rsa4096, algorithm: Algorithm::AesGcm },
        FaultWhat::NoPublicHalf { key, spec: KeySpec::Aes256 },
        FaultWhat::SpecUnsupported { spec: KeySpec::Rsa2048, usage: UsageSet::SIGN_VERIFY },
        FaultWhat::NoSuchVersion { key, version: 2, latest: 1 },
        FaultWhat::VersionForbidden { key, version: 1 },
        FaultWhat::CiphertextForeign { named: key },
        FaultWhat::CiphertextInvalid,
        FaultWhat::SignatureInvalid,
        FaultWhat::MacInvalid,
        FaultWhat::MaterialMismatch { expected: MaterialId::from_bytes([3; 32]) },
    ]
}

fn requests(space: &Space) -> Vec<FaultWhat> {
    let limits = [
        Limit::PlaintextBytes { max: 4096 },
        Limit::AlgorithmPlaintextBytes {
            algorithm: Algorithm::RsaOaep(HashAlgorithm::Sha256),
            spec: KeySpec::Rsa2048,
            max: 190,
        },
        Limit::MessageBytes { max: 4096 },
        Limit::CiphertextBytes { max: 6144 },
        Limit::PolicyBytes { max: 32_768 },
        Limit::DescriptionChars { max: 8192 },
        Limit::NamesPerKey { max: 50 },
        Limit::LabelsPerKey { max: 50 },
        Limit::RotationsOnDemand { key: key(), max: 25 },
        Limit::BatchItems { max: 1000 },
        Limit::ListItems { max: 10_000 },
        Limit::RecordBytes { max: 32_768 },
    ];
    let malformed = [
        Malformed::KeyReference { given: "x y".to_owned() },
        Malformed::Name { given: "a!b".to_owned(), why: BadName::TooLong { max: space.max_len() } },
        Malformed::Cursor,
        Malformed::Digest { algorithm: SignatureAlgorithm::RsaPss(HashAlgorithm::Sha256) },
        Malformed::MessageForm { algorithm: SignatureAlgorithm::Ed25519Ph, form: MessageForm::Raw },
        Malformed::PeerKey,
        Malformed::Policy { why: "`Condition` is not evaluated yet".to_owned() },
        Malformed::OutOfRange { field: "limit", min: 1, max: 2 },
        Malformed::Field { field: "items", why: "none" },
    ];
    let preconditions = [
        Precondition::PolicyLockout,
        Precondition::DestructionNotScheduled { key: key() },
        Precondition::DestructionNotAllowed,
        Precondition::DestructionWait { least: 604_800 },
        Precondition::UnlikeKeys { now: key(), then: KeyId::random([4; 16]) },
        Precondition::Ratchet("export ceiling"),
        Precondition::NotRotatable { key: key() },
    ];
    let limits = limits.into_iter().map(FaultWhat::LimitExceeded);
    let malformed = malformed.into_iter().map(FaultWhat::Malformed);
    limits.chain(malformed).chain(preconditions.into_iter().map(FaultWhat::Precondition)).collect()
}

fn system() -> Vec<FaultWhat> {
    vec![
        FaultWhat::DryRun,
        FaultWhat::Unsupported { what: "that" },
        FaultWhat::Conflict,
        FaultWhat::Throttled { retry_after: 1 },
        FaultWhat::Sealed,
        FaultWhat::Uninitialised,
        FaultWhat::AlreadyInitialised,
        FaultWhat::AuditUnavailable { retry_after: 1 },
        FaultWhat::StoreUnavailable { retry_after: 1 },
        FaultWhat::OutcomeUnknown,
        FaultWhat::ProviderUnavailable { retry_after: 1 },
        FaultWhat::Corrupt { kind: "key" },
        FaultWhat::Internal,
    ]
}

/// The number of a fault's kind, from 0. Wildcard-free: a new kind does not compile until it has one, and then [`every`]
/// must hold it.
#[cfg(test)]
const fn kind(what: &FaultWhat) -> usize {
    match what {
        FaultWhat::ProofMissing => 0,
        FaultWhat::CredentialUnknown => 1,
        FaultWhat::ProofInvalid => 2,
        FaultWhat::CredentialExpired => 3,
        FaultWhat::ClockSkew { .. } => 4,
        FaultWhat::PlaceUnknown { .. } => 5,
        FaultWhat::Denied { .. } => 6,
        FaultWhat::KeyNotFound { .. } => 7,
        FaultWhat::NameNotFound { .. } => 8,
        FaultWhat::NameTaken { .. } => 9,
        FaultWhat::NameReserved { .. } => 10,
        FaultWhat::ObjectNotFound { .. } => 11,
        FaultWhat::ObjectExists { .. } => 12,
        FaultWhat::WrongState { .. } => 13,
        FaultWhat::MaterialAbsent { .. } => 14,
        FaultWhat::WrongUsage { .. } => 15,
        FaultWhat::WrongSpec { .. } => 16,
        FaultWhat::SpecUnsupported { .. } => 17,
        FaultWhat::NoSuchVersion { .. } => 18,
        FaultWhat::VersionForbidden { .. } => 19,
        FaultWhat::CiphertextForeign { .. } => 20,
        FaultWhat::CiphertextInvalid => 21,
        FaultWhat::SignatureInvalid => 22,
        FaultWhat::MaterialMismatch { .. } => 23,
        FaultWhat::LimitExceeded(_) => 24,
        FaultWhat::Malformed(_) => 25,
        FaultWhat::Precondition(_) => 26,
        FaultWhat::Unsupported { .. } => 27,
        FaultWhat::Conflict => 28,
        FaultWhat::Throttled { .. } => 29,
        FaultWhat::Sealed => 30,
        FaultWhat::Uninitialised => 31,
        FaultWhat::AlreadyInitialised => 32,
        FaultWhat::AuditUnavailable { .. } => 33,
        FaultWhat::StoreUnavailable { .. } => 34,
        FaultWhat::OutcomeUnknown => 35,
        FaultWhat::ProviderUnavailable { .. } => 36,
        FaultWhat::Corrupt { .. } => 37,
        FaultWhat::Internal => 38,
        FaultWhat::WrongAlgorithm { .. } => 39,
        FaultWhat::NoPublicHalf { .. } => 40,
        FaultWhat::MacInvalid => 41,
        FaultWhat::DryRun => 42,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inv_8_no_kind_of_fault_is_left_out() {
        let kinds: std::collections::BTreeSet<_> = every(&Space::Native).iter().map(kind).collect();
        assert_eq!(kinds, (0..KINDS).collect());
    }
}
