//! Each operation as it stands on the wire: what a body becomes, and what an answer becomes. One reviewed table.

mod asymmetric;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use api::ops::{
    CiphertextForm, DataKey, Decrypted, Encrypted, EncryptedItem, KeyPage, KeyView, LastUseView, NameView,
    ReEncrypted, RotationPage,
};
use api::{Fault, FaultWhat, Output};
use domain::{
    Account, AccountId, AccountNumber, Cursor, Dialect, ExportCeiling, HexId, Key, KeyDetails, KeyId,
    KeySpec, Language, LastUse, LifecycleEvent, Loaded, Making, MaterialId, MaterialState, Name, NewKey,
    NewVersion, Origin, Page, PolicyDocument, PrincipalId, ProtectionLevel, Ratchets, Revision,
    RotationPolicy, Space, TenantId, Timestamp, UsageSet, Use,
};
use keystead_dialect_aws::OPERATIONS;
use secret::SecretBytes;

use crate::support::Bench;

const AT: Timestamp = Timestamp::from_millis(1_440_938_160_120);
const MATERIAL: MaterialId = MaterialId::from_bytes([0xab; 32]);

fn id() -> KeyId {
    "1234abcd-12ab-4cd3-8123-1234567890ab".parse().unwrap()
}

fn number() -> AccountNumber {
    "123456789012".parse().unwrap()
}

fn key() -> Key {
    key_of(KeySpec::Aes256, UsageSet::ENCRYPT_DECRYPT)
}

fn key_of(spec: KeySpec, usage: UsageSet) -> Key {
    let account = AccountId::random([2; 16]);
    let policy = PolicyDocument { language: Language::Iam, text: "{}".to_owned() };
    let new = NewKey {
        id: id(),
        tenant: TenantId::random([1; 16]),
        account,
        folder: None,
        born: Dialect::Aws,
        spec,
        usage,
        created_at: AT,
        created_by: PrincipalId::random([3; 16]),
        ratchets: Ratchets {
            export: ExportCeiling::Never,
            destruction_wait: 604_800,
            purge_protected: false,
            rotate_within: None,
            protection: ProtectionLevel::Software,
        },
        details: KeyDetails {
            description: "für \"Daten\"".to_owned(),
            names: Vec::new(),
            labels: BTreeMap::new(),
            policy,
            cryptoperiod: None,
            rotation: RotationPolicy::default(),
            exportable: false,
            destruction_allowed: true,
        },
    };
    let version = NewVersion {
        hex_id: HexId::from_bytes([4; 16]),
        material_id: MATERIAL,
        origin: Origin::Generated,
        material: MaterialState::Present,
        protection: ProtectionLevel::Software,
        created_at: AT,
    };
    Key::new(new, version)
}

fn view(key: Key) -> KeyView {
    let account = Account { id: key.account(), number: number(), name: "a".to_owned(), created_at: AT };
    KeyView { key: Arc::new(key), account: Arc::new(account), changed: true }
}

/// The key after a change of its lifecycle.
fn changed(mint: impl FnOnce(&Key) -> Result<domain::KeyTransition, domain::Refusal>) -> KeyView {
    let loaded = Loaded::opened(key(), Revision(1));
    let transition = mint(loaded.get()).unwrap();
    view(loaded.apply(&transition).0)
}

/// The key after its destruction.
fn destroyed() -> KeyView {
    let doomed = changed(|k| k.schedule_destruction(AT, 7 * 86_400));
    let loaded = Loaded::opened(Key::clone(&doomed.key), Revision(2));
    let transition = loaded.get().destroy(AT.plus_seconds(8 * 86_400)).unwrap();
    view(loaded.apply(&transition).0)
}

/// The key with a version on demand, then one that was due.
fn rotated() -> Key {
    let version = |n: u8| NewVersion {
        hex_id: HexId::from_bytes([n; 16]),
        material_id: MaterialId::from_bytes([n; 32]),
        origin: Origin::Generated,
        material: MaterialState::Present,
        protection: ProtectionLevel::Software,
        created_at: AT.plus_seconds(i64::from(n)),
    };
    let loaded = |key| Loaded::opened(key, Revision(1));
    let policy = RotationPolicy { every: Some(90 * 86_400), since: Some(AT) };
    let key = loaded(key()).edit(|details| details.rotation = policy).0;
    let key = loaded(key).rotate_as(version(2), Making::OnDemand).unwrap().0;
    loaded(key).rotate_as(version(3), Making::Automatic).unwrap().0
}

fn rotated_and_doomed() -> Key {
    let loaded = Loaded::opened(rotated(), Revision(1));
    let transition = loaded.get().schedule_destruction(AT, 7 * 86_400).unwrap();
    loaded.apply(&transition).0
}

/// A page of its versions, without the first so many.
fn rotations(without: usize, next: Option<Cursor>) -> RotationPage {
    let key = rotated();
    let items = key.versions()[without..].to_vec();
    RotationPage { key: id(), primary: key.primary(), versions: Page { items, next } }
}

/// The key, used a minute ago or never.
fn last_use(action: Option<domain::Action>) -> Output {
    let record = "0199abcd-12ab-7cd3-8123-1234567890ab".parse().unwrap();
    let last = action.map(|action| Use { at: AT.plus_seconds(60), record, action: Some(action) });
    Output::GetLastUse(LastUseView { view: view(key()), last_use: LastUse { last, since: AT } })
}

fn ciphertext() -> EncryptedItem {
    EncryptedItem { ciphertext: vec![0xff, 0xee, 0xdd, 0xcc], version: 1, material: MATERIAL }
}

fn data_key(plaintext: Option<SecretBytes>) -> Output {
    Output::GenerateDataKey(DataKey { key: id(), account: number(), wrapped: ciphertext(), plaintext })
}

fn reencrypted() -> Output {
    Output::ReEncrypt(ReEncrypted {
        source: ("0000abcd-12ab-4cd3-8123-1234567890ab".parse().unwrap(), number()),
        source_material: MaterialId::from_bytes([0xcd; 32]),
        destination: (id(), number()),
        form: CiphertextForm::Envelope,
        sealed: ciphertext(),
        to_form: CiphertextForm::Envelope,
    })
}

fn secret() -> SecretBytes {
    SecretBytes::take(&mut b"hello".to_vec())
}

fn encrypted(form: CiphertextForm) -> Encrypted {
    Encrypted { key: id(), account: number(), form, items: vec![Ok(ciphertext())] }
}

fn cases() -> Vec<(&'static str, &'static str, Output)> {
    let on_key = r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab"}"#;
    let suspended = || changed(|k| k.on(LifecycleEvent::Suspend));
    let doomed = || changed(|k| k.schedule_destruction(AT, 7 * 86_400));
    let name = NameView {
        name: Name::new(Space::Aws, "app/db").unwrap(),
        key: id(),
        account: number(),
        key_created_at: AT,
    };
    let next = || Some(Cursor(vec![1, 2, 3]));
    vec![
        (
            "CreateKey",
            r#"{"Description":"für \"Daten\"","KeySpec":"SYMMETRIC_DEFAULT","Tags":[{"TagKey":"a","TagValue":"b"}],"Policy":"{}","BypassPolicyLockoutSafetyCheck":true}"#,
            Output::CreateKey(view(key())),
        ),
        ("CreateKey", "", Output::CreateKey(view(key()))),
        ("DescribeKey", r#"{"KeyId":"alias/app"}"#, Output::DescribeKey(suspended())),
        ("DescribeKey", on_key, Output::DescribeKey(doomed())),
        ("DescribeKey", on_key, Output::DescribeKey(destroyed())),
        ("EnableKey", on_key, Output::EnableKey(view(key()))),
        ("DisableKey", on_key, Output::DisableKey(suspended())),
        (
            "ScheduleKeyDeletion",
            r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","PendingWindowInDays":7}"#,
            Output::ScheduleDestruction(doomed()),
        ),
        ("CancelKeyDeletion", on_key, Output::CancelDestruction(suspended())),
        (
            "Encrypt",
            r#"{"KeyId":"alias/app","Plaintext":"aGVsbG8=","EncryptionContext":{"b":"2","a":"1"}}"#,
            Output::Encrypt(encrypted(CiphertextForm::Envelope)),
        ),
        (
            "Encrypt",
            r#"{"KeyId":"alias/app","Plaintext":"aGVsbG8="}"#,
            Output::Encrypt(Encrypted {
                key: id(),
                account: number(),
                form: CiphertextForm::Envelope,
                items: vec![Err(FaultWhat::Throttled { retry_after: 1 })],
            }),
        ),
        (
            "Decrypt",
            r#"{"CiphertextBlob":"/+7dzA==","EncryptionContext":{}}"#,
            Output::Decrypt(Decrypted {
                key: id(),
                account: number(),
                form: CiphertextForm::Envelope,
                items: vec![Ok(secret())],
                material: Some(MATERIAL),
            }),
        ),
        (
            "Decrypt",
            r#"{"CiphertextBlob":"/+7dzA==","KeyId":"alias/app"}"#,
            Output::Decrypt(Decrypted {
                key: id(),
                account: number(),
                form: CiphertextForm::Envelope,
                items: vec![Err(FaultWhat::CiphertextInvalid)],
                material: None,
            }),
        ),
        ("GenerateDataKey", r#"{"KeyId":"alias/app","KeySpec":"AES_128"}"#, data_key(Some(secret()))),
        ("GenerateDataKeyWithoutPlaintext", r#"{"KeyId":"alias/app","NumberOfBytes":1024}"#, data_key(None)),
        (
            "CreateAlias",
            r#"{"AliasName":"alias/app/db","TargetKeyId":"1234abcd-12ab-4cd3-8123-1234567890ab"}"#,
            Output::BindName(()),
        ),
        (
            "ListKeys",
            r#"{"Limit":1,"Marker":"bQECAw"}"#,
            Output::ListKeys(KeyPage { keys: Page { items: vec![id()], next: next() }, account: number() }),
        ),
        (
            "ListKeys",
            "{}",
            Output::ListKeys(KeyPage { keys: Page { items: vec![], next: None }, account: number() }),
        ),
        ("ListAliases", "{}", Output::ListNames(Page { items: vec![name], next: next() })),
        (
            "ListAliases",
            r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","Limit":1000}"#,
            Output::ListNames(Page { items: vec![], next: None }),
        ),
        (
            "GetKeyPolicy",
            on_key,
            Output::GetKeyPolicy(PolicyDocument {
                language: Language::Iam,
                text: "{ \"Id\" : 1 }\n".to_owned(),
            }),
        ),
        (
            "PutKeyPolicy",
            r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","PolicyName":"default","Policy":"{ }"}"#,
            Output::PutKeyPolicy(()),
        ),
        (
            "UpdateAlias",
            r#"{"AliasName":"alias/app/db","TargetKeyId":"arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-4cd3-8123-1234567890ab"}"#,
            Output::RebindName(()),
        ),
        ("DeleteAlias", r#"{"AliasName":"alias/app/db"}"#, Output::UnbindName(())),
        (
            "TagResource",
            r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","Tags":[{"TagKey":"team","TagValue":"für \"Löhne\""},{"TagKey":"a","TagValue":""}]}"#,
            Output::LabelKey(view(key())),
        ),
        (
            "UntagResource",
            r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","TagKeys":["team","a"]}"#,
            Output::UnlabelKey(view(key())),
        ),
        (
            "ListResourceTags",
            on_key,
            Output::ListLabels(Page {
                items: vec![("a".to_owned(), "für \"Löhne\"".to_owned())],
                next: next(),
            }),
        ),
        (
            "ListResourceTags",
            r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","Limit":1,"Marker":"bQECAw"}"#,
            Output::ListLabels(Page { items: vec![], next: None }),
        ),
        ("ListKeyPolicies", on_key, Output::ListKeyPolicies(view(key()))),
        ("GenerateRandom", r#"{"NumberOfBytes":5}"#, Output::GenerateRandom(secret())),
        (
            "ReEncrypt",
            r#"{"CiphertextBlob":"/+7dzA==","DestinationKeyId":"alias/app","DestinationEncryptionContext":{"a":"1"}}"#,
            reencrypted(),
        ),
        (
            "ReEncrypt",
            r#"{"CiphertextBlob":"/+7dzA==","SourceKeyId":"alias/old","SourceEncryptionContext":{"b":"2"},"DestinationKeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","SourceEncryptionAlgorithm":"SYMMETRIC_DEFAULT","DestinationEncryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
            reencrypted(),
        ),
        (
            "EnableKeyRotation",
            r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","RotationPeriodInDays":90}"#,
            Output::EnableRotation(view(key())),
        ),
        ("EnableKeyRotation", on_key, Output::EnableRotation(view(key()))),
        ("DisableKeyRotation", on_key, Output::DisableRotation(view(key()))),
        ("GetKeyLastUsage", on_key, last_use(None)),
        ("GetKeyLastUsage", on_key, last_use(Some(domain::Action::ReEncryptFrom))),
        ("GetKeyLastUsage", on_key, last_use(Some(domain::Action::AgreeKey))),
        ("GetKeyRotationStatus", on_key, Output::GetRotation(view(key()))),
        ("GetKeyRotationStatus", on_key, Output::GetRotation(view(rotated()))),
        ("GetKeyRotationStatus", on_key, Output::GetRotation(view(rotated_and_doomed()))),
        ("RotateKeyOnDemand", on_key, Output::RotateKey(view(rotated()))),
        ("ListKeyRotations", on_key, Output::ListRotations(rotations(1, None))),
        (
            "ListKeyRotations",
            r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","IncludeKeyMaterial":"ALL_KEY_MATERIAL","Limit":3,"Marker":"bQECAw"}"#,
            Output::ListRotations(rotations(0, next())),
        ),
        (
            "UpdateKeyDescription",
            r#"{"KeyId":"1234abcd-12ab-4cd3-8123-1234567890ab","Description":"für \"Daten\""}"#,
            Output::UpdateDescription(view(key())),
        ),
    ]
}

#[test]
fn each_operation_stands_on_the_wire_as_reviewed() {
    let mut table = String::new();
    for (operation, body, output) in cases().into_iter().chain(asymmetric::cases()) {
        let bench = Bench::new();
        bench.kms.answer(Ok(output));
        let answer = bench.post(operation, body);
        let command = format!("{:?}", bench.only_command());
        let _ =
            writeln!(table, "{operation} {body}\n  asks {command}\n  {} {}\n", answer.status, answer.body);
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_operation_has_a_case() {
    let cases: Vec<_> = cases().into_iter().chain(asymmetric::cases()).collect();
    for row in OPERATIONS {
        assert!(cases.iter().any(|(operation, ..)| *operation == row.name), "{} has no case", row.name);
    }
}

#[test]
fn a_marker_leads_back_to_its_cursor() {
    let bench = Bench::new();
    let next = Some(Cursor(vec![0, 255, 7]));
    bench.kms.answer(Ok(Output::ListKeys(KeyPage { keys: Page { items: vec![], next }, account: number() })));
    let first: serde_json::Value = serde_json::from_str(&bench.post("ListKeys", "{}").body).unwrap();
    let _ = bench.only_command();
    let again = serde_json::json!({ "Marker": first["NextMarker"] }).to_string();
    let _ = bench.post("ListKeys", again);
    assert!(
        matches!(bench.only_command(), api::Command::ListKeys(asked) if asked.after == Some(Cursor(vec![0, 255, 7])))
    );
}

/// Every operation that has the member asks the gate for a rehearsal, and words what comes of it as AWS does.
#[test]
fn a_dry_run_is_asked_of_the_gate() {
    for (operation, members) in [
        ("Encrypt", r#""KeyId":"alias/app","Plaintext":"aGVsbG8=""#),
        ("Decrypt", r#""CiphertextBlob":"/+7dzA==""#),
        ("ReEncrypt", r#""CiphertextBlob":"/+7dzA==","DestinationKeyId":"alias/app""#),
        ("GenerateDataKey", r#""KeyId":"alias/app","KeySpec":"AES_128""#),
        ("GenerateDataKeyWithoutPlaintext", r#""KeyId":"alias/app","KeySpec":"AES_128""#),
    ] {
        for (said, asked) in [("true", true), ("false", false), ("null", false)] {
            let bench = Bench::new();
            bench.kms.answer(Err(Fault::new(FaultWhat::DryRun)));
            let answer = bench.post(operation, format!("{{{members},\"DryRun\":{said}}}"));
            assert_eq!(bench.only_call().context.dry_run, asked, "{operation} {said}");
            let text = "The request would have succeeded, but the DryRun option is set.".to_owned();
            assert_eq!(answer.status, 400);
            assert_eq!(answer.error(), ("DryRunOperationException".to_owned(), text));
        }
        let bench = Bench::new();
        let _ = bench.post(operation, format!("{{{members}}}"));
        assert!(!bench.only_call().context.dry_run, "{operation}");
    }
}
