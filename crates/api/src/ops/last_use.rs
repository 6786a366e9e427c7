//! When a key was used last.

use domain::LastUse;

use super::{KeyRef, KeyView};

/// Reads what is known of a key's last use.
#[derive(Debug)]
pub struct GetLastUse {
    /// Which.
    pub key: KeyRef,
}

/// What is known of it.
#[derive(Clone, Debug)]
pub struct LastUseView {
    /// The key.
    pub view: KeyView,
    /// Its last use; known no earlier than it was made.
    pub last_use: LastUse,
}
