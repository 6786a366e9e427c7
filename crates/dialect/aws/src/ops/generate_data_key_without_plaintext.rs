//! GenerateDataKeyWithoutPlaintext (AWS KMS API Reference): only the wrapped copy leaves.

use api::Rehearsable;
use api::ops::DataKey;

use super::generate_data_key::{read, wrapped};
use crate::call::{Place, WireOperation};
use crate::wire::WireError;

pub(super) struct GenerateDataKeyWithoutPlaintext;

impl WireOperation for GenerateDataKeyWithoutPlaintext {
    type Op = Rehearsable<api::ops::GenerateDataKey>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        read(body, place, false)
    }

    fn write(made: DataKey, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(format!("{{{}", wrapped(&made, place)).into_bytes())
    }
}
