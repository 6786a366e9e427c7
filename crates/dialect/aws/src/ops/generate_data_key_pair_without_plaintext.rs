//! GenerateDataKeyPairWithoutPlaintext (AWS KMS API Reference): of the private half only the wrapped copy leaves.

use api::Rehearsable;
use api::ops::DataKeyPair;

use super::generate_data_key_pair::{read, wrapped};
use crate::call::{Place, WireOperation};
use crate::wire::WireError;

pub(super) struct GenerateDataKeyPairWithoutPlaintext;

impl WireOperation for GenerateDataKeyPairWithoutPlaintext {
    type Op = Rehearsable<api::ops::GenerateDataKeyPair>;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        read(body, place, false)
    }

    fn write(made: DataKeyPair, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(format!("{{{}", wrapped(&made, place)).into_bytes())
    }
}
