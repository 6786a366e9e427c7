//! Which row holds what: the names of everything that is kept.

use std::borrow::Cow;

use domain::{AccountId, Owner, RecordRef, Scope, TenantId, VersionId};
use spi::{Kek, MaterialAt};

use crate::backend::{MATERIAL, RowKey};
use crate::location::Location;

/// Epochs of scopes; the revision is the epoch.
pub(crate) const EPOCH: &str = "epoch";
/// Wrapped key-encryption keys of tenants.
pub(crate) const KEK: &str = "kek";
/// Reserved counters.
pub(crate) const COUNTER: &str = "counter";
/// The heartbeat.
pub(crate) const HEARTBEAT: &str = "heartbeat";

pub(crate) fn owner_bytes(owner: Owner) -> Vec<u8> {
    match owner {
        Owner::System => vec![0],
        Owner::Account(id) => [&[1], id.as_bytes().as_slice()].concat(),
        Owner::Tenant(id) => [&[2], id.as_bytes().as_slice()].concat(),
    }
}

/// The owner that [`owner_bytes`] wrote.
pub(crate) fn owner_of(bytes: &[u8]) -> Option<Owner> {
    let (tag, id) = bytes.split_first()?;
    let id = <[u8; 16]>::try_from(id);
    match (tag, id) {
        (0, Err(_)) if bytes.len() == 1 => Some(Owner::System),
        (1, Ok(id)) => Some(Owner::Account(AccountId::from_bytes(id))),
        (2, Ok(id)) => Some(Owner::Tenant(TenantId::from_bytes(id))),
        _ => None,
    }
}

/// Which key-encryption key seals an owner's rows.
pub(crate) const fn kek_of(owner: Owner) -> Kek {
    match owner {
        Owner::System | Owner::Account(_) => Kek::System,
        Owner::Tenant(id) => Kek::Tenant(id),
    }
}

impl RowKey {
    pub(crate) fn record(at: &RecordRef) -> Self {
        Self { kind: Cow::Borrowed(at.kind.word()), owner: owner_bytes(at.owner), id: at.id.clone() }
    }

    pub(crate) fn epoch(scope: Scope) -> Self {
        let owner = match scope {
            Scope::System => Owner::System,
            Scope::Account(id) => Owner::Account(id),
            Scope::Tenant(id) => Owner::Tenant(id),
        };
        Self { kind: Cow::Borrowed(EPOCH), owner: owner_bytes(owner), id: Vec::new() }
    }

    pub(crate) fn kek(tenant: TenantId) -> Self {
        Self { kind: Cow::Borrowed(KEK), owner: owner_bytes(Owner::Tenant(tenant)), id: Vec::new() }
    }

    pub(crate) fn material(at: &MaterialAt) -> (Self, Kek) {
        let (owner, id) = match at {
            MaterialAt::Version { tenant, version } => (Owner::Tenant(*tenant), version_bytes(*version)),
            MaterialAt::Credential(id) => (Owner::System, id.as_str().as_bytes().to_vec()),
        };
        (Self { kind: Cow::Borrowed(MATERIAL), owner: owner_bytes(owner), id }, kek_of(owner))
    }

    pub(crate) fn counter(version: VersionId) -> Self {
        Self { kind: Cow::Borrowed(COUNTER), owner: owner_bytes(Owner::System), id: version_bytes(version) }
    }

    pub(crate) fn heartbeat() -> Self {
        Self { kind: Cow::Borrowed(HEARTBEAT), owner: owner_bytes(Owner::System), id: Vec::new() }
    }

    /// The place of this row's sealed bytes at a revision.
    pub(crate) fn location(&self, revision: u64) -> Location<'_> {
        Location { table: &self.kind, owner: &self.owner, id: &self.id, column: "sealed", revision }
    }
}

fn version_bytes(version: VersionId) -> Vec<u8> {
    [version.key.as_bytes().as_slice(), &version.ordinal.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_come_back() {
        let id = [9; 16];
        for owner in [
            Owner::System,
            Owner::Account(AccountId::from_bytes(id)),
            Owner::Tenant(TenantId::from_bytes(id)),
        ] {
            assert_eq!(owner_of(&owner_bytes(owner)), Some(owner));
        }
        for bad in [&[][..], &[3], &[0, 0], &[1, 2, 3], &[0; 17], &[3; 17]] {
            assert_eq!(owner_of(bad), None);
        }
    }
}
