//! CancelKeyDeletion (AWS KMS API Reference, CancelKeyDeletion): the key comes back disabled.

use api::ops::{CancelDestruction, KeyView};
use serde_json::json;

use crate::call::{Place, WireOperation};
use crate::metadata::key_arn;
use crate::wire::WireError;

pub(super) struct CancelKeyDeletion;

impl WireOperation for CancelKeyDeletion {
    type Op = CancelDestruction;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        super::members::key_only(body, place).map(|key| CancelDestruction { key })
    }

    fn write(view: KeyView, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let arn = key_arn(place, view.account.number, view.key.id());
        Ok(json!({ "KeyId": arn }).to_string().into_bytes())
    }
}
