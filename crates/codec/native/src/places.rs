//! Accounts and tenants.

use serde::{Deserialize, Serialize};

/// `POST accounts`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateAccountRequest {
    /// Twelve digits.
    pub number: String,
    /// For people.
    pub name: String,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Its public number.
    pub number: String,
    /// For people.
    pub name: String,
    /// RFC 3339.
    pub created_at: String,
}

/// `POST tenants`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateTenantRequest {
    /// Unique in the account.
    pub name: String,
    /// The account's id; the caller's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What leads to it: `aws:123456789012/us-east-1`, `vault:team-a` (`vault:` is the root namespace).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bindings: Vec<String>,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id.
    pub id: String,
    /// Its account's id.
    pub account: String,
    /// Its name, as it stands in paths.
    pub name: String,
    /// What leads to it; absent in the answer to its creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bindings: Option<Vec<String>>,
    /// Ids of the policies that cap it.
    pub guardrails: Vec<String>,
    /// RFC 3339.
    pub created_at: String,
}

/// `GET tenants`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantList {
    /// The tenants of the caller's account.
    pub tenants: Vec<Tenant>,
}
