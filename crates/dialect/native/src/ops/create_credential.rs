//! `POST principals/{principal}/credentials`: makes a credential; its secret is shown this once.

use crate::view;
use crate::words::{instant, read};
use codec_native::{CreateCredentialRequest, NewCredential, SecretText};
use http::StatusCode;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct CreateCredential;

impl WireOperation for CreateCredential {
    type Op = api::ops::CreateCredential;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let CreateCredentialRequest { kind, description, expires_at } = asked.body()?;
        let kind = read("kind", kind.as_deref().unwrap_or("bearer-token"))?;
        let expires_at = expires_at.map(|text| instant("expires_at", &text)).transpose()?;
        Ok(api::ops::CreateCredential { principal: asked.last()?.to_owned(), kind, description, expires_at })
    }

    fn write(new: api::ops::NewCredential) -> Result<Answer, Refused> {
        let len = new.secret.len();
        let (credential, secret) = (view::credential(new.credential), SecretText(new.secret));
        Answer::secret(StatusCode::CREATED, &NewCredential { credential, secret }, len)
    }
}
