//! `GET me`: the caller as the gate sees it.

use crate::view;
use codec_native::Me;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct ShowMe;

impl WireOperation for ShowMe {
    type Op = api::ops::WhoAmI;

    fn read(_: &Asked<'_>) -> Result<Self::Op, Refused> {
        Ok(api::ops::WhoAmI)
    }

    fn write(caller: api::ops::CallerView) -> Result<Answer, Refused> {
        Answer::ok(&Me {
            principal: view::principal(caller.principal),
            account: caller.account.to_string(),
            credential: caller.credential.to_string(),
        })
    }
}
