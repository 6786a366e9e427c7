//! Agreeing on a secret with somebody's public key.

use api::ops::{AgreeKey, SharedSecret};
use api::{Fault, FaultWhat, Malformed, Output};
use domain::{Action, Algorithm, Usage};

use crate::plan::Plan;
use crate::session::Session;
use crate::usecase::begun::Wanted;

/// Most bytes of a peer's public key; those of every curve here are far shorter.
const PEER: usize = 8192;

impl Session<'_> {
    pub(crate) async fn agree_key(&mut self, op: &AgreeKey) -> Result<Plan, Fault> {
        let wanted = Wanted {
            key: &op.key,
            version: op.version,
            action: Action::AgreeKey,
            usage: Usage::AgreeKey,
            algorithm: Algorithm::Ecdh,
        };
        let bad_peer = || FaultWhat::Malformed(Malformed::PeerKey);
        let bounded = |_: &domain::Key| if op.peer.len() > PEER { Err(bad_peer().into()) } else { Ok(()) };
        let mut begun = self.begin(wanted, bounded).await?;
        let agreed = begun.key_use.agree(&op.peer);
        let secret = agreed.map_err(|e| begun.fault(e, bad_peer()))?;
        let (view, version) = (begun.view(), begun.version);
        Ok(Plan::Answer(Output::AgreeKey(SharedSecret { view, version, secret })))
    }
}
