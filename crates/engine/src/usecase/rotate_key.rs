//! Making a new version of a key and letting it be primary.

use std::sync::Arc;

use api::ops::{KeyView, RotateKey};
use api::{Fault, FaultWhat, Output};
use domain::{Action, HexId, MaterialState, NewVersion, Origin, ProtectionLevel};
use spi::{MaterialAt, MaterialChange};

use crate::authorise::OnKey;
use crate::faults::{guard_fault, refusal_fault};
use crate::plan::{Change, Plan};
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn rotate_key(&mut self, op: &RotateKey) -> Result<Plan, Fault> {
        let OnKey { place, key, allowed } = self.allow_on_key(&op.key, Action::RotateKey).await?;
        let tenant = place.tenant.id;
        let loaded = self.engine.load_key(tenant, key.id()).await?.ok_or(FaultWhat::Conflict)?;
        let permit = allowed.for_new_version(loaded.get());
        let made = self.engine.parts.guard.generate(permit, key.spec()).await;
        let (material, material_id) = made.map_err(|e| guard_fault(key.id(), key.spec(), e))?;
        let new = NewVersion {
            hex_id: HexId::from_bytes(self.engine.parts.entropy.bytes()),
            material_id,
            origin: Origin::Generated,
            material: MaterialState::Present,
            protection: ProtectionLevel::Software,
            created_at: self.now,
        };
        let rotated = loaded.rotate(new).map_err(|r| refusal_fault(loaded.get(), r, None))?;
        let (key, version, sealable) = rotated;
        self.trail.on_key(&key);
        self.trail.version(version.ordinal);
        let at = MaterialAt::Version { tenant, version };
        let change = Change::new("rotate_key").put(sealable).material(MaterialChange::Keep { at, material });
        let view = KeyView { key: Arc::new(key), account: place.account, changed: true };
        Ok(Plan::commit(change, Output::RotateKey(view)))
    }
}
