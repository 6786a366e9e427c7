//! How each record is addressed and found: ids and index keys, in one place.

use crate::{
    Account, Binding, Credential, IndexEntry, IndexName, Key, Name, Owner, PolicyRecord, Principal, Record,
    RecordKind, Space, Tenant, Timestamp, next_rotation,
};

/// Ordered bytes of an instant: big-endian with the sign bit flipped.
fn ordered(at: Timestamp) -> [u8; 8] {
    let mut bytes = at.millis().to_be_bytes();
    bytes[0] ^= 0x80;
    bytes
}

fn entry(index: IndexName, parts: &[&[u8]]) -> IndexEntry {
    IndexEntry { index, key: parts.concat() }
}

impl IndexEntry {
    /// When a row of [`IndexName::KeyByDestruction`] or [`IndexName::KeyByRotation`] is due, by its key.
    #[must_use]
    pub fn due(key: &[u8]) -> Option<Timestamp> {
        let mut bytes = *key.first_chunk::<8>()?;
        bytes[0] ^= 0x80;
        Some(Timestamp::from_millis(i64::from_be_bytes(bytes)))
    }

    /// The row that leads to a key by one of its names.
    #[must_use]
    pub fn of_name(name: &Name) -> Self {
        let word = name.space().index_word();
        entry(IndexName::KeyByName, &[word.as_bytes(), b"\0", name.canonical().as_bytes()])
    }

    /// What all rows of one space in [`IndexName::NamesOfSpace`] begin with.
    #[must_use]
    pub fn space_prefix(space: &Space) -> Vec<u8> {
        [space.index_word().as_bytes(), b"\0"].concat()
    }

    /// The row that leads to an account by its number.
    #[must_use]
    pub fn of_account_number(number: crate::AccountNumber) -> Self {
        entry(IndexName::AccountByNumber, &[number.to_string().as_bytes()])
    }

    /// The row that leads to a principal by name.
    #[must_use]
    pub fn of_principal_name(name: &str) -> Self {
        entry(IndexName::PrincipalByName, &[name.as_bytes()])
    }

    /// The row that leads to a policy by name.
    #[must_use]
    pub fn of_policy_name(name: &str) -> Self {
        entry(IndexName::PolicyByName, &[name.as_bytes()])
    }

    /// The row that leads to a tenant by name.
    #[must_use]
    pub fn of_tenant_name(name: &str) -> Self {
        entry(IndexName::TenantByName, &[name.as_bytes()])
    }
}

impl Record for Key {
    const KIND: RecordKind = RecordKind::Key;

    fn owner(&self) -> Owner {
        Owner::Tenant(self.tenant())
    }

    fn id_bytes(&self) -> Vec<u8> {
        self.id().as_bytes().to_vec()
    }

    fn index(&self) -> Vec<IndexEntry> {
        let id = self.id();
        let by_age = entry(IndexName::KeyByAge, &[&ordered(self.created_at()), id.as_bytes()]);
        let names = self.details.names.iter().flat_map(|name| {
            let row = IndexEntry::of_name(name);
            [IndexEntry { index: IndexName::NamesOfSpace, key: row.key.clone() }, row]
        });
        let due = self
            .destruction()
            .map(|d| entry(IndexName::KeyByDestruction, &[&ordered(d.due_at), id.as_bytes()]));
        let rotates =
            next_rotation(self).map(|at| entry(IndexName::KeyByRotation, &[&ordered(at), id.as_bytes()]));
        std::iter::once(by_age).chain(names).chain(due).chain(rotates).collect()
    }
}

impl Record for Account {
    const KIND: RecordKind = RecordKind::Account;

    fn owner(&self) -> Owner {
        Owner::System
    }

    fn id_bytes(&self) -> Vec<u8> {
        self.id.as_bytes().to_vec()
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::of_account_number(self.number)]
    }
}

impl Record for Tenant {
    const KIND: RecordKind = RecordKind::Tenant;

    fn owner(&self) -> Owner {
        Owner::Account(self.account)
    }

    fn id_bytes(&self) -> Vec<u8> {
        self.id.as_bytes().to_vec()
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::of_tenant_name(&self.name)]
    }
}

impl Record for Binding {
    const KIND: RecordKind = RecordKind::Binding;

    fn owner(&self) -> Owner {
        Owner::System
    }

    fn id_bytes(&self) -> Vec<u8> {
        self.coordinates.to_string().into_bytes()
    }

    fn index(&self) -> Vec<IndexEntry> {
        let text = self.coordinates.to_string();
        vec![entry(IndexName::BindingByTenant, &[self.tenant.as_bytes(), text.as_bytes()])]
    }
}

impl Record for Principal {
    const KIND: RecordKind = RecordKind::Principal;

    fn owner(&self) -> Owner {
        Owner::Account(self.account)
    }

    fn id_bytes(&self) -> Vec<u8> {
        self.id.as_bytes().to_vec()
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::of_principal_name(&self.name)]
    }
}

impl Record for Credential {
    const KIND: RecordKind = RecordKind::Credential;

    /// The system's, because a credential must be found before its account is known.
    fn owner(&self) -> Owner {
        Owner::System
    }

    fn id_bytes(&self) -> Vec<u8> {
        self.id.as_str().as_bytes().to_vec()
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![entry(
            IndexName::CredentialByPrincipal,
            &[self.principal.as_bytes(), self.id.as_str().as_bytes()],
        )]
    }
}

impl Record for PolicyRecord {
    const KIND: RecordKind = RecordKind::Policy;

    fn owner(&self) -> Owner {
        Owner::Account(self.account)
    }

    fn id_bytes(&self) -> Vec<u8> {
        self.id.as_bytes().to_vec()
    }

    fn index(&self) -> Vec<IndexEntry> {
        vec![IndexEntry::of_policy_name(&self.name)]
    }
}
