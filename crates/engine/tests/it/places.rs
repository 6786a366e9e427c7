//! Who may claim coordinates: what is an account's own by its form, its administrators; everything else, the operators.

use api::ops::CreateTenant;
use domain::{Coordinates, Dialect, PrincipalKind, Role};
use keystead_engine::{Bootstrap, BootstrapCredential, BootstrapPrincipal};

use crate::house::{House, secret_of, word};

const OTHER: &str = "210987654321";

/// An account beside the operators', with an administrator of its own.
async fn with_stranger() -> House {
    let house = House::open().await;
    let stranger = BootstrapPrincipal {
        name: "stranger".to_owned(),
        kind: PrincipalKind::User,
        roles: vec![Role::Administrator],
        credentials: vec![BootstrapCredential::BearerToken(secret_of("stranger"))],
    };
    let other = Bootstrap {
        number: OTHER.parse().unwrap(),
        name: "other".to_owned(),
        tenants: vec![],
        principals: vec![stranger],
    };
    house.engine.bootstrap(other).await.unwrap();
    house
}

#[tokio::test]
async fn only_the_operators_give_away_what_is_nobodys_own() {
    let house = with_stranger().await;
    let mut tenants = 0;
    let mut claim = async |who: &str, dialect, text: &str| {
        tenants += 1;
        let name = format!("tenant-{tenants}");
        let bindings = vec![Coordinates::new(dialect, text)];
        word(house.run(who, CreateTenant { account: None, name, bindings }).await)
    };
    // Bound, free or another's by its form: the answer is the same.
    for namespace in ["", "team", "123456789012/team", "2109876543210/team", "21098765432"] {
        assert_eq!(claim("stranger", Dialect::Vault, namespace).await, "denied", "`{namespace}`");
    }
    assert_eq!(claim("stranger", Dialect::Azure, "vault.example").await, "denied");
    assert_eq!(claim("stranger", Dialect::Vault, OTHER).await, "ok");
    assert_eq!(claim("stranger", Dialect::Vault, &format!("{OTHER}/team")).await, "ok");
    assert_eq!(claim("stranger", Dialect::Aws, &format!("{OTHER}/eu-west-1")).await, "ok");
    assert_eq!(claim("administrator", Dialect::Vault, "team").await, "ok");
    assert_eq!(claim("administrator", Dialect::Vault, "").await, "object_exists");
}
