//! `POST …/keys/{key}:enable`: lets a suspended key be used again (NIST SP 800-57 pt 1 r5 §7.3).

use crate::{reference, view};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct EnableKey;

impl WireOperation for EnableKey {
    type Op = api::ops::EnableKey;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let codec_native::Nothing {} = asked.body()?;
        Ok(api::ops::EnableKey { key: reference::key(asked.last()?)? })
    }

    fn write(view: api::ops::KeyView) -> Result<Answer, Refused> {
        Answer::ok(&view::key(&view))
    }
}
