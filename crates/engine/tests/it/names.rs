//! A name that leads elsewhere, or nowhere any more: at once, for the name alone, and with its record.

use api::ops::{
    BindName, CreateKey, DescribeKey, KeyRef, ListNames, RebindName, RotateKey, ScheduleDestruction,
    UnbindName,
};
use domain::{AuditRecord, KeyId, KeySpec, Name, Space, UsageSet};
use spi::{AuditLog, AuditQuery};

use crate::house::{House, new_key, vault, word};

fn aws_name(text: &str) -> Name {
    Name::new(Space::Aws, text).unwrap()
}

fn in_vault(text: &str) -> Name {
    Name::new(Space::Vault { mount: "transit".to_owned() }, text).unwrap()
}

async fn leads_to(house: &House, name: Name) -> Option<KeyId> {
    let found = house.run_at(vault(), "root", DescribeKey { key: KeyRef::Name(name) }).await;
    found.ok().map(|view| view.key.id())
}

async fn bind(house: &House, text: &str, key: KeyId) {
    house.run("root", BindName { name: aws_name(text), key: KeyRef::Id(key) }).await.unwrap();
}

async fn listed(house: &House) -> Vec<String> {
    let all = ListNames { space: Space::Aws, key: None, after: None, limit: 100 };
    house.run("root", all).await.unwrap().items.into_iter().map(|view| view.name.text().to_owned()).collect()
}

fn rebind(text: &str, key: KeyId) -> RebindName {
    RebindName { name: aws_name(text), key: KeyRef::Id(key) }
}

fn unbind(text: &str) -> UnbindName {
    UnbindName { name: aws_name(text) }
}

async fn record(house: &House) -> AuditRecord {
    let page = house.log.search(AuditQuery { limit: 1, ..AuditQuery::default() }).await.unwrap();
    page.items.into_iter().next().unwrap().1
}

fn about(record: &AuditRecord) -> Vec<(String, String)> {
    let all = record.target.iter().chain(&record.also);
    all.map(|target| (target.kind.to_string(), target.id.clone())).collect()
}

async fn two(house: &House) -> [KeyId; 2] {
    let made = [house.create("root").await, house.create("root").await];
    made.map(|made| made.unwrap().key.id())
}

#[tokio::test]
async fn a_name_moves_alone_and_its_record_names_all_three() {
    let house = House::open().await;
    let [one, other] = two(&house).await;
    bind(&house, "app", one).await;
    assert_eq!(leads_to(&house, aws_name("app")).await, Some(one), "and is remembered");
    house.run("custodian", rebind("app", other)).await.unwrap();
    let record = record(&house).await;
    assert_eq!(leads_to(&house, aws_name("app")).await, Some(other));
    assert_eq!(leads_to(&house, in_vault("app")).await, Some(one), "the mirror stays with the key");
    assert_eq!(listed(&house).await, ["app"]);
    let words: Vec<_> = record.actions.iter().map(|action| action.word()).collect();
    assert_eq!(words, ["name:rebind"; 3]);
    let key = |id: KeyId| ("key".to_owned(), id.to_string());
    assert_eq!(about(&record), [key(other), ("name".to_owned(), "aws:app".to_owned()), key(one)]);
    assert!(!record.raised.is_empty(), "who went by the name is refused from now on: {record:?}");
    let target = Some("aws:app".to_owned());
    let query = AuditQuery { target, limit: 10, ..AuditQuery::default() };
    let found = house.log.search(query).await.unwrap().items.len();
    assert_eq!(found, 2, "bound and bound anew: a search by the name finds both");
}

#[tokio::test]
async fn a_removed_name_leads_nowhere_and_is_free_again() {
    let house = House::open().await;
    let [one, other] = two(&house).await;
    bind(&house, "app", one).await;
    bind(&house, "app2", one).await;
    assert_eq!(leads_to(&house, aws_name("app")).await, Some(one));
    house.run("custodian", unbind("app")).await.unwrap();
    let record = record(&house).await;
    let key = ("key".to_owned(), one.to_string());
    assert_eq!(about(&record), [key, ("name".to_owned(), "aws:app".to_owned())]);
    assert_eq!(record.actions.len(), 2, "asked of the name and of the key");
    assert!(!record.raised.is_empty(), "{record:?}");
    assert_eq!(leads_to(&house, aws_name("app")).await, None);
    assert_eq!(leads_to(&house, in_vault("app")).await, Some(one), "the mirror stays");
    assert_eq!(leads_to(&house, aws_name("app2")).await, Some(one), "its other names stay");
    assert_eq!(listed(&house).await, ["app2"]);
    assert_eq!(word(house.run("root", unbind("app")).await), "name_not_found");
    bind(&house, "app", other).await;
    assert_eq!(leads_to(&house, aws_name("app")).await, Some(other));
}

#[tokio::test]
async fn whoever_may_not_learns_nothing_and_changes_nothing() {
    let house = House::open().await;
    let [one, other] = two(&house).await;
    bind(&house, "app", one).await;
    for who in ["user", "auditor", "administrator", "nobody"] {
        for text in ["app", "absent"] {
            assert_eq!(word(house.run(who, rebind(text, other)).await), "denied", "{who} {text}");
            assert_eq!(word(house.run(who, unbind(text)).await), "denied", "{who} {text}");
        }
    }
    assert_eq!(leads_to(&house, aws_name("app")).await, Some(one));
    assert_eq!(word(house.run("root", rebind("absent", other)).await), "name_not_found");
    let nowhere = KeyId::random([9; 16]);
    assert_eq!(word(house.run("root", rebind("app", nowhere)).await), "key_not_found");
}

/// A denial on any one of the three is a denial: here a key's own policy refuses.
#[tokio::test]
async fn both_keys_are_asked() {
    use api::ops::PutKeyPolicy;
    use domain::{Language, PolicyDocument};
    let house = House::open().await;
    for closed in [0, 1] {
        let keys = two(&house).await;
        let text = format!("app{closed}");
        bind(&house, &text, keys[0]).await;
        let all = format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"kms:*","Resource":"*"}}"#,
            crate::house::ACCOUNT
        );
        let but = r#"{"Effect":"Deny","Principal":"*","Action":["kms:UpdateAlias","kms:DeleteAlias"],"Resource":"*"}"#;
        let policy =
            PolicyDocument { language: Language::Iam, text: format!(r#"{{"Statement":[{all},{but}]}}"#) };
        let key = KeyRef::Id(keys[closed]);
        house.run("root", PutKeyPolicy { key, policy, bypass_lockout_check: false }).await.unwrap();
        assert_eq!(word(house.run("root", rebind(&text, keys[1])).await), "denied", "{closed}");
        let expected = if closed == 0 { "denied" } else { "ok" };
        assert_eq!(word(house.run("root", unbind(&text)).await), expected, "{closed}");
    }
}

#[tokio::test]
async fn where_a_name_goes_must_be_alive_and_where_it_leaves_need_not() {
    let house = House::open().await;
    let [one, other] = two(&house).await;
    bind(&house, "app", one).await;
    let doom = |key: KeyId| ScheduleDestruction { key: KeyRef::Id(key), wait: 7 * 86_400 };
    house.run("root", doom(other)).await.unwrap();
    assert_eq!(word(house.run("root", rebind("app", other)).await), "wrong_state");
    assert_eq!(leads_to(&house, aws_name("app")).await, Some(one), "nothing changed");
    let [third, _] = two(&house).await;
    house.run("root", doom(one)).await.unwrap();
    assert_eq!(
        word(house.run("root", rebind("app", one)).await),
        "wrong_state",
        "even where it leads already"
    );
    assert_eq!(word(house.run("root", rebind("app", third)).await), "ok");
    assert_eq!(leads_to(&house, aws_name("app")).await, Some(third));
    assert_eq!(word(house.run("root", rebind("app", third)).await), "ok", "again is no change");
    bind(&house, "late", third).await;
    house.run("root", doom(third)).await.unwrap();
    assert_eq!(word(house.run("root", unbind("late")).await), "ok", "a name is removed in every state");
}

#[tokio::test]
async fn a_name_goes_to_a_key_of_its_kind_and_uses_that_has_room() {
    let house = House::open().await;
    let [one, other] = two(&house).await;
    bind(&house, "app", one).await;
    let usage: UsageSet = [domain::Usage::Encrypt, domain::Usage::Decrypt].into_iter().collect();
    let unlike = house.run("root", CreateKey { usage, ..new_key() }).await.unwrap().key.id();
    assert_eq!(word(house.run("root", rebind("app", unlike)).await), "precondition");
    let smaller = house.run("root", CreateKey { spec: KeySpec::Aes128, ..new_key() }).await.unwrap().key.id();
    assert_eq!(word(house.run("root", rebind("app", smaller)).await), "ok", "another size is the same kind");
    for n in 0..50 {
        bind(&house, &format!("other/{n}"), other).await;
    }
    assert_eq!(word(house.run("root", rebind("app", other)).await), "limit_exceeded");
    assert_eq!(leads_to(&house, aws_name("app")).await, Some(smaller));
}

/// Changes of the keys themselves do not tear a name that is on its way.
#[tokio::test]
async fn a_name_moves_to_and_fro_beside_other_changes_and_is_always_one() {
    let house = std::sync::Arc::new(House::open().await);
    let keys = two(&house).await;
    bind(&house, "app", keys[0]).await;
    let mover = |to: KeyId| {
        let house = house.clone();
        tokio::spawn(async move {
            for _ in 0..10 {
                house.run("root", rebind("app", to)).await.unwrap();
            }
        })
    };
    let turner = |key: KeyId| {
        let house = house.clone();
        tokio::spawn(async move {
            for _ in 0..10 {
                house
                    .run("root", RotateKey { key: KeyRef::Id(key), at_most: None, symmetric_only: false })
                    .await
                    .unwrap();
            }
        })
    };
    for task in [mover(keys[0]), mover(keys[1]), turner(keys[0]), turner(keys[1])] {
        task.await.unwrap();
    }
    let mut bearers = 0;
    for key in keys {
        let view = house.run("root", DescribeKey { key: KeyRef::Id(key) }).await.unwrap();
        assert_eq!(view.key.versions().len(), 11);
        bearers += view.key.details.names.iter().filter(|name| **name == aws_name("app")).count();
    }
    assert_eq!(bearers, 1);
    assert_eq!(listed(&house).await, ["app"]);
}
