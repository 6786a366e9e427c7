//! One version of a key: its identities in every dialect, its own state, and its own permissions.

use serde::{Deserialize, Serialize};

use crate::{HexId, KeyState, MaterialId, MaterialState, ProtectionLevel, ScheduledDestruction, Timestamp};

/// Where material came from (PKCS#11 `CKA_LOCAL`, NIST SP 800-57 pt 1 r5 §8.1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum Origin {
    Generated,
    Imported,
    Derived,
    External,
}

/// Why a version was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Making {
    /// With its key.
    #[default]
    Born,
    /// Somebody asked for it.
    OnDemand,
    /// Its key's rotation was due.
    Automatic,
}

/// One version. All identities exist from day one, so that no dialect has to invent one later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyVersion {
    /// Counts from 1 (Vault, Google).
    pub(crate) ordinal: u32,
    /// 32 hex digits (Azure).
    pub(crate) hex_id: HexId,
    /// Names the material (AWS); also the KMIP unique identifier's seed.
    pub(crate) material_id: MaterialId,
    pub(crate) state: KeyState,
    pub(crate) material: MaterialState,
    pub(crate) origin: Origin,
    #[serde(default)]
    pub(crate) making: Making,
    pub(crate) protection: ProtectionLevel,
    /// May protect, if its state allows (Vault's minimum encryption version, a disabled Azure version).
    pub(crate) protect_allowed: bool,
    /// May process, if its state allows (Vault's minimum decryption version).
    pub(crate) process_allowed: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) destruction: Option<ScheduledDestruction>,
    pub(crate) destroyed_at: Option<Timestamp>,
}

/// What the caller knows of a version to be: identities minted outside, because the domain has no randomness.
#[derive(Clone, Copy, Debug)]
pub struct NewVersion {
    /// 32 random hex digits.
    pub hex_id: HexId,
    /// Keyed hash of key id and material.
    pub material_id: MaterialId,
    /// Where the material came from.
    pub origin: Origin,
    /// Whether the material is here already.
    pub material: MaterialState,
    /// Where it lives.
    pub protection: ProtectionLevel,
    /// Now.
    pub created_at: Timestamp,
}

impl KeyVersion {
    pub(crate) fn first_active(ordinal: u32, making: Making, new: NewVersion) -> Self {
        let NewVersion { hex_id, material_id, origin, material, protection, created_at } = new;
        Self {
            ordinal,
            hex_id,
            material_id,
            state: KeyState::Active,
            material,
            origin,
            making,
            protection,
            protect_allowed: true,
            process_allowed: true,
            created_at,
            destruction: None,
            destroyed_at: None,
        }
    }

    /// Counts from 1; never used again within the key.
    #[must_use]
    pub const fn ordinal(&self) -> u32 {
        self.ordinal
    }

    /// 32 hex digits that name it where the ordinal may not show.
    #[must_use]
    pub const fn hex_id(&self) -> HexId {
        self.hex_id
    }

    /// Names its material.
    #[must_use]
    pub const fn material_id(&self) -> MaterialId {
        self.material_id
    }

    /// Its own lifecycle state.
    #[must_use]
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// Whether its material is here.
    #[must_use]
    pub const fn material(&self) -> MaterialState {
        self.material
    }

    /// Where its material came from.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Why it was made.
    #[must_use]
    pub const fn making(&self) -> Making {
        self.making
    }

    /// Where its material lives.
    #[must_use]
    pub const fn protection(&self) -> ProtectionLevel {
        self.protection
    }

    /// Its own permission to protect, beside its state.
    #[must_use]
    pub const fn protect_allowed(&self) -> bool {
        self.protect_allowed
    }

    /// Its own permission to process, beside its state.
    #[must_use]
    pub const fn process_allowed(&self) -> bool {
        self.process_allowed
    }

    /// When it was made.
    #[must_use]
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Its own scheduled destruction, if any.
    #[must_use]
    pub const fn destruction(&self) -> Option<ScheduledDestruction> {
        self.destruction
    }

    /// When its material was erased.
    #[must_use]
    pub const fn destroyed_at(&self) -> Option<Timestamp> {
        self.destroyed_at
    }
}
