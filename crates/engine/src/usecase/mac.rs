//! Message authentication codes: made and verified under permissions of their own.

use api::ops::{Authenticating, GenerateMac, Mac, Verified, VerifyMac};
use api::{Fault, FaultWhat, Limit, Output};
use domain::{Action, Algorithm, Usage};

use crate::plan::Plan;
use crate::session::Session;
use crate::usecase::begun::{Begun, Wanted};
use crate::usecase::encrypt::DIRECT_PLAINTEXT;

impl Session<'_> {
    pub(crate) async fn generate_mac(&mut self, GenerateMac(op): &GenerateMac) -> Result<Plan, Fault> {
        let mut begun = self.begin_mac(op, Action::GenerateMac, Usage::GenerateMac).await?;
        let made = begun.key_use.mac(op.hash, &op.message);
        let mac = made.map_err(|e| begun.fault(e, FaultWhat::Internal))?;
        let (key, account, version) = (begun.key.id(), begun.account(), begun.version);
        Ok(Plan::Answer(Output::GenerateMac(Mac { key, account, version, hash: op.hash, mac })))
    }

    pub(crate) async fn verify_mac(&mut self, op: &VerifyMac) -> Result<Plan, Fault> {
        let VerifyMac { authenticating, mac } = op;
        let mut begun = self.begin_mac(authenticating, Action::VerifyMac, Usage::VerifyMac).await?;
        let verified = begun.key_use.verify_mac(authenticating.hash, &authenticating.message, mac);
        verified.map_err(|e| begun.fault(e, FaultWhat::MacInvalid))?;
        let (key, account, version) = (begun.key.id(), begun.account(), begun.version);
        let algorithm = Algorithm::Hmac(authenticating.hash);
        Ok(Plan::Answer(Output::VerifyMac(Verified { key, account, version, algorithm })))
    }

    async fn begin_mac(&mut self, op: &Authenticating, action: Action, usage: Usage) -> Result<Begun, Fault> {
        let algorithm = Algorithm::Hmac(op.hash);
        let wanted = Wanted { key: &op.key, version: op.version, action, usage, algorithm };
        self.begin(wanted, |_| match op.message.len() {
            0..=DIRECT_PLAINTEXT => Ok(()),
            _ => Err(FaultWhat::LimitExceeded(Limit::MessageBytes { max: DIRECT_PLAINTEXT }).into()),
        })
        .await
    }
}
