//! What needs no gate: the fault table, and the pages that must name everything.

use api::{FaultWhat, Limit, Malformed, Precondition, ShareRefusal};
use codec_native::Code;
use domain::{
    AbsentReason, AccountId, Action, KeyId, KeySpec, KeyState, MaterialId, Name, ResourceRef,
    ScheduledDestruction, Space, StatementRef, TenantId, Timestamp, Usage, UsageSet,
};
use edge::Refusal;

use crate::fault;
use crate::operations::OPERATIONS;

fn all_faults() -> Vec<FaultWhat> {
    let key = KeyId::random([1; 16]);
    let tenant = TenantId::random([2; 16]);
    let name = Name::new(Space::Vault { mount: "transit".to_owned() }, "app").unwrap();
    let at = Timestamp::from_millis;
    let destruction = Some(ScheduledDestruction { asked_at: at(0), due_at: at(86_400_000) });
    let by = || Some(StatementRef { document: "policy:x".to_owned(), statement: "2".to_owned() });
    let denied = |on, by, may_know| FaultWhat::Denied {
        caller: "alice".to_owned(),
        action: Action::Encrypt,
        on,
        by,
        may_know,
    };
    let there = || ResourceRef::Key { tenant, id: key };
    let absent = || ResourceRef::AbsentKey { tenant, text: "app".to_owned() };
    vec![
        FaultWhat::ProofMissing,
        FaultWhat::CredentialUnknown,
        FaultWhat::ProofInvalid,
        FaultWhat::CredentialExpired,
        FaultWhat::ClockSkew { signed_at: at(0), now: at(600_000), window: 300 },
        FaultWhat::PlaceUnknown { place: "123456789012/team".to_owned() },
        denied(there(), by(), true),
        denied(there(), None, true),
        denied(there(), by(), false),
        denied(absent(), None, false),
        denied(absent(), None, true),
        denied(ResourceRef::Account(AccountId::random([3; 16])), None, false),
        FaultWhat::KeyNotFound { given: key.to_string() },
        FaultWhat::NameNotFound { name: name.clone() },
        FaultWhat::NameTaken { name: name.clone() },
        FaultWhat::NameReserved { name },
        FaultWhat::ObjectNotFound { kind: "principal", given: "x".to_owned() },
        FaultWhat::ObjectExists { kind: "principal", given: "x".to_owned() },
        FaultWhat::WrongState { key, state: KeyState::Suspended, destruction: None },
        FaultWhat::WrongState { key, state: KeyState::Active, destruction },
        FaultWhat::MaterialAbsent { key, reason: AbsentReason::PendingImport },
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
        FaultWhat::Malformed(Malformed::Policy { why: "`Condition` is not evaluated yet".to_owned() }),
        FaultWhat::Malformed(Malformed::OutOfRange { field: "limit", min: 1, max: 2 }),
        FaultWhat::Precondition(Precondition::PolicyLockout),
        FaultWhat::Precondition(Precondition::DestructionNotScheduled { key }),
        FaultWhat::Precondition(Precondition::DestructionNotAllowed),
        FaultWhat::Precondition(Precondition::DestructionWait { least: 604_800 }),
        FaultWhat::Precondition(Precondition::Ratchet("export ceiling")),
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
        let refused = fault::word(&what);
        assert_eq!(refused.code.word(), what.word(), "a code is the fault's own word");
        assert!(!refused.message.ends_with('.') && !refused.message.starts_with(char::is_uppercase));
        let code = refused.code;
        table.push_str(&format!("{} | {} | {}\n", code.status(), code.word(), refused.message));
    }
    for why in [
        ShareRefusal::NotAShare,
        ShareRefusal::Mistyped,
        ShareRefusal::Foreign { index: 1 },
        ShareRefusal::Altered { index: 2 },
        ShareRefusal::Duplicate { index: 3 },
        ShareRefusal::NoCustodians,
        ShareRefusal::WrongRoot,
    ] {
        let refused = fault::of_share(why);
        let code = refused.code;
        table.push_str(&format!("{} | {} | {}\n", code.status(), code.word(), refused.message));
    }
    for refusal in [
        Refusal::BodyTooLarge,
        Refusal::BodyTimeout,
        Refusal::Overloaded { retry_after: 1 },
        Refusal::Draining,
    ] {
        let refused = fault::of_edge(refusal);
        table.push_str(&format!(
            "{} | {} | {}\n",
            refused.code.status(),
            refused.code.word(),
            refused.message
        ));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn who_may_not_know_reads_the_same_of_what_is_there_and_what_is_not() {
    let denied = |on, by| {
        fault::word(&FaultWhat::Denied {
            caller: "alice".to_owned(),
            action: Action::Decrypt,
            on,
            by,
            may_know: false,
        })
    };
    let tenant = TenantId::random([2; 16]);
    let by = StatementRef { document: "key-policy".to_owned(), statement: "0".to_owned() };
    let there = denied(ResourceRef::Key { tenant, id: KeyId::random([1; 16]) }, Some(by));
    assert_eq!(there, denied(ResourceRef::AbsentKey { tenant, text: "app".to_owned() }, None));
}

#[test]
fn every_fault_of_the_gate_has_a_code() {
    for what in all_faults() {
        assert_eq!(Code::from_word(what.word()).map(Code::word), Some(what.word()));
    }
}

#[test]
fn inv_6_the_compatibility_page_has_every_operation() {
    let page = include_str!("../COMPATIBILITY.md");
    for row in OPERATIONS {
        let asks: Vec<_> =
            row.asks.iter().map(|(action, on)| format!("{} on {on:?}", action.word())).collect();
        let line = format!("| {} | {} {} | {} |\n", row.name, row.method, row.path, asks.join(", "));
        assert!(page.contains(&line), "missing or wrong: {line}");
    }
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains(" | ")).count();
    assert_eq!(rows, OPERATIONS.len() + 1, "a row for an operation that does not exist");
}
