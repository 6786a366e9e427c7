//! Taking a name from a key: an act on the name and on the key, whatever the key's state, and a revocation for all who
//! went by that name. The key's names in other spaces stay.

use api::ops::{KeyRef, UnbindName};
use api::{Fault, FaultWhat, Output};
use domain::{Action, ResourceRef};

use crate::keyref::bears;
use crate::plan::{Change, Plan};
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn unbind_name(&mut self, op: &UnbindName) -> Result<Plan, Fault> {
        let place = self.place().await?;
        let tenant = place.tenant.id;
        // The name first: whether it leads anywhere shows to those alone who may remove it.
        let name = ResourceRef::Name { tenant, name: op.name.clone() };
        self.allow_in(&place, Action::UnbindName, name).await?;
        self.trail.set_aside();
        let on = self.allow_on_key(&KeyRef::Name(op.name.clone()), Action::UnbindName).await?;
        let loaded = self.engine.load_key(tenant, on.key.id()).await?.ok_or(FaultWhat::Conflict)?;
        if !bears(loaded.get(), &op.name) {
            return Err(FaultWhat::Conflict.into());
        }
        let (_, sealable) = loaded.edit(|details| details.names.retain(|own| !own.is_same(&op.name)));
        let change = Change::new("unbind_name").put(sealable).revoking();
        Ok(Plan::commit(change, Output::UnbindName(())))
    }
}
