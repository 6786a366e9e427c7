//! Signatures: made with the secret half of a key, verified with its public half under a permission of its own.

use api::ops::{Sign, Signed, Signing, Verified, Verify};
use api::{Fault, FaultWhat, Limit, Malformed, Output};
use domain::{Action, Algorithm, Key, SignatureAlgorithm, Usage};

use crate::plan::Plan;
use crate::session::Session;
use crate::usecase::begun::{Begun, Wanted};
use crate::usecase::encrypt::DIRECT_PLAINTEXT;

impl Session<'_> {
    pub(crate) async fn sign(&mut self, Sign(op): &Sign) -> Result<Plan, Fault> {
        let mut begun = self.begin_signing(op, Action::Sign, Usage::Sign).await?;
        let made = begun.key_use.sign(op.algorithm, op.form, &op.message).await;
        let signature = made.map_err(|e| begun.fault(e, FaultWhat::Internal))?;
        let (key, account, version) = (begun.key.id(), begun.account(), begun.version);
        let signed = Signed { key, account, version, algorithm: op.algorithm, signature };
        Ok(Plan::Answer(Output::Sign(signed)))
    }

    pub(crate) async fn verify(&mut self, op: &Verify) -> Result<Plan, Fault> {
        let Verify { signing, signature } = op;
        let mut begun = self.begin_signing(signing, Action::Verify, Usage::Verify).await?;
        let verified = begun.key_use.verify(signing.algorithm, signing.form, &signing.message, signature);
        verified.map_err(|e| begun.fault(e, FaultWhat::SignatureInvalid))?;
        let (key, account, version) = (begun.key.id(), begun.account(), begun.version);
        let algorithm = Algorithm::Signature(signing.algorithm);
        Ok(Plan::Answer(Output::Verify(Verified { key, account, version, algorithm })))
    }

    async fn begin_signing(&mut self, op: &Signing, action: Action, usage: Usage) -> Result<Begun, Fault> {
        let algorithm = Algorithm::Signature(op.algorithm);
        let wanted = Wanted { key: &op.key, version: op.version, action, usage, algorithm };
        self.begin(wanted, |key| check_message(key, op)).await
    }
}

/// What a scheme asks of its message, whatever the key.
fn check_message(key: &Key, op: &Signing) -> Result<(), Fault> {
    let Signing { algorithm, form, ref message, own_hash_only, .. } = *op;
    if own_hash_only && !is_own_hash(key, algorithm) {
        let algorithm = Algorithm::Signature(algorithm);
        return Err(FaultWhat::WrongAlgorithm { key: key.id(), spec: key.spec(), algorithm }.into());
    }
    let malformed = |what| Err(FaultWhat::Malformed(what).into());
    match algorithm.message_len(form) {
        Err(_) => malformed(Malformed::MessageForm { algorithm, form }),
        Ok(Some(len)) if len != message.len() => malformed(Malformed::Digest { algorithm }),
        Ok(Some(_)) => Ok(()),
        Ok(None) if message.len() > DIRECT_PLAINTEXT => {
            Err(FaultWhat::LimitExceeded(Limit::MessageBytes { max: DIRECT_PLAINTEXT }).into())
        }
        Ok(None) => Ok(()),
    }
}

fn is_own_hash(key: &Key, algorithm: SignatureAlgorithm) -> bool {
    match algorithm {
        SignatureAlgorithm::Ecdsa(hash) => key.spec().own_hash() == Some(hash),
        _ => true,
    }
}
