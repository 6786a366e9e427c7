//! Lifecycle of a key and of each version: NIST SP 800-57 pt 1 r5 §7, as a total table.
//!
//! A state changes only through a [`Transition`], and only [`KeyState::on`] mints one (INV-3). Whether material is
//! there is a different axis (`material.rs`); words such as "enabled" or "pending deletion" are dialects' translations.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// State of a key or version (NIST SP 800-57 pt 1 r5 §7.1-7.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Made, not yet authorised for use.
    PreActivation,
    /// May protect and process, as its usage allows.
    Active,
    /// Held back for a time: neither protects nor processes until resumed.
    Suspended,
    /// May still process what it protected, no longer protect.
    Deactivated,
    /// Known or feared to be in other hands: neither protects nor processes.
    Compromised,
    /// Material gone for good.
    Destroyed,
    /// Material gone for good, and it had been compromised.
    DestroyedCompromised,
}

impl KeyState {
    /// Every state, in the order of the standard.
    pub const ALL: [Self; 7] = [
        Self::PreActivation,
        Self::Active,
        Self::Suspended,
        Self::Deactivated,
        Self::Compromised,
        Self::Destroyed,
        Self::DestroyedCompromised,
    ];

    /// May apply protection: encrypt, sign, wrap.
    #[must_use]
    pub const fn may_protect(self) -> bool {
        matches!(self, Self::Active)
    }

    /// May process what was protected earlier: decrypt, verify, unwrap.
    #[must_use]
    pub const fn may_process(self) -> bool {
        matches!(self, Self::Active | Self::Deactivated)
    }

    /// No event leads out of it to use again.
    #[must_use]
    pub const fn is_destroyed(self) -> bool {
        matches!(self, Self::Destroyed | Self::DestroyedCompromised)
    }

    /// The one way to a new state. Total: every pair of state and event is named.
    ///
    /// # Errors
    /// [`IllegalTransition`] where the standard has no such edge.
    pub const fn on(self, event: LifecycleEvent) -> Result<Transition, IllegalTransition> {
        use KeyState::{Active, Compromised, Deactivated, Destroyed, DestroyedCompromised, PreActivation, Suspended};
        use LifecycleEvent::{Activate, Compromise, Deactivate, Destroy, Resume, Suspend};
        let to = match (self, event) {
            (PreActivation, Activate) => Active,
            // Enabling what is enabled, or disabling what is disabled, is not an error in any dialect.
            (Active, Activate | Resume) => Active,
            (Suspended, Suspend) => Suspended,
            (Active, Suspend) => Suspended,
            (Suspended, Resume) => Active,
            // §7.3: a deactivated key may be suspended and comes back to use; dialects that disable an expired key.
            (Deactivated, Suspend) => Suspended,
            (Active | Suspended | Deactivated, Deactivate) => Deactivated,
            (PreActivation | Active | Suspended | Deactivated | Compromised, Compromise) => Compromised,
            (PreActivation | Active | Suspended | Deactivated, Destroy) => Destroyed,
            (Compromised, Destroy) => DestroyedCompromised,
            (Destroyed | DestroyedCompromised, Compromise) => DestroyedCompromised,
            (PreActivation, Suspend | Resume | Deactivate)
            | (Suspended, Activate)
            | (Deactivated, Activate | Resume)
            | (Compromised, Activate | Suspend | Resume | Deactivate)
            | (Destroyed | DestroyedCompromised, Activate | Suspend | Resume | Deactivate | Destroy) => {
                return Err(IllegalTransition { from: self, event });
            }
        };
        Ok(Transition { from: self, to, event })
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PreActivation => "pre-activation",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deactivated => "deactivated",
            Self::Compromised => "compromised",
            Self::Destroyed => "destroyed",
            Self::DestroyedCompromised => "destroyed-compromised",
        })
    }
}

/// What can happen to a key or version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LifecycleEvent {
    /// First authorised for use.
    Activate,
    /// Held back.
    Suspend,
    /// Let go again.
    Resume,
    /// The originator-usage period ended, or somebody retired it.
    Deactivate,
    /// Known or feared to be in other hands.
    Compromise,
    /// The material is erased for good.
    Destroy,
}

impl LifecycleEvent {
    /// Every event.
    pub const ALL: [Self; 6] =
        [Self::Activate, Self::Suspend, Self::Resume, Self::Deactivate, Self::Compromise, Self::Destroy];
}

/// A lawful change of state; only [`KeyState::on`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    from: KeyState,
    to: KeyState,
    event: LifecycleEvent,
}

impl Transition {
    /// The state it starts from.
    #[must_use]
    pub const fn from(&self) -> KeyState {
        self.from
    }

    /// The state it leads to.
    #[must_use]
    pub const fn to(&self) -> KeyState {
        self.to
    }

    /// What happened.
    #[must_use]
    pub const fn event(&self) -> LifecycleEvent {
        self.event
    }
}

/// The standard has no such edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllegalTransition {
    /// The state the key is in.
    pub from: KeyState,
    /// What was asked of it.
    pub event: LifecycleEvent,
}

impl fmt::Display for IllegalTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a key in state {} cannot take {:?}", self.from, self.event)
    }
}

impl std::error::Error for IllegalTransition {}

/// A destruction that is to come: the waiting period of every dialect that has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledDestruction {
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Not before this instant.
    pub due_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inv_3_the_transition_table_is_as_reviewed() {
        let mut table = String::new();
        for from in KeyState::ALL {
            for event in LifecycleEvent::ALL {
                let to = from.on(event).map_or_else(|_| "-".to_owned(), |t| t.to().to_string());
                table.push_str(&format!("{from} | {event:?} | {to}\n"));
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn nothing_leads_from_destroyed_to_use() {
        for from in [KeyState::Destroyed, KeyState::DestroyedCompromised] {
            for event in LifecycleEvent::ALL {
                if let Ok(t) = from.on(event) {
                    assert!(t.to().is_destroyed());
                }
            }
        }
    }
}
