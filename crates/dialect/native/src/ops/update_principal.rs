//! `PATCH principals/{principal}`: roles, policies, disabling; an absent field stays as it is.

use crate::view;
use crate::words::read;
use codec_native::UpdatePrincipalRequest;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct UpdatePrincipal;

impl WireOperation for UpdatePrincipal {
    type Op = api::ops::UpdatePrincipal;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let UpdatePrincipalRequest { roles, policies, disabled } = asked.body()?;
        let read_all = |roles: Vec<String>| roles.iter().map(|role| read("roles", role)).collect();
        let roles = roles.map(read_all).transpose()?;
        Ok(api::ops::UpdatePrincipal { name: asked.last()?.to_owned(), roles, policies, disabled })
    }

    fn write(principal: domain::Principal) -> Result<Answer, Refused> {
        Answer::ok(&view::principal(principal))
    }
}
