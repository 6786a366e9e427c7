//! `POST …/keys/{key}:cancel-destruction`: the key comes back suspended.

use crate::{reference, view};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct CancelDestruction;

impl WireOperation for CancelDestruction {
    type Op = api::ops::CancelDestruction;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let codec_native::Nothing {} = asked.body()?;
        Ok(api::ops::CancelDestruction { key: reference::key(asked.last()?)? })
    }

    fn write(view: api::ops::KeyView) -> Result<Answer, Refused> {
        Answer::ok(&view::key(&view))
    }
}
