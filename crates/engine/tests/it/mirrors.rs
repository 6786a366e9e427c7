//! A name in other spaces: only where it is free there, and where its maker may make it.

use api::ops::{BindName, CreateKey, DescribeKey, KeyRef, UpdatePrincipal, WritePolicy};
use domain::{KeyId, Language, Name, PolicyDocument, Space};

use crate::house::{House, new_key, vault};

fn in_vault(text: &str) -> Name {
    Name::new(Space::Vault { mount: "transit".to_owned() }, text).unwrap()
}

fn in_aws(text: &str) -> Name {
    Name::new(Space::Aws, text).unwrap()
}

async fn spaces(house: &House, key: KeyId) -> Vec<String> {
    let view = house.run("root", DescribeKey { key: KeyRef::Id(key) }).await.unwrap();
    view.key.details.names.iter().map(|name| name.space().index_word()).collect()
}

/// Takes the making of names in one space from the custodian.
async fn forbid_in(house: &House, space: &str) {
    let text = format!(
        r#"forbid (principal, action == Action::"name:bind", resource is Name) when {{ resource.space == "{space}" }};"#
    );
    let document = PolicyDocument { language: Language::Cedar, text };
    house.run("root", WritePolicy { name: "some".to_owned(), document, guards: None }).await.unwrap();
    let held = Some(vec!["some".to_owned()]);
    let change =
        UpdatePrincipal { name: "custodian".to_owned(), roles: None, policies: held, disabled: None };
    house.run("root", change).await.unwrap();
}

#[tokio::test]
async fn a_name_is_mirrored_only_where_it_is_legal_and_free() {
    let house = House::open().await;
    forbid_in(&house, "aws").await;
    let make = async |who: &str, name: &str| {
        let new = CreateKey { name: Some(in_vault(name)), ..new_key() };
        house.run_at(vault(), who, new).await.unwrap().key.id()
    };
    assert_eq!(spaces(&house, make("root", "not.for.aws").await).await, ["vault:transit", "native"]);
    assert_eq!(spaces(&house, make("root", "both").await).await, ["vault:transit", "aws", "native"]);
    assert_eq!(spaces(&house, make("custodian", "app").await).await, ["vault:transit", "native"]);
    let key = house.create("root").await.unwrap().key.id();
    house.run("root", BindName { name: in_aws("app"), key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(spaces(&house, key).await, ["aws"], "`app` is another key's elsewhere");
}

#[tokio::test]
async fn a_name_is_mirrored_only_where_its_maker_may_make_it() {
    let house = House::open().await;
    forbid_in(&house, "vault:transit").await;
    let key = house.create("custodian").await.unwrap().key.id();
    house.run("custodian", BindName { name: in_aws("app"), key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(spaces(&house, key).await, ["aws", "native"]);
    let key = house.create("root").await.unwrap().key.id();
    house.run("root", BindName { name: in_aws("other"), key: KeyRef::Id(key) }).await.unwrap();
    assert_eq!(spaces(&house, key).await, ["aws", "vault:transit", "native"]);
}
