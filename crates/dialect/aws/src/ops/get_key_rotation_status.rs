//! GetKeyRotationStatus (AWS KMS API Reference, GetKeyRotationStatus): takes a key id or key ARN, never an alias.
//!
//! While its deletion is pending a key is shown as if it did not rotate; what was set comes back when that is
//! cancelled. `OnDemandRotationStartDate` stands for a rotation under way, and none is here: it is done when
//! RotateKeyOnDemand answers.

use api::ops::{GetRotation, KeyView};
use domain::next_by_policy;
use serde_json::json;

use crate::call::{Place, WireOperation};
use crate::metadata::{DAY, epoch};
use crate::wire::WireError;

pub(super) struct GetKeyRotationStatus;

impl WireOperation for GetKeyRotationStatus {
    type Op = GetRotation;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        super::members::key_only(body, place).map(|key| GetRotation { key })
    }

    fn write(view: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        let key = &view.key;
        let every = key.details.rotation.every.filter(|_| key.destruction().is_none());
        let mut answer = json!({ "KeyId": key.id().to_string(), "KeyRotationEnabled": every.is_some() });
        if let (Some(every), Some(next), Some(object)) = (every, next_by_policy(key), answer.as_object_mut())
        {
            // Another dialect may have set a period that is no whole number of days.
            object.insert("RotationPeriodInDays".to_owned(), every.div_ceil(DAY).into());
            object.insert("NextRotationDate".to_owned(), epoch(next).into());
        }
        Ok(answer.to_string().into_bytes())
    }
}
