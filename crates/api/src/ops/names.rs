//! Names of keys.

use domain::{AccountNumber, Cursor, KeyId, Name, Space, Timestamp};

use super::KeyRef;

/// Binds one more name to a key.
#[derive(Debug)]
pub struct BindName {
    /// The name; must be free.
    pub name: Name,
    /// The key.
    pub key: KeyRef,
}

/// Lets a name that is bound lead to another key, of the same kind and for the same uses.
#[derive(Debug)]
pub struct RebindName {
    /// The name.
    pub name: Name,
    /// Where it shall lead.
    pub key: KeyRef,
}

/// Takes a name from the key that has it. Its names in other spaces stay.
#[derive(Debug)]
pub struct UnbindName {
    /// The name.
    pub name: Name,
}

/// Lists names of one space in order.
#[derive(Debug)]
pub struct ListNames {
    /// Which space.
    pub space: Space,
    /// Only those of this key.
    pub key: Option<KeyRef>,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// At most so many, 1 to 1000.
    pub limit: usize,
}

/// A name and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameView {
    /// The name.
    pub name: Name,
    /// The key.
    pub key: KeyId,
    /// The public number of the key's account.
    pub account: AccountNumber,
    /// When the key was made.
    pub key_created_at: Timestamp,
}
