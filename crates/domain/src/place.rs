//! Where things live: accounts, tenants, and the bindings that lead a dialect's coordinates to a tenant.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AccountId, AccountNumber, Dialect, PolicyId, TenantId, Timestamp};

/// Owns principals, credentials and identity policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id, in every primary key and AAD.
    pub id: AccountId,
    /// The public number that clients see; unique.
    pub number: AccountNumber,
    /// For people.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Owns names and keys; belongs to one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Its id, in every primary key and AAD.
    pub id: TenantId,
    /// The account it belongs to.
    pub account: AccountId,
    /// For people; unique in the account.
    pub name: String,
    /// Caps on everything done in the tenant; the list is the truth, a listed policy that is missing denies (INV-4).
    pub guardrails: Vec<PolicyId>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A dialect's own address of a tenant in canonical form: AWS `123456789012/us-east-1`, a Vault namespace (the root
/// is empty), an Azure vault host, `project/location`, a KMIP client group, a native tenant id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Coordinates {
    /// Whose words they are.
    pub dialect: Dialect,
    /// Canonical text, at most 255 bytes; unknown coordinates are an error, never a new tenant.
    pub text: String,
}

impl Coordinates {
    /// Coordinates of a dialect.
    #[must_use]
    pub fn new(dialect: Dialect, text: impl Into<String>) -> Self {
        Self { dialect, text: text.into() }
    }
}

impl fmt::Display for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.dialect.word(), self.text)
    }
}

/// Leads coordinates to a tenant; made by an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// What a client names.
    pub coordinates: Coordinates,
    /// Where it leads.
    pub tenant: TenantId,
    /// The tenant's account.
    pub account: AccountId,
    /// When it was made.
    pub created_at: Timestamp,
}
