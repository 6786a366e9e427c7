//! What needs no gate: the fault table and the operations' table.

use api::{FaultWhat, Limit, Malformed, Precondition};
use domain::{
    AbsentReason, Action, KeyId, KeySpec, KeyState, MaterialId, Name, ResourceRef, ScheduledDestruction,
    Space, TenantId, Timestamp, Usage, UsageSet,
};

use crate::fault;
use crate::operations::OPERATIONS;

fn all_faults() -> Vec<FaultWhat> {
    let key = KeyId::random([1; 16]);
    let name = Name::new(Space::Vault { mount: "transit".to_owned() }, "app").unwrap();
    let at = Timestamp::from_millis;
    let destruction = Some(ScheduledDestruction { asked_at: at(0), due_at: at(1) });
    let on = ResourceRef::Key { tenant: TenantId::random([2; 16]), id: key };
    vec![
        FaultWhat::ProofMissing,
        FaultWhat::CredentialUnknown,
        FaultWhat::ProofInvalid,
        FaultWhat::CredentialExpired,
        FaultWhat::ClockSkew { signed_at: at(0), now: at(600_000), window: 300 },
        FaultWhat::PlaceUnknown { place: "x".to_owned() },
        FaultWhat::Denied {
            caller: "ann".to_owned(),
            action: Action::Encrypt,
            on,
            by: None,
            may_know: false,
        },
        FaultWhat::KeyNotFound { given: key.to_string() },
        FaultWhat::NameNotFound { name: name.clone() },
        FaultWhat::NameTaken { name: name.clone() },
        FaultWhat::NameReserved { name },
        FaultWhat::ObjectNotFound { kind: "principal", given: "x".to_owned() },
        FaultWhat::ObjectExists { kind: "principal", given: "x".to_owned() },
        FaultWhat::WrongState { key, state: KeyState::Suspended, destruction: None },
        FaultWhat::WrongState { key, state: KeyState::Active, destruction },
        FaultWhat::WrongState { key, state: KeyState::Destroyed, destruction: None },
        FaultWhat::MaterialAbsent { key, reason: AbsentReason::Expired },
        FaultWhat::WrongUsage { key, wanted: Usage::Sign, usage: UsageSet::ENCRYPT_DECRYPT },
        FaultWhat::WrongSpec { key, spec: KeySpec::Aes128 },
        FaultWhat::SpecUnsupported { spec: KeySpec::Rsa2048, usage: UsageSet::SIGN_VERIFY },
        FaultWhat::NoSuchVersion { key, version: 2, latest: 1 },
        FaultWhat::VersionForbidden { key, version: 1 },
        FaultWhat::CiphertextForeign { named: key },
        FaultWhat::CiphertextInvalid,
        FaultWhat::SignatureInvalid,
        FaultWhat::MaterialMismatch { expected: MaterialId::from_bytes([3; 32]) },
        FaultWhat::LimitExceeded(Limit::PlaintextBytes { max: 4096 }),
        FaultWhat::LimitExceeded(Limit::BatchItems { max: 1000 }),
        FaultWhat::Malformed(Malformed::Field { field: "items", why: "none" }),
        FaultWhat::Precondition(Precondition::DestructionNotAllowed),
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

#[test]
fn inv_8_the_fault_table_is_as_reviewed() {
    let mut table = String::new();
    for what in all_faults() {
        let errors = fault::word(&what);
        table.push_str(&format!("{} | {} | {}\n", what.word(), errors.status, errors.texts.join(" / ")));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn inv_6_only_reviewed_operations_ask_for_nothing() {
    let open: Vec<_> = OPERATIONS.iter().filter(|row| row.asks.is_empty()).map(|row| row.name).collect();
    let reviewed = [
        "read sys/health",
        "read sys/seal-status",
        "write sys/unseal",
        "read sys/init",
        "read sys/leader",
        "read auth/token/lookup-self",
    ];
    assert_eq!(open, reviewed);
}

#[test]
fn ciphertexts_are_told_apart() {
    use crate::ciphertext::{Read, read};
    assert_eq!(read("vault:v0:AAAA"), Ok(Read { version: 1, bytes: vec![0, 0, 0] }));
    assert_eq!(read("vault:v1:AA\nAA"), Ok(Read { version: 1, bytes: vec![0, 0, 0] }));
    assert_eq!(read("vault:v4294967296:AAAA"), Err("invalid ciphertext: version is too new"));
    assert_eq!(
        read("vault:v-1:AAAA"),
        Err("ciphertext or signature version is disallowed by policy (too old)")
    );
    assert_eq!(read("AAAA"), Err("invalid ciphertext: no prefix"));
    assert_eq!(read("vault:v1"), Err("invalid ciphertext: wrong number of fields"));
    assert_eq!(read("vault:vx:AAAA"), Err("invalid ciphertext: version number could not be decoded"));
    assert_eq!(read("vault:v1:@"), Err("invalid ciphertext: could not decode base64"));
}
