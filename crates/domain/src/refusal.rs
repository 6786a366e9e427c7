//! Why the laws of a key's lifecycle do not let something be done to it. Dialects put it in their own words.

use std::fmt;

use crate::material::AbsentReason;
use crate::{IllegalTransition, KeySpec, KeyState, ScheduledDestruction, Usage};

/// Why a key or version may not be used. Dialects put it in their own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The key's state does not allow it.
    State(KeyState),
    /// Its destruction is scheduled.
    DestructionScheduled(ScheduledDestruction),
    /// Its material is not here.
    MaterialAbsent(AbsentReason),
    /// There is no such version.
    NoSuchVersion,
    /// The version is there, but its own permissions forbid this.
    VersionForbidden,
    /// The key is for other uses.
    Usage(Usage),
    /// Keys of this kind have no public half.
    NoPublicHalf(KeySpec),
    /// Every lawful wait is longer than this.
    WaitTooShort {
        /// The least wait in seconds.
        least: u32,
    },
    /// The event does not fit the state.
    Illegal(IllegalTransition),
    /// Destruction is not scheduled, so it cannot be cancelled.
    NotScheduled,
    /// Destruction is not due yet.
    NotDue,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => write!(f, "the key is {state}"),
            Self::DestructionScheduled(d) => {
                write!(f, "the key is to be destroyed at {}", d.due_at.rfc3339())
            }
            Self::MaterialAbsent(_) => f.write_str("the key material is not present"),
            Self::NoSuchVersion => f.write_str("the key has no such version"),
            Self::VersionForbidden => f.write_str("this version is not permitted for that use"),
            Self::Usage(usage) => write!(f, "the key is not for {usage:?}"),
            Self::NoPublicHalf(_) => f.write_str("the key has no public half"),
            Self::WaitTooShort { least } => write!(f, "destruction waits at least {least} seconds"),
            Self::Illegal(e) => e.fmt(f),
            Self::NotScheduled => f.write_str("no destruction is scheduled"),
            Self::NotDue => f.write_str("destruction is not due yet"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<IllegalTransition> for Refusal {
    fn from(e: IllegalTransition) -> Self {
        Self::Illegal(e)
    }
}
