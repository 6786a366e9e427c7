//! `POST …/keys/{key}:rotate`: makes a new version and lets it be primary.

use crate::{reference, view};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct RotateKey;

impl WireOperation for RotateKey {
    type Op = api::ops::RotateKey;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        let codec_native::Nothing {} = asked.body()?;
        Ok(api::ops::RotateKey::unbounded(reference::key(asked.last()?)?))
    }

    fn write(view: api::ops::KeyView) -> Result<Answer, Refused> {
        Answer::ok(&view::key(&view))
    }
}
