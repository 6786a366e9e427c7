//! Rotation as a pure plan: sweep first, write after. Each step carries its reason, and the engine applies all of
//! them in one transaction.

use serde::{Deserialize, Serialize};

use crate::{Key, KeyState, Timestamp, VersionId};

/// When new versions are made by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationPolicy {
    /// Seconds between versions; `None` is never by itself.
    pub every: Option<u32>,
}

/// Why a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationReason {
    /// The owner's period has passed since the primary was made.
    PeriodPassed,
    /// The ratchet's limit has passed.
    LimitReached,
    /// A scheduled destruction is due.
    DestructionDue,
}

/// One step of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationStep {
    /// Make a new version and let it be primary.
    NewVersion {
        /// The primary it replaces.
        replaces: VersionId,
        /// Why.
        reason: RotationReason,
    },
    /// Destroy the key.
    Destroy {
        /// Why.
        reason: RotationReason,
    },
}

/// What is due for a key at an instant; nothing for a key that is not active.
#[must_use]
pub fn plan(now: Timestamp, key: &Key) -> Vec<RotationStep> {
    if key.destruction().is_some_and(|d| d.due_at <= now) {
        return vec![RotationStep::Destroy { reason: RotationReason::DestructionDue }];
    }
    let rotates = key.state() == KeyState::Active && key.destruction().is_none();
    let Some(primary) = key.primary().filter(|_| rotates).and_then(|n| key.version(n).ok()) else { return Vec::new() };
    let passed = |period: Option<u32>| {
        period.is_some_and(|seconds| primary.created_at().plus_seconds(i64::from(seconds)) <= now)
    };
    let reason = if passed(key.details.rotation.every) {
        RotationReason::PeriodPassed
    } else if passed(key.ratchets().rotate_within) {
        RotationReason::LimitReached
    } else {
        return Vec::new();
    };
    let replaces = VersionId { key: key.id(), ordinal: primary.ordinal() };
    vec![RotationStep::NewVersion { replaces, reason }]
}
