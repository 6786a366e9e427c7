//! Whether a version's key material is there: the axis beside its state.
//!
//! Absent material is no destruction: AWS deletion or expiry of imported material leaves a live key that waits for
//! the same material again. A destroyed version never holds material again unless it was imported, its key lives and
//! its dialect says so (Google), and then only identical material (by `MaterialId`).

use serde::{Deserialize, Serialize};

/// Where the material of a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialState {
    /// Here, sealed under the tenant's key-encryption key.
    Present,
    /// Not here.
    Absent(AbsentReason),
    /// Held by another system; we hold a reference.
    External,
}

/// Why material is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsentReason {
    /// Imported material passed its expiry.
    Expired,
    /// Imported material was deleted on request, or the version was destroyed.
    Deleted,
    /// Waits for its first import.
    PendingImport,
}

/// What can happen to material.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaterialEvent {
    /// Material was imported.
    Imported,
    /// Imported material expired.
    Expired,
    /// Imported material was deleted on request.
    Deleted,
}

impl MaterialState {
    /// The state after an event; `None` where the event makes no sense (total table).
    #[must_use]
    pub const fn on(self, event: MaterialEvent) -> Option<Self> {
        match (self, event) {
            (Self::Absent(_), MaterialEvent::Imported) => Some(Self::Present),
            // The same material may be imported again, for a new expiry.
            (Self::Present, MaterialEvent::Imported) => Some(Self::Present),
            (Self::Present, MaterialEvent::Expired) => Some(Self::Absent(AbsentReason::Expired)),
            (Self::Present, MaterialEvent::Deleted) => Some(Self::Absent(AbsentReason::Deleted)),
            // Deleting what is expired keeps the stronger word.
            (Self::Absent(AbsentReason::Expired | AbsentReason::Deleted), MaterialEvent::Deleted) => {
                Some(Self::Absent(AbsentReason::Deleted))
            }
            (Self::Absent(AbsentReason::PendingImport), MaterialEvent::Deleted)
            | (Self::Absent(_), MaterialEvent::Expired)
            | (Self::External, MaterialEvent::Imported | MaterialEvent::Expired | MaterialEvent::Deleted) => None,
        }
    }
}
