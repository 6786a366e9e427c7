//! Writing a key's description: free text about it, which no use depends on.

use std::sync::Arc;

use api::ops::{KeyView, UpdateDescription};
use api::{Fault, FaultWhat, Limit, Output};
use domain::Action;

use crate::faults::refusal_fault;
use crate::plan::{Change, Plan};
use crate::session::Session;

/// Most characters of a description.
const DESCRIPTION: usize = 8192;

impl Session<'_> {
    pub(crate) async fn update_description(&mut self, op: &UpdateDescription) -> Result<Plan, Fault> {
        let on = self.allow_on_key(&op.key, Action::UpdateDescription).await?;
        check_description(&op.description)?;
        let (place, id) = (on.place, on.key.id());
        // Found a moment ago in the cache and gone now: decide again.
        let loaded = self.engine.load_key(place.tenant.id, id).await?.ok_or(FaultWhat::Conflict)?;
        loaded.get().admit_edit().map_err(|r| refusal_fault(loaded.get(), r, None))?;
        let (key, sealable) = loaded.edit(|details| details.description.clone_from(&op.description));
        let view = KeyView { key: Arc::new(key), account: place.account, changed: true };
        let change = Change::new("update_description").put(sealable);
        Ok(Plan::commit(change, Output::UpdateDescription(view)))
    }
}

/// Refuses a description that is too long.
pub(crate) fn check_description(description: &str) -> Result<(), Fault> {
    if description.chars().count() > DESCRIPTION {
        return Err(FaultWhat::LimitExceeded(Limit::DescriptionChars { max: DESCRIPTION }).into());
    }
    Ok(())
}
