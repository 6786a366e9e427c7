//! New versions of keys: on demand, by themselves, and what came of it.

use domain::{Cursor, KeyId, KeyVersion, Page};

use super::KeyRef;

/// Makes a new version and lets it be primary.
#[derive(Debug)]
pub struct RotateKey {
    /// Which.
    pub key: KeyRef,
    /// At most so many versions on demand over the key's life, where the dialect has a bound.
    pub at_most: Option<usize>,
    /// Whether only symmetric encryption keys rotate, where the dialect says so.
    pub symmetric_only: bool,
}

impl RotateKey {
    /// Without a dialect's bounds.
    #[must_use]
    pub const fn unbounded(key: KeyRef) -> Self {
        Self { key, at_most: None, symmetric_only: false }
    }
}

/// Lets new versions of a symmetric encryption key be made by themselves from now on. Asked for again with the same
/// period it changes nothing, so that nobody puts a rotation off by asking often.
#[derive(Debug)]
pub struct EnableRotation {
    /// Which.
    pub key: KeyRef,
    /// Seconds between versions: at least an hour.
    pub every: u32,
}

/// Lets no more versions be made by themselves.
#[derive(Debug)]
pub struct DisableRotation {
    /// Which.
    pub key: KeyRef,
}

/// Reads a key with a view to its rotation.
#[derive(Debug)]
pub struct GetRotation {
    /// Which.
    pub key: KeyRef,
}

/// Lists a key's versions, oldest first.
#[derive(Debug)]
pub struct ListRotations {
    /// Which.
    pub key: KeyRef,
    /// Whether the version that the key was born with is among them.
    pub first_too: bool,
    /// Where to go on.
    pub after: Option<Cursor>,
    /// At most so many, 1 to 1000.
    pub limit: usize,
}

/// A page of versions.
#[derive(Clone, Debug)]
pub struct RotationPage {
    /// Whose.
    pub key: KeyId,
    /// The ordinal of its primary, which need not be on this page.
    pub primary: Option<u32>,
    /// The versions.
    pub versions: Page<KeyVersion>,
}
