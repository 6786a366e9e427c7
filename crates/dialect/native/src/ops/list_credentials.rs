//! `GET principals/{principal}/credentials`: a principal's credentials, without their secrets.

use crate::view;
use codec_native::CredentialList;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct ListCredentials;

impl WireOperation for ListCredentials {
    type Op = api::ops::ListCredentials;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        Ok(api::ops::ListCredentials { principal: asked.last()?.to_owned() })
    }

    fn write(credentials: Vec<domain::Credential>) -> Result<Answer, Refused> {
        Answer::ok(&CredentialList { credentials: credentials.into_iter().map(view::credential).collect() })
    }
}
