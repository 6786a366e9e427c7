//! Reading the public half of a key: no use of secret material, yet refused where the key may not be used.

use api::ops::{GetPublicKey, KeyView, PublicKey};
use api::{Fault, FaultWhat, Output};
use domain::Action;

use crate::authorise::OnKey;
use crate::faults::{guard_fault_as, refusal_fault};
use crate::plan::Plan;
use crate::session::Session;

impl Session<'_> {
    pub(crate) async fn get_public_key(&mut self, op: &GetPublicKey) -> Result<Plan, Fault> {
        let OnKey { place, key, allowed } = self.allow_on_key(&op.key, Action::GetPublicKey).await?;
        let version = key.admit_public(op.version).map_err(|r| refusal_fault(&key, r, op.version))?;
        let mut key_use = self.engine.begin_use(&allowed, &key, version).await?;
        let der = key_use.public_key();
        let der = der.map_err(|e| guard_fault_as(key.id(), key.spec(), e, FaultWhat::Internal))?;
        let version = version.ordinal();
        self.trail.version(version);
        let view = KeyView { key, account: place.account, changed: false };
        Ok(Plan::Answer(Output::GetPublicKey(PublicKey { view, version, der })))
    }
}
