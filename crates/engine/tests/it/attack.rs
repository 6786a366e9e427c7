use api::ops::*;
use domain::{Coordinates, Dialect, Language, PolicyDocument, Role, UsageSet, Name, Space};
use spi::{AuditLog, AuditQuery};
use crate::house::{House, new_key, token, vault, word};
use api::KmsExt;

async fn records(house: &House) -> usize {
    house.log.search(AuditQuery { limit: 1000, ..AuditQuery::default() }).await.unwrap().items.len()
}

#[tokio::test]
async fn a1_cedar_forbid_in_account() {
    let house = House::open().await;
    let view = house.create("root").await.unwrap();
    let id = view.account.id;
    let text = format!(r#"permit (principal, action, resource); forbid (principal, action, resource in Account::"{id}");"#);
    let document = PolicyDocument { language: Language::Cedar, text };
    let written = house.run("root", WritePolicy { name: "cap".into(), document, guards: Some(vec!["default".into()]) }).await;
    println!("A1 written {:?}", written.is_ok());
    println!("A1 encrypt {}", word(house.encrypt("user", view.key.id(), "x").await));
    println!("A1 create {}", word(house.create("root").await));
}

#[tokio::test]
async fn a2_unrecorded() {
    let house = House::open().await;
    let before = records(&house).await;
    let b = Coordinates::new(Dialect::Vault, "x");
    println!("A2 dup binding {}", word(house.run("root", CreateTenant { account: None, name: "t".into(), bindings: vec![b.clone(), b] }).await));
    println!("A2 records added {}", records(&house).await - before);
    let before = records(&house).await;
    let mut k = new_key();
    k.labels = (0..400).map(|i| (format!("k{i}"), "v".repeat(100))).collect();
    println!("A2 large {}", word(house.run("root", k).await));
    println!("A2 records added {}", records(&house).await - before);
}

#[tokio::test]
async fn a3_admin_becomes_all() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let document = PolicyDocument { language: Language::Cedar, text: "permit (principal, action, resource);".into() };
    println!("A3 write {}", word(house.run("administrator", WritePolicy { name: "all".into(), document, guards: None }).await));
    println!("A3 attach {}", word(house.run("administrator", UpdatePrincipal { name: "administrator".into(), roles: None, policies: Some(vec!["all".into()]), disabled: None }).await));
    println!("A3 encrypt {}", word(house.encrypt("administrator", key, "x").await));
    println!("A3 audit {}", word(house.run("administrator", SearchAudit { since: None, operation: None, target: None, principal: None, tenant: None, after: None, limit: 5 }).await));
    let document = PolicyDocument { language: Language::Cedar, text: r#"permit (principal, action, resource); forbid (principal in Role::"root", action, resource);"#.into() };
    println!("A3 lock {}", word(house.run("administrator", WritePolicy { name: "lock".into(), document, guards: Some(vec!["default".into()]) }).await));
    println!("A3 root encrypt {}", word(house.encrypt("root", key, "x").await));
    println!("A3 seal {}", word(house.run("administrator", SealSystem).await));
}

#[tokio::test]
async fn a4_batch_failures_say_success() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let mut c = house.encrypt("user", key, "x").await.unwrap();
    let n = c.len() - 1; c[n] ^= 1;
    let item = || DecryptItem { ciphertext: c.clone(), aad: Default::default(), version: None };
    let op = Decrypt { key: Some(KeyRef::Id(key)), items: vec![item(), item()], form: CiphertextForm::Envelope };
    let out = house.run("user", op).await.unwrap();
    println!("A4 items ok: {}", out.items.iter().filter(|i| i.is_ok()).count());
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    println!("A4 {:?} {:?}", page.items[0].1.outcome, page.items[0].1.items);
    house.run("root", DisableKey { key: KeyRef::Id(key) }).await.unwrap();
    let op = Decrypt { key: Some(KeyRef::Id(key)), items: vec![item(), item()], form: CiphertextForm::Envelope };
    let _ = house.run("user", op).await.unwrap();
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    println!("A4 disabled {:?} {:?}", page.items[0].1.outcome, page.items[0].1.items);
}

#[tokio::test]
async fn a5_existence() {
    let house = House::open().await;
    let mut k = new_key();
    k.name = Some(Name::new(Space::Aws, "payroll").unwrap());
    house.run("root", k).await.unwrap();
    for n in ["payroll", "absent"] {
        let r = house.run("nobody", DescribeKey { key: KeyRef::Name(Name::new(Space::Aws, n).unwrap()) }).await;
        println!("A5 {n}: {:?}", r.err().map(|f| f.what));
    }
}

#[tokio::test]
async fn a6_vault_name_shadows_id() {
    let house = House::open().await;
    let victim = house.create("root").await.unwrap().key.id();
    let mut k = new_key();
    k.name = Some(Name::new(Space::Aws, &victim.to_string()).unwrap());
    let other = house.run("custodian", k).await.unwrap();
    let name = Name::new(Space::Vault { mount: "transit".into() }, &victim.to_string()).unwrap();
    let got = house.run_at(vault(), "root", DescribeKey { key: KeyRef::NameOrId(name, Some(victim)) }).await.unwrap();
    println!("A6 victim {victim} led to {} names {:?}", got.key.id(), other.key.details.names);
    assert_eq!(got.key.id(), other.key.id());
}

#[tokio::test]
async fn a7_poison() {
    let house = House::open().await;
    let mut names = Vec::new();
    for i in 0..400 {
        let name = format!("t{i}");
        house.run("administrator", CreateTenant { account: None, name: name.clone(), bindings: vec![] }).await.unwrap();
        names.push(name);
    }
    let document = PolicyDocument { language: Language::Cedar, text: "permit (principal, action, resource);".into() };
    println!("A7 poison {}", word(house.run("administrator", WritePolicy { name: "p".into(), document, guards: Some(names) }).await));
    for _ in 0..3 {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        println!("A7 create {}", word(house.create("root").await));
    }
    let _ = (token("x"), UsageSet::ENCRYPT_DECRYPT, Role::Root);
}
