//! `POST …/keys/{key}:disable`: suspends a key (NIST SP 800-57 pt 1 r5 §7.3).

use crate::{reference, view};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct DisableKey;

impl WireOperation for DisableKey {
    type Op = api::ops::DisableKey;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let codec_native::Nothing {} = asked.body()?;
        Ok(api::ops::DisableKey { key: reference::key(asked.last()?)? })
    }

    fn write(view: api::ops::KeyView) -> Result<Answer, Refused> {
        Answer::ok(&view::key(&view))
    }
}
