//! What a request acts on, as the decision sees it.

use serde::{Deserialize, Serialize};

use crate::{AccountId, KeyId, Name, PolicyId, PrincipalId, TenantId};

/// A resource in canonical form. Dialects' spellings are projections of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceRef {
    /// The installation itself: sealing, backups, accounts.
    System,
    /// An account.
    Account(AccountId),
    /// A tenant and what it holds as a whole (creating, listing).
    Tenant(TenantId),
    /// A key that exists.
    Key {
        /// Its tenant.
        tenant: TenantId,
        /// Its id.
        id: KeyId,
    },
    /// A key that was named but is not there: decided too, so that the answer does not tell who may not know.
    AbsentKey {
        /// Where it was looked for.
        tenant: TenantId,
        /// What was asked for, canonical.
        text: String,
    },
    /// A name.
    Name {
        /// Its tenant.
        tenant: TenantId,
        /// The name.
        name: Name,
    },
    /// A principal and its credentials.
    Principal {
        /// Its account.
        account: AccountId,
        /// Its id.
        id: PrincipalId,
    },
    /// A stored policy.
    Policy {
        /// Its account.
        account: AccountId,
        /// Its id.
        id: PolicyId,
    },
    /// The audit log of an account.
    AuditLog(AccountId),
}

impl ResourceRef {
    /// The tenant it lies in, if it lies in one.
    #[must_use]
    pub const fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Tenant(t)
            | Self::Key { tenant: t, .. }
            | Self::AbsentKey { tenant: t, .. }
            | Self::Name { tenant: t, .. } => Some(*t),
            Self::System | Self::Account(_) | Self::Principal { .. } | Self::Policy { .. } | Self::AuditLog(_) => None,
        }
    }
}
