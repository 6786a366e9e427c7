//! DisableKey (AWS KMS API Reference, DisableKey): takes a key id or key ARN, never an alias.

use api::ops::KeyView;

use crate::call::{Place, WireOperation};
use crate::wire::WireError;

pub(super) struct DisableKey;

impl WireOperation for DisableKey {
    type Op = api::ops::DisableKey;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        super::members::key_only(body, place).map(|key| api::ops::DisableKey { key })
    }

    fn write(_: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
