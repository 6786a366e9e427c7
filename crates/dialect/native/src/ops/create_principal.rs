//! `POST principals`: makes a principal in the caller's account.

use crate::view;
use crate::words::read;
use codec_native::CreatePrincipalRequest;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct CreatePrincipal;

impl WireOperation for CreatePrincipal {
    type Op = api::ops::CreatePrincipal;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let CreatePrincipalRequest { name, kind, roles, policies, labels } = asked.body()?;
        let kind = read("kind", kind.as_deref().unwrap_or("service"))?;
        let roles = roles.iter().map(|role| read("roles", role)).collect::<Result<_, _>>()?;
        Ok(api::ops::CreatePrincipal { name, kind, roles, policies, labels: labels.0 })
    }

    fn write(principal: domain::Principal) -> Result<Answer, Refused> {
        Answer::created(&view::principal(principal))
    }
}
