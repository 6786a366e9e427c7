//! `PUT …/keys/{key}/policy`: writes a key's policy, if all of it can be enforced (INV-13).

use crate::reference;
use crate::words::document;
use codec_native::PutKeyPolicyRequest;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct PutKeyPolicy;

impl WireOperation for PutKeyPolicy {
    type Op = api::ops::PutKeyPolicy;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let PutKeyPolicyRequest { policy, bypass_lockout_check } = asked.body()?;
        let key = reference::key(asked.last()?)?;
        Ok(api::ops::PutKeyPolicy { key, policy: document(policy)?, bypass_lockout_check })
    }

    fn write((): ()) -> Result<Answer, Refused> {
        Ok(Answer::nothing())
    }
}
