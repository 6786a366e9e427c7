//! Keys as the tests of this room need them: one generated version, made at the beginning of time.

use std::collections::BTreeMap;

use keystead_domain::{
    AccountId, Dialect, ExportCeiling, HexId, Key, KeyDetails, KeyId, KeySpec, KeyTransition, Language,
    Loaded, MaterialId, MaterialState, NewKey, NewVersion, Origin, PolicyDocument, PrincipalId,
    ProtectionLevel, Ratchets, Refusal, Revision, RotationPolicy, TenantId, Timestamp, UsageSet,
};

/// The instant so many seconds after the beginning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(0).plus_seconds(seconds)
}

/// Ratchets that hold nothing back.
pub(crate) fn loose() -> Ratchets {
    Ratchets {
        export: ExportCeiling::Plain,
        destruction_wait: 0,
        purge_protected: false,
        rotate_within: None,
        protection: ProtectionLevel::Software,
    }
}

pub(crate) fn version(n: u8, at: Timestamp) -> NewVersion {
    NewVersion {
        hex_id: HexId::from_bytes([n; 16]),
        material_id: MaterialId::from_bytes([n; 32]),
        origin: Origin::Generated,
        material: MaterialState::Present,
        protection: ProtectionLevel::Software,
        created_at: at,
    }
}

pub(crate) fn key(ratchets: Ratchets) -> Key {
    key_of(ratchets, version(1, at(0)))
}

/// A key whose first version is this one.
pub(crate) fn key_of(ratchets: Ratchets, first: NewVersion) -> Key {
    let policy = PolicyDocument { language: Language::Iam, text: "{}".to_owned() };
    let details = KeyDetails {
        description: String::new(),
        names: Vec::new(),
        labels: BTreeMap::new(),
        policy,
        cryptoperiod: None,
        rotation: RotationPolicy { every: Some(60), since: None },
        exportable: false,
        destruction_allowed: true,
    };
    let new = NewKey {
        id: KeyId::random([1; 16]),
        tenant: TenantId::random([2; 16]),
        account: AccountId::random([3; 16]),
        folder: None,
        born: Dialect::Native,
        spec: KeySpec::Aes256,
        usage: UsageSet::ENCRYPT_DECRYPT,
        created_at: at(0),
        created_by: PrincipalId::random([4; 16]),
        ratchets,
        details,
    };
    Key::new(new, first)
}

pub(crate) fn loaded(key: &Key) -> Loaded<Key> {
    Loaded::opened(key.clone(), Revision(1))
}

/// The key after a change that must be lawful.
pub(crate) fn after(key: &Key, change: Result<KeyTransition, Refusal>) -> Key {
    loaded(key).apply(&change.expect("lawful")).0
}
