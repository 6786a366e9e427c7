//! What needs no gate: the fault table, the operations' table, and what may stand on the wire.

use api::{Fault, FaultWhat, Limit, Malformed, Precondition};
use domain::{
    AbsentReason, Action, KeyId, KeySpec, KeyState, MaterialId, Name, ResourceRef, ScheduledDestruction,
    Space, StatementRef, TenantId, Timestamp, Usage, UsageSet,
};

use crate::operations::{ABSENT, OPERATIONS};
use crate::{fault, wire};

fn all_faults() -> Vec<FaultWhat> {
    let key = KeyId::random([1; 16]);
    let name = Name::new(Space::Aws, "app").unwrap();
    let on = ResourceRef::Key { tenant: TenantId::random([2; 16]), id: key };
    let at = Timestamp::from_millis;
    let destruction = Some(ScheduledDestruction { asked_at: at(0), due_at: at(1) });
    let by = Some(StatementRef { document: "key-policy".to_owned(), statement: "0".to_owned() });
    let denied = |by, may_know| FaultWhat::Denied {
        caller: "ann".to_owned(),
        action: Action::Encrypt,
        on: on.clone(),
        by,
        may_know,
    };
    vec![
        FaultWhat::ProofMissing,
        FaultWhat::CredentialUnknown,
        FaultWhat::ProofInvalid,
        FaultWhat::CredentialExpired,
        FaultWhat::ClockSkew { signed_at: at(0), now: at(600_000), window: 300 },
        FaultWhat::ClockSkew { signed_at: at(600_000), now: at(0), window: 300 },
        FaultWhat::PlaceUnknown { place: "x".to_owned() },
        denied(by, true),
        denied(None, true),
        denied(None, false),
        FaultWhat::KeyNotFound { given: key.to_string() },
        FaultWhat::NameNotFound { name: name.clone() },
        FaultWhat::NameTaken { name: name.clone() },
        FaultWhat::NameReserved { name: name.clone() },
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
        FaultWhat::LimitExceeded(Limit::NamesPerKey { max: 50 }),
        FaultWhat::Malformed(Malformed::Cursor),
        FaultWhat::Malformed(Malformed::Policy { why: "no".to_owned() }),
        FaultWhat::Malformed(Malformed::OutOfRange { field: "limit", min: 1, max: 2 }),
        FaultWhat::Precondition(Precondition::PolicyLockout),
        FaultWhat::Precondition(Precondition::DestructionNotScheduled { key }),
        FaultWhat::Precondition(Precondition::DestructionNotAllowed),
        FaultWhat::Precondition(Precondition::DestructionWait { least: 604_800 }),
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
        let mut fault = Fault::new(what.clone());
        fault.caller_account = "123456789012".parse().ok();
        fault.owner_account = fault.caller_account;
        let error = fault::word(&fault, "us-east-1");
        table.push_str(&format!("{} | {} | {} | {}\n", what.word(), error.status, error.code, error.message));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn inv_6_every_operation_of_the_api_is_answered_or_deliberately_absent() {
    let page = include_str!("../COMPATIBILITY.md");
    let names = OPERATIONS.iter().map(|row| row.name).chain(ABSENT.iter().copied());
    let names: std::collections::BTreeSet<_> = names.collect();
    assert_eq!(names.len(), 56, "API 2014-11-01 has 56 operations");
    for name in names {
        let answered = OPERATIONS.iter().any(|row| row.name == name);
        let status = if answered { "answered" } else { "absent" };
        assert!(page.contains(&format!("| {name} | {status}")), "{name} has no row, or a wrong one");
    }
    for row in OPERATIONS {
        assert!(!row.asks.is_empty(), "{} asks for nothing", row.name);
    }
}

#[test]
fn every_action_has_its_own_word_in_denials() {
    assert_eq!(crate::operations::action_name(Action::Encrypt), "kms:Encrypt");
    assert_eq!(crate::operations::action_name(Action::ScheduleDestruction), "kms:ScheduleKeyDeletion");
    assert_eq!(crate::operations::action_name(Action::CreateAccount), "account:create");
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    #[serde(borrow)]
    key_id: crate::text::Text<'a>,
}

#[test]
fn bodies_are_one_object_of_bounded_depth_with_no_member_twice() {
    let read = |body: &str| wire::read::<Body<'_>>(body.as_bytes()).map(|b| b.key_id.map(|k| k.into_owned()));
    assert_eq!(read("{}"), Ok(None));
    assert_eq!(read("{\"KeyId\":\"a\",\"Other\":[1,{}]}"), Ok(Some("a".to_owned())));
    for bad in ["", "[]", "\"x\"", "{", "{\"KeyId\":1}", "{\"KeyId\":\"a\",\"KeyId\":\"b\"}", "{} x"] {
        assert_eq!(read(bad).unwrap_err().code, "SerializationException", "{bad}");
    }
    assert!(read(&format!("{{\"a\":{}", "[".repeat(100_000))).is_err());
}
