//! EnableKey (AWS KMS API Reference, EnableKey): takes a key id or key ARN, never an alias.

use api::ops::KeyView;

use crate::call::{Place, WireOperation};
use crate::wire::WireError;

pub(super) struct EnableKey;

impl WireOperation for EnableKey {
    type Op = api::ops::EnableKey;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        super::members::key_only(body, place).map(|key| api::ops::EnableKey { key })
    }

    fn write(_: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
