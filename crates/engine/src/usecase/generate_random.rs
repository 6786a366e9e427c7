//! Random bytes for a caller who has a use of its own for them: no key is concerned, so it is asked of the tenant.

use api::ops::GenerateRandom;
use api::{Fault, FaultWhat, Malformed, Output};
use domain::{Action, ResourceRef};

use crate::faults::RETRY;
use crate::plan::Plan;
use crate::session::Session;

/// Most bytes at once.
const MOST: u16 = 1024;

impl Session<'_> {
    pub(crate) async fn generate_random(&mut self, op: &GenerateRandom) -> Result<Plan, Fault> {
        let place = self.place().await?;
        let tenant = ResourceRef::Tenant(place.tenant.id);
        self.allow_in(&place, Action::GenerateRandom, tenant).await?;
        if !(1..=MOST).contains(&op.bytes) {
            let what = Malformed::OutOfRange { field: "random bytes", min: 1, max: u64::from(MOST) };
            return Err(FaultWhat::Malformed(what).into());
        }
        self.end_rehearsal()?;
        let made = self.engine.parts.guard.random(usize::from(op.bytes));
        let made =
            made.map_err(|e| Fault::because(FaultWhat::ProviderUnavailable { retry_after: RETRY }, e))?;
        Ok(Plan::Answer(Output::GenerateRandom(made)))
    }
}
