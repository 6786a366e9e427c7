//! Making a new version of a key and letting it be primary.

use std::sync::Arc;

use access::Allowed;
use api::ops::{KeyView, RotateKey};
use api::{Fault, FaultWhat, Limit, Output, Precondition};
use domain::{
    Action, HexId, Key, KeyFamily, KeyVersion, Loaded, Making, MaterialId, MaterialState, NewVersion, Origin,
    ProtectionLevel, Timestamp, UsageSet, VersionId,
};
use spi::{MaterialAt, MaterialChange};

use crate::Engine;
use crate::authorise::OnKey;
use crate::faults::{guard_fault, refusal_fault};
use crate::plan::{Change, Plan};
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn rotate_key(&mut self, op: &RotateKey) -> Result<Plan, Fault> {
        let OnKey { place, key, allowed } = self.allow_on_key(&op.key, Action::RotateKey).await?;
        let loaded = self.engine.load_key(place.tenant.id, key.id()).await?.ok_or(FaultWhat::Conflict)?;
        check_bounds(op, loaded.get())?;
        let (key, version, change) =
            self.engine.new_version(&loaded, &allowed, Making::OnDemand, self.now).await?;
        self.trail.on_key(&key);
        self.trail.version(version.ordinal);
        let view = KeyView { key: Arc::new(key), account: place.account, changed: true };
        Ok(Plan::commit(change, Output::RotateKey(view)))
    }
}

impl Engine {
    /// Makes a version's material, and the change that keeps it and lets the version be primary.
    pub(crate) async fn new_version(
        &self,
        loaded: &Loaded<Key>,
        allowed: &Allowed,
        making: Making,
        now: Timestamp,
    ) -> Result<(Key, VersionId, Change), Fault> {
        let key = loaded.get();
        let made = self.parts.guard.generate(allowed.for_new_version(key), key.spec()).await;
        let (material, material_id) = made.map_err(|e| guard_fault(key.id(), key.spec(), e))?;
        let rotated = loaded.rotate_as(self.generated(material_id, now), making);
        let (key, version, sealable) = rotated.map_err(|r| refusal_fault(loaded.get(), r, None))?;
        let at = MaterialAt::Version { tenant: key.tenant(), version };
        let change = Change::new("rotate_key").put(sealable).material(MaterialChange::Keep { at, material });
        Ok((key, version, change))
    }

    /// A version whose material was made here.
    pub(crate) fn generated(&self, material_id: MaterialId, now: Timestamp) -> NewVersion {
        NewVersion {
            hex_id: HexId::from_bytes(self.parts.entropy.bytes()),
            material_id,
            origin: Origin::Generated,
            material: MaterialState::Present,
            protection: ProtectionLevel::Software,
            created_at: now,
        }
    }
}

/// The bounds of the request's dialect; the state comes before the quota.
fn check_bounds(op: &RotateKey, key: &Key) -> Result<(), Fault> {
    if op.symmetric_only {
        check_symmetric(key)?;
    }
    key.admit_rotation().map_err(|r| refusal_fault(key, r, None))?;
    let on_demand = |v: &&KeyVersion| v.making() == Making::OnDemand;
    match op.at_most {
        Some(max) if key.versions().iter().filter(on_demand).count() >= max => {
            Err(FaultWhat::LimitExceeded(Limit::RotationsOnDemand { key: key.id(), max }).into())
        }
        _ => Ok(()),
    }
}

/// Symmetric encryption keys only: everybody who uses another has a half of it, or computes it too.
pub(crate) fn check_symmetric(key: &Key) -> Result<(), Fault> {
    if key.spec().family() == KeyFamily::Aes && key.usage().contains(UsageSet::ENCRYPT_DECRYPT) {
        return Ok(());
    }
    Err(FaultWhat::Precondition(Precondition::NotRotatable { key: key.id() }).into())
}
