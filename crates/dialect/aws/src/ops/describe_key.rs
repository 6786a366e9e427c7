//! DescribeKey (AWS KMS API Reference, DescribeKey).

use api::ops::KeyView;
use serde::Deserialize;

use super::members::check_key_id;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::metadata::{key_arn, metadata};
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
}

pub(super) struct DescribeKey;

impl WireOperation for DescribeKey {
    type Op = api::ops::DescribeKey;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.done()?;
        let key = key_ref::read(asked.key_id.as_deref().unwrap_or_default(), place)?;
        Ok(api::ops::DescribeKey { key })
    }

    fn write(view: KeyView, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
        // A destroyed key stays on record here; to a client of this API it is gone.
        if view.key.state().is_destroyed() {
            let arn = key_arn(place, view.account.number, view.key.id());
            return Err(WireError::client("NotFoundException", format!("Key '{arn}' does not exist")));
        }
        described(&view, place)
    }
}

/// `{"KeyMetadata": …}`, which CreateKey answers too.
pub(super) fn described(view: &KeyView, place: &Place<'_>) -> Result<Vec<u8>, WireError> {
    let answer = serde_json::json!({ "KeyMetadata": metadata(view, place)? });
    serde_json::to_vec(&answer).map_err(|_| WireError::internal())
}
