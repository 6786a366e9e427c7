//! Lists are whole, guardrails come off again, and an explanation tells nobody what is there.

use api::FaultWhat;
use api::ops::{
    CreateCredential, CreatePrincipal, CreateTenant, ExplainPolicy, KeyRef, ListCredentials, ListTenants,
    WritePolicy,
};
use domain::{Action, Coordinates, CredentialKind, Dialect, KeyId, Language, PolicyDocument, PrincipalKind};

use crate::house::{ACCOUNT, House, word};

fn cedar(text: &str) -> PolicyDocument {
    PolicyDocument { language: Language::Cedar, text: text.to_owned() }
}

#[tokio::test]
async fn a_list_of_more_than_a_page_is_whole() {
    let house = House::open().await;
    for _ in 0..1001 {
        let op = CreateCredential {
            principal: "user".to_owned(),
            kind: CredentialKind::BearerToken,
            description: String::new(),
            expires_at: None,
        };
        house.run("administrator", op).await.unwrap();
    }
    let listed = house.run("administrator", ListCredentials { principal: "user".to_owned() }).await.unwrap();
    assert_eq!(listed.len(), 1002, "and the one it was born with");
}

#[tokio::test]
async fn a_guardrail_is_detached_by_leaving_its_tenant_out() {
    let house = House::open().await;
    let key = house.create("root").await.unwrap().key.id();
    let other = CreateTenant { account: None, name: "other".to_owned(), bindings: vec![] };
    house.run("administrator", other).await.unwrap();
    let write = async |guards: Option<&[&str]>| {
        let guards = guards.map(|names| names.iter().map(|n| (*n).to_owned()).collect());
        let document = cedar(
            r#"permit(principal, action, resource); forbid(principal, action == Action::"key:encrypt", resource);"#,
        );
        house.run("administrator", WritePolicy { name: "cap".to_owned(), document, guards }).await
    };
    let capped = async || {
        let tenants = house.run("administrator", ListTenants).await.unwrap();
        let capped = tenants.into_iter().filter(|t| !t.tenant.guardrails.is_empty());
        (capped.map(|t| t.tenant.name).collect::<Vec<_>>(), word(house.encrypt("user", key, "x").await))
    };
    let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    write(Some(&["default", "other"])).await.unwrap();
    assert_eq!(capped().await, (names(&["default", "other"]), "denied"));
    write(None).await.unwrap();
    assert_eq!(capped().await, (names(&["default", "other"]), "denied"), "not said, not touched");
    write(Some(&["other"])).await.unwrap();
    assert_eq!(capped().await, (names(&["other"]), "ok"), "let go at once");
    assert_eq!(word(write(Some(&["nowhere"])).await), "object_not_found");
    write(Some(&[])).await.unwrap();
    assert_eq!(capped().await, (names(&[]), "ok"));
}

/// The right to ask for explanations is no right to learn which keys there are.
#[tokio::test]
async fn an_explanation_does_not_tell_what_is_there() {
    let house = House::open().await;
    let there = house.create("root").await.unwrap().key.id();
    let text = r#"permit(principal, action == Action::"policy:explain", resource);"#;
    let op = WritePolicy { name: "explain".to_owned(), document: cedar(text), guards: None };
    house.run("administrator", op).await.unwrap();
    let asker = CreatePrincipal {
        name: "asker".to_owned(),
        kind: PrincipalKind::User,
        roles: vec![],
        policies: vec!["explain".to_owned()],
        labels: Default::default(),
    };
    house.run("administrator", asker).await.unwrap();
    let op = CreateCredential {
        principal: "asker".to_owned(),
        kind: CredentialKind::BearerToken,
        description: String::new(),
        expires_at: None,
    };
    let token = house.run("administrator", op).await.unwrap().secret;
    let token = String::from_utf8(token.expose(secret::Exposure::ReturnToAuthorisedCaller).to_vec()).unwrap();
    let explain = |key| ExplainPolicy { principal: None, action: Action::Encrypt, key };
    assert_eq!(word(house.run(&token, explain(None)).await), "ok", "it may ask");
    let absent = KeyId::from_bytes([7; 16]);
    let told = async |id: KeyId| {
        let fault = house.run(&token, explain(Some(KeyRef::Id(id)))).await.unwrap_err();
        format!("{:?}", fault.what).replace(&id.to_string(), "?")
    };
    assert_eq!(told(there).await, told(absent).await);
    assert_eq!(word(house.run("auditor", explain(Some(KeyRef::Id(there)))).await), "ok");
    let place = Coordinates::new(Dialect::Aws, format!("{ACCOUNT}/us-east-1"));
    let at = |key| KeyRef::At { place: place.clone(), key: Box::new(key) };
    assert_eq!(word(house.run("auditor", explain(Some(at(KeyRef::Id(there))))).await), "ok");
    let nested = house.run("auditor", explain(Some(at(at(KeyRef::Id(there)))))).await.unwrap_err();
    assert!(matches!(nested.what, FaultWhat::Malformed(_)), "{nested:?}");
}
