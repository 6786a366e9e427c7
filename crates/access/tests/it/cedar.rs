//! What Cedar documents can name: accounts above what lies in them, names by their id, statements by their place.

use access::{Demand, Refused};
use domain::*;
use spi::Fence;

use crate::world::{World, caller, world};

/// What of the home tenant can be asked about.
fn everything(w: &World) -> [(Action, ResourceRef); 4] {
    let (tenant, name) = (w.tenant.id, Name::new(Space::Aws, "app").unwrap());
    [
        (Action::Encrypt, ResourceRef::Key { tenant, id: w.key(1).id() }),
        (Action::BindName, ResourceRef::Name { tenant, name }),
        (Action::DescribeKey, ResourceRef::AbsentKey { tenant, text: "none".to_owned() }),
        (Action::CreateKey, ResourceRef::Tenant(tenant)),
    ]
}

async fn decided_by(
    w: &World,
    who: &Principal,
    action: Action,
    on: &ResourceRef,
) -> Option<(String, String)> {
    let key = w.key(1);
    let demand = match on {
        ResourceRef::Key { .. } => Demand::on_key(action, on, &key, &w.tenant),
        _ => Demand::in_tenant(action, on, &w.tenant),
    };
    match w.decider.decide(&caller(who), demand, &mut Fence::default()).await {
        Ok(_) => None,
        Err(Refused::Denied { by, .. }) => by.map(|by| (by.document, by.statement)),
        Err(Refused::Store(e)) => panic!("{e}"),
    }
}

fn root_with(w: &World, text: &str) -> Principal {
    let mut root = w.principal("root", PrincipalKind::AccountRoot, &[Role::Root]);
    let policy = w.policy("limits", Language::Cedar, text);
    w.attach(&mut root, &[&policy]);
    root
}

#[tokio::test]
async fn inv_13_what_is_forbidden_on_an_account_is_forbidden_on_everything_in_it() {
    let w = world();
    let forbid = |id: AccountId| format!("forbid (principal, action, resource in Account::\"{id}\");");
    let root = root_with(&w, &forbid(w.home.id));
    for (action, on) in everything(&w) {
        let by = decided_by(&w, &root, action, &on).await;
        assert_eq!(by, Some(("policy:limits".to_owned(), "0".to_owned())), "{on:?}");
    }
    let w = world();
    let root = root_with(&w, &forbid(w.foreign.id));
    for (action, on) in everything(&w) {
        assert_eq!(decided_by(&w, &root, action, &on).await, None, "{on:?}");
    }
}

#[tokio::test]
async fn a_name_is_named_by_its_space_and_text() {
    let w = world();
    let root = root_with(&w, r#"forbid (principal, action, resource == Name::"aws/app");"#);
    let bind = async |text: &str| {
        let name = Name::new(Space::Aws, text).unwrap();
        decided_by(&w, &root, Action::BindName, &ResourceRef::Name { tenant: w.tenant.id, name }).await
    };
    assert!(bind("app").await.is_some());
    assert_eq!(bind("other").await, None);
}

#[tokio::test]
async fn a_statement_without_an_id_is_told_by_its_place_in_the_document() {
    let w = world();
    let text = r#"
        forbid (principal, action == Action::"key:create", resource);
        @id("binding") forbid (principal, action == Action::"name:bind", resource);
        forbid (principal, action == Action::"key:encrypt", resource);"#;
    let root = root_with(&w, text);
    let mut told = Vec::new();
    for (action, on) in everything(&w) {
        told.push(decided_by(&w, &root, action, &on).await.map(|(_, statement)| statement));
    }
    assert_eq!(told, [Some("2"), Some("binding"), None, Some("0")].map(|s| s.map(str::to_owned)));
}

/// Also beyond the tenth, where an order by name would not be that of the document.
#[tokio::test]
async fn the_place_of_a_statement_counts_from_the_first_to_the_last() {
    let w = world();
    let never = r#"forbid (principal, action == Action::"system:seal", resource);"#;
    let encrypt = r#"forbid (principal, action == Action::"key:encrypt", resource);"#;
    for at in [1, 2, 9, 10, 11] {
        let text: String = (0..12).map(|n| if n == at { encrypt } else { never }).collect();
        let root = root_with(&w, &text);
        w.raise(Scope::System);
        let [(action, on), ..] = everything(&w);
        let by = decided_by(&w, &root, action, &on).await;
        assert_eq!(by, Some(("policy:limits".to_owned(), at.to_string())));
    }
}
