//! Letting a name lead to another key: an act on the name, on the key it leaves and on the key it goes to, and for those
//! who go by the name the end of the old one.

use api::ops::{KeyRef, RebindName};
use api::{Fault, FaultWhat, Output, Precondition};
use domain::{Action, Key, ResourceRef};

use crate::faults::{field, refusal_fault};
use crate::keyref::bears;
use crate::plan::{Change, Plan};
use crate::session::Session;
use crate::usecase::bind_name::has_room_for;

impl Session<'_> {
    pub(crate) async fn rebind_name(&mut self, op: &RebindName) -> Result<Plan, Fault> {
        let place = self.place().await?;
        let tenant = place.tenant.id;
        // The name first: whether it leads anywhere shows to those alone who may move it.
        let name = ResourceRef::Name { tenant, name: op.name.clone() };
        self.allow_in(&place, Action::RebindName, name).await?;
        self.trail.set_aside();
        let from = self.allow_on_key(&KeyRef::Name(op.name.clone()), Action::RebindName).await?;
        self.trail.set_aside();
        let to = self.allow_on_key(&op.key, Action::RebindName).await?;
        if to.place.tenant.id != tenant {
            return Err(field("key", "of another tenant than the name"));
        }
        let then = self.engine.load_key(tenant, to.key.id()).await?.ok_or(FaultWhat::Conflict)?;
        // Where it leads now does not matter, whatever that key's state: only where it goes.
        then.get().admit_edit().map_err(|r| refusal_fault(then.get(), r, None))?;
        if from.key.id() == to.key.id() {
            return Ok(Plan::Answer(Output::RebindName(())));
        }
        let now = self.engine.load_key(tenant, from.key.id()).await?.ok_or(FaultWhat::Conflict)?;
        if !bears(now.get(), &op.name) {
            return Err(FaultWhat::Conflict.into());
        }
        may_pass(now.get(), then.get())?;
        has_room_for(then.get(), &op.name)?;
        let (_, left) = now.edit(|details| details.names.retain(|own| !own.is_same(&op.name)));
        let (_, taken) = then.edit(|details| details.names.push(op.name.clone()));
        let change = Change::new("rebind_name").put(left).put(taken).revoking();
        Ok(Plan::commit(change, Output::RebindName(())))
    }
}

fn may_pass(now: &Key, then: &Key) -> Result<(), Fault> {
    if now.is_like(then) {
        return Ok(());
    }
    Err(FaultWhat::Precondition(Precondition::UnlikeKeys { now: now.id(), then: then.id() }).into())
}
