//! What a store keeps, and the only ways to change it.
//!
//! A record comes out of a store as [`Loaded`] and goes back as [`Sealable`]; between the two stands a lawful change.
//! So a use case is a function from loaded records to a batch, and no store can be told a state (INV-3).

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    AccountId, Credential, Key, KeyDetails, KeyTransition, Making, MaterialEvent, NewVersion, PolicyRecord,
    Principal, RatchetLoosened, Ratchets, Refusal, Scope, Tenant, TenantId, VersionId,
};

/// Kinds of records; each is a table of its own in AAD and ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the like-named type")]
pub enum RecordKind {
    Account,
    Tenant,
    Binding,
    Principal,
    Credential,
    Policy,
    Key,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Account,
        Self::Tenant,
        Self::Binding,
        Self::Principal,
        Self::Credential,
        Self::Policy,
        Self::Key,
    ];

    /// The word in AAD and tables; never changed once released.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Tenant => "tenant",
            Self::Binding => "binding",
            Self::Principal => "principal",
            Self::Credential => "credential",
            Self::Policy => "policy",
            Self::Key => "key",
        }
    }
}

/// Whose key-encryption key seals a record, and which scope a change of it raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The installation.
    System,
    /// An account (sealed under the system's key-encryption key).
    Account(AccountId),
    /// A tenant (sealed under the tenant's key-encryption key).
    Tenant(TenantId),
}

impl Owner {
    /// The scope that a change of such a record makes stale.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::System => Scope::System,
            Self::Account(id) => Scope::Account(id),
            Self::Tenant(id) => Scope::Tenant(id),
        }
    }
}

/// Addresses one record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    /// Its kind.
    pub kind: RecordKind,
    /// Whose it is.
    pub owner: Owner,
    /// Its id in the kind: 16 bytes of a UUID, or the text of coordinates and credential ids; at most 300 bytes.
    pub id: Vec<u8>,
}

/// The named indexes. Each entry is a hint: what it leads to must say the same inside (INV-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexName {
    /// Key by (space, canonical name); unique.
    KeyByName,
    /// Keys by creation: (created, id).
    KeyByAge,
    /// Names of one space in order: (space, canonical name).
    NamesOfSpace,
    /// Keys by due destruction: (due, id).
    KeyByDestruction,
    /// Keys by due rotation: (due, id); only those that may rotate now.
    KeyByRotation,
    /// Account by number; unique.
    AccountByNumber,
    /// Tenants of an account by name; unique.
    TenantByName,
    /// Bindings that lead to a tenant: (dialect, coordinates).
    BindingByTenant,
    /// Principal by name; unique in its account.
    PrincipalByName,
    /// Credentials of a principal.
    CredentialByPrincipal,
    /// Policy by name; unique in its account.
    PolicyByName,
}

impl IndexName {
    /// The word in tables; never changed once released.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::KeyByName => "key_by_name",
            Self::KeyByAge => "key_by_age",
            Self::NamesOfSpace => "names_of_space",
            Self::KeyByDestruction => "key_by_destruction",
            Self::KeyByRotation => "key_by_rotation",
            Self::AccountByNumber => "account_by_number",
            Self::TenantByName => "tenant_by_name",
            Self::BindingByTenant => "binding_by_tenant",
            Self::PrincipalByName => "principal_by_name",
            Self::CredentialByPrincipal => "credential_by_principal",
            Self::PolicyByName => "policy_by_name",
        }
    }

    /// Whether two records of one owner may share a key here.
    #[must_use]
    pub const fn unique(self) -> bool {
        matches!(
            self,
            Self::KeyByName
                | Self::AccountByNumber
                | Self::TenantByName
                | Self::PrincipalByName
                | Self::PolicyByName
        )
    }
}

/// One row of an index: ordered by `key` bytes, inside one owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexEntry {
    /// Which index.
    pub index: IndexName,
    /// Ordered bytes.
    pub key: Vec<u8>,
}

/// A type that a store keeps.
pub trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Its kind.
    const KIND: RecordKind;
    /// Whose it is.
    fn owner(&self) -> Owner;
    /// Its id in the kind.
    fn id_bytes(&self) -> Vec<u8>;
    /// The index rows that lead to it.
    fn index(&self) -> Vec<IndexEntry>;

    /// Its address.
    fn record_ref(&self) -> RecordRef {
        RecordRef { kind: Self::KIND, owner: self.owner(), id: self.id_bytes() }
    }
}

/// Counts the changes of one record from 1; part of its AAD and of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

/// A record as a store gave it out, with the revision it had.
#[derive(Clone, Debug)]
pub struct Loaded<R> {
    record: R,
    revision: Revision,
}

/// What a [`Sealable`] asks of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The record must not exist yet, nor ever have existed.
    Create,
    /// The record must still have this revision.
    Replace(Revision),
    /// The record must still have this revision; a tombstone takes its place.
    Delete(Revision),
}

/// A record on its way into the store; made only by creation or by a lawful change of a loaded one.
#[derive(Clone, Debug)]
pub struct Sealable {
    at: RecordRef,
    change: Change,
    body: Vec<u8>,
    index: Vec<IndexEntry>,
}

impl<R: Record> Loaded<R> {
    /// For `store/record` alone, after it opened and checked the row; a tidy rule keeps others away.
    #[doc(hidden)]
    #[must_use]
    pub const fn opened(record: R, revision: Revision) -> Self {
        Self { record, revision }
    }

    /// The record.
    #[must_use]
    pub const fn get(&self) -> &R {
        &self.record
    }

    /// The revision it had when it was read.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// Takes the record out, for reading on.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.record
    }

    /// Deletes the record; a tombstone stays in the ledger.
    #[must_use]
    pub fn delete(&self) -> Sealable {
        Sealable {
            at: self.record.record_ref(),
            change: Change::Delete(self.revision),
            body: Vec::new(),
            index: Vec::new(),
        }
    }

    fn replaced(&self, record: &R) -> Sealable {
        Sealable::of(record, Change::Replace(self.revision))
    }
}

impl Loaded<Key> {
    /// Applies lawful changes of state, in order; gives the changed key too, for the answer.
    #[must_use]
    pub fn apply(&self, transition: &KeyTransition) -> (Key, Sealable) {
        let mut key = self.record.clone();
        key.apply(transition);
        let sealable = self.replaced(&key);
        (key, sealable)
    }

    /// Edits what an owner may edit freely.
    #[must_use]
    pub fn edit(&self, edit: impl FnOnce(&mut KeyDetails)) -> (Key, Sealable) {
        let mut key = self.record.clone();
        edit(&mut key.details);
        let sealable = self.replaced(&key);
        (key, sealable)
    }

    /// Adds a version that somebody asked for and makes it primary.
    ///
    /// # Errors
    /// [`Refusal`] unless the key is active and not to be destroyed.
    pub fn rotate(&self, new: NewVersion) -> Result<(Key, VersionId, Sealable), Refusal> {
        self.rotate_as(new, Making::OnDemand)
    }

    /// As [`Self::rotate`], for the reason that the version remembers.
    ///
    /// # Errors
    /// [`Refusal`] unless the key is active and not to be destroyed.
    pub fn rotate_as(&self, new: NewVersion, making: Making) -> Result<(Key, VersionId, Sealable), Refusal> {
        let mut key = self.record.clone();
        let version = key.add_version(new, making)?;
        let sealable = self.replaced(&key);
        Ok((key, version, sealable))
    }

    /// Material of one version came or went.
    ///
    /// # Errors
    /// [`Refusal`] where the event does not fit.
    pub fn material(&self, ordinal: u32, event: MaterialEvent) -> Result<(Key, Sealable), Refusal> {
        let mut key = self.record.clone();
        key.material_event(ordinal, event)?;
        let sealable = self.replaced(&key);
        Ok((key, sealable))
    }

    /// Sets each version's own permissions: ordinal to (may protect, may process).
    #[must_use]
    pub fn permit_versions(&self, permit: impl Fn(u32) -> (bool, bool)) -> (Key, Sealable) {
        let mut key = self.record.clone();
        key.permit_versions(permit);
        let sealable = self.replaced(&key);
        (key, sealable)
    }

    /// Tightens the ratchets.
    ///
    /// # Errors
    /// [`RatchetLoosened`] names the first that would loosen.
    pub fn tighten(&self, to: Ratchets) -> Result<(Key, Sealable), RatchetLoosened> {
        let mut key = self.record.clone();
        key.tighten(to)?;
        let sealable = self.replaced(&key);
        Ok((key, sealable))
    }
}

macro_rules! freely_edited {
    ($($record:ty),*) => {$(
        impl Loaded<$record> {
            /// Edits the record; its owner and id must stay what they are.
            #[must_use]
            pub fn edit(&self, edit: impl FnOnce(&mut $record)) -> ($record, Sealable) {
                let mut record = self.record.clone();
                edit(&mut record);
                debug_assert_eq!(record.record_ref(), self.record.record_ref());
                let sealable = self.replaced(&record);
                (record, sealable)
            }
        }
    )*};
}

freely_edited!(Tenant, Principal, Credential, PolicyRecord);

impl Sealable {
    /// A record that is new: it must not exist yet.
    #[must_use]
    pub fn create<R: Record>(record: &R) -> Self {
        Self::of(record, Change::Create)
    }

    fn of<R: Record>(record: &R, change: Change) -> Self {
        // Serialising a plain struct of ours cannot fail; an empty body would not open and so fails closed.
        let body = serde_json::to_vec(record).unwrap_or_default();
        Self { at: record.record_ref(), change, body, index: record.index() }
    }

    /// Where it goes.
    #[must_use]
    pub const fn at(&self) -> &RecordRef {
        &self.at
    }

    /// What must hold, and what becomes of the record.
    #[must_use]
    pub const fn change(&self) -> Change {
        self.change
    }

    /// The record's bytes, to be sealed; empty for a deletion.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// All its index rows after the change; the store removes those it had before.
    #[must_use]
    pub fn index(&self) -> &[IndexEntry] {
        &self.index
    }
}

mod index;
