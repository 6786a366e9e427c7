//! One step that is due for one key: read afresh, asked of its plan, done in one commit with its record.

use std::sync::Arc;

use access::{Due, due};
use api::{Fault, FaultWhat};
use domain::{Action, Key, KeyId, Loaded, Making, Owner, Scope, Tenant, Timestamp, VersionId};
use spi::{MaterialAt, MaterialChange, RecordStoreExt};

use super::tenants::Stretch;
use crate::Engine;
use crate::cache::Place;
use crate::faults::{refusal_fault, store_fault};
use crate::plan::Change;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// The key is destroyed.
    Destroyed,
    /// It has a new version.
    Rotated,
}

/// How often a step is begun again when others change its tenant meanwhile.
const ATTEMPTS: usize = 8;

impl Engine {
    /// Takes the step that is due for a key. Who was overtaken waits in line with the others.
    pub(super) async fn step_in_turn(
        &self,
        stretch: &Stretch,
        id: KeyId,
        now: Timestamp,
    ) -> Result<Option<Done>, Fault> {
        let mut turn = None;
        for _ in 1..ATTEMPTS {
            match self.take_step(stretch, id, now).await {
                Err(Fault { what: FaultWhat::Conflict, .. }) if turn.is_none() => {
                    turn = Some(self.turns.take(Scope::Tenant(stretch.tenant)).await);
                }
                Err(Fault { what: FaultWhat::Conflict, .. }) => {}
                ended => return ended,
            }
        }
        self.take_step(stretch, id, now).await
    }

    /// Takes the step that is due for a key; none if the index was wrong. What is to be destroyed is so only where it was
    /// looked for: those stretches are left out while destruction is held back.
    async fn take_step(&self, stretch: &Stretch, id: KeyId, now: Timestamp) -> Result<Option<Done>, Fault> {
        let operation = if stretch.destroys() { "DeleteKey" } else { "RotateKey" };
        let reads = [Scope::System, Scope::Account(stretch.account), Scope::Tenant(stretch.tenant)];
        let mut act = self.begin_own(operation, &reads)?;
        let Some(loaded) = self.load_key(stretch.tenant, id).await? else { return Ok(None) };
        act.trail.in_place(&self.place_of(stretch).await?);
        act.trail.on_key(loaded.get());
        match due(now, loaded.get()) {
            Some(Due::Destroy(by)) if stretch.destroys() => {
                act.trail.allowed(by);
                self.commit_own(act, destruction(&loaded, now)?).await?;
                Ok(Some(Done::Destroyed))
            }
            Some(Due::Rotate(allowed)) if !stretch.destroys() => {
                act.trail.asks([Action::RotateKey]);
                act.trail.allowed(allowed.by().clone());
                let (_, version, change) =
                    self.new_version(&loaded, &allowed, Making::Automatic, now).await?;
                act.trail.version(version.ordinal);
                self.commit_own(act, change).await?;
                Ok(Some(Done::Rotated))
            }
            Some(Due::Destroy(_) | Due::Rotate(_)) | None => Ok(None),
        }
    }

    async fn place_of(&self, stretch: &Stretch) -> Result<Place, Fault> {
        let owner = Owner::Account(stretch.account);
        let found = self.parts.store.load::<Tenant>(owner, stretch.tenant.as_bytes()).await;
        let tenant = found.map_err(store_fault)?.ok_or(FaultWhat::Conflict)?.into_inner();
        let account = self.account(stretch.account).await?.ok_or(FaultWhat::Conflict)?;
        Ok(Place { tenant: Arc::new(tenant), account: Arc::new(account) })
    }
}

/// The key becomes destroyed, every version's material is erased, and nobody keeps a loaded copy.
fn destruction(loaded: &Loaded<Key>, now: Timestamp) -> Result<Change, Fault> {
    let key = loaded.get();
    let transition = key.destroy(now).map_err(|r| refusal_fault(key, r, None))?;
    let (_, sealable) = loaded.apply(&transition);
    let at =
        |ordinal| MaterialAt::Version { tenant: key.tenant(), version: VersionId { key: key.id(), ordinal } };
    let change = Change::new("destroy_due").revoking().put(sealable).evicting(key.id());
    let erased = key.versions().iter().map(|version| MaterialChange::Erase(at(version.ordinal())));
    Ok(erased.fold(change, Change::material))
}
