//! `POST …/names`: binds one more name to a key; the name must be free.

use crate::reference;
use codec_native::BindNameRequest;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct BindName;

impl WireOperation for BindName {
    type Op = api::ops::BindName;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let BindNameRequest { name, key } = asked.body()?;
        Ok(api::ops::BindName { name: reference::name(&name)?, key: reference::key(&key)? })
    }

    fn write((): ()) -> Result<Answer, Refused> {
        Ok(Answer::nothing())
    }
}
