//! `POST …/keys/{key}:generate-wrapped-data-key`: a data key for later, wrapped only; a permission of its own.

use super::data_key;

use crate::exchange::{Asked, WireOperation};
use crate::refused::Refused;
use crate::reply::Answer;

pub(super) struct GenerateWrappedDataKey;

impl WireOperation for GenerateWrappedDataKey {
    type Op = api::ops::GenerateDataKey;

    fn read(asked: &Asked<'_>) -> Result<Self::Op, Refused> {
        data_key::read(asked, false)
    }

    fn write(output: api::ops::DataKey) -> Result<Answer, Refused> {
        data_key::write(output)
    }
}
