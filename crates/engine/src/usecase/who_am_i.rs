//! Who is asking. Every authenticated caller may know that about itself, so nothing is decided.

use api::ops::{CallerView, WhoAmI};
use api::{Fault, FaultWhat, Output};
use domain::{Owner, Principal};
use spi::RecordStoreExt;

use crate::faults::store_fault;
use crate::plan::Plan;
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn who_am_i(&mut self, _: &WhoAmI) -> Result<Plan, Fault> {
        let owner = Owner::Account(self.caller.account);
        let id = self.caller.principal;
        let principal =
            self.engine.parts.store.load::<Principal>(owner, id.as_bytes()).await.map_err(store_fault)?;
        let principal = principal.ok_or(FaultWhat::CredentialUnknown)?.into_inner();
        let account =
            self.engine.account(self.caller.account).await?.ok_or(FaultWhat::CredentialUnknown)?.number;
        self.trail.on_other("principal", id.to_string());
        Ok(Plan::Answer(Output::WhoAmI(CallerView {
            principal,
            account,
            credential: self.caller.credential.clone(),
        })))
    }
}
