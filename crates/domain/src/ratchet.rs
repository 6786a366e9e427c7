//! Promises fixed when a key is made: they can be tightened, never loosened, and every dialect obeys them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far key material may ever leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportCeiling {
    /// Never.
    Never,
    /// Only wrapped under another key.
    Wrapped,
    /// In the clear too.
    Plain,
}

/// Where key material lives; the stronger is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the field's")]
pub enum ProtectionLevel {
    Software,
    Hsm,
    External,
}

/// The ratchets of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratchets {
    /// How far material may ever leave. What is exportable now is a setting under it.
    pub export: ExportCeiling,
    /// Least seconds between asking for destruction and destruction.
    pub destruction_wait: u32,
    /// While true, a scheduled destruction cannot be hastened.
    pub purge_protected: bool,
    /// Longest seconds a version may stay primary; `None` is no limit.
    pub rotate_within: Option<u32>,
    /// Least protection level of material.
    pub protection: ProtectionLevel,
}

/// A change would loosen the named ratchet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RatchetLoosened(pub &'static str);

impl fmt::Display for RatchetLoosened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` can be tightened but not loosened", self.0)
    }
}

impl std::error::Error for RatchetLoosened {}

impl Ratchets {
    /// The new ratchets, if each is at least as tight.
    ///
    /// # Errors
    /// [`RatchetLoosened`] names the first that is looser.
    pub fn tighten(self, to: Self) -> Result<Self, RatchetLoosened> {
        let Self { export, destruction_wait, purge_protected, rotate_within, protection } = to;
        let rotation_ok = match (self.rotate_within, rotate_within) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(now), Some(new)) => new <= now,
        };
        let checks = [
            ("export ceiling", export <= self.export),
            ("destruction wait", destruction_wait >= self.destruction_wait),
            ("purge protection", purge_protected || !self.purge_protected),
            ("rotation limit", rotation_ok),
            ("protection level", protection >= self.protection),
        ];
        checks.into_iter().find(|(_, holds)| !holds).map_or(Ok(to), |(name, _)| Err(RatchetLoosened(name)))
    }
}
