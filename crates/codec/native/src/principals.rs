//! Principals and their credentials.

use serde::{Deserialize, Serialize};

use crate::{Pairs, SecretText};

/// `POST principals`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreatePrincipalRequest {
    /// Unique in the account.
    pub name: String,
    /// `user` or `service`: `service` unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Built-in roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Policies by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// Labels.
    #[serde(default, skip_serializing_if = "Pairs::is_empty")]
    pub labels: Pairs,
}

/// `PATCH principals/{name}`: an absent field stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdatePrincipalRequest {
    /// New roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// New policies by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policies: Option<Vec<String>>,
    /// Disable or enable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// A principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `account-root`, `user` or `service`.
    pub kind: String,
    /// Built-in roles.
    pub roles: Vec<String>,
    /// Ids of its policies.
    pub policies: Vec<String>,
    /// Labels.
    #[serde(default)]
    pub labels: Pairs,
    /// Whether it authenticates no more.
    pub disabled: bool,
    /// RFC 3339.
    pub created_at: String,
}

/// `GET principals`: by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrincipalList {
    /// The principals.
    pub principals: Vec<Principal>,
    /// Where the next page begins, for `after`.
    pub next: Option<String>,
}

/// `GET me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The caller.
    pub principal: Principal,
    /// Public number of its account.
    pub account: String,
    /// The id of the credential used.
    pub credential: String,
}

/// `POST principals/{name}/credentials`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateCredentialRequest {
    /// `bearer-token` or `signing-key`: a token unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// When it ends, RFC 3339; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// A credential without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Access key id, or the token's SHA-256 in hex.
    pub id: String,
    /// Its principal's id.
    pub principal: String,
    /// `bearer-token` or `signing-key`.
    pub kind: String,
    /// For people.
    pub description: String,
    /// RFC 3339.
    pub expires_at: Option<String>,
    /// Whether it is held back.
    pub disabled: bool,
    /// RFC 3339.
    pub created_at: String,
}

/// A credential and its secret, shown this once.
#[derive(Debug, Serialize, Deserialize)]
pub struct NewCredential {
    /// The credential.
    pub credential: Credential,
    /// The token, or the signing secret.
    pub secret: SecretText,
}

/// `GET principals/{name}/credentials`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialList {
    /// The credentials.
    pub credentials: Vec<Credential>,
}
