//! Key encapsulation: a secret made and sent to a key's public half, and recovered with its secret half.

use api::ops::{Decapsulate, Encapsulate, Encapsulated, SharedSecret};
use api::{Fault, FaultWhat, Output};
use domain::{Action, Algorithm, Key, Usage};

use crate::plan::Plan;
use crate::session::Session;
use crate::usecase::begun::Wanted;

impl Session<'_> {
    pub(crate) async fn encapsulate(&mut self, op: &Encapsulate) -> Result<Plan, Fault> {
        let wanted = Wanted {
            key: &op.key,
            version: op.version,
            action: Action::Encapsulate,
            usage: Usage::Encapsulate,
            algorithm: Algorithm::MlKem,
        };
        let mut begun = self.begin(wanted, |_| Ok(())).await?;
        let made = begun.key_use.encapsulate();
        let (ciphertext, secret) = made.map_err(|e| begun.fault(e, FaultWhat::Internal))?;
        let (key, account, version) = (begun.key.id(), begun.account(), begun.version);
        let made = Encapsulated { key, account, version, ciphertext, secret };
        Ok(Plan::Answer(Output::Encapsulate(made)))
    }

    pub(crate) async fn decapsulate(&mut self, op: &Decapsulate) -> Result<Plan, Fault> {
        let wanted = Wanted {
            key: &op.key,
            version: op.version,
            action: Action::Decapsulate,
            usage: Usage::Decapsulate,
            algorithm: Algorithm::MlKem,
        };
        let fits = |key: &Key| match key.spec().encapsulation_len() {
            Some(len) if len == op.ciphertext.len() => Ok(()),
            Some(_) | None => Err(FaultWhat::CiphertextInvalid.into()),
        };
        let mut begun = self.begin(wanted, fits).await?;
        let recovered = begun.key_use.decapsulate(&op.ciphertext);
        let secret = recovered.map_err(|e| begun.fault(e, FaultWhat::CiphertextInvalid))?;
        let (view, version) = (begun.view(), begun.version);
        Ok(Plan::Answer(Output::Decapsulate(SharedSecret { view, version, secret })))
    }
}
