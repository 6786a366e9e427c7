//! Sealing: a change that raises the system's scope, so that whatever was decided before it is stale when its own
//! record comes to be placed (INV-10). After its record is durable every key-encryption key leaves memory; the gate does
//! that last step, because nothing may be forgotten before it is written.

use api::ops::SealSystem;
use api::{Fault, Output};
use domain::{Action, ResourceRef, Scope};

use crate::plan::{Change, Plan};
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn seal_system(&mut self, _: &SealSystem) -> Result<Plan, Fault> {
        self.allow(Action::Seal, ResourceRef::System).await?;
        let mut change = Change::new("seal_system").revoking();
        change.raise(Scope::System);
        Ok(Plan::commit(change, Output::SealSystem(())))
    }
}
