//! `GET …/keys/{key}`: a key with its versions, names and ratchets.

use crate::{reference, view};

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct ShowKey;

impl WireOperation for ShowKey {
    type Op = api::ops::DescribeKey;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        Ok(api::ops::DescribeKey { key: reference::key(asked.last()?)? })
    }

    fn write(view: api::ops::KeyView) -> Result<Answer, Refused> {
        Answer::ok(&view::key(&view))
    }
}
