//! RotateKeyOnDemand (AWS KMS API Reference, RotateKeyOnDemand): at most 25 times for a key. Takes a key id or key ARN,
//! never an alias.

use api::ops::{KeyView, RotateKey};
use serde_json::json;

use crate::call::{Place, WireOperation};
use crate::wire::WireError;

/// The quota of the API Reference; it does not count what rotated by itself.
const MOST: usize = 25;

pub(super) struct RotateKeyOnDemand;

impl WireOperation for RotateKeyOnDemand {
    type Op = RotateKey;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let key = super::members::key_only(body, place)?;
        Ok(RotateKey { key, at_most: Some(MOST), symmetric_only: true })
    }

    fn write(view: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(json!({ "KeyId": view.key.id().to_string() }).to_string().into_bytes())
    }
}
