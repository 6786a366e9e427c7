//! DisableKeyRotation (AWS KMS API Reference, DisableKeyRotation): takes a key id or key ARN, never an alias.

use api::ops::{DisableRotation, KeyView};

use crate::call::{Place, WireOperation};
use crate::wire::WireError;

pub(super) struct DisableKeyRotation;

impl WireOperation for DisableKeyRotation {
    type Op = DisableRotation;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        super::members::key_only(body, place).map(|key| DisableRotation { key })
    }

    fn write(_: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
