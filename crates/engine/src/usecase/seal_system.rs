//! Sealing: after the record is durable, every key-encryption key leaves memory. The gate does that last step, because
//! nothing may be forgotten before it is written.

use api::ops::SealSystem;
use api::{Fault, Output};
use domain::{Action, ResourceRef};

use crate::plan::Plan;
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn seal_system(&mut self, _: &SealSystem) -> Result<Plan, Fault> {
        self.allow(Action::Seal, ResourceRef::System).await?;
        Ok(Plan::Answer(Output::SealSystem(())))
    }
}
