//! EnableKeyRotation (AWS KMS API Reference, EnableKeyRotation): every 90 to 2560 days, 365 by default. Takes a key id or
//! key ARN, never an alias.

use api::ops::{EnableRotation, KeyView};
use serde::Deserialize;

use super::members::check_key_id;
use crate::call::{Place, WireOperation};
use crate::constraint::Checks;
use crate::key_ref;
use crate::metadata::DAY;
use crate::text::Text;
use crate::wire::{self, WireError};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    key_id: Text<'a>,
    rotation_period_in_days: Option<i64>,
}

pub(super) struct EnableKeyRotation;

impl WireOperation for EnableKeyRotation {
    type Op = EnableRotation;

    fn read(body: &[u8], place: &Place<'_>) -> Result<Self::Op, WireError> {
        let asked: Asked<'_> = wire::read(body)?;
        let mut checks = Checks::default();
        check_key_id(&mut checks, &asked.key_id);
        checks.range("rotationPeriodInDays", asked.rotation_period_in_days, 90, 2560);
        checks.done()?;
        let key = key_ref::read_key_only(asked.key_id.as_deref().unwrap_or_default(), place)?;
        let days = u32::try_from(asked.rotation_period_in_days.unwrap_or(365));
        Ok(EnableRotation { key, every: days.map_err(|_| WireError::internal())?.saturating_mul(DAY) })
    }

    fn write(_: KeyView, _: &Place<'_>) -> Result<Vec<u8>, WireError> {
        Ok(Vec::new())
    }
}
