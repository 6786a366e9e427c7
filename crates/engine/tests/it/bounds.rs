//! What a request may hold: every bound at its last lawful value and one beyond, every name that is no name, and what
//! must not be there twice. Nothing of what is refused is done.

use api::ops::*;
use api::{FaultWhat, Limit};
use domain::{
    Coordinates, Cursor, Dialect, KeySpec, Language, Name, PolicyDocument, PrincipalKind, Role, Space,
    UsageSet,
};
use secret::SecretBytes;

use crate::authority::{data_key, encrypt, policy, principal, search, tenant};
use crate::house::{House, new_key, vault, word};

fn bound(dialect: Dialect, text: &str) -> Coordinates {
    Coordinates::new(dialect, text)
}

#[tokio::test]
async fn a_tenants_bindings_are_its_accounts_and_one_for_each_dialect() {
    let house = House::open().await;
    let (a, b) = (bound(Dialect::Azure, "one.example"), bound(Dialect::Azure, "two.example"));
    for bindings in [
        vec![a.clone(), b],
        vec![bound(Dialect::Google, "p/a"), bound(Dialect::Google, "p/b")],
        vec![bound(Dialect::Aws, "123456789012/a"), bound(Dialect::Aws, "123456789012/b")],
        vec![bound(Dialect::Aws, "444455556666/eu-west-1")],
        vec![bound(Dialect::Aws, "123456789012")],
        vec![bound(Dialect::Vault, "a"), bound(Dialect::Vault, "b"), bound(Dialect::Vault, "a")],
        vec![bound(Dialect::Vault, &"x".repeat(256))],
        vec![bound(Dialect::Native, "123456789012/other")],
    ] {
        let op = CreateTenant { bindings: bindings.clone(), ..tenant("t") };
        assert_eq!(word(house.run("root", op).await), "malformed", "{bindings:?}");
    }
    let bindings = vec![
        a.clone(),
        bound(Dialect::Google, "p/a"),
        bound(Dialect::Aws, "123456789012/eu-west-1"),
        bound(Dialect::Vault, "a"),
        bound(Dialect::Vault, &"x".repeat(255)),
    ];
    house.run("root", CreateTenant { bindings, ..tenant("t") }).await.unwrap();
    let taken = CreateTenant { bindings: vec![bound(Dialect::Vault, "b"), a], ..tenant("u") };
    assert_eq!(word(house.run("root", taken).await), "object_exists");
    assert_eq!(word(house.run("root", tenant("t")).await), "object_exists");
    let names: Vec<_> = house
        .run("root", ListTenants)
        .await
        .unwrap()
        .into_iter()
        .map(|t| (t.tenant.name, t.bindings.len()))
        .collect();
    assert_eq!(names, [("default".to_owned(), 3), ("t".to_owned(), 6)]);
}

#[tokio::test]
async fn a_name_is_short_and_plain_wherever_it_stands() {
    let house = House::open().await;
    let (longest, too_long) = ("x".repeat(64), "x".repeat(65));
    for name in ["", &too_long, "a b", "a/b", "a:b", "ä", "a\n"] {
        assert_eq!(word(house.run("root", tenant(name)).await), "malformed", "{name}");
        assert_eq!(word(house.run("root", principal(name)).await), "malformed", "{name}");
        assert_eq!(word(house.run("root", policy(name, None)).await), "malformed", "{name}");
    }
    for name in [&longest, "a", "A9+=,.@_-"] {
        assert_eq!(word(house.run("root", tenant(name)).await), "ok", "{name}");
        assert_eq!(word(house.run("root", principal(name)).await), "ok", "{name}");
        assert_eq!(word(house.run("root", policy(name, None)).await), "ok", "{name}");
    }
    assert_eq!(word(house.run("root", principal("a")).await), "object_exists");
    let root = CreatePrincipal { kind: PrincipalKind::AccountRoot, ..principal("b") };
    assert_eq!(word(house.run("root", root).await), "malformed");
    let both = CreatePrincipal { roles: vec![Role::Administrator, Role::Auditor], ..principal("b") };
    assert_eq!(word(house.run("root", both).await), "malformed");
    let unknown = CreatePrincipal { policies: vec!["absent".to_owned()], ..principal("b") };
    assert_eq!(word(house.run("root", unknown).await), "object_not_found");
}

#[tokio::test]
async fn inv_13_a_policy_is_written_only_if_it_can_be_enforced() {
    let house = House::open().await;
    for (language, text) in [(Language::Cedar, "permit"), (Language::Iam, "{}"), (Language::Acl, "")] {
        let document = PolicyDocument { language, text: text.to_owned() };
        let op = WritePolicy { document, ..policy("p", None) };
        assert_eq!(word(house.run("root", op).await), "malformed", "{language:?}");
    }
    let op = policy("p", Some(vec!["absent".to_owned()]));
    assert_eq!(word(house.run("root", op).await), "object_not_found");
    assert_eq!(house.run("root", ListPolicies).await.unwrap().len(), 0, "nothing of it was done");
    // A tenant that is named twice, or guarded already, is guarded once.
    for _ in 0..2 {
        let names = vec!["default".to_owned(), "default".to_owned()];
        house.run("root", policy("p", Some(names))).await.unwrap();
        let tenants = house.run("root", ListTenants).await.unwrap();
        assert_eq!(tenants[0].tenant.guardrails.len(), 1);
    }
}

#[tokio::test]
async fn a_key_is_made_within_its_bounds() {
    let house = House::open().await;
    let described = |bytes: usize| CreateKey { description: "x".repeat(bytes), ..new_key() };
    assert_eq!(word(house.run("root", described(8192)).await), "ok");
    assert_eq!(word(house.run("root", described(8193)).await), "limit_exceeded");
    let odd = CreateKey { spec: KeySpec::Rsa4096, usage: UsageSet::AGREE_KEY, ..new_key() };
    assert_eq!(word(house.run("root", odd).await), "spec_unsupported");
    let away = r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/auditor"},"Action":"kms:*","Resource":"*"}}"#;
    let text = |text: &str| Some(PolicyDocument { language: Language::Iam, text: text.to_owned() });
    let locked = |bypass_lockout_check| CreateKey { policy: text(away), bypass_lockout_check, ..new_key() };
    assert_eq!(word(house.run("root", locked(false)).await), "precondition");
    let own = house.run("root", locked(true)).await.unwrap().key;
    assert_eq!(own.details.policy.text, away);
    let unfit = CreateKey { policy: text("{}"), bypass_lockout_check: true, ..new_key() };
    assert_eq!(word(house.run("root", unfit).await), "malformed");
    // Without a policy there is nothing that could lock out: the custodian may not write policies by user name alone.
    assert_eq!(word(house.run("custodian", new_key()).await), "ok");
    let final_key = CreateKey { destruction_allowed: false, ..new_key() };
    let kept = house.run("root", final_key).await.unwrap().key.id();
    let schedule = ScheduleDestruction { key: KeyRef::Id(kept), wait: 7 * 86_400 };
    assert_eq!(word(house.run("root", schedule).await), "precondition");
}

#[tokio::test]
async fn a_key_policy_has_its_bound_and_its_lockout_check() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let put = |text: String, bypass_lockout_check| PutKeyPolicy {
        key: KeyRef::Id(key),
        policy: PolicyDocument { language: Language::Iam, text },
        bypass_lockout_check,
    };
    let open = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}"#;
    let padded = |to: usize| format!("{open}{}", " ".repeat(to - open.len()));
    assert_eq!(word(house.run("root", put(padded(16 * 1024), false)).await), "ok");
    for (bytes, own_bound) in [(32 * 1024, false), (32 * 1024 + 1, true)] {
        // At its own bound a policy does not fit the record that it stands in.
        let fault = house.run("root", put(padded(bytes), false)).await.unwrap_err();
        let FaultWhat::LimitExceeded(limit) = fault.what else { panic!("{fault:?}") };
        assert_eq!(matches!(limit, Limit::PolicyBytes { max: 32_768 }), own_bound, "{limit:?}");
    }
    let shut =
        r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"kms:PutKeyPolicy","Resource":"*"}}"#;
    assert_eq!(word(house.run("root", put(shut.to_owned(), false)).await), "precondition");
    assert_eq!(word(house.run("root", put(shut.to_owned(), true)).await), "ok");
    assert_eq!(word(house.run("root", put(padded(1024), true)).await), "denied", "as its author wished");
}

#[tokio::test]
async fn a_name_at_birth_is_free_or_the_dialects_own_key() {
    let house = House::open().await;
    let in_vault = || Name::new(Space::Vault { mount: "transit".to_owned() }, "app").unwrap();
    let named = |name: Name, or_find| CreateKey { name: Some(name), or_find, ..new_key() };
    let made = house.run_at(vault(), "custodian", named(in_vault(), true)).await.unwrap();
    assert!(made.changed);
    let found = house.run_at(vault(), "custodian", named(in_vault(), true)).await.unwrap();
    assert_eq!((found.key.id(), found.changed), (made.key.id(), false));
    assert_eq!(word(house.run_at(vault(), "custodian", named(in_vault(), false)).await), "name_taken");
    // The mirror in another dialect is no key of that dialect, and is not adopted by it.
    let in_aws = || Name::new(Space::Aws, "app").unwrap();
    assert_eq!(word(house.run("custodian", named(in_aws(), true)).await), "name_taken");
    // Only who may make keys learns that a name is taken; only who may see keys is given one.
    for or_find in [false, true] {
        assert_eq!(word(house.run_at(vault(), "nobody", named(in_vault(), or_find)).await), "denied");
    }
    let names: Vec<_> = made.key.details.names.iter().map(|n| n.space().index_word()).collect();
    assert_eq!(names, ["vault:transit", "aws", "native"], "in every bound space where it is legal");
}

#[tokio::test]
async fn a_key_has_at_most_fifty_names_in_a_space_and_a_mirror_only_where_it_has_none() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let bind = async |name: &str| {
        let name = Name::new(Space::Aws, name).unwrap();
        word(house.run("root", BindName { name, key: KeyRef::Id(key) }).await)
    };
    for n in 0..50 {
        assert_eq!(bind(&format!("n{n:02}")).await, "ok");
    }
    assert_eq!(bind("n50").await, "limit_exceeded");
    let shown = house.run("root", DescribeKey { key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(shown.key.details.names.len(), 52, "the first has its mirrors, the others none");
    let list = async |of: Option<KeyRef>, after: Option<Cursor>, limit: usize| {
        house.run("root", ListNames { space: Space::Aws, key: of, after, limit }).await
    };
    for of in [None, Some(KeyRef::Id(key))] {
        let first = list(of.clone(), None, 30).await.unwrap();
        let second = list(of.clone(), first.next.clone(), 30).await.unwrap();
        let names: Vec<_> =
            first.items.iter().chain(&second.items).map(|v| v.name.text().to_owned()).collect();
        assert_eq!(names, (0..50).map(|n| format!("n{n:02}")).collect::<Vec<_>>());
        assert_eq!((first.items.len(), second.next), (30, None));
        assert_eq!(list(of.clone(), None, 50).await.unwrap().next, None, "no page beyond the last");
        for limit in [0, 1001] {
            assert_eq!(word(list(of.clone(), None, limit).await), "malformed");
        }
    }
    let elsewhere = Some(Cursor(b"vault:transit\0a".to_vec()));
    assert_eq!(word(list(None, elsewhere, 10).await), "malformed", "a cursor of another listing");
    let doomed = house.create("root").await.unwrap().key.id();
    let schedule = ScheduleDestruction { key: KeyRef::Id(doomed), wait: 7 * 86_400 };
    house.run("root", schedule).await.unwrap();
    let name = Name::new(Space::Aws, "late").unwrap();
    let late = BindName { name, key: KeyRef::Id(doomed) };
    assert_eq!(word(house.run("root", late).await), "wrong_state");
}

#[tokio::test]
async fn pages_have_their_bounds() {
    let house = House::open().await;
    for (limit, answer) in [(0, "malformed"), (1, "ok"), (1000, "ok"), (1001, "malformed")] {
        assert_eq!(word(house.run("root", ListKeys { after: None, limit }).await), answer);
        assert_eq!(word(house.run("root", ListPrincipals { after: None, limit }).await), answer);
        assert_eq!(word(house.run("root", search(limit)).await), answer);
    }
    let cursor = Some(Cursor(vec![0; 7]));
    assert_eq!(word(house.run("root", SearchAudit { after: cursor, ..search(1) }).await), "malformed");
}

#[tokio::test]
async fn data_is_protected_within_its_bounds() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let of = |bytes: usize| SecretBytes::take_vec(vec![7; bytes]);
    let sized = |bytes: usize| {
        let item = EncryptItem { plaintext: of(bytes), aad: AssociatedData::None, version: None };
        Encrypt { items: vec![item], ..encrypt(KeyRef::Id(key)) }
    };
    assert_eq!(word(house.run("root", sized(4096)).await), "ok");
    assert_eq!(word(house.run("root", sized(4097)).await), "limit_exceeded");
    let direct = Encrypt { form: CiphertextForm::Direct, ..sized(4097) };
    assert_eq!(word(house.run_at(vault(), "root", direct).await), "ok");
    let batch = |n: usize| Encrypt { items: (0..n).flat_map(|_| sized(1).items).collect(), ..sized(1) };
    assert_eq!(word(house.run("root", batch(0)).await), "malformed");
    assert_eq!(word(house.run("root", batch(1000)).await), "ok");
    assert_eq!(word(house.run("root", batch(1001)).await), "limit_exceeded");
    for (bytes, answer) in [(0, "malformed"), (1, "ok"), (1024, "ok"), (1025, "malformed")] {
        let op = GenerateDataKey { shape: DataKeyShape::Bytes(bytes), ..data_key(KeyRef::Id(key), true) };
        assert_eq!(word(house.run("root", op).await), answer, "{bytes}");
    }
}

#[tokio::test]
async fn a_ciphertext_is_opened_within_its_bounds_and_by_its_own_key() {
    let house = House::open().await;
    let [key, other] = [house.create("root").await, house.create("root").await].map(|k| k.unwrap().key.id());
    let blob = house.encrypt("root", key, "x").await.unwrap();
    let open = |named: Option<domain::KeyId>, blobs: Vec<Vec<u8>>, form| {
        let item = |ciphertext| DecryptItem { ciphertext, aad: AssociatedData::None, version: None };
        Decrypt { key: named.map(KeyRef::Id), items: blobs.into_iter().map(item).collect(), form }
    };
    let envelope = CiphertextForm::Envelope;
    let run = async |op| word(house.run("root", op).await);
    assert_eq!(run(open(Some(key), vec![blob.clone()], envelope)).await, "ok");
    assert_eq!(run(open(Some(other), vec![blob.clone()], envelope)).await, "ciphertext_foreign");
    let mixed = vec![blob.clone(), house.encrypt("root", other, "x").await.unwrap()];
    assert_eq!(run(open(Some(key), mixed, envelope)).await, "ciphertext_foreign");
    assert_eq!(run(open(Some(key), vec![b"short".to_vec()], envelope)).await, "ciphertext_invalid");
    assert_eq!(run(open(None, vec![blob.clone(), blob.clone()], envelope)).await, "malformed");
    assert_eq!(run(open(None, vec![], envelope)).await, "malformed");
    assert_eq!(run(open(Some(key), vec![blob.clone(); 1001], envelope)).await, "limit_exceeded");
    let large = vec![7; 16 * 1024 * 1024 + 65];
    assert_eq!(run(open(Some(key), vec![large], CiphertextForm::Direct)).await, "limit_exceeded");
    // A disabled key says so whatever the ciphertext.
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    let mut foreign = blob;
    foreign[20] ^= 1;
    assert_eq!(run(open(Some(key), vec![foreign], envelope)).await, "wrong_state");
}
