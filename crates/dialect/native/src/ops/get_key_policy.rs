//! `GET …/keys/{key}/policy`: a key's policy, byte for byte as it was written.

use crate::reference;
use crate::words::document_view;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct GetKeyPolicy;

impl WireOperation for GetKeyPolicy {
    type Op = api::ops::GetKeyPolicy;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        Ok(api::ops::GetKeyPolicy { key: reference::key(asked.last()?)? })
    }

    fn write(policy: domain::PolicyDocument) -> Result<Answer, Refused> {
        Answer::ok(&document_view(policy))
    }
}
