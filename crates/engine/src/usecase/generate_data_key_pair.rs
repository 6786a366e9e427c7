//! Making a key pair for others to use and protecting its private half; whether that leaves in the clear too is a
//! permission of its own.

use api::ops::{DataKeyPair, GenerateDataKeyPair};
use api::{Fault, FaultWhat, Output};
use domain::{Action, Usage, UsageSet};

use crate::authorise::OnKey;
use crate::faults::{guard_fault_as, refusal_fault};
use crate::plan::Plan;
use crate::session::Session;
use crate::usecase::generate_data_key::check_wraps;

impl Session<'_> {
    pub(crate) async fn generate_data_key_pair(&mut self, op: &GenerateDataKeyPair) -> Result<Plan, Fault> {
        let action =
            if op.with_plaintext { Action::GenerateDataKeyPair } else { Action::GenerateWrappedDataKeyPair };
        let OnKey { place, key, allowed } = self.allow_on_key(&op.key, action).await?;
        self.bound(&op.aad);
        let version = key.admit(Usage::Encrypt, None).map_err(|r| refusal_fault(&key, r, None))?;
        check_wraps(&key)?;
        let pair = op.pair;
        let unmakeable = FaultWhat::SpecUnsupported { spec: pair, usage: UsageSet::NONE };
        if !pair.has_public_half() || !self.engine.parts.guard.supports(pair, UsageSet::NONE) {
            return Err(unmakeable.into());
        }
        self.end_rehearsal()?;
        // Permitted and loaded first: no pair is made for a key that cannot wrap it.
        let mut key_use = self.engine.begin_use(&allowed, &key, version).await?;
        let made = self.engine.parts.guard.generate_pair(pair).await;
        let (private, public) =
            made.map_err(|e| guard_fault_as(key.id(), key.spec(), e, FaultWhat::Internal))?;
        let wrapped = self.engine.seal_by(&mut key_use, &key, version, &private, &op.aad, op.form).await?;
        self.trail.version(wrapped.version);
        let (key, account) = (key.id(), place.account.number);
        let private = op.with_plaintext.then_some(private);
        let made = DataKeyPair { key, account, pair, wrapped, private, public };
        Ok(Plan::Answer(Output::GenerateDataKeyPair(made)))
    }
}
