//! What a change can make stale. Each scope has an epoch; raising it invalidates everything read under it (INV-10).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AccountId, TenantId};

/// The reach of a change: the whole system, one account, or one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Accounts, bindings, guardrails of the whole installation.
    System,
    /// Principals, credentials and identity policies of one account.
    Account(AccountId),
    /// Keys, names and guardrails of one tenant.
    Tenant(TenantId),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Tenant(id) => write!(f, "tenant:{id}"),
        }
    }
}
