//! Rotation as a pure plan: sweep first, write after. Each step carries its reason, and the engine applies all of
//! them in one transaction.

use serde::{Deserialize, Serialize};

use crate::{Key, KeyVersion, Making, Timestamp, VersionId};

/// When new versions are made by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationPolicy {
    /// Seconds between versions; `None` is never by itself.
    pub every: Option<u32>,
    /// Since when the period counts: from then, and then from each version that was made by itself, whatever was made
    /// on demand in between (AWS). `None`: from the primary's making, whoever asked for it (Vault).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// Why a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationReason {
    /// The owner's period has passed.
    PeriodPassed,
    /// The ratchet's limit has passed.
    LimitReached,
    /// A scheduled destruction is due.
    DestructionDue,
}

impl RotationReason {
    /// Hyphenated word for the audit log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::PeriodPassed => "period-passed",
            Self::LimitReached => "limit-reached",
            Self::DestructionDue => "destruction-due",
        }
    }
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

/// What is due for a key at an instant; no new version for a key that is not active.
#[must_use]
pub fn plan(now: Timestamp, key: &Key) -> Vec<RotationStep> {
    if key.destruction().is_some_and(|d| d.due_at <= now) {
        return vec![RotationStep::Destroy { reason: RotationReason::DestructionDue }];
    }
    let Some(primary) = primary(key).filter(|_| key.admit_rotation().is_ok()) else { return Vec::new() };
    let passed = |due: Option<Timestamp>| due.is_some_and(|due| due <= now);
    let reason = if passed(next_by_policy(key)) {
        RotationReason::PeriodPassed
    } else if passed(next_by_limit(key)) {
        RotationReason::LimitReached
    } else {
        return Vec::new();
    };
    let replaces = VersionId { key: key.id(), ordinal: primary.ordinal() };
    vec![RotationStep::NewVersion { replaces, reason }]
}

/// When the next version is due, by policy or ratchet; `None` for a key that may have none now.
#[must_use]
pub fn next_rotation(key: &Key) -> Option<Timestamp> {
    key.admit_rotation().ok()?;
    [next_by_policy(key), next_by_limit(key)].into_iter().flatten().min()
}

/// When the owner's policy is due next, whether or not the key's state allows it then.
#[must_use]
pub fn next_by_policy(key: &Key) -> Option<Timestamp> {
    let RotationPolicy { every, since } = key.details.rotation;
    let from = match since {
        None => primary(key)?.created_at(),
        Some(since) => last_automatic(key).map_or(since, |last| last.max(since)),
    };
    Some(from.plus_seconds(i64::from(every?)))
}

fn next_by_limit(key: &Key) -> Option<Timestamp> {
    Some(primary(key)?.created_at().plus_seconds(i64::from(key.ratchets().rotate_within?)))
}

fn last_automatic(key: &Key) -> Option<Timestamp> {
    let automatic = key.versions().iter().filter(|v| v.making() == Making::Automatic);
    automatic.map(KeyVersion::created_at).max()
}

fn primary(key: &Key) -> Option<&KeyVersion> {
    key.primary().and_then(|n| key.version(n).ok())
}
