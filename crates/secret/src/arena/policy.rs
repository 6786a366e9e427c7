//! What happens when the system refuses to lock memory.

use std::fmt;
use std::sync::OnceLock;

use super::region;

/// Whether a secret may live in memory that the system refused to protect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locking {
    /// Refuse the secret: [`ArenaFull::LockRefused`](crate::ArenaFull::LockRefused).
    Required,
    /// Take it, and count its bytes in [`ArenaStats`](crate::ArenaStats). What holds until a policy is set.
    BestEffort,
}

/// Why a locking policy was not taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockingError {
    /// A policy was set before; it stands.
    AlreadySet(Locking),
    /// `Required` came too late: this many bytes of the arena are unprotected already. It now stands for
    /// all that follows, but the promise is broken.
    AlreadyUnprotected(usize),
}

impl fmt::Display for LockingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadySet(_) => f.write_str("the memory locking policy was already set"),
            Self::AlreadyUnprotected(bytes) => {
                write!(f, "{bytes} bytes for secrets are unlocked already, raise the memlock limit")
            }
        }
    }
}

impl std::error::Error for LockingError {}

static POLICY: OnceLock<Locking> = OnceLock::new();

/// Sets the locking policy, once, at start.
///
/// # Errors
/// When it was set before, or when it is `Required` and unprotected memory is in the arena already.
pub fn set_locking(policy: Locking) -> Result<(), LockingError> {
    region::while_none_is_mapped(|held| {
        POLICY.set(policy).map_err(|_| LockingError::AlreadySet(current()))?;
        match held.bytes_unprotected {
            0 => Ok(()),
            _ if policy == Locking::BestEffort => Ok(()),
            bytes => Err(LockingError::AlreadyUnprotected(bytes)),
        }
    })
}

/// The policy that holds now.
pub(super) fn current() -> Locking {
    POLICY.get().copied().unwrap_or(Locking::BestEffort)
}
