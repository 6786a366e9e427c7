//! What a use case comes to: an answer, or one change and the answer that follows its commit.

use api::Output;
use domain::{KeyId, Owner, RecordKind, Scope, Sealable};
use spi::MaterialChange;

/// The end of a use case.
pub(crate) enum Plan {
    /// Nothing changes.
    Answer(Output),
    /// Commit this, then answer.
    Commit(Box<Change>, Output),
}

impl Plan {
    pub(crate) fn commit(change: Change, output: Output) -> Self {
        Self::Commit(Box::new(change), output)
    }
}

/// One change, before it is a batch.
#[derive(Default)]
pub(crate) struct Change {
    pub(crate) name: &'static str,
    pub(crate) put: Vec<Sealable>,
    pub(crate) material: Vec<MaterialChange>,
    pub(crate) expect_absent: Vec<(Owner, domain::IndexEntry)>,
    pub(crate) new_tenants: Vec<domain::TenantId>,
    pub(crate) raise: Vec<Scope>,
    pub(crate) revokes: bool,
    /// Keys whose loaded material the guard must forget.
    pub(crate) evict: Vec<KeyId>,
}

impl Change {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Writes a record. Unless it is new, the scope that others read it under is raised. A credential is kept among
    /// the system's records so that it can be found, but read under its account: its use case raises that.
    pub(crate) fn put(mut self, record: Sealable) -> Self {
        let at = record.at();
        if record.change() != domain::Change::Create && at.kind != RecordKind::Credential {
            self.raise(at.owner.scope());
        }
        self.put.push(record);
        self
    }

    pub(crate) fn material(mut self, change: MaterialChange) -> Self {
        self.material.push(change);
        self
    }

    /// Marks it as taking something away from somebody.
    pub(crate) fn revoking(mut self) -> Self {
        self.revokes = true;
        self
    }

    /// Has the guard forget a key's loaded material once this is committed.
    pub(crate) fn evicting(mut self, key: KeyId) -> Self {
        self.evict.push(key);
        self
    }

    pub(crate) fn raise(&mut self, scope: Scope) {
        if !self.raise.contains(&scope) {
            self.raise.push(scope);
        }
    }
}
