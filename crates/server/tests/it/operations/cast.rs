//! Who asks: one principal for each role and kind, each with a token and an access key.

use domain::{Coordinates, CredentialId, Dialect, PrincipalKind, Role};
use engine::{Bootstrap, BootstrapCredential, BootstrapPrincipal, BootstrapTenant};

use crate::house::{ACCOUNT, secret_of};

pub(super) const REGION: &str = "us-east-1";

/// One principal; its name is its column in the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Player {
    pub(super) name: &'static str,
    kind: PrincipalKind,
    pub(super) role: Option<Role>,
}

/// Every role, the account itself without any, and somebody who may nothing.
pub(super) fn players() -> Vec<Player> {
    let user = |role: Role| Player { name: role.word(), kind: PrincipalKind::User, role: Some(role) };
    let account = Player { name: "account", kind: PrincipalKind::AccountRoot, role: None };
    let nobody = Player { name: "no-role", kind: PrincipalKind::User, role: None };
    Role::ALL.into_iter().map(user).chain([account, nobody]).collect()
}

impl Player {
    pub(super) fn token(self) -> String {
        format!("{}-token", self.name)
    }

    pub(super) fn access_key(self) -> String {
        format!("AKKS{}", self.name.to_ascii_uppercase().replace('-', ""))
    }

    pub(super) fn secret(self) -> String {
        format!("signing secret of {}", self.name)
    }
}

/// An account with one tenant that every dialect leads to.
pub(super) fn bootstrap() -> Bootstrap {
    let bindings = vec![
        Coordinates::new(Dialect::Vault, ""),
        Coordinates::new(Dialect::Aws, format!("{ACCOUNT}/{REGION}")),
    ];
    Bootstrap {
        number: ACCOUNT.parse().unwrap(),
        name: "test".to_owned(),
        tenants: vec![BootstrapTenant { name: "default".to_owned(), bindings }],
        principals: players().into_iter().map(principal).collect(),
    }
}

fn principal(player: Player) -> BootstrapPrincipal {
    let id = CredentialId::new(&player.access_key()).unwrap();
    BootstrapPrincipal {
        name: player.name.to_owned(),
        kind: player.kind,
        roles: player.role.into_iter().collect(),
        credentials: vec![
            BootstrapCredential::BearerToken(secret_of(&player.token())),
            BootstrapCredential::SigningKey(id, secret_of(&player.secret())),
        ],
    }
}
