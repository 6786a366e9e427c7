//! `POST …/keys/{key}:generate-data-key`: a data key in the clear and wrapped.

use super::data_key;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct GenerateDataKey;

impl WireOperation for GenerateDataKey {
    type Op = api::ops::GenerateDataKey;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        data_key::read(asked, true)
    }

    fn write(output: api::ops::DataKey) -> Result<Answer, Refused> {
        data_key::write(output)
    }
}
