//! Canonical actions and resources in the terms of the IAM language, and what reaches where there are none.

use access::{Demand, delegating_key_policy};
use domain::*;
use spi::Fence;

use crate::decide::ALLOW_ALL;
use crate::world::{caller, key_of, world};

#[tokio::test]
async fn resources_are_matched_in_their_own_terms() {
    let w = world();
    let key = w.key(1);
    let id = key.id();
    for (resource, reached) in [
        ("*".to_owned(), true),
        (format!("arn:aws:kms:us-east-1:111122223333:key/{id}"), true),
        ("arn:aws:kms:*:111122223333:key/*".to_owned(), true),
        (format!("arn:aws:kms:us-east-2:111122223333:key/{id}"), false),
        (format!("arn:aws:kms:us-east-1:444455556666:key/{id}"), false),
        (format!("arn:aws:kms:us-east-1:111122223333:alias/{id}"), false),
        (format!("arn:aws:s3:us-east-1:111122223333:key/{id}"), false),
        ("arn:*:*:*:*:key/0*".to_owned(), id.to_string().starts_with('0')),
    ] {
        let mut user = w.principal(&format!("u{}", resource.len()), PrincipalKind::User, &[]);
        for (effect, expected) in [("Allow", reached), ("Deny", !reached)] {
            let rule = format!(r#"{{"Effect":"{effect}","Action":"kms:Encrypt","Resource":"{resource}"}}"#);
            let all = r#"{"Effect":"Allow","Action":"kms:*","Resource":"*"}"#;
            let statements = if effect == "Allow" { rule } else { format!("{rule},{all}") };
            let policy = w.policy("p", Language::Iam, &format!(r#"{{"Statement":[{statements}]}}"#));
            w.attach(&mut user, &[&policy]);
            w.raise(Scope::Account(w.home.id));
            assert_eq!(w.allows(&user, Action::Encrypt, &key).await, expected, "{effect} {resource}");
        }
    }
}

#[tokio::test]
async fn without_projection_only_wildcard_denials_reach() {
    let w = world();
    let mut user = w.principal("user", PrincipalKind::User, &[]);
    let vault_name = Name::new(Space::Vault { mount: "transit".into() }, "app").unwrap();
    let aws_name = Name::new(Space::Aws, "app").unwrap();
    let deny = |action: &str, resource: &str| {
        format!(r#"{{"Statement":{{"Effect":"Deny","Action":"{action}","Resource":"{resource}"}}}}"#)
    };
    let alias = "arn:aws:kms:us-east-1:111122223333:alias/app";
    // (document, vault name allowed, aws name allowed, administration allowed), beside an allow by role.
    for (text, vault, aws, administration) in [
        (deny("kms:CreateAlias", alias), true, false, true),
        (deny("kms:CreateAlias", "arn:aws:kms:us-east-1:111122223333:alias/*"), false, false, true),
        (deny("kms:*", "*"), false, false, true),
        (deny("*", "*"), false, false, false),
        (deny("?ms:*", "*"), false, false, false),
    ] {
        let policy = w.policy("deny", Language::Iam, &text);
        user.roles = vec![Role::Root];
        w.attach(&mut user, &[&policy]);
        w.raise(Scope::Account(w.home.id));
        let who = caller(&user);
        let tenant = w.tenant.id;
        for (name, expected) in [(&vault_name, vault), (&aws_name, aws)] {
            let on = ResourceRef::Name { tenant, name: name.clone() };
            let demand = Demand::in_tenant(Action::BindName, &on, &w.tenant);
            assert_eq!(
                w.decider.decide(&who, demand, &mut Fence::default()).await.is_ok(),
                expected,
                "{text} {name:?}"
            );
        }
        let on = ResourceRef::Account(w.home.id);
        let demand = Demand::outside(Action::CreatePrincipal, &on);
        assert_eq!(
            w.decider.decide(&who, demand, &mut Fence::default()).await.is_ok(),
            administration,
            "{text}"
        );
    }
    // And no allow reaches where there is no projection.
    let all = w.policy("all", Language::Iam, ALLOW_ALL);
    user.roles = Vec::new();
    w.attach(&mut user, &[&all]);
    w.raise(Scope::Account(w.home.id));
    let on = ResourceRef::Name { tenant: w.tenant.id, name: vault_name };
    let demand = Demand::in_tenant(Action::BindName, &on, &w.tenant);
    assert!(w.decider.decide(&caller(&user), demand, &mut Fence::default()).await.is_err());
}

#[tokio::test]
async fn describing_labelling_and_unlabelling_are_granted_apart() {
    let w = world();
    let key = w.key(1);
    let mut user = w.principal("user", PrincipalKind::User, &[]);
    for (action, describes, labels, unlabels) in [
        ("kms:UpdateKeyDescription", true, false, false),
        ("kms:*Resource", false, true, true),
        ("kms:TagResource", false, true, false),
        ("kms:UntagResource", false, false, true),
    ] {
        let text = format!(r#"{{"Statement":{{"Effect":"Allow","Action":"{action}","Resource":"*"}}}}"#);
        let policy = w.policy("p", Language::Iam, &text);
        w.attach(&mut user, &[&policy]);
        w.raise(Scope::Account(w.home.id));
        assert_eq!(w.allows(&user, Action::UpdateDescription, &key).await, describes, "{action}");
        assert_eq!(w.allows(&user, Action::LabelKey, &key).await, labels, "{action}");
        assert_eq!(w.allows(&user, Action::UnlabelKey, &key).await, unlabels, "{action}");
    }
}

#[tokio::test]
async fn a_tenant_without_region_takes_denials_for_any_region() {
    let w = world();
    let mut stranger = w.principal_of(&w.foreign, "root", PrincipalKind::AccountRoot, &[Role::Root]);
    let key = key_of(1, &w.foreign_tenant, &w.foreign, delegating_key_policy(w.foreign.number));
    assert!(w.allows(&stranger, Action::Encrypt, &key).await);
    let text = format!(
        r#"{{"Statement":{{"Effect":"Deny","Action":"*","Resource":"arn:aws:kms:eu-west-9:444455556666:key/{}"}}}}"#,
        key.id()
    );
    let mut policy = w.policy("deny", Language::Iam, &text);
    policy.account = w.foreign.id;
    w.store.put(&policy);
    w.attach(&mut stranger, &[&policy]);
    w.raise(Scope::Account(w.foreign.id));
    assert!(!w.allows(&stranger, Action::Encrypt, &key).await);
}

#[tokio::test]
async fn inv_4_a_region_counts_only_if_the_binding_itself_leads_to_the_tenant() {
    let w = world();
    let mut user = w.principal("user", PrincipalKind::User, &[]);
    let text = r#"{"Statement":{"Effect":"Allow","Action":"kms:*","Resource":"arn:aws:kms:us-east-1:*:*"}}"#;
    let regional = w.policy("regional", Language::Iam, text);
    w.attach(&mut user, &[&regional]);
    let key = w.key(1);
    assert!(w.allows(&user, Action::Encrypt, &key).await);
    // The index row of the home tenant stays; what it leads to says another tenant.
    w.store.put(&Binding {
        coordinates: Coordinates::new(Dialect::Aws, "111122223333/us-east-1"),
        tenant: w.foreign_tenant.id,
        account: w.foreign.id,
        created_at: Timestamp::from_millis(0),
    });
    w.raise(Scope::Tenant(w.tenant.id));
    assert!(!w.allows(&user, Action::Encrypt, &key).await, "a tenant without region is in no region");
}
