//! Making a data key and protecting it; whether the plaintext leaves is a permission of its own.

use api::ops::{DataKey, DataKeyShape, GenerateDataKey};
use api::{Fault, FaultWhat, Malformed, Output};
use domain::{Action, Algorithm, Key, Usage};

use crate::authorise::OnKey;
use crate::faults::{guard_fault, refusal_fault};
use crate::plan::Plan;
use crate::session::Session;

/// Most bytes of a data key.
const MOST: u16 = 1024;

impl Session<'_> {
    pub(crate) async fn generate_data_key(&mut self, op: &GenerateDataKey) -> Result<Plan, Fault> {
        let DataKeyShape::Bytes(len) = op.shape;
        if !(1..=MOST).contains(&len) {
            let what = Malformed::OutOfRange { field: "data key bytes", min: 1, max: u64::from(MOST) };
            return Err(FaultWhat::Malformed(what).into());
        }
        let action = if op.with_plaintext { Action::GenerateDataKey } else { Action::GenerateWrappedDataKey };
        let OnKey { place, key, allowed } = self.allow_on_key(&op.key, action).await?;
        self.bound(&op.aad);
        let version = key.admit(Usage::Encrypt, None).map_err(|r| refusal_fault(&key, r, None))?;
        check_wraps(&key)?;
        self.end_rehearsal()?;
        let mut key_use = self.engine.begin_use(&allowed, &key, version).await?;
        let made = self.engine.parts.guard.random(usize::from(len));
        let plaintext = made.map_err(|e| guard_fault(key.id(), key.spec(), e))?;
        let wrapped = self.engine.seal_by(&mut key_use, &key, version, &plaintext, &op.aad, op.form).await?;
        self.trail.version(wrapped.version);
        let plaintext = op.with_plaintext.then_some(plaintext);
        let data_key = DataKey { key: key.id(), account: place.account.number, wrapped, plaintext };
        Ok(Plan::Answer(Output::GenerateDataKey(data_key)))
    }
}

/// Only a symmetric key wraps what is made here: its ciphertexts name it.
pub(crate) fn check_wraps(key: &Key) -> Result<(), Fault> {
    if Algorithm::AesGcm.fits(key.spec()) {
        return Ok(());
    }
    Err(FaultWhat::WrongSpec { key: key.id(), spec: key.spec() }.into())
}
