//! Records and batches to try stores with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::{
    Account, AccountId, AuditRecord, BatchId, Decision, Dialect, ExportCeiling, HexId, Key, KeyDetails,
    KeyId, KeySpec, Language, MaterialId, MaterialState, Name, NewKey, NewVersion, Origin, Outcome,
    PolicyDocument, Principal, PrincipalId, PrincipalKind, ProtectionLevel, Ratchets, RequestId,
    RotationPolicy, Sealable, Space, Subject, TenantId, Timestamp, UsageSet, VersionId,
};
use spi::{Batch, MaterialAt};

/// The account of every sample.
#[must_use]
pub fn account_id() -> AccountId {
    AccountId::from_bytes([0xac; 16])
}

/// A tenant by number.
#[must_use]
pub fn tenant(n: u8) -> TenantId {
    TenantId::from_bytes([n; 16])
}

/// A key's id by number.
#[must_use]
pub fn key_id(n: u32) -> KeyId {
    KeyId::from_bytes(u128::from(n).to_be_bytes())
}

/// The place of material of a key's first version.
#[must_use]
pub fn material_at(tenant: TenantId, n: u32) -> MaterialAt {
    MaterialAt::Version { tenant, version: VersionId { key: key_id(n), ordinal: 1 } }
}

/// A record that is the system's.
#[must_use]
pub fn account(n: u8, number: &str) -> Account {
    Account {
        id: AccountId::from_bytes([n; 16]),
        number: number.parse().unwrap(),
        name: format!("account {n}"),
        created_at: Timestamp::from_millis(1),
    }
}

/// A record that is an account's.
#[must_use]
pub fn principal(n: u8, name: &str) -> Principal {
    Principal {
        id: PrincipalId::from_bytes([n; 16]),
        account: account_id(),
        name: name.to_owned(),
        kind: PrincipalKind::Service,
        roles: Vec::new(),
        policies: Vec::new(),
        labels: BTreeMap::new(),
        disabled: false,
        created_at: Timestamp::from_millis(1),
    }
}

/// A record that is a tenant's, with one name.
#[must_use]
pub fn key(tenant: TenantId, n: u32, name: &str) -> Key {
    let new = NewKey {
        id: key_id(n),
        tenant,
        account: account_id(),
        folder: None,
        born: Dialect::Aws,
        spec: KeySpec::Aes256,
        usage: UsageSet::ENCRYPT_DECRYPT,
        created_at: Timestamp::from_millis(i64::from(n)),
        created_by: PrincipalId::from_bytes([1; 16]),
        ratchets: Ratchets {
            export: ExportCeiling::Never,
            destruction_wait: 0,
            purge_protected: false,
            rotate_within: None,
            protection: ProtectionLevel::Software,
        },
        details: KeyDetails {
            description: String::new(),
            names: vec![Name::new(Space::Native, name).unwrap()],
            labels: BTreeMap::new(),
            policy: PolicyDocument { language: Language::Iam, text: "{}".to_owned() },
            cryptoperiod: None,
            rotation: RotationPolicy::default(),
            exportable: false,
            destruction_allowed: true,
        },
    };
    let version = NewVersion {
        hex_id: HexId::from_bytes([1; 16]),
        material_id: MaterialId::from_bytes([2; 32]),
        origin: Origin::Generated,
        material: MaterialState::Present,
        protection: ProtectionLevel::Software,
        created_at: Timestamp::from_millis(1),
    };
    Key::new(new, version)
}

/// An empty batch.
#[must_use]
pub fn batch() -> Batch {
    Batch {
        name: "test",
        id: BatchId::from_bytes([0; 16]),
        fence: Vec::new(),
        raise: Vec::new(),
        expect: Vec::new(),
        expect_absent: Vec::new(),
        put: Vec::new(),
        material: Vec::new(),
        new_tenants: Vec::new(),
        revokes: false,
        audit: audit(),
    }
}

/// A batch that writes records.
#[must_use]
pub fn put(put: impl IntoIterator<Item = Sealable>) -> Batch {
    Batch { put: put.into_iter().collect(), ..batch() }
}

fn audit() -> AuditRecord {
    AuditRecord {
        id: RequestId::from_bytes([0; 16]),
        at: Timestamp::from_millis(1),
        subject: Subject::default(),
        dialect: Dialect::Native,
        operation: Cow::Borrowed("Test"),
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
        outcome: Outcome::Success,
        dry_run: false,
        fips_approved: None,
        micros: 0,
        epochs: Vec::new(),
        raised: Vec::new(),
    }
}
