//! `DELETE credentials/{credential}`: takes a credential away, at once.

use domain::CredentialId;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct RevokeCredential;

impl WireOperation for RevokeCredential {
    type Op = api::ops::RevokeCredential;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let id = CredentialId::new(asked.last()?);
        let id = id.map_err(|_| Refused::malformed("the path names no credential's id"))?;
        Ok(api::ops::RevokeCredential { id })
    }

    fn write((): ()) -> Result<Answer, Refused> {
        Ok(Answer::nothing())
    }
}
